"""
Edits that have arrived and are not applied yet, and the text as it will be.

Invariants:
    Every edit's span is in the text that all edits before it have made.
    The window holds whole lines, and at least one untouched line on each side of every edit, so no line
    end can form or fall apart across its border.
    What lies outside the window is read from the text beneath, which never changes.
"""

from __future__ import annotations

from assaymark.dataclass import dataclass
from assaymark.lineage.changes import kept_lines
from assaymark.lsp.wire import Encoding, NumberedLines, Position, offset_of, utf8
from assaymark.text import Edit, Span, starts_of

# Beyond this the window costs more than applying what it holds.
_MOST = 1 << 16


@dataclass(frozen=True, slots=True)
class Replacement:
    """What an editor says it changed: the text between two positions, or all of it."""

    start: Position
    end: Position
    new: str


class Draft:
    """A text, and the edits that wait to be applied to it."""

    __slots__ = ("_beneath", "_encoding", "_window", "edits", "versions")

    def __init__(self, beneath: NumberedLines, encoding: Encoding) -> None:
        self._beneath = beneath
        self._encoding = encoding
        self._window = _Window(beneath, 0, 0)
        self.edits: list[Edit] = []
        # The version that each edit was made for.
        self.versions: list[int] = []

    def takes(self, change: Replacement) -> bool:
        """Whether *change* is near enough to the edits that wait; else they had better be applied first."""
        return not self.edits or self._window.n_bytes_with(change.start.line, change.end.line) <= _MOST

    def replace(self, change: Replacement, version: int) -> None:
        """Effect: *change*, made for *version*, waits as one more edit."""
        start, end = sorted((change.start, change.end))
        window = self._window if self.edits else _Window(self._beneath, start.line, start.line)
        # A position beyond the text is the end of its last line.
        window.widen(min(start.line, window.n_lines - 1) - 1, end.line + 2)
        span = Span(offset_of(window, start, self._encoding), offset_of(window, end, self._encoding))
        edit = Edit(span, utf8(change.new))
        window.apply(edit)
        self._window = window
        self.edits.append(edit)
        self.versions.append(version)

    def replace_all(self, text: str, version: int) -> None:
        """
        Effect: a new text in the place of everything waits as one more edit, of the lines that differ.

        Some editors send all of it at each key; what they leave as it was has the origins that it had.
        """
        window, new = self._window, utf8(text)
        window.widen(0, window.n_lines)
        old = window.slice(Span(0, window.n_bytes))
        head, tail = kept_lines(old, new)
        edit = Edit(Span(head, len(old) - tail), new[head : len(new) - tail])
        window.apply(edit)
        self.edits.append(edit)
        self.versions.append(version)


class _Window:
    """
    The text beneath with some of its lines, *first* to *last*, replaced by others.

    Lines and offsets are those of the text as it will be.
    """

    __slots__ = ("_beneath", "_first", "_inner", "_last", "_start", "_starts", "_stop")

    def __init__(self, beneath: NumberedLines, first: int, last: int) -> None:
        self._beneath = beneath
        self._first = min(first, beneath.n_lines)
        self._last = min(last, beneath.n_lines)
        self._start = self._offset_beneath(self._first)
        self._stop = self._offset_beneath(self._last)
        self._hold(beneath.slice(Span(self._start, self._stop)))

    @property
    def n_bytes(self) -> int:
        return self._beneath.n_bytes + self._growth

    @property
    def n_lines(self) -> int:
        return self._beneath.n_lines + self._lines_grown

    def n_bytes_with(self, first: int, last: int) -> int:
        """The size of a window that holds the lines *first* to *last* too."""
        start = min(self.line_span(min(first, last)).start, self._start)
        return max(self.line_span(max(first, last)).end, self._start + len(self._inner)) - start

    def widen(self, first: int, last: int) -> None:
        """Effect: the window holds the lines from *first* up to, not including, *last*."""
        first, last = max(min(first, self._first), 0), min(max(last, self._end), self.n_lines)
        if first < self._first:
            start = self._offset_beneath(first)
            before = self._beneath.slice(Span(start, self._start))
            self._first, self._start = first, start
            self._hold(before + self._inner)
        if last > self._end:
            stop_line = last - self._lines_grown
            stop = self._offset_beneath(stop_line)
            after = self._beneath.slice(Span(self._stop, stop))
            self._last, self._stop = stop_line, stop
            self._hold(self._inner + after)

    def apply(self, edit: Edit) -> None:
        """Effect: *edit*, which lies in the window, is made."""
        start, end = edit.span.start - self._start, edit.span.end - self._start
        self._hold(self._inner[:start] + edit.new + self._inner[end:])

    def line_span(self, line: int) -> Span:
        if line < self._first:
            return self._beneath.line_span(line)
        if line >= self._end:
            return self._beneath.line_span(line - self._lines_grown).shifted(self._growth)
        at = line - self._first
        start = self._starts[at]
        end = self._starts[at + 1] if at + 1 < len(self._starts) else len(self._inner)
        length = len(self._inner[start:end].rstrip(b"\r\n"))
        return Span(self._start + start, self._start + start + length)

    def slice(self, span: Span) -> bytes:
        """The bytes of *span*, which lies in one line, or among those that are held."""
        if span.start < self._start:
            return self._beneath.slice(span)
        if span.end > self._start + len(self._inner):
            return self._beneath.slice(span.shifted(-self._growth))
        return self._inner[span.start - self._start : span.end - self._start]

    @property
    def _growth(self) -> int:
        return len(self._inner) - (self._stop - self._start)

    @property
    def _end(self) -> int:
        """The first line after the window."""
        return self._first + len(self._starts)

    @property
    def _lines_grown(self) -> int:
        return self._end - self._last

    def _hold(self, inner: bytes) -> None:
        self._inner = inner
        self._starts = starts_of(inner)
        # The start after the last line end is the next line's, which is not held,
        # unless the text ends there.
        if self._last < self._beneath.n_lines or (not inner and self._first == self._last):
            self._starts.pop()

    def _offset_beneath(self, line: int) -> int:
        return self._beneath.line_span(line).start
