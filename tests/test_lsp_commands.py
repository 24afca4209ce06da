"""Commands, the status of a file, and all safe fixes at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli_world import page
from e2e.inside import PULLS, PUSHED, URI, Inside, Message, insert, of, reply_to


@pytest.fixture
def rules(tmp_path: Path) -> str:
    """A folder of rules with fixes, one of which breaks the syntax."""
    (tmp_path / "python").mkdir()
    for name in ("wrapped", "breaks"):
        (tmp_path / "python" / f"{name}.md").write_text(page(name))
    return str(tmp_path)


def edit(*capabilities: Message, **options: Any) -> Inside:
    able = capabilities[0] if capabilities else PULLS
    return Inside(able, initializationOptions={"typingDelay": 0, **options})


def actions(editor: Inside, only: list[str] | None = None, line: int = 0) -> list[Message]:
    place = {"line": line, "character": 1}
    context = {"diagnostics": []} | ({"only": only} if only is not None else {})
    asked = {"textDocument": {"uri": URI}, "range": {"start": place, "end": place}, "context": context}
    offered = editor.request("textDocument/codeAction", asked)["result"]
    # What silences and explains is offered with every finding: tests/test_lsp_silencing.py.
    return [one for one in offered if not one["title"].startswith(("Silence ", "Explain "))]


def command(editor: Inside, name: str, *arguments: object) -> tuple[Message, list[Message]]:
    request = editor.ask("workspace/executeCommand", {"command": name, "arguments": list(arguments)})
    came = editor.come(request)
    return reply_to(came, request), came


def test_an_unknown_command_is_refused() -> None:
    """With the name that was meant."""
    error = command(edit(), "assaymark.checkWorkspaces")[0]["error"]
    assert (error["code"], "assaymark.checkWorkspace?" in error["message"]) == (-32602, True)


def test_explain_gives_the_page() -> None:
    """Its text, and where it is; a client that can is asked to show it."""
    showing = PULLS | {"window": {"showDocument": {"support": True}}}
    reply, came = command(edit(showing), "assaymark.explain", "eval-code")
    assert reply["result"]["text"].startswith("# eval-code")
    assert [one["uri"] for one in of(came, "window/showDocument")] == [reply["result"]["uri"]]
    assert "did you mean eval-code" in command(edit(), "assaymark.explain", "eval-cod")[0]["error"]["message"]


def test_fix_all_asks_the_client_to_edit(rules: str) -> None:
    """All that are safe and hold, in one edit; the answer says how many."""
    able = PULLS | {"workspace": PULLS["workspace"] | {"applyEdit": True}}
    editor = edit(able, rules=[rules])
    editor.open("wrap(1)\nsnap(2)\nx = wrap(wrap(3))\n")
    reply, came = command(editor, "assaymark.fixAll", {"uri": URI})
    (asked,) = of(came, "workspace/applyEdit")
    (change,) = asked["edit"]["documentChanges"]
    assert [one["newText"] for one in change["edits"]] == ["1", "3"]
    assert reply["result"] == {"edits": 2}


def test_fix_all_is_an_action_when_it_is_asked_for(rules: str) -> None:
    """By its kind or one above it; unasked only beside a fix that it would make."""
    editor = edit(rules=[rules])
    editor.open("x = 1\nwrap(1)\n")
    for only in (["source"], ["source.fixAll"], ["source.fixAll.assaymark"], [""]):
        (action,) = (one for one in actions(editor, only) if one["kind"] == "source.fixAll.assaymark")
        assert [one["newText"] for one in action["edit"]["documentChanges"][0]["edits"]] == ["1"]
    assert actions(editor, ["quickfix"]) == []
    assert actions(editor) == []
    kinds = [one["kind"] for one in actions(editor, line=1)]
    assert kinds == ["quickfix", "source.fixAll.assaymark"]


def test_a_fix_that_does_not_hold_is_not_offered(rules: str) -> None:
    """It would break the syntax; and there is nothing to fix at once."""
    editor = edit(rules=[rules])
    editor.open("snap(1)\n")
    assert editor.lines() == [0]
    assert actions(editor) == []
    assert actions(editor, ["source.fixAll"]) == []


def test_an_action_that_is_a_command_is_resolved_to_itself() -> None:
    """Editors resolve whatever comes without edits."""
    action = {"title": "Explain eval-code", "command": {"title": "", "command": "assaymark.explain"}}
    assert edit().request("codeAction/resolve", action)["result"] == action


def test_fix_all_is_resolved_for_the_newest_text(rules: str) -> None:
    """What was typed since the menu was opened counts."""
    resolving = {
        "codeActionLiteralSupport": {},
        "dataSupport": True,
        "resolveSupport": {"properties": ["edit"]},
    }
    editor = edit(PULLS | {"textDocument": PULLS["textDocument"] | {"codeAction": resolving}}, rules=[rules])
    editor.open("wrap(1)\n")
    (action,) = actions(editor, ["source.fixAll"])
    assert "edit" not in action
    editor.come(editor.change(insert(0, 0, "wrap(2)\n")))
    resolved = editor.request("codeAction/resolve", action)["result"]
    assert [one["newText"] for one in resolved["edit"]["documentChanges"][0]["edits"]] == ["2", "1"]


def status(editor: Inside, uri: str = URI) -> Message:
    return editor.request("assaymark/status", {"uri": uri})["result"]


def test_the_status_of_a_file() -> None:
    """Clean, findings with their counts, and what was not checked, with the reason."""
    editor = edit()
    editor.open("x = 1\n")
    assert (status(editor)["state"], status(editor)["reason"]) == ("clean", "")
    editor.come(editor.change(insert(0, 0, "eval(x)\n")))
    assert status(editor)["state"] == "findings"
    assert sum(status(editor)["counts"].values()) == 1
    editor.open("x" * 2_000_000)
    assert (status(editor)["state"], "max-line" in status(editor)["reason"]) == ("failed", True)
    assert status(editor, "file:///nothing.py")["state"] == "not analysed"


def test_what_is_not_shown_is_no_finding_of_the_status() -> None:
    """It says what the editor shows."""
    editor = edit(severity="critical")
    editor.open("eval(x)\n")
    assert status(editor)["state"] == "clean"


@pytest.mark.parametrize("wanted", [True, False])
def test_changes_of_the_status_are_told_to_who_wants_them(wanted: bool) -> None:
    """When it changes, and only then."""
    editor = edit(PUSHED, statusNotifications=wanted)
    came = editor.open("x = 1\n") + editor.come(editor.change(insert(0, 0, "y")))
    came += editor.come(editor.change(insert(0, 0, "eval(x)\n")))
    assert [one["state"] for one in of(came, "assaymark/status")] == (["clean", "findings"] if wanted else [])
    assert "is not a setting" not in str(editor.sent)


def test_the_status_counts_what_is_silenced() -> None:
    """And says that bandit was not asked."""
    editor = edit(bandit="off")
    editor.open("eval(x)  # assaymark: ignore[eval-code] -- a test of the console\n")
    found = status(editor)
    assert (found["state"], found["silenced"]) == ("clean", 1)
    assert found["engines"] == {"patterns": "clean", "bandit": "off"}
