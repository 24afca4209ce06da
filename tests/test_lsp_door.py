"""The life of a connection: what is answered when, and what a fault may cost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from e2e.inside import PULLS, PUSHED, URI, Inside, of, replace

SECRET = "hunter2 = load(secret_word)"


def code(reply: dict[str, Any]) -> int:
    return reply["error"]["code"]


def test_a_request_before_initialize_is_refused() -> None:
    """-32002, and the server goes on to be initialized."""
    editor = Inside()
    assert code(editor.request("textDocument/hover", {})) == -32002
    assert editor.notify("textDocument/didOpen", {}) == []
    assert "capabilities" in editor.request("initialize", {"capabilities": {}})["result"]


def test_initialize_comes_once() -> None:
    """A second one changes nothing."""
    editor = Inside(PULLS)
    assert code(editor.request("initialize", {"capabilities": {}})) == -32600


def test_initialize_needs_capabilities() -> None:
    """Without them nobody knows what the client can do."""
    assert code(Inside().request("initialize", {"capabilities": 5})) == -32602


def test_after_shutdown_only_exit() -> None:
    """Requests are refused, notifications dropped; exit ends with 0."""
    editor = Inside(PULLS)
    assert editor.request("shutdown", None)["result"] is None
    assert code(editor.request("textDocument/hover", {})) == -32600
    assert editor.open("x = 1\n") == []
    editor.notify("exit", None)
    assert editor.door.exit_code == 0


def test_exit_without_shutdown_is_1() -> None:
    """The client left without saying so."""
    editor = Inside(PULLS)
    editor.notify("exit", None)
    assert editor.door.exit_code == 1


@pytest.mark.parametrize(
    "method, params",
    [
        ("textDocument/diagnostic", {}),
        ("textDocument/diagnostic", None),
        ("textDocument/diagnostic", [1]),
        ("textDocument/diagnostic", {"textDocument": {"uri": 5}}),
        ("textDocument/hover", {"textDocument": {"uri": URI}}),
        ("textDocument/hover", {"textDocument": {"uri": URI}, "position": {"line": -1, "character": "x"}}),
        ("textDocument/codeAction", {"textDocument": {"uri": URI}, "range": None, "context": {}}),
        ("textDocument/codeAction", None),
        ("codeAction/resolve", {"title": "x", "data": 3}),
        ("codeAction/resolve", {"title": "x", "data": {"uri": URI}}),
    ],
)
def test_invalid_params_are_answered(method: str, params: object) -> None:
    """-32602, never silence."""
    editor = Inside(PULLS)
    editor.open("x = 1\n")
    assert code(editor.request(method, params)) == -32602


@pytest.mark.parametrize(
    "method, params",
    [
        ("textDocument/didOpen", {}),
        (
            "textDocument/didOpen",
            {"textDocument": {"uri": URI, "languageId": "python", "version": "1", "text": ""}},
        ),
        (
            "textDocument/didChange",
            {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": 5}]},
        ),
        (
            "textDocument/didChange",
            {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [replace(0, -1, 0, 0, "x")]},
        ),
        ("textDocument/didClose", None),
        ("textDocument/didSave", {"textDocument": None}),
        ("workspace/didChangeWorkspaceFolders", {"event": 1}),
        ("workspace/didChangeConfiguration", {"settings": 5}),
        ("$/cancelRequest", {"id": [1]}),
        ("$/setTrace", {"value": 1}),
        ("nobody/knows", {}),
    ],
)
def test_a_notification_that_makes_no_sense_changes_nothing(method: str, params: object) -> None:
    """At most a line in the log; the text and its findings stay."""
    editor = Inside(PULLS)
    editor.open("x = eval(y)\n")
    came = editor.notify(method, params)
    assert all(message["method"] == "window/logMessage" for message in came)
    assert editor.lines() == [0]


def test_an_unknown_method_is_answered() -> None:
    """-32601."""
    assert code(Inside(PULLS).request("textDocument/nothing", {})) == -32601


@pytest.mark.parametrize(
    "body, expected",
    [
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b'{"id":1}', -32600),
        (b"7", -32600),
    ],
)
def test_what_is_no_message_is_answered(body: bytes, expected: int) -> None:
    """The next message is served as ever."""
    editor = Inside(PULLS)
    editor.door.receive(body)
    assert code(editor.new()[-1]) == expected
    editor.open("x = eval(y)\n")
    assert editor.lines() == [0]


def test_a_fault_in_a_request_is_answered_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user is told of the first, the log of each, and neither sees what the exception quoted."""
    editor = Inside(PULLS)
    editor.open(f"{SECRET}\n")

    def broken(*_: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(editor.session, "read", broken)
    params = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
    editor.new()
    replies = [editor.request("textDocument/hover", params) for _ in range(2)]
    assert [code(reply) for reply in replies] == [-32603, -32603]
    came = [message for message in editor.sent if "method" in message]
    assert len(of(came, "window/showMessage")) == 1
    assert len(of(came, "window/logMessage")) == 2
    assert "hunter2" not in json.dumps(editor.sent)
    monkeypatch.undo()
    assert editor.request("textDocument/hover", params)["result"] is None


def test_a_fault_in_a_notification_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notification after it is served."""
    editor = Inside(PUSHED)

    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    with monkeypatch.context() as patched:
        patched.setattr(editor.session, "save", broken)
        came = editor.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
    assert [message["method"] for message in came] == ["window/logMessage", "window/showMessage"]
    assert "hunter2" not in json.dumps(came)
    assert of(editor.open("x = 1\n"), "textDocument/publishDiagnostics")


RANGE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 3}}
DOCUMENT = {"uri": URI, "languageId": "python", "version": 2, "text": "import yaml\nyaml.load(x)\n"}
KEY = {"uri": URI, "rule": "yaml-unsafe-load", "fingerprint": "f", "start": 0, "index": 0}
NOTEBOOK, CELL = "file:///project/app/a.ipynb", "vscode-notebook-cell:/project/app/a.ipynb#1"
# Answered when they are done, which may be later.
LONG = {"workspace/diagnostic", "workspace/executeCommand"}
SENSIBLE: list[tuple[str, Any]] = [
    ("initialize", {"capabilities": {}}),
    ("initialized", {}),
    ("textDocument/didOpen", {"textDocument": DOCUMENT}),
    ("textDocument/didChange", {"textDocument": DOCUMENT, "contentChanges": [{"range": RANGE, "text": "x"}]}),
    ("textDocument/didChange", {"textDocument": DOCUMENT, "contentChanges": [{"text": "eval(x)"}]}),
    ("textDocument/didClose", {"textDocument": DOCUMENT}),
    ("textDocument/didSave", {"textDocument": DOCUMENT}),
    ("textDocument/diagnostic", {"textDocument": DOCUMENT, "previousResultId": "1"}),
    ("textDocument/hover", {"textDocument": DOCUMENT, "position": RANGE["start"]}),
    (
        "textDocument/codeAction",
        {
            "textDocument": DOCUMENT,
            "range": RANGE,
            "context": {"diagnostics": [{"range": RANGE, "message": "m"}]},
        },
    ),
    ("codeAction/resolve", {"title": "t", "data": KEY}),
    ("workspace/didChangeConfiguration", {"settings": {"assaymark": {"ignore": ["x"], "typingDelay": 5}}}),
    (
        "workspace/didChangeWorkspaceFolders",
        {
            "event": {
                "added": [{"uri": "file:///a", "name": "a"}],
                "removed": [{"uri": "file:///b", "name": "b"}],
            }
        },
    ),
    ("$/cancelRequest", {"id": "fuzz-0"}),
    (
        "notebookDocument/didOpen",
        {
            "notebookDocument": {"uri": NOTEBOOK, "version": 1, "cells": [{"kind": 2, "document": CELL}]},
            "cellTextDocuments": [DOCUMENT | {"uri": CELL}],
        },
    ),
    (
        "notebookDocument/didChange",
        {
            "notebookDocument": {"uri": NOTEBOOK, "version": 2},
            "change": {
                "cells": {
                    "structure": {
                        "array": {"start": 1, "deleteCount": 0, "cells": [{"kind": 2, "document": URI}]},
                        "didOpen": [DOCUMENT],
                        "didClose": [{"uri": CELL}],
                    },
                    "data": [{"kind": 1, "document": CELL}],
                    "textContent": [
                        {
                            "document": {"uri": CELL, "version": 3},
                            "changes": [{"range": RANGE, "text": "x"}],
                        }
                    ],
                }
            },
        },
    ),
    ("notebookDocument/didClose", {"notebookDocument": {"uri": NOTEBOOK}, "cellTextDocuments": []}),
    ("textDocument/diagnostic", {"textDocument": {"uri": CELL}}),
    ("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file:///a/x.py", "type": 1}]}),
    ("workspace/diagnostic", {"previousResultIds": [{"uri": URI, "value": "1"}], "partialResultToken": 5}),
    ("workspace/executeCommand", {"command": "assaymark.checkWorkspace", "workDoneToken": "t"}),
    ("workspace/executeCommand", {"command": "assaymark.dismissWorkspaceCheck"}),
    ("workspace/executeCommand", {"command": "assaymark.explain", "arguments": ["eval-code"]}),
    ("workspace/executeCommand", {"command": "assaymark.fixAll", "arguments": [{"uri": URI}]}),
    ("window/workDoneProgress/cancel", {"token": "t"}),
    ("assaymark/status", {"uri": URI}),
    ("no/method", {}),
]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2**33)
    | st.floats()
    | st.sampled_from(["", "x", "\ud800", "x://[", "file:///%ff%00"])
)
VALUES = LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(st.sampled_from(["uri", "line"]), LEAVES)


def spoiled(value: Any, at: list[int], new: Any) -> Any:
    """*value* with *new* in the place of one of its parts; *at* says which way to go down."""
    if not at or not isinstance(value, (dict, list)) or not value:
        return new
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = keys[at[0] % len(keys)]
    copy = value.copy()
    copy[key] = spoiled(value[key], at[1:], new)
    return copy


WAYS = st.lists(st.integers(0, 5), max_size=5)
MESSAGES = st.one_of(
    st.sampled_from(SENSIBLE),
    st.builds(
        lambda message, way, new: (message[0], spoiled(message[1], way, new)),
        st.sampled_from(SENSIBLE),
        WAYS,
        VALUES,
    ),
)


@settings(max_examples=300)
@given(st.lists(st.tuples(MESSAGES, st.booleans()), max_size=8))
def test_whatever_comes_the_server_goes_on(messages: list[tuple[tuple[str, Any], bool]]) -> None:
    """Every request is answered once, nothing is a fault of ours, and a pull of another document is served."""
    editor = Inside(PULLS)
    editor.open("x = eval(y)\n", "file:///kept.py")
    asked: list[str] = []
    answered: list[str] = []
    for number, ((method, params), is_request) in enumerate(messages):
        identity = {"id": f"fuzz-{number}"} if is_request else {}
        came = editor.come({**identity, "method": method, "params": params})
        asked += identity.values()
        answered += [reply["id"] for reply in came if "method" not in reply]
        assert method in LONG or answered.count(f"fuzz-{number}") == is_request
        assert of(came, "window/showMessage") == []
    assert editor.report(uri="file:///kept.py")["kind"] == "full"
    for _ in range(9):
        editor.clock.pass_by(0)
    editor.door.receive(b'{"id": "last", "method": "shutdown"}')
    answered += [reply["id"] for reply in editor.new() if "method" not in reply]
    assert sorted([*asked, "last"]) == sorted(answered)
