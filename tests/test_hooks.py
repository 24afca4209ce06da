"""A hook as a whole: what a payload leaves in the record, and that nothing holds an agent up."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assaymark.cli import main
from assaymark.hooks import intake
from assaymark.hooks.entry import TOOLS, hook
from assaymark.hooks.outline import outline
from assaymark.hooks.redaction import redacted
from assaymark.hooks.transcript import last_model
from assaymark.ledger.plain import from_plain
from hook_world import NEW, OLD, PAYLOADS, World, payload_of, world

__all__ = ["world"]

ROOT = Path(__file__).parents[1]
MARKER = "kingfisher-7731"


def test_an_edit_is_recorded_byte_for_byte(world: World) -> None:
    """Digests of both texts, the changed bytes and no others, the agent, its call and its conversation."""
    before, after = b"import db\n" * 200 + OLD, b"import db\n" * 200 + NEW
    world.write("shop.py", after)
    session, edited = world.tell("claude/PostToolUse_Edit")
    assert (edited["path"], edited["call"]) == ("shop.py", "toolu_e1")
    assert (edited["before"], edited["after"]) == (world.digest(before), world.digest(after))
    assert edited["edits"] == [[2013, 2013, 13]]
    assert edited["n_bytes"] == len(after)
    origin = {key: value for key, value in edited["origin"].items() if key != "time"}
    assert origin == {"author": "ai", "evidence": "hook", "tool": "claude", "session": "5e1f-77"}
    assert (session["kind"], session["transcript"]) == (
        "session",
        f"{world.top.as_posix()}/none/5e1f-77.jsonl",
    )


@pytest.mark.parametrize(
    "name",
    [
        "cursor/afterFileEdit",
        "copilot/PostToolUse_replace",
        "copilot/PostToolUse_apply_patch",
        "copilot-cli/postToolUse_camel",
        "codex/PostToolUse_apply_patch",
        "windsurf/post_write_code",
        "droid/PostToolUse_Edit",
        "cline/PostToolUse_replace",
        "opencode/after_edit",
    ],
)
def test_every_tools_edit_is_recorded(world: World, name: str) -> None:
    """Without a text before, the edit is undone in the file: the same bytes, whichever tool tells of them."""
    before, after = b"import db\n" + OLD, b"import db\n" + NEW
    world.write("shop.py", after)
    world.tell(name)
    edited = next(event for event in world.edited() if event["path"] == "shop.py")
    assert (edited["before"], edited["after"]) == (world.digest(before), world.digest(after))
    assert edited["edits"] == [[23, 23, 13]]
    assert edited["origin"]["tool"] == name.split("/", maxsplit=1)[0]


def test_a_patch_is_an_event_for_each_file(world: World) -> None:
    """Files that were added came as a whole; those that were deleted leave nothing."""
    world.write("shop.py", b"import db\n" + NEW)
    world.write("till.py", b"coins = []\n")
    events = world.tell("codex/PostToolUse_apply_patch")
    assert [event["path"] for event in events if event["kind"] == "edited"] == ["shop.py", "till.py"]
    assert events[-1]["edits"] == [[0, 0, 11]]


def test_a_moved_file_is_known_again(world: World) -> None:
    """Where it was comes before what was written in it."""
    world.write("store/shop.py", b"total = net\n")
    (world.top / "shop.py").unlink()
    events = world.tell("codex/PostToolUse_apply_patch_move")
    assert [event["kind"] for event in events] == ["session", "moved", "edited"]
    assert (events[1]["path"], events[1]["to"]) == ("shop.py", "store/shop.py")


def test_an_accepted_completion_says_so(world: World) -> None:
    """Its evidence is the acceptance, its model its own, and its prompt none."""
    world.tell("cursor/beforeSubmitPrompt")
    (edited,) = world.tell("cursor/afterTabFileEdit")
    assert edited["origin"]["evidence"] == "accept"
    assert edited["origin"]["model"] == "tab"
    assert "prompt" not in edited["origin"]
    assert edited["edits"] == [[13, 13, 13]]


def test_what_did_not_change_is_not_recorded(world: World) -> None:
    """A staged write has not reached the file, a denied one never will."""
    assert not [one for one in world.tell("claude/PostToolUse_Write_staged") if one["kind"] != "session"]
    assert not [one for one in world.tell("copilot-cli/postToolUse_denied") if one["kind"] != "session"]


@pytest.mark.parametrize(
    "name", ["claude/PostToolUse_Edit_userModified", "gemini/AfterTool_write_file_changed"]
)
def test_what_a_person_made_of_a_proposal_is_unknown(world: World, name: str) -> None:
    """The agent's where it equals the proposal, unknown where it does not."""
    world.write("shop.py", b"total = price * (1 + tax)\n")
    world.tell(name)
    first, second = world.edited()
    assert (first["origin"]["author"], first["edits"]) == ("ai", [[13, 13, 13]])
    assert (second["origin"]["author"], second["origin"]["arrival"]) == ("unknown", "bulk")
    assert second["edits"] == [[21, 25, 3]]
    assert first["after"] == second["before"]


def test_a_place_that_is_not_sure_is_a_gap(world: World) -> None:
    """Two places, no text before: nothing is claimed, and the record says why."""
    world.write("shop.py", NEW + NEW)
    (_, gap) = world.tell("cursor/afterFileEdit")
    assert (gap["kind"], gap["path"]) == ("gap", "shop.py")
    assert "several places" in gap["reason"]


# Models and prompts


def test_a_model_holds_for_the_conversation(world: World) -> None:
    """It is said once, and holds until it is switched; other conversations have their own."""
    world.tell("claude/SessionStart")
    (edited,) = world.tell("claude/PostToolUse_Write_update")
    assert edited["origin"]["model"] == "claude-fable-9"
    world.tell("claude/PostModelSwitch")
    (edited,) = world.tell("claude/PostToolUse_Write_update")
    assert edited["origin"]["model"] == "claude-verse-2"
    *_, edited = world.tell("claude/PostToolUse_Write_update", session_id="other")
    assert "model" not in edited["origin"]


def test_a_subagents_model_is_not_its_conversations(world: World) -> None:
    """Which one it has is not said, so it is not known."""
    world.tell("claude/SessionStart")
    (edited,) = world.tell("claude/PostToolUse_Edit_subagent")
    assert "model" not in edited["origin"]


def test_a_model_is_found_in_the_transcript(world: World) -> None:
    """Where no event names it: the last answer's, of which nothing else is read."""
    world.write("t.jsonl", _transcript("claude-fable-9", "claude-verse-2", "<synthetic>"))
    *_, edited = world.tell("claude/PostToolUse_Write_update", transcript_path=str(world.top / "t.jsonl"))
    assert edited["origin"]["model"] == "claude-verse-2"


def test_the_end_of_a_transcript_suffices(tmp_path: Path) -> None:
    """A long answer behind the last named model is looked past; what is no file names none."""
    file = tmp_path / "t.jsonl"
    file.write_bytes(_transcript("claude-fable-9") + b'{"type": "user", "x": "%b"}\n' % (b"y" * 200_000))
    assert last_model(str(file)) == "claude-fable-9"
    file.write_bytes(b'{"message": {"model": 7}}\nnot json "message" "model"\n')
    assert last_model(str(file)) == ""
    assert last_model(str(tmp_path)) == last_model(str(tmp_path / "none")) == last_model("a\0b") == ""


def test_a_request_names_gemini_models_once(world: World) -> None:
    """The event comes with every request; only a change is recorded."""
    assert [event["model"] for event in world.tell("gemini/BeforeModel")] == ["gemini-5-pro"]
    assert world.tell("gemini/BeforeModel") == []


@pytest.mark.parametrize(
    "name", ["claude/UserPromptSubmit", "gemini/BeforeAgent", "windsurf/pre_user_prompt"]
)
def test_a_prompt_is_a_keyed_hash(world: World, name: str) -> None:
    """What was asked is not in the record, but edits that follow refer to it."""
    tool = name.split("/", maxsplit=1)[0]
    asked = next(event for event in world.tell(name) if event["kind"] == "prompted")
    edit = {
        "claude": "PostToolUse_Write_update",
        "gemini": "AfterTool_replace",
        "windsurf": "post_write_code",
    }[tool]
    edited = next(event for event in world.tell(f"{tool}/{edit}") if event["kind"] == "edited")
    assert edited["origin"]["prompt"] == asked["reference"]
    assert len(asked["reference"]) == 32
    assert _found_in(world, "charge the tax") == []


# Two roads


def test_an_edit_that_cursor_tells_twice_counts_once(world: World) -> None:
    """Its own hook and the one configured for Claude Code: one edit, and one record that names both roads."""
    before = payload_of("claude/PostToolUse_Write_by_cursor", world.top.as_posix())
    before["tool_input"] = {
        "file_path": f"{world.top}/shop.py",
        "old_string": OLD.decode(),
        "new_string": NEW.decode(),
    }
    before["tool_name"] = "Edit"
    world.tell("cursor/afterFileEdit")
    world.say("claude", before)
    world.tell("cursor/afterFileEdit")
    assert len(world.edited()) == 1
    assert world.edited()[0]["origin"]["tool"] == "cursor"
    (gap,) = [event for event in world.events() if event["kind"] == "gap"]
    assert "Cursor" in gap["reason"]
    assert "Claude Code" in gap["reason"]


def test_the_same_edit_later_is_another_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is told within seconds is the same."""
    world.tell("cursor/afterFileEdit")
    now = time.time()
    monkeypatch.setattr("assaymark.hooks.twice.time.time", lambda: now + 11)
    world.tell("cursor/afterFileEdit")
    assert len(world.edited()) == 2


def test_an_edit_that_was_told_before_needs_no_search(world: World) -> None:
    """Two places, and no text before in the event behind it: what was told before decides."""
    top = world.top.as_posix()
    own = {"old_str": "a = 1\n", "new_str": "b = 2\n", "path": f"{top}/shop.py"}
    table = {"sessionId": "x", "cwd": top, "toolName": "edit", "toolArgs": own}
    before, after = b"b = 2\na = 1\n", b"b = 2\nb = 2\n"
    world.write("shop.py", before)
    assert world.say("copilot-cli", table) == []
    world.write("shop.py", after)
    *_, edited = world.say("copilot-cli", {**table, "toolResult": {"resultType": "success"}})
    assert (edited["before"], edited["after"]) == (world.digest(before), world.digest(after))
    assert edited["edits"] == [[6, 11, 5]]


def test_a_file_that_was_written_anew_keeps_its_lines(world: World) -> None:
    """A tool that tells only the new text, and told it before: lines that stood there did not come."""
    top = world.top.as_posix()
    own = {"content": "a = 1\nb = 2\n", "filePath": f"{top}/shop.py"}
    table = {"session_id": "x", "transcript_path": "t", "tool_name": "create_file", "tool_input": own}
    world.write("shop.py", b"a = 1\n")
    assert world.say("copilot", {**table, "hook_event_name": "PreToolUse", "cwd": top})[1:] == []
    # It is not on the disk yet when the event comes.
    *_, edited = world.say("copilot", {**table, "hook_event_name": "PostToolUse", "cwd": top})
    assert (edited["after"], edited["edits"]) == (world.digest(b"a = 1\nb = 2\n"), [[6, 6, 6]])


def test_what_an_edit_led_to_is_known_where_it_was_told_before(world: World) -> None:
    """A decorator that goes is of what stands behind it; nothing of the text before is there any more."""
    top = world.top.as_posix()
    own = {"old_str": "@login\n", "new_str": "", "path": f"{top}/shop.py"}
    table = {"sessionId": "x", "cwd": top, "toolName": "edit", "toolArgs": own}
    world.write("shop.py", b"a = 1\n@login\ndef f():\n")
    assert world.say("copilot-cli", table) == []
    world.write("shop.py", b"a = 1\ndef f():\n")
    *_, edited = world.say("copilot-cli", {**table, "toolResult": {"resultType": "success"}})
    assert edited["cuts"] == [[6, 6], [6, 7]]


def test_what_was_told_before_is_not_believed_against_the_file(world: World) -> None:
    """When the file became another text, the edit is looked for in that."""
    world.write("shop.py", OLD)
    world.tell("claude/PreToolUse_Edit")
    world.write("shop.py", NEW + b"more\n")
    edit = payload_of("claude/PostToolUse_Edit", world.top.as_posix())
    del edit["tool_response"]["originalFile"]
    assert world.say("claude", edit)[-1]["before"] == world.digest(OLD + b"more\n")


# Paths


@pytest.mark.parametrize(
    "path",
    [
        "../../x",
        "../outside.py",
        "/etc/hostname",
        "a\0b",
        "a\nb.py",
        "",
        ".",
        ".git/config",
        "link/x.py",
        "/c:/x.py",
        "C:\\x.py",
        "file:///etc/hostname",
        "~/x.py",
        "x" * 5000,
    ],
)
def test_hostile_paths_lead_nowhere(world: World, path: str) -> None:
    """What is outside of the repository, or no path, is not recorded; nothing fails."""
    (world.top.parent / "outside.py").write_bytes(NEW)
    (world.top / "link").symlink_to(world.top.parent, target_is_directory=True)
    (world.top.parent / "x.py").write_bytes(NEW)
    table = payload_of("claude/PostToolUse_Edit", world.top.as_posix())
    table["tool_input"]["file_path"] = table["tool_response"]["filePath"] = path
    events = world.say("claude", table)
    assert not [event for event in events if event["kind"] == "edited" and event["path"] != path]
    assert all(".." not in str(event.get("path")) for event in events)


def test_a_file_is_found_from_the_folder_that_is_worked_in(world: World) -> None:
    """Relative paths are of `cwd`; the record has them from the top."""
    world.write("sub/shop.py", NEW)
    table = payload_of("droid/PostToolUse_Edit", world.top.as_posix())
    table["cwd"] = f"{world.top}/sub"
    table["tool_input"]["file_path"] = "shop.py"
    assert world.say("droid", table)[-1]["path"] == "sub/shop.py"


def test_without_git_the_folder_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is worked in is one place, subfolders included; the record is in the user's state folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    here = World(tmp_path / "plain")
    here.write("sub/shop.py", NEW)
    table = payload_of("cursor/afterFileEdit", here.top.as_posix())
    table["file_path"] = f"{here.top}/sub/shop.py"
    assert here.say("cursor", table)[-1]["path"] == "sub/shop.py"
    assert not (here.top / ".assaymark").exists()


def test_what_is_no_regular_file_is_not_opened(world: World) -> None:
    """A pipe would never end."""
    (world.top / "shop.py").unlink()
    os.mkfifo(world.top / "shop.py")
    assert world.tell("cursor/afterFileEdit")[-1]["kind"] == "gap"


def test_a_file_that_is_too_large_is_a_gap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read."""
    monkeypatch.setattr("assaymark.hooks.scene.MOST_BYTES", 10)
    assert world.tell("cursor/afterFileEdit")[-1]["reason"] == "the file is too large"


def test_a_full_disk_holds_nobody_up(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be written is lost, and that is said; the agent goes on."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assaymark.hooks.recording.append", full)
    monkeypatch.delenv("ASSAYMARK_TRACEBACK")
    assert hook("claude", json.dumps(payload_of("claude/PostToolUse_Edit", world.top.as_posix()))) == 0
    assert capsys.readouterr().err.startswith("assaymark: what was reported is not recorded: ")


def test_a_fault_of_ours_is_recorded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its type alone, and the agent goes on."""
    monkeypatch.chdir(world.top)
    monkeypatch.delenv("ASSAYMARK_TRACEBACK")
    monkeypatch.setattr("assaymark.hooks.recording.placed", lambda *_: 1 / 0)
    assert world.tell("cursor/afterFileEdit")[-1]["what"] == "internal error: ZeroDivisionError"


# Bad input


@pytest.mark.parametrize(
    "content, why",
    [
        (b"", "nothing came"),
        (b" \n", "nothing came"),
        (b"{", "not JSON"),
        (b'{"a": "b', "not JSON"),
        (b"hello", "not JSON"),
        (b"[1]", "no table but list"),
        (b'"x"', "no table but str"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"[" * 1_000_000, "nested too deeply"),
    ],
)
def test_what_is_no_payload_is_said(content: bytes, why: str) -> None:
    """Cut off, not JSON, no table, nested without end: a reason, and no word of what came."""
    payload = intake.decoded(content)
    assert payload.table is None
    assert why in payload.wrong


def test_a_payload_is_read_leniently() -> None:
    """Control characters in strings, a byte order mark, bytes that are no UTF-8."""
    assert intake.decoded(b'\xef\xbb\xbf{"a": "x\ty\x01"}').table == {"a": "x\ty\x01"}
    assert intake.decoded(b'{"a": "\xff"}').table == {"a": "�"}


def test_a_deep_value_is_no_danger(world: World) -> None:
    """What JSON's reader takes is outlined and redacted to a depth, and recorded."""
    deep: Any = 1
    for _ in range(400):
        deep = {"x": [deep]}
    assert (
        world.say("claude", {"hook_event_name": "Odd", "cwd": str(world.top), "x": deep})[0]["kind"]
        == "unread"
    )
    json.dumps(redacted(deep))
    assert len(outline(deep)) < 100


def test_input_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that leaves the pipe open: what came is read after a silence, nothing after another."""
    monkeypatch.setattr(intake, "_SILENCE", 0.01)
    monkeypatch.setattr(intake, "_PATIENCE", 0.01)
    with _Pipe() as (out, into):
        assert intake.received(out).wrong == "nothing came"
        os.write(into, b'{"a": 1}')
        assert intake.received(out).table == {"a": 1}


def test_a_pipe_has_any_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many files are open, a number is above what `select` takes."""
    fcntl, resource = pytest.importorskip("fcntl"), pytest.importorskip("resource")
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 2000:
        pytest.skip("no such number here")
    monkeypatch.setattr(intake, "_SILENCE", 0.01)
    with _Pipe() as (out, into):
        high = fcntl.fcntl(out, fcntl.F_DUPFD, 2000)
        try:
            os.write(into, b'{"a": 1}')
            assert intake.received(high).table == {"a": 1}
        finally:
            os.close(high)


def test_a_huge_payload_is_read_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is not parsed, and who writes it does not fail."""
    file = tmp_path / "huge"
    with file.open("wb") as opened:
        opened.truncate(50 * 1024 * 1024)
    with file.open("rb") as opened:
        assert intake.received(opened.fileno()).wrong == "more than 16 MiB"
        assert os.read(opened.fileno(), 1) == b""


def test_a_closed_input_is_no_payload() -> None:
    """Some tools start hooks without any."""
    out, into = os.pipe()
    os.close(out)
    os.close(into)
    assert intake.received(out).wrong == "nothing came"


TEXTS = (OLD.decode(), NEW.decode(), "total", "price", "", "\n", " ", "a\0", "\ud800", "1\r\n", "(" * 50)
PATCHES = (
    "*** Begin Patch\n*** Update File: shop.py\n@@\n-total\n+price\n",
    "*** Begin Patch\n*** Add File: new.py\n+a\n*** End Patch",
    "***",
)
ODD = (None, True, 0, -3, 10**30, 1.5, "x", [], [None], [[]], {}, {"": 1}, {"x": [{}]})
EVENTS = (
    "PostToolUse",
    "PreToolUse",
    "AfterTool",
    "afterFileEdit",
    "afterTabFileEdit",
    "post_write_code",
    "Odd",
)
CALLED = (
    *("Edit", "Write", "MultiEdit", "NotebookEdit", "apply_patch", "replace_string_in_file", "create_file"),
    *("create", "edit", "replace", "write_file", "replace_in_file", "write_to_file", "str_replace", "Odd"),
)
PATHS = ("shop.py", "shop.py", "shop.py", "new.py", "../x", "/", "\0", "a\nb", ".git/config", "", "~")


def _made_up(chance: random.Random) -> dict[str, Any]:
    """A payload that could be one, but for a few things in it that are odd."""

    def one(*values: Any) -> Any:
        return chance.choice(ODD if chance.random() < 0.03 else values)

    def some(**values: Any) -> dict[str, Any]:
        return {name: value for name, value in values.items() if chance.random() < 0.94}

    def pair() -> dict[str, Any]:
        at = some(start_line_number=one(-1, 0, 1, 2), start_column=one(-5, 1, 14, 99))
        return some(
            old_string=one(*TEXTS), new_string=one(*TEXTS), replace_all=one(True, False), range=one(at)
        )

    given = {**pair(), **some(file_path=one(*PATHS), edits=one([pair(), pair()], []))}
    given |= (
        {chance.choice(("content", "command", "patch", "ai_proposed_content")): one(*TEXTS, *PATCHES)}
        if chance.random() < 0.5
        else {}
    )
    shown = some(originalContent=one(*TEXTS), newContent=one(*TEXTS), isNewFile=one(True, False))
    got = some(
        originalFile=one(*TEXTS),
        newString=one(*TEXTS),
        userModified=one(True, False),
        returnDisplay=one(shown),
    )
    return some(
        hook_event_name=one(*EVENTS),
        tool_name=one(*CALLED),
        tool_input=one(given),
        tool_response=one(got),
        tool_info=one(given),
        file_path=one(*PATHS),
        edits=one([pair()], [pair(), pair()]),
        session_id=one("s", "\ud800", "x" * 500),
        model=one("m"),
        transcript_path=one("/", "."),
        workspace_roots=one(["."], []),
    )


@pytest.mark.parametrize("tool", TOOLS)
def test_no_payload_is_a_fault(world: World, tool: str) -> None:
    """Whatever stands under the names that tools use, nothing fails, and what is recorded can be read."""
    chance = random.Random(tool)
    for _ in range(100):
        table = _made_up(chance)
        if tool == "windsurf":
            table["agent_action_name"] = table.pop("hook_event_name", None)
        world.say(tool, table)
        json.dumps(redacted(table))
    assert {event["path"] for event in world.edited()} <= {"shop.py", "new.py", "a\nb", "~"}
    assert all(from_plain(event) for event in world.events())


# For a bug report


@pytest.mark.parametrize(
    "file", sorted(PAYLOADS.rglob("*.json")), ids=lambda file: f"{file.parent.name}-{file.stem}"
)
def test_a_redacted_payload_says_nothing(file: Path) -> None:
    """No path, text, prompt, name of a person, a model or a conversation is left; all keys are."""
    table = json.loads(file.read_text("utf-8").replace("@TOP@", f"/home/{MARKER}"), strict=False)
    shown = json.dumps(redacted(table))
    for word in (
        MARKER,
        "price",
        "coins",
        "tax",
        "someone",
        "fable",
        "5e1f",
        "sed -i",
        "/home",
        "1793606400000",
    ):
        assert word not in shown, word
    assert _keys(redacted(table)) == _keys(table)


def test_redaction_keeps_what_a_bug_needs() -> None:
    """Names of events and tools, flags, lengths and kinds; keys that are content become numbers."""
    table = {
        "hook_event_name": "PostToolUse",
        "tool_name": "Edit",
        "tool_input": {"file_path": "/a/b.py", "old_string": "x\r\n", "n": 7, "flag": True, "none": None},
        "a secret": 1,
        "/another": 2,
        "source": f"a sentence with {MARKER}",
    }
    assert redacted(table) == {
        "hook_event_name": "PostToolUse",
        "tool_name": "Edit",
        "tool_input": {
            "file_path": "<path, 7 characters, 0 line ends>",
            "old_string": "<text with CR LF, 3 characters, 1 line ends>",
            "n": 0,
            "flag": True,
            "none": None,
        },
        "?3": 0,
        "?4": 0,
        "source": "<text, 31 characters, 0 line ends>",
    }


def test_a_redacted_payload_is_written_where_it_was_asked_for(world: World, tmp_path: Path) -> None:
    """A line for each event, beside what is recorded anyway."""
    file = tmp_path / "seen.jsonl"
    for _ in range(2):
        hook("cursor", json.dumps(payload_of("cursor/stop", world.top.as_posix())), str(file))
    lines = [json.loads(line) for line in file.read_text("ascii").splitlines()]
    assert [line["tool"] for line in lines] == ["cursor", "cursor"]
    assert lines[0]["payload"]["hook_event_name"] == "stop"


# The program


@pytest.mark.e2e
@pytest.mark.parametrize(
    "name",
    [
        "claude/PostToolUse_Edit",
        "cursor/afterFileEdit",
        "copilot/PostToolUse_replace",
        "copilot-cli/postToolUse_camel",
        "codex/PostToolUse_apply_patch",
        "gemini/AfterTool_replace",
        "windsurf/post_write_code",
    ],
)
def test_an_agent_hears_no_decision(world: World, name: str) -> None:
    """The program ends with 0, without a word, and the edit is in the record."""
    world.write("shop.py", b"import db\n" * 200 + NEW)
    payload = json.dumps(payload_of(name, world.top.as_posix()))
    tool = name.split("/", maxsplit=1)[0]
    ran = _run(world, [tool], payload.encode())
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    assert [event["path"] for event in world.edited()][:1] == ["shop.py"]
    assert [from_plain(event) for event in world.events()]


@pytest.mark.parametrize("tool", ["claude", "codex", "gemini", "windsurf"])
def test_an_edit_lists_no_folder(world: World, tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What grows with the work makes no hook slower."""
    names = {
        "claude": "PostToolUse_Edit",
        "codex": "PostToolUse_apply_patch",
        "gemini": "AfterTool_replace",
        "windsurf": "post_write_code",
    }
    payload = json.dumps(payload_of(f"{tool}/{names[tool]}", world.top.as_posix()))
    # What is imported lists folders of its own.
    assert hook(tool, payload) == 0

    def elsewhere(listed: Callable[[str], object]) -> Callable[[str], object]:
        def listing(folder: str = ".") -> object:
            # Rules are listed, and do not grow with the work.
            assert not str(folder).startswith(str(world.top))
            return listed(folder)

        return listing

    with monkeypatch.context() as patched:
        patched.setattr(os, "listdir", elsewhere(os.listdir))
        patched.setattr(os, "scandir", elsewhere(os.scandir))
        assert hook(tool, payload) == 0
    assert world.edited()


def test_what_was_announced_long_ago_is_forgotten(world: World) -> None:
    """When a conversation begins, and not at each edit."""
    world.write("shop.py", OLD)
    world.tell("claude/PreToolUse_Edit")
    (kept,) = (world.top / ".git" / "assaymark" / "intended").iterdir()
    os.utime(kept, (0, 0))
    world.tell("claude/SessionStart", session_id="another")
    assert not kept.exists()


@pytest.mark.e2e
@pytest.mark.parametrize("content", [b"", b"{", b"[" * 200_000, b"\0" * 1000, b"{}"])
def test_no_input_makes_it_speak(world: World, content: bytes) -> None:
    """Whatever comes in: 0, no decision, and one record of it in the repository that it was started in."""
    ran = _run(world, ["claude"], content)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    assert [event["kind"] for event in world.events()] == ["unread"]


@pytest.mark.e2e
def test_an_event_may_be_the_last_argument(world: World) -> None:
    """As `notify` of Codex has it; standard input is left alone then."""
    payload = json.dumps(payload_of("codex/notify", world.top.as_posix()))
    assert _run(world, ["codex", payload], None).returncode == 0
    assert [event["kind"] for event in world.events()] == ["session", "prompted"]


@pytest.mark.e2e
def test_nothing_is_loaded_that_an_agent_would_wait_for(world: World) -> None:
    """Beside the interpreter's own modules only ours; none that reads options, rules or a database."""
    show = (
        "import os, sys; from assaymark.cli.entry import hooked; sys.argv = ['x']; before = set(sys.modules)\n"
        "hooked(['claude']); print('\\n'.join(sorted(sys.modules)))"
    )
    payload = payload_of("claude/PostToolUse_Write_update", world.top.as_posix())
    # A file of code is checked as well: tests/test_hooks_answer.py says what that loads.
    payload["tool_input"]["file_path"] = payload["tool_response"]["filePath"] = f"{world.top}/shop.txt"
    world.write("shop.txt", (world.top / "shop.py").read_bytes())
    ran = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(ROOT / 'server')!r}); {show}",
        ],
        input=json.dumps(payload).encode(),
        cwd=world.top,
        capture_output=True,
        check=True,
    )
    loaded = set(ran.stdout.decode().split())
    tops = {name.partition(".")[0] for name in loaded}
    assert tops - {"assaymark", "__main__"} <= set(sys.stdlib_module_names) | {
        "_distutils_hack",
        "sitecustomize",
    }
    for name in (
        "argparse",
        "asyncio",
        "sqlite3",
        "logging",
        "subprocess",
        "pathlib",
        "threading",
        "tempfile",
        "typing",
    ):
        assert name not in tops
    ours = {name.split(".")[1] for name in loaded if name.startswith("assaymark.")}
    assert ours <= {
        "choices",
        "cli",
        "dataclass",
        "hooks",
        "ledger",
        "lineage",
        "origin",
        "quickjson",
        "regex",
        "repository",
        "tuples",
    }
    assert {name for name in loaded if name.startswith("assaymark.cli.")} == {"assaymark.cli.entry"}
    assert not [name for name in loaded if name.startswith("assaymark.hooks.shell")]


@pytest.mark.parametrize(
    "words, code, said",
    [
        (["cladue"], 3, "did you mean claude"),
        ([], 3, "TOOL"),
        (["claude", "--recrod", "x"], 3, "did you mean --record"),
        (["claude", "{}", "{}"], 3, "unrecognized"),
    ],
)
def test_wrong_usage_is_said(
    words: list[str], code: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A tool that is none ends with 3, and the nearest name."""
    assert main.run(["hook", *words]) == code
    captured = capfd.readouterr()
    assert captured.out == ""
    assert said in captured.err


def test_the_command_line_runs_hooks_too(world: World) -> None:
    """Who starts it on another road than the short one gets the same."""
    assert main.run(["hook", "cursor", json.dumps(payload_of("cursor/afterFileEdit", str(world.top)))]) == 0
    assert len(world.edited()) == 1


def test_every_tool_has_an_adapter() -> None:
    """What can be named on the command line can be read, and is tried."""
    assert {file.name for file in PAYLOADS.iterdir()} == set(TOOLS)


def _run(world: World, words: list[str], given: bytes | None) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name != "ASSAYMARK_TRACEBACK"}
    return subprocess.run(
        [sys.executable, "-m", "assaymark", "hook", *words],
        **({"stdin": subprocess.DEVNULL} if given is None else {"input": given}),
        cwd=world.top,
        env={**environment, "PYTHONPATH": str(ROOT / "server")},
        capture_output=True,
        timeout=60,
        check=False,
    )


def _transcript(*models: str) -> bytes:
    rows = (
        {"type": "assistant", "message": {"role": "assistant", "model": one, "content": []}} for one in models
    )
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _found_in(world: World, word: str) -> list[str]:
    """The files under the git directory that hold *word*."""
    files = [file for file in (world.top / ".git").rglob("*") if file.is_file()]
    return [str(file) for file in files if word.encode() in file.read_bytes()]


def _keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _keys(item) for key, item in value.items()}
    return [_keys(item) for item in value] if isinstance(value, list) else None


class _Pipe:
    def __enter__(self) -> tuple[int, int]:
        self.ends = os.pipe()
        return self.ends

    def __exit__(self, *_: object) -> None:
        for end in self.ends:
            os.close(end)
