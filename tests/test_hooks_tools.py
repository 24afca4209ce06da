"""What each tool says to its hooks is understood: a payload for each event, and what it amounts to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assaymark.hooks.entry import TOOLS
from assaymark.hooks.report import (
    Asked,
    Began,
    Intends,
    NotPlaced,
    NotUnderstood,
    Point,
    Renamed,
    Replaced,
    Report,
    ShellBegins,
    ShellEnded,
    Turn,
    Whole,
    Wrote,
)
from hook_world import PAYLOADS, payload_of, reading_of

OLD, NEW = "total = price\n", "total = price * (1 + rate)\n"
TAX = "total = price * (1 + tax)\n"
SHOP, TILL = "/t/shop.py", "/t/till.py"
MANY = "import db\n" * 200
ONE = (Replaced(OLD, NEW),)
SED = "sed -i s/price/net/ shop.py"

SAID: dict[str, tuple[Report, ...]] = {
    "claude/PostToolUse_Edit": (Wrote(SHOP, ONE, MANY + OLD),),
    "claude/PreToolUse_Edit": (Intends(Wrote(SHOP, ONE)),),
    "claude/PostToolUse_Write_create": (Wrote(TILL, Whole("coins = []\n"), ""),),
    "claude/PostToolUse_Write_update": (Wrote(SHOP, Whole(NEW + "print(total)\n"), OLD + "print(total)\n"),),
    "claude/PostToolUse_Write_staged": (),
    "claude/PostToolUse_Edit_userModified": (
        Wrote(SHOP, (Replaced(OLD, TAX),), OLD, meddled=True, proposed=ONE),
    ),
    "claude/PostToolUse_MultiEdit": (
        Wrote(SHOP, (Replaced("price", "net"), Replaced("net\n", "net + fee\n"))),
    ),
    "claude/PostToolUse_NotebookEdit": (
        NotPlaced("/t/till.ipynb", "a cell of a notebook was written, and its text before is not known"),
    ),
    "claude/PostToolUse_Edit_subagent": (Wrote(SHOP, ONE, OLD),),
    "claude/PreToolUse_Bash": (ShellBegins(SED, ""),),
    "claude/PostToolUse_Bash": (ShellEnded(SED, ""),),
    "claude/PostToolUseFailure_Bash": (ShellEnded(SED, ""),),
    "claude/PostToolUse_Read": (),
    "claude/SessionStart": (Began("claude-fable-9"),),
    "claude/PostModelSwitch": (Began("claude-verse-2"),),
    "claude/UserPromptSubmit": (Asked("charge the tax"),),
    "claude/Stop": (),
    "claude/Notification_of_tomorrow": (
        NotUnderstood(
            "{session_id: text, transcript_path: text, cwd: text, permission_mode: text, "
            "hook_event_name: text, mood: text, detail: {path: text, n: number}}"
        ),
    ),
    "claude/PostToolUse_Write_by_cursor": (Wrote(SHOP, Whole(NEW)),),
    "cursor/afterFileEdit": (Wrote(SHOP, ONE),),
    "cursor/afterTabFileEdit": (
        Wrote(SHOP, (Replaced("", " * (1 + rate)", at=Point(1, 14)),), accepted=True),
    ),
    "cursor/beforeSubmitPrompt": (Asked("charge the tax"),),
    "cursor/beforeShellExecution": (ShellBegins(SED, "/t"),),
    "cursor/afterShellExecution": (ShellEnded(SED, ""),),
    "cursor/stop": (),
    "copilot/PostToolUse_replace": (Wrote(SHOP, ONE, pending=True),),
    "copilot/PostToolUse_multi_replace": (
        Wrote(SHOP, ONE, pending=True),
        Wrote(TILL, (Replaced("coins = []", "coins = [1]"),), pending=True),
    ),
    "copilot/PostToolUse_create": (Wrote(TILL, Whole("coins = []\n"), pending=True),),
    "copilot/PostToolUse_insert_edit": (NotPlaced(SHOP, "inserteditintofile does not say what came where"),),
    "copilot/PostToolUse_apply_patch": (Wrote(SHOP, (Replaced(OLD, NEW, whole=True),), pending=True),),
    "copilot/PostToolUse_terminal": (ShellEnded(SED, ""),),
    "copilot/UserPromptSubmit": (Asked("charge the tax"),),
    "copilot/PostToolUse_of_cli": (Wrote(SHOP, ONE),),
    "copilot-cli/postToolUse_camel": (Wrote(SHOP, ONE),),
    "copilot-cli/postToolUse_string_args": (Wrote(TILL, Whole("coins = []\n")),),
    "copilot-cli/postToolUse_denied": (),
    "copilot-cli/PostToolUse_pascal": (Wrote(SHOP, ONE),),
    "copilot-cli/userPromptSubmitted": (Asked("charge the tax"),),
    "codex/PostToolUse_apply_patch": (
        Wrote("shop.py", (Replaced("import db\n" + OLD, "import db\n" + NEW, whole=True),)),
        Wrote(TILL, Whole("coins = []\n"), ""),
    ),
    "codex/PostToolUse_apply_patch_move": (
        Renamed("shop.py", "store/shop.py"),
        Wrote("store/shop.py", (Replaced(OLD, "total = net\n", whole=True),)),
    ),
    "codex/PreToolUse_shell": (ShellBegins(SED, ""),),
    "codex/SessionStart": (Began("gpt-7-codex"),),
    "codex/notify": (Asked("charge the tax"),),
    "gemini/AfterTool_replace": (Wrote(SHOP, ONE, MANY + OLD, MANY + NEW),),
    "gemini/AfterTool_write_file_changed": (
        Wrote(SHOP, Whole(TAX), OLD, TAX, meddled=True, proposed=Whole(NEW)),
    ),
    "gemini/AfterTool_replace_changed": (Wrote(SHOP, Whole(TAX), OLD, TAX, meddled=True),),
    "gemini/AfterTool_write_file_new": (Wrote(TILL, Whole("coins = []\n"), "", "coins = []\n"),),
    "gemini/BeforeTool_shell": (ShellBegins(SED, ""),),
    "gemini/BeforeModel": (Began("gemini-5-pro"),),
    "gemini/BeforeAgent": (Asked("charge the tax"),),
    "windsurf/post_write_code": (Wrote(SHOP, ONE),),
    "windsurf/post_write_code_raw_tab": (Wrote(SHOP, (Replaced(OLD, "total = price \t* (1 + rate)\n"),)),),
    "windsurf/pre_user_prompt": (Asked("charge the tax"),),
    "windsurf/pre_run_command": (ShellBegins(SED, "/t"),),
    "windsurf/post_run_command": (ShellEnded(SED, "/t"),),
    "cline/PostToolUse_replace": (Wrote("shop.py", (Replaced(OLD, NEW, whole=True),)),),
    "cline/PostToolUse_replace_older": (Wrote("shop.py", (Replaced(OLD, NEW, whole=True),)),),
    "droid/PostToolUse_Edit": (Wrote(SHOP, ONE),),
    "kiro/PostToolUse_fs_write": (NotUnderstood("fswrite with {path: text}"),),
    "opencode/after_edit": (Wrote(SHOP, ONE),),
}

TURNS = {
    "claude/PostToolUse_Edit": Turn(
        "claude", "5e1f-77", "toolu_e1", "/t", transcript="/t/none/5e1f-77.jsonl"
    ),
    "claude/PostToolUse_Edit_subagent": Turn(
        "claude", "5e1f-77", "toolu_e3", "/t", transcript="/t/none/5e1f-77.jsonl", agent="agent-2"
    ),
    "claude/UserPromptSubmit": Turn(
        "claude", "5e1f-77", cwd="/t", transcript="/t/none/5e1f-77.jsonl", prompt="p-12"
    ),
    "claude/PostToolUse_Write_by_cursor": Turn(
        "cursor", "cv-9", "tu-1", "/t", ("/t",), "claude-fable-9-high", prompt="gen-4"
    ),
    "cursor/afterFileEdit": Turn(
        "cursor", "cv-9", roots=("/t",), model="claude-fable-9-high", prompt="gen-4"
    ),
    "copilot/PostToolUse_replace": Turn(
        "copilot", "vs-31", "call_v1", transcript="/t/none/GitHub.copilot-chat/transcripts/vs-31.jsonl"
    ),
    "copilot/PostToolUse_of_cli": Turn("copilot-cli", "cli-8", cwd="/t"),
    "copilot-cli/postToolUse_camel": Turn("copilot-cli", "cli-8", cwd="/t"),
    "codex/notify": Turn("codex", "cx-2", cwd="/t", prompt="t-5"),
    "windsurf/post_write_code": Turn("windsurf", "tr-4", "ex-7", model="SWE-3"),
    "windsurf/post_run_command": Turn("windsurf", "tr-4", "ex-7", "/t", model="SWE-3"),
    "cline/PostToolUse_replace": Turn("cline", "1793606", cwd="/t", roots=("/t",), model="claude-fable-9"),
    "opencode/after_edit": Turn("opencode", "oc-5", "call_o1"),
}


@pytest.mark.parametrize("name", SAID)
def test_a_payload_is_understood(name: str) -> None:
    """Each event amounts to what was done, and one that tells of no writing to nothing."""
    assert _read(name).reports == SAID[name]


@pytest.mark.parametrize("name", TURNS)
def test_it_is_known_who_reports(name: str) -> None:
    """Tool, conversation, call and model are found under the names that each tool has for them."""
    assert _read(name).turn == TURNS[name]


def test_every_payload_is_expected() -> None:
    """A payload that is added says here what it amounts to."""
    assert sorted(SAID) == sorted(_name(file) for file in PAYLOADS.rglob("*.json"))


@pytest.mark.parametrize("name", SAID)
def test_spelling_decides_nothing(name: str) -> None:
    """Fields in snake_case, camelCase and PascalCase say the same."""
    tool, table = name.split("/", maxsplit=1)[0], payload_of(name, "/t")
    if any(isinstance(report, NotUnderstood) for report in SAID[name]):
        return
    for spell in (_snake, _camel, _pascal):
        assert reading_of(tool, _spelled(table, spell)) == reading_of(tool, table)


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("wrong", [None, 7, "x", [], [7], {}, {"x": []}])
def test_no_field_is_trusted(name: str, wrong: object) -> None:
    """Whatever stands in the place of a field, or when it is absent: nothing fails."""
    tool, table = name.split("/", maxsplit=1)[0], payload_of(name, "/t")
    for key in table:
        reading_of(tool, {**table, key: wrong})
        reading_of(tool, {other: value for other, value in table.items() if other != key})
        inner = table[key]
        if isinstance(inner, dict):
            for one in inner:
                reading_of(tool, {**table, key: {**inner, one: wrong}})


@pytest.mark.parametrize("tool", TOOLS)
def test_an_empty_table_is_not_understood(tool: str) -> None:
    """A payload that says nothing at all is not passed over in silence."""
    assert all(isinstance(report, NotUnderstood) for report in reading_of(tool, {}).reports)


def test_what_is_not_understood_is_named_without_its_content() -> None:
    """The record names keys and types; keys that may be content are not shown."""
    table = {"hook_event_name": "Odd", "secret value": 1, "n": [{"k": "marker"}]}
    (report,) = reading_of("claude", table).reports
    assert report == NotUnderstood("{hook_event_name: text, ?: number, n: [{k: text}]}")


def test_an_unknown_tool_that_seems_to_write_is_said() -> None:
    """A tool of a server that the agent talks to may write: where its input looks like that, it is said."""
    seen = _tool_use("mcp__files__save", {"path": "/t/a.py", "content": "marker"})
    assert seen == (NotUnderstood("mcpfilessave with {path: text, content: text}"),)
    assert _tool_use("Grep", {"pattern": "x", "path": "/t"}) == ()


def test_a_patch_in_a_shell_is_a_patch() -> None:
    """Codex hands a patch to its shell now and then; what it wrote is told by the patch."""
    patch = "*** Begin Patch\n*** Add File: a.py\n+x = 1\n*** End Patch"
    table = {"hook_event_name": "PostToolUse", "tool_name": "apply_patch", "tool_input": {"command": patch}}
    assert reading_of("codex", table).reports == (Wrote("a.py", Whole("x = 1\n"), ""),)


def test_a_changed_proposal_that_is_not_known_is_not_the_models() -> None:
    """Where the input is what a person made of it, no proposal is left to compare with."""
    table = payload_of("claude/PostToolUse_Edit_userModified", "/t")
    table["tool_input"]["new_string"] = TAX
    (report,) = reading_of("claude", table).reports
    assert isinstance(report, Wrote)
    assert report.meddled
    assert report.proposed is None


def _tool_use(name: str, given: dict[str, Any]) -> tuple[Report, ...]:
    table = {"hook_event_name": "PostToolUse", "tool_name": name, "tool_input": given, "tool_response": {}}
    return reading_of("claude", table).reports


def _read(name: str) -> Any:
    return reading_of(name.split("/", maxsplit=1)[0], payload_of(name, "/t"))


def _name(file: Path) -> str:
    return file.relative_to(PAYLOADS).with_suffix("").as_posix()


def _spelled(value: Any, spell: Any) -> Any:
    if isinstance(value, dict):
        return {spell(key): _spelled(item, spell) for key, item in value.items()}
    return [_spelled(item, spell) for item in value] if isinstance(value, list) else value


def _snake(key: str) -> str:
    spaced = "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in key)
    return spaced.replace("-", "_").lstrip("_")


def _camel(key: str) -> str:
    first, *rest = _snake(key).split("_")
    return first + "".join(part.capitalize() for part in rest)


def _pascal(key: str) -> str:
    return "".join(part.capitalize() for part in _snake(key).split("_"))
