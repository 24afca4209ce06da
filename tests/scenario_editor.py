"""
An editor for scenarios: it holds texts, sends their edits to the server's door in this process, and undoes.

Positions are `line:column`, both from 1, columns in characters (the door is asked for utf-32).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from assaymark.analysis.attributing import runs_of
from assaymark.lsp.noted import Told, asked
from assaymark.origin import Runs
from assaymark.repository.place import Place
from e2e.inside import PULLS, Inside, Message

CAPABILITIES = PULLS | {"general": {"positionEncodings": ["utf-32"]}}
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Swap:
    """At this place of the text as it was before, this came for that."""

    start: int
    old: str
    new: str

    @property
    def inverse(self) -> Swap:
        return Swap(self.start, self.new, self.old)


@dataclass(slots=True)
class Buffer:
    """An open text, and what can be undone in it: steps, each of swaps in the order in which they were made."""

    uri: str
    text: str
    version: int = 1
    cell: bool = False
    done: list[list[Swap]] = field(default_factory=list)
    undone: list[list[Swap]] = field(default_factory=list)

    def offset(self, position: str) -> int:
        """The offset of a `line:column`."""
        line, _, column = position.partition(":")
        starts = [0, *(found.end() for found in _LINE_END.finditer(self.text))]
        at = starts[int(line) - 1] + int(column) - 1
        assert at <= len(self.text), f"{position} lies behind the end of the text"
        return at

    def position(self, at: int, text: str | None = None) -> dict[str, int]:
        whole = self.text if text is None else text
        ends = [found.end() for found in _LINE_END.finditer(whole, 0) if found.end() <= at]
        return {"line": len(ends), "character": at - (ends[-1] if ends else 0)}


# How an editor spells what it undoes: the swaps that take a step back, made of a text, or others that come to the same.
Spelling: TypeAlias = "Callable[[str, Sequence[Swap]], Sequence[Swap]]"


def noted_at_once(place: Place, content: bytes, then: Callable[[Told], None]) -> None:
    """Git's answer about notes, for which nothing waits beside the loop."""
    told = asked(place, content)
    if told is not None:
        then(told)


def as_made(text: str, swaps: Sequence[Swap]) -> Sequence[Swap]:
    return swaps


def as_least(text: str, swaps: Sequence[Swap]) -> Sequence[Swap]:
    """One swap, as small as can be."""
    new = text
    for swap in swaps:
        new = new[: swap.start] + swap.new + new[swap.start + len(swap.old) :]
    return [least(text, new)]


def least(old: str, new: str) -> Swap:
    """The least that makes *new* of *old* and stands at no place inside a line end."""
    head = _n_shared(old, new)
    head -= any(_splits(text, head) for text in (old, new))
    tail = _n_shared(old[head:][::-1], new[head:][::-1])
    tail -= any(_splits(text, len(text) - tail) for text in (old, new))
    return Swap(head, old[head : len(old) - tail], new[head : len(new) - tail])


def _splits(text: str, at: int) -> bool:
    return text[max(at - 1, 0) : at + 1] == "\r\n"


def _n_shared(one: str, other: str) -> int:
    """How many characters the two begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


class Editor:
    """What a person has before them."""

    def __init__(self, root: Path, **options: object) -> None:
        self.inside = Inside(CAPABILITIES, rootUri=root.as_uri(), initializationOptions=options)
        self.inside.session.recording.noted = noted_at_once
        self.buffers: dict[str, Buffer] = {}
        self.notebooks: dict[str, str] = {}
        self.clipboard = ""

    def end(self) -> None:
        """Effect: what the server opened for the session is closed."""
        self.inside.door.close()

    def open(self, uri: str, text: str) -> Buffer:
        buffer = self.buffers[uri] = Buffer(uri, text)
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.inside.notify("textDocument/didOpen", {"textDocument": document})
        return buffer

    def open_notebook(self, uri: str, texts: list[str]) -> list[Buffer]:
        cells = [Buffer(f"{uri.replace('file://', 'vscode-notebook-cell://', 1)}#{n}", text, cell=True)
                 for n, text in enumerate(texts, 1)]  # fmt: skip
        self.buffers |= {cell.uri: cell for cell in cells}
        self.notebooks |= {cell.uri: uri for cell in cells}
        documents = [
            {"uri": cell.uri, "languageId": "python", "version": 1, "text": cell.text} for cell in cells
        ]
        notebook = {
            "uri": uri,
            "notebookType": "jupyter-notebook",
            "version": 1,
            "cells": [{"kind": 2, "document": cell.uri} for cell in cells],
        }
        self.inside.notify(
            "notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": documents}
        )
        return cells

    def close(self, uri: str) -> None:
        del self.buffers[uri]
        self.inside.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def saved(self, uri: str) -> None:
        self.inside.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    def disk_changed(self, uri: str) -> None:
        changes = [{"uri": uri, "type": 2}]
        self.inside.notify("workspace/didChangeWatchedFiles", {"changes": changes})

    def make(self, buffer: Buffer, *swaps: Swap) -> None:
        """Effect: *swaps* are made, each in the text that the one before left, in one change; that is one step to undo."""
        self._send(buffer, swaps)
        buffer.done.append(list(swaps))
        buffer.undone = []

    def at_once(self, buffer: Buffer, *swaps: Swap) -> None:
        """The same, for swaps that are all spelled for the text before."""
        self.make(buffer, *sorted(swaps, key=lambda swap: -swap.start))

    def in_a_burst(self, buffer: Buffer, swaps: Sequence[Swap]) -> None:
        """The same, each in a change of its own, and all of them read by the server before it answers."""
        self.inside.come(*(self._message(buffer, [swap]) for swap in swaps))
        buffer.done.append(list(swaps))
        buffer.undone = []

    def undo(self, buffer: Buffer, spelled: Spelling = as_made) -> None:
        step = buffer.done.pop()
        self._send(buffer, spelled(buffer.text, [swap.inverse for swap in reversed(step)]))
        buffer.undone.append(step)

    def redo(self, buffer: Buffer, spelled: Spelling = as_made) -> None:
        step = buffer.undone.pop()
        self._send(buffer, spelled(buffer.text, step))
        buffer.done.append(step)

    def merge_steps(self, buffer: Buffer, n: int) -> None:
        """Effect: the last *n* steps are one to undo."""
        if n > 1:
            merged = [swap for step in buffer.done[-n:] for swap in step]
            buffer.done[-n:] = [merged]

    def report(self, buffer: Buffer, kind: str, **said: Any) -> list[Message]:
        return self.inside.notify("assaymark/origin", {"uri": buffer.uri, "kind": kind, **said})

    def actions(self, buffer: Buffer, line: int) -> list[Message]:
        params = {
            "textDocument": {"uri": buffer.uri},
            "range": {"start": {"line": line, "character": 0}, "end": {"line": line + 1, "character": 0}},
            "context": {"diagnostics": [], "only": ["quickfix"]},
        }
        return list(self.inside.request("textDocument/codeAction", params)["result"] or [])

    def resolved(self, action: Message) -> Message:
        return (
            action if "edit" in action else dict(self.inside.request("codeAction/resolve", action)["result"])
        )

    def runs(self, uri: str) -> tuple[bytes, Runs]:
        """The text that the server has of *uri*, and its attribution."""
        text = self.inside.session.read(uri).snapshot.text
        return text.whole(), runs_of(text)

    def _send(self, buffer: Buffer, swaps: Sequence[Swap]) -> None:
        self.inside.come(self._message(buffer, swaps))

    def _message(self, buffer: Buffer, swaps: Sequence[Swap]) -> Message:
        """Effect: the buffer has the *swaps* in it; the message tells the server."""
        changes = []
        for swap in swaps:
            end = swap.start + len(swap.old)
            assert buffer.text[swap.start : end] == swap.old
            where = {"start": buffer.position(swap.start), "end": buffer.position(end)}
            changes.append({"range": where, "text": swap.new})
            buffer.text = buffer.text[: swap.start] + swap.new + buffer.text[end:]
        buffer.version += 1
        if not buffer.cell:
            document = {"uri": buffer.uri, "version": buffer.version}
            params: Message = {"textDocument": document, "contentChanges": changes}
            return {"method": "textDocument/didChange", "params": params}
        content = {"document": {"uri": buffer.uri, "version": buffer.version}, "changes": changes}
        params = {
            "notebookDocument": {"uri": self.notebooks[buffer.uri], "version": buffer.version},
            "change": {"cells": {"textContent": [content]}},
        }
        return {"method": "notebookDocument/didChange", "params": params}
