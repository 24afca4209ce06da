"""An editor with hints and lenses, whose text an agent wrote in part."""

from __future__ import annotations

from typing import Any

from assaymark.origin import Author, Evidence, Origin, covering
from assaymark.text import Span
from e2e.inside import BEGIN, PULLS, URI, Inside, Message

SHOWS: Message = {
    "textDocument": {**PULLS["textDocument"], "inlayHint": {}, "codeLens": {}},
    "workspace": {
        **PULLS["workspace"],
        "inlayHint": {"refreshSupport": True},
        "codeLens": {"refreshSupport": True},
    },
    "window": {"showDocument": {"support": True}},
}
CLAUDE = Origin(Author.ai, Evidence.hook, "claude", "claude-opus-4-6", time=BEGIN)


def editing(**options: Any) -> Inside:
    """An editor with these settings."""
    return Inside(SHOWS, initializationOptions={"typingDelay": 0, **options})


def attribute(
    editor: Inside, first: int, last: int, origin: Origin = CLAUDE, uri: str = URI
) -> list[Message]:
    """What the server sends once the lines *first* to *last* (from 0, both included) are of *origin*."""
    session = editor.session
    text = session.read(uri).snapshot.text
    start = text.line_span(first).start
    end = text.line_span(last + 1).start if last + 1 < text.n_lines else text.n_bytes
    session.desk.attribute(session.document(uri).uri, Span(start, end), covering(end - start, origin))
    session.attributed(session.document(uri))
    return editor.come()


def asking_hints(editor: Inside, first: int = 0, last: int = 9999, uri: str = URI) -> Message:
    """A request for the hints of some lines, to be sent."""
    where = {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}
    return editor.ask("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": where})


def hints(editor: Inside, first: int = 0, last: int = 9999, uri: str = URI) -> list[tuple[int, int, str]]:
    """The line, the column and the text of each hint."""
    request = asking_hints(editor, first, last, uri)
    (reply,) = [one for one in editor.come(request) if one.get("id") == request["id"]]
    return [(one["position"]["line"], one["position"]["character"], one["label"]) for one in reply["result"]]


def lenses(editor: Inside, uri: str = URI) -> list[Message]:
    """The lenses of a document."""
    return editor.request("textDocument/codeLens", {"textDocument": {"uri": uri}})["result"]


def titles(editor: Inside, uri: str = URI) -> list[tuple[int, str]]:
    """The line and the title of each lens that counts; each has one beside it that marks."""
    found = [(one["range"]["start"]["line"], one["command"]["title"]) for one in lenses(editor, uri)]
    assert found[1::2] == [(line, "Mark as reviewed") for line, _ in found[::2]]
    return found[::2]
