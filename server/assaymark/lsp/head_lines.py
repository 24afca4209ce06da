"""
Which lines of an open text stand in the last commit.

The whole text is aligned with what is committed once, when that becomes known. After that each edited section
is aligned by itself with what lies between its neighbours.

Invariants:
    What is aligned is equal, line ends aside, and in the same order in both.
    An edit costs the sections that it touches.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assaymark.analysis.snapshot import Section
from assaymark.lineage.alignment import Same, aligned
from assaymark.lsp.kept import Kept
from assaymark.text import LINE_END, Place, Text

_NONE: frozenset[int] = frozenset()


class _Mark(NamedTuple):
    """The lines of a chunk that are committed, and where those stand there: from *start* up to *end*."""

    lines: frozenset[int]
    start: int
    end: int


_NOT_THERE = _Mark(_NONE, -1, -1)


class HeadLines:
    """The lines of one file in the last commit: none when it is not there."""

    __slots__ = ("_is_aligned", "_lines", "_marks", "content")

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._lines = lines_of(content)
        self._marks: Kept[_Mark] = Kept()
        self._is_aligned = False

    def committed(self, text: Text[Section], place: Place[Section]) -> frozenset[int]:
        """The lines of a section of *text*, counted from its first, that stand in the commit."""
        if not self._lines:
            return _NONE
        if not self._is_aligned:
            self._is_aligned = True
            self._align(text)
        mark = self._marks.of(place.leaf.chunk)
        if mark is None:
            mark = self._mark_between(text, place)
            self._marks.keep(text, place.leaf.chunk, mark)
        return mark.lines

    def _align(self, text: Text[Section]) -> None:
        each = [lines_of(section.chunk.data) for section in text]
        old = {
            same.new + at: same.old + at
            for same in aligned(self._lines, [line for lines in each for line in lines])
            for at in range(same.n)
        }
        first = 0
        for section, lines in zip(text, each, strict=True):
            found = {at: old[first + at] for at in range(len(lines)) if first + at in old}
            self._marks.keep(text, section.chunk, _mark(found))
            first += len(lines)

    def _mark_between(self, text: Text[Section], place: Place[Section]) -> _Mark:
        start, end = self._end_before(text, place), self._start_behind(text, place)
        runs = aligned(self._lines[start:end], lines_of(place.leaf.chunk.data))
        return _mark(_pairs(runs, start))

    def _end_before(self, text: Text[Section], place: Place[Section]) -> int:
        before = text.before(place)
        while before is not None:
            mark = self._marks.of(before.leaf.chunk) or _NOT_THERE
            if mark.lines:
                return mark.end
            before = text.before(before)
        return 0

    def _start_behind(self, text: Text[Section], place: Place[Section]) -> int:
        behind = text.after(place)
        while behind is not None:
            mark = self._marks.of(behind.leaf.chunk) or _NOT_THERE
            if mark.lines:
                return mark.start
            behind = text.after(behind)
        return len(self._lines)


def lines_of(content: bytes) -> list[bytes]:
    """The lines of *content* without their ends; what stands behind the last end is one when there is any."""
    lines = LINE_END.split(content) if b"\r" in content else content.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines


def _pairs(runs: Sequence[Same], shift: int) -> dict[int, int]:
    return {same.new + at: shift + same.old + at for same in runs for at in range(same.n)}


def _mark(found: dict[int, int]) -> _Mark:
    """The mark of a chunk of which *found* says where each committed line stands in the commit."""
    if not found:
        return _NOT_THERE
    return _Mark(frozenset(found), min(found.values()), max(found.values()) + 1)
