"""
A notebook as a file: on which of its lines a line of a cell is spelled, and how fixes are put back into it.

Invariants:
    Only what spells the changed lines of a cell is written anew: indentation, the order of keys, other
    cells and all outputs stay as they are, byte for byte.
    What is to be written reads as exactly the source that was wanted, or a reason says why it does not.
Source: the notebook format, nbformat 3 and 4.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from assaymark.dataclass import dataclass
from assaymark.text import LINE_END, Edit
from assaymark.workspace.notebook import Cell, Joined, NotANotebookError, cells_of, joinable, joined
from assaymark.workspace.notebook_spelling import Spelling, spellings

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class CannotRewriteError(Exception):
    """Why a fix cannot be put back into the notebook."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the joined source: its cell, its line there, and the line of the file; all from 1."""

    cell: int
    line: int
    row: int


@dataclass(frozen=True)
class Notebook:
    """A notebook of Python: the bytes of the file, its code cells, and the one source that they are."""

    raw: bytes
    cells: tuple[Cell, ...]
    joined: Joined

    def place(self, line: int) -> Place:
        """Where *line* (from 0) of the joined source stands."""
        if not self.cells:
            return Place(1, line + 1, 1)
        number, inner = self.joined.cell_at(line)
        return Place(self.cells[number].index + 1, inner + 1, self._row(number, inner))

    def rewritten(self, edits: Sequence[Edit], content: bytes) -> bytes:
        """
        The file after *edits* of the joined source, which do not touch and make it *content*.

        Raises CannotRewriteError when they reach where no Python stands, or cannot be spelled.
        """
        by_cell: dict[int, list[Edit]] = {}
        for edit in edits:
            number, own = self._within_a_cell(edit)
            by_cell.setdefault(number, []).append(own)
        text = self._text
        # The last cell first: it moves nothing of an earlier one.
        for number in sorted(by_cell, reverse=True):
            text = _respelled(text, self._spellings[number], by_cell[number])
        raw = text.encode()
        try:
            read = notebook(raw).joined.source
        except NotANotebookError as error:
            raise CannotRewriteError(str(error)) from error
        if read != content:
            msg = "its cells would hold another text than the one that was checked"
            raise CannotRewriteError(msg)
        return raw

    @cached_property
    def _text(self) -> str:
        try:
            return self.raw.decode()
        except UnicodeDecodeError:
            msg = "it is not UTF-8, in which notebooks are written"
            raise CannotRewriteError(msg) from None

    @cached_property
    def _spellings(self) -> tuple[Spelling, ...]:
        return spellings(self._text)

    @cached_property
    def _line_ends(self) -> list[int]:
        return [found.end() for found in re.finditer(r"\r\n|\n|\r", self._text)]

    def _row(self, number: int, inner: int) -> int:
        try:
            spelling = self._spellings[number]
        except CannotRewriteError:
            return 1
        line_starts = [0, *(found.end() for found in LINE_END.finditer(self.cells[number].source))]
        ends = list(accumulate(len(string.says) for string in spelling.strings))
        which = bisect_right(ends, line_starts[min(inner, len(line_starts) - 1)])
        strings = spelling.strings[which : which + 1] or spelling.strings[-1:]
        return bisect_right(self._line_ends, strings[0].start if strings else spelling.start) + 1

    def _within_a_cell(self, edit: Edit) -> tuple[int, Edit]:
        """The number of the cell that *edit* changes, and the edit of its source."""
        number = max(bisect_right(self.joined.offsets, edit.span.start) - 1, 0)
        own = Edit(edit.span.shifted(-self.joined.offsets[number]), edit.new)
        source = self.cells[number].source
        changed = slice(own.span.start, own.span.end)
        if own.span.end > len(source) or joinable(source)[changed] != source[changed]:
            msg = "the fix reaches into another cell, or into what is not Python"
            raise CannotRewriteError(msg)
        return number, own


def notebook(raw: bytes) -> Notebook:
    """The notebook that *raw* spells. Raises NotANotebookError, OtherLanguageError if it is not Python."""
    # A new notebook is an empty file until an editor saves it.
    cells = cells_of(raw) if raw.strip() else ()
    return Notebook(raw, cells, joined([cell.source for cell in cells]))


def _respelled(text: str, spelling: Spelling, edits: Sequence[Edit]) -> str:
    """*text* with the strings that *edits* touch spelled anew."""
    ends = list(accumulate(len(string.says) for string in spelling.strings))
    last_string = len(ends) - 1
    # A line whose end goes takes the next one along; one that is only touched is spelled as it was.
    first = min(bisect_right(ends, min(edit.span.start for edit in edits)), last_string)
    last = min(bisect_right(ends, max(edit.span.end for edit in edits)), last_string)
    touched = spelling.strings[first : last + 1]
    if not touched:
        msg = "a cell's source is not spelled as text"
        raise CannotRewriteError(msg)
    says = _applied(b"".join(string.says for string in touched), edits, ends[first] - len(touched[0].says))
    lines = (_LINE.findall(says.decode()) if spelling.is_list else []) or [says.decode()]
    known = {string.says.decode(): text[string.start : string.end] for string in touched}
    new = _between(text, spelling).join(known.get(line) or _quoted(line, text) for line in lines)
    return text[: touched[0].start] + new + text[touched[-1].end :]


def _applied(says: bytes, edits: Sequence[Edit], begin: int) -> bytes:
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        says = says[: edit.span.start - begin] + edit.new + says[edit.span.end - begin :]
    return says


def _quoted(line: str, text: str) -> str:
    return json.dumps(line, ensure_ascii=text.isascii())


def _between(text: str, spelling: Spelling) -> str:
    """What stands between two strings of a list."""
    first, *others = spelling.strings
    if others:
        return text[first.end : others[0].start]
    return "," + text[spelling.start + 1 : first.start] if spelling.is_list else ""
