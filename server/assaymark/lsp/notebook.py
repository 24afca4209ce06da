"""
An open notebook: its cells as the client lists them, and the one Python text that they are together.

Invariants:
    The text is `joined` of the Python cells, in their order, at every moment.
    An edit of a cell, or of the list of cells, comes out as an edit of the text; it never touches a cell
    that did not change.
Source: LSP 3.18, "Notebook Document Synchronization".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from assaymark.dataclass import dataclass, field
from assaymark.lineage.changes import n_shared
from assaymark.lsp.draft import Replacement
from assaymark.lsp.wire import Encoding, offset_of, utf8
from assaymark.text import LINE_END, Edit, Span
from assaymark.workspace.notebook import joinable, n_lines

CODE = 2


class _Lines:
    """The lines of a short text."""

    __slots__ = ("_content", "_starts")

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._starts = [0, *(found.end() for found in LINE_END.finditer(content))]

    def line_span(self, line: int) -> Span:
        size = len(self._content)
        if line >= len(self._starts):
            return Span(size, size)
        start = self._starts[line]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else size
        return Span(start, start + len(self._content[start:end].rstrip(b"\r\n")))

    def slice(self, span: Span) -> bytes:
        return self._content[span.start : span.end]


@dataclass(slots=True)
class CellText:
    """The text of a cell: as the client has it, and as it stands in the joined text."""

    uri: str
    is_python: bool
    source: bytes
    part: bytes = field(init=False)
    n_lines: int = field(init=False)

    def __post_init__(self) -> None:
        self.hold(self.source)

    def hold(self, source: bytes) -> None:
        """Effect: the cell has another text."""
        self.source, self.part = source, joinable(source)
        self.n_lines = n_lines(self.part)

    def change(self, changes: Sequence[Replacement | str], encoding: Encoding) -> None:
        """Effect: *changes* are made, one after the other; a string is a whole new text."""
        source = self.source
        for change in changes:
            if isinstance(change, str):
                source = utf8(change)
                continue
            lines = _Lines(source)
            start, end = sorted(offset_of(lines, at, encoding) for at in (change.start, change.end))
            source = source[:start] + utf8(change.new) + source[end:]
        self.hold(source)


@dataclass(frozen=True, slots=True)
class Listed:
    """A cell as the notebook lists it."""

    uri: str
    is_code: bool


class Notebook:
    """The cells of one notebook."""

    def __init__(self, listed: Sequence[Listed], texts: Sequence[CellText]) -> None:
        self._listed = list(listed)
        self._texts: dict[str, CellText] = {text.uri: text for text in texts}

    def cells(self) -> list[CellText]:
        """The Python cells, in their order."""
        return [self._texts[cell.uri] for cell in self._listed if self._is_python(cell)]

    def text(self, uri: str) -> CellText | None:
        return self._texts.get(uri)

    def source(self) -> bytes:
        """The joined text."""
        return b"\n".join(cell.part for cell in self.cells())

    def starts(self) -> list[int]:
        """The first line of each Python cell in the joined text."""
        return list(accumulate((cell.n_lines for cell in self.cells()), initial=0))[:-1]

    def where(self, uri: str) -> tuple[Span, int] | None:
        """The bytes and the first line of the cell *uri* in the joined text, if it stands there."""
        start = line = 0
        for cell in self.cells():
            if cell.uri == uri:
                return Span(start, start + len(cell.part)), line
            start, line = start + len(cell.part) + 1, line + cell.n_lines
        return None

    def change(self, uri: str, changes: Sequence[Replacement | str], encoding: Encoding) -> list[Edit]:
        """
        What *changes* of the cell *uri* are in the joined text.

        Effect: the cell has its new text.
        """
        cell, before = self._texts[uri], self._texts[uri].part
        cell.change(changes, encoding)
        where = self.where(uri)
        return [] if where is None else _difference(before, cell.part, where[0].start)

    def restructure(
        self, start: int, n_removed: int, new: Sequence[Listed], texts: Sequence[CellText]
    ) -> list[Edit]:
        """
        What other cells in the place of some are in the joined text.

        Effect: the notebook lists them, and knows *texts*.
        """
        self._texts |= {text.uri: text for text in texts}
        before, gone, behind = (
            self._listed[:start],
            self._listed[start : start + n_removed],
            self._listed[start + n_removed :],
        )
        edits = self._exchange(before, gone, new, behind)
        self._listed = [*before, *new, *behind]
        return edits

    def recast(self, cells: Mapping[str, Listed]) -> list[Edit]:
        """
        What cells that became code, or something else, are in the joined text.

        Effect: the notebook lists them so.
        """
        edits: list[Edit] = []
        for number, cell in enumerate(self._listed):
            new = cells.get(cell.uri, cell)
            if new != cell:
                edits += self.restructure(number, 1, [new], ())
        return edits

    def drop(self, uris: Sequence[str]) -> list[Edit]:
        """
        What the going of the texts *uris* is in the joined text.

        Effect: they are forgotten; a cell that is still listed has none.
        """
        edits: list[Edit] = []
        for number, cell in enumerate(tuple(self._listed)):
            if cell.uri in uris and self._is_python(cell):
                edits += self.restructure(number, 1, [Listed(cell.uri, is_code=False)], ())
        for uri in uris:
            self._texts.pop(uri, None)
        return edits

    def _is_python(self, cell: Listed) -> bool:
        text = self._texts.get(cell.uri)
        return cell.is_code and text is not None and text.is_python

    def _parts(self, cells: Sequence[Listed]) -> list[bytes]:
        return [self._texts[cell.uri].part for cell in cells if self._is_python(cell)]

    def _exchange(
        self,
        before: Sequence[Listed],
        gone: Sequence[Listed],
        new: Sequence[Listed],
        behind: Sequence[Listed],
    ) -> list[Edit]:
        first, old, fresh, last = map(self._parts, (before, gone, new, behind))
        start = sum(len(part) + 1 for part in first)
        if last:
            was, now = _ended(old), _ended(fresh)
        elif first:
            # The last cells: the line ends stand before them.
            start -= 1
            was, now = _led(old), _led(fresh)
        else:
            was, now = b"\n".join(old), b"\n".join(fresh)
        return _difference(was, now, start)


def _ended(parts: Sequence[bytes]) -> bytes:
    return b"".join(part + b"\n" for part in parts)


def _led(parts: Sequence[bytes]) -> bytes:
    return b"".join(b"\n" + part for part in parts)


def _difference(before: bytes, after: bytes, start: int) -> list[Edit]:
    """The edit that makes *after* of *before*, which stands at *start*; none when they are equal."""
    if before == after:
        return []
    head = n_shared(before, after)
    tail = n_shared(before[head:][::-1], after[head:][::-1])
    head, tail = _whole(before, after, head, tail)
    return [Edit(Span(start + head, start + len(before) - tail), after[head : len(after) - tail])]


def _whole(before: bytes, after: bytes, head: int, tail: int) -> tuple[int, int]:
    """*head* and *tail* so that no character is cut."""
    while head and any(text[head : head + 1] and text[head] & 0xC0 == 0x80 for text in (before, after)):
        head -= 1
    while tail and any(text[len(text) - tail] & 0xC0 == 0x80 for text in (before, after)):
        tail -= 1
    return head, tail
