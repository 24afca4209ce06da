"""
What holds on the wire with each real client, as it says of itself that it is (tests/e2e/clients).

Columns are counted here by Python's own codecs, and not by the code under test.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from e2e.client import Client
from e2e.inside import URI, Inside, Message

CLIENTS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in (Path(__file__).parent / "e2e/clients").iterdir()
}
# What each counts in, whether it pulls, and whether it shows hints and lenses: what its authors declared.
DECLARED = {
    "emacs-eglot": ("utf-32", False, True, False),
    "helix": ("utf-8", True, True, False),
    "neovim": ("utf-8", True, True, True),
    "vim-ale": ("utf-16", False, False, False),
    "vscode-1.100": ("utf-16", True, True, True),
    "vscode-1.139": ("utf-16", True, True, True),
}
WIDTH = {
    "utf-8": lambda text: len(text.encode()),
    "utf-16": lambda text: len(text.encode("utf-16-le")) // 2,
    "utf-32": len,
}
# An emoji, one of several code points, letters with combining marks, and what looks like a line end but is none.
BEFORE = ("😀", "👩‍👩‍👧", "e\u0301", "e\u0301\u0327\u0308", "ß√", "\u2028", "\t😀\t")
CANCELLED = -32800


@pytest.fixture(params=sorted(CLIENTS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def editor(name: str) -> Inside:
    editor = Inside()
    editor.capabilities = editor.request("initialize", CLIENTS[name])["result"]["capabilities"]
    editor.notify("initialized", {})
    return editor


def items(editor: Inside, name: str) -> list[Message]:
    """The diagnostics that the client shows now."""
    if DECLARED[name][1]:
        return editor.report()["items"]
    published = [one for one in editor.sent if one.get("method") == "textDocument/publishDiagnostics"]
    return published[-1]["params"]["diagnostics"]


def test_a_client_is_answered_as_it_declares(editor: Inside, name: str) -> None:
    """The encoding that it wants most, pull or push, hints and lenses only where it shows them."""
    offered = editor.capabilities
    assert (
        offered["positionEncoding"],
        "diagnosticProvider" in offered,
        "inlayHintProvider" in offered,
        "codeLensProvider" in offered,
    ) == DECLARED[name]
    assert ("notebookDocumentSync" in offered) == ("notebookDocument" in CLIENTS[name]["capabilities"])


@pytest.mark.parametrize("before", BEFORE)
def test_columns_behind_strange_characters(editor: Inside, name: str, before: str) -> None:
    """Out: the finding stands where this client counts it. In: an edit lands where this client meant it."""
    width = WIDTH[DECLARED[name][0]]
    head = f"x = '{before}'; y = "
    editor.open(f"{head}eval(z)  # {before}\n")
    editor.clock.pass_by(60)
    (item,) = items(editor, name)
    ends = [item["range"][end]["character"] for end in ("start", "end")]
    assert ends == [width(head), width(head + "eval(z)")]
    assert item["range"]["start"]["line"] == 0
    # `eval` becomes `print` by an edit behind those characters.
    start, end = ({"line": 0, "character": width(head + tail)} for tail in ("", "eval"))
    editor.come(editor.change({"range": {"start": start, "end": end}, "text": "print"}))
    editor.clock.pass_by(60)
    text = editor.session.read(URI).snapshot.text.whole().decode()
    assert text == f"{head}print(z)  # {before}\n"
    assert items(editor, name) == []


def test_a_client_hears_of_a_finding_by_one_way(editor: Inside, name: str) -> None:
    """Over a session of edits, who pulls is never pushed to; who is pushed to is never told to pull, or to ask for what it does not show."""
    _, pulls, hints, lenses = DECLARED[name]
    editor.open("x = eval(y)\n")
    for line in range(5):
        editor.type(line, 0, "z = eval(y)\n")
        editor.clock.pass_by(2)
        editor.new()
    editor.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    came = Counter(one.get("method") for one in editor.sent)
    assert (came["textDocument/publishDiagnostics"] == 0) == pulls
    assert pulls or not came["workspace/diagnostic/refresh"]
    assert hints or not came["workspace/inlayHint/refresh"]
    assert lenses or not came["workspace/codeLens/refresh"]


def test_a_burst_of_keys_equals_opening(editor: Inside, name: str) -> None:
    """Two hundred changes read in one piece: the findings are those of the text that they make."""
    editor.open("")
    width = WIDTH[DECLARED[name][0]]
    text = "x = '😀e\u0301'; y = eval(z)\n" * 8
    changes, line, typed = [], 0, ""
    for character in text:
        where = {"line": line, "character": width(typed)}
        changes.append(editor.change({"range": {"start": where, "end": where}, "text": character}))
        line, typed = (line + 1, "") if character == "\n" else (line, typed + character)
    editor.come(*changes)
    editor.clock.pass_by(60)
    editor.new()
    shown = {(one["range"]["start"]["line"], one["code"]) for one in items(editor, name)}
    assert shown == {(line, "eval-code") for line in range(8)}


@pytest.mark.e2e
def test_a_storm_of_cancelled_requests(name: str) -> None:
    """Every request is answered once, by its result or as cancelled, and the server is as quick as before."""
    with Client() as client:
        client.initialize(CLIENTS[name])
        document = {"uri": URI, "languageId": "python", "version": 1, "text": "x = eval(y)\n" * 40}
        client.notify("textDocument/didOpen", {"textDocument": document})
        position = {"textDocument": {"uri": URI}, "position": {"line": 3, "character": 5}}
        n, storm = 150, []
        for number in range(1000, 1000 + n):
            storm.append({"id": number, "method": "textDocument/hover", "params": position})
            storm.append({"method": "$/cancelRequest", "params": {"id": number}})
        # Cancelled before it came, twice, and never asked.
        storm += [{"method": "$/cancelRequest", "params": {"id": one}} for one in (999, 1000, "no")]
        client.send(*storm)
        assert "result" in client.request("textDocument/hover", position)
        replies = [one for one in client.seen if isinstance(one.get("id"), int) and one["id"] >= 1000]
        assert Counter(one["id"] for one in replies) == Counter(range(1000, 1000 + n))
        assert all("result" in one or one["error"]["code"] == CANCELLED for one in replies)
        assert client.leave() == 0


@pytest.mark.e2e
@pytest.mark.parametrize("orderly", [True, False])
def test_the_end(name: str, orderly: bool) -> None:
    """0 after shutdown, though a document is open and a request waits; 1 when the editor is just gone."""
    with Client() as client:
        client.initialize(CLIENTS[name])
        document = {"uri": URI, "languageId": "python", "version": 1, "text": "x = eval(y)\n"}
        client.notify("textDocument/didOpen", {"textDocument": document})
        assert (client.leave() if orderly else client.hang_up()) == (0 if orderly else 1)
