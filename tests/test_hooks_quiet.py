"""A hook that has nothing to say says nothing, but where a tool would take that for a veto."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assaymark.hooks import recording
from assaymark.hooks.entry import TOOLS as KNOWN
from assaymark.hooks.entry import hook
from assaymark.hooks.install.tool import Commands
from assaymark.hooks.install.tools import TOOLS
from assaymark.hooks.quiet import NO_DECISION

# Every event that hooks are installed for.
INSTALLED = [
    (tool.name, addition.path[1])
    for tool in TOOLS
    for addition in tool.additions(lambda event: Commands(event, event, event))
    if addition.path[0] == "hooks"
]
ASKED = {("cursor", "beforeSubmitPrompt"), ("cursor", "beforeShellExecution")}
ASKED_IN_CURSOR = ASKED | {("claude", "UserPromptSubmit"), ("claude", "PreToolUse")}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("ASSAYMARK_TRACEBACK", "CURSOR_VERSION"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("tool, event", INSTALLED)
def test_silence_is_empty(tool: str, event: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Not a byte, but where Cursor asks whether it may go on."""
    assert _said(tool, {"hook_event_name": event}, capfdbinary) == _answer((tool, event) in ASKED)


@pytest.mark.parametrize("tool, event", INSTALLED)
@pytest.mark.parametrize("is_in", ["payload", "environment"])
def test_cursor_asks_hooks_of_claude_code_too(
    tool: str,
    event: str,
    is_in: str,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    """Which program runs a hook is known by the payload, or by the environment."""
    payload: dict[str, object] = {"hook_event_name": event}
    if is_in == "payload":
        payload["cursor_version"] = "2.0"
    else:
        monkeypatch.setenv("CURSOR_VERSION", "2.0")
    assert _said(tool, payload, capfdbinary) == _answer((tool, event) in ASKED_IN_CURSOR)


@pytest.mark.parametrize("tool", KNOWN)
def test_a_payload_that_cannot_be_read_may_have_been_a_question(
    tool: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Cursor hears that there is no decision; the others hear nothing."""
    assert hook(tool, "{") == 0
    assert capfdbinary.readouterr().out == _answer(tool == "cursor")


@pytest.mark.parametrize(
    "event", ["beforeShellExecution", "beforeReadFile", "beforeMCPExecution", "preToolUse"]
)
def test_a_question_is_answered_when_nothing_can_be_recorded(
    event: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """A full disk stops no agent, and neither does a mistake of ours."""
    for error in (OSError("full"), ValueError("ours")):

        def failing(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(recording, "record", failing)
        assert hook("cursor", json.dumps({"hook_event_name": event, "command": "ls"})) == 0
        # What is not recorded is said where agents do not act upon it.
        assert capfdbinary.readouterr().out == _answer(True)


def _said(tool: str, payload: dict[str, object], capfdbinary: pytest.CaptureFixture[bytes]) -> bytes:
    assert hook(tool, json.dumps(payload)) == 0
    captured = capfdbinary.readouterr()
    assert captured.err == b""
    return captured.out


def _answer(asked: bool) -> bytes:
    return f"{NO_DECISION}\n".encode() if asked else b""
