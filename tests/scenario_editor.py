"""
An editor for scenarios: it holds texts, sends their edits to the server's door in this process, and undoes.

Positions are `line:column`, both from 1, columns in characters (the door is asked for utf-32).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assaymark.analysis.attributing import runs_of
from assaymark.origin import Runs
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


class Editor:
    """What a person has before them."""

    def __init__(self, root: Path) -> None:
        self.inside = Inside(CAPABILITIES, rootUri=root.as_uri())
        self.buffers: dict[str, Buffer] = {}
        self.notebooks: dict[str, str] = {}
        self.clipboard = ""

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

    def undo(self, buffer: Buffer) -> None:
        step = buffer.done.pop()
        self._send(buffer, [swap.inverse for swap in reversed(step)])
        buffer.undone.append(step)

    def redo(self, buffer: Buffer) -> None:
        step = buffer.undone.pop()
        self._send(buffer, step)
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

    def _send(self, buffer: Buffer, swaps: Any) -> None:
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
            self.inside.notify(
                "textDocument/didChange", {"textDocument": document, "contentChanges": changes}
            )
            return
        content = {"document": {"uri": buffer.uri, "version": buffer.version}, "changes": changes}
        params = {
            "notebookDocument": {"uri": self.notebooks[buffer.uri], "version": buffer.version},
            "change": {"cells": {"textContent": [content]}},
        }
        self.inside.notify("notebookDocument/didChange", params)
