r"""
What IPython adds to Python in a notebook's cell, taken out: magics (`%…`), commands (`!…`), help (`?`).

Invariants:
    Blanking keeps every length and every line end, so a place is the same before and after.
    Python is left as it is: only what cannot start or end a Python statement is blanked.
    A value that comes from a magic (`x = !ls`) becomes the name `_`, of which nothing is known.
Source: IPython's documentation, "Built-in magic commands" and "IPython reference".
"""

from __future__ import annotations

import re

from assaymark.text import LINE_END

# Cell magics whose cell is Python; that of any other is another language, or text.
_OF_PYTHON = frozenset(
    b"capture debug ipytest lprun memit mprun prun pypy python python3 time timeit".split()
)
_CELL_MAGIC = re.compile(rb"\s*^%%(\w*)", re.MULTILINE)
# Where a cell may hold any of it; a cell without is taken as it is.
_SUSPECT = re.compile(rb"(?:\A|[\r\n])[ \t]*[%!?/,;]|\?[ \t]*(?=[\r\n]|\Z)|=[ \t]*[%!]")
_ESCAPED = re.compile(rb"[ \t]*(?=[%!?/,;])")
_ASSIGNED = re.compile(rb"[^#'\"=\r\n]*[^#'\"=!<>\r\n]=[ \t]*(?=[%!])")
_HELP = re.compile(rb"([ \t]*)[^#'\"\s][^#'\"\r\n]*\?[ \t]*(?=[\r\n]|\Z)")
_TOKEN = re.compile(rb"#[^\r\n]*|'''|\"\"\"|['\"]|[\[({]|[\])}]|\\(?:\r\n|\n|\r)|\r\n|\n|\r")
_CLOSING = {quote: re.compile(rb"(?:[^\\]|\\.)*?" + quote, re.DOTALL) for quote in (b"'''", b'"""')} | {
    quote: re.compile(rb"(?:[^\\\r\n]|\\(?:\r\n|.))*?" + quote, re.DOTALL) for quote in (b"'", b'"')
}
_VISIBLE = re.compile(rb"[^\r\n]")


def blanked(cell: bytes) -> bytes:
    """The Python of *cell*, with blanks where it is not Python."""
    magic = _CELL_MAGIC.match(cell)
    if magic is None:
        return _without_escapes(cell, 0)
    if magic[1] not in _OF_PYTHON:
        return _blanks(cell)
    return _without_escapes(cell, _line_end(cell, magic.end()))


def _without_escapes(cell: bytes, at: int) -> bytes:
    """*cell*, blank up to *at*, and without the statements behind it that are IPython's."""
    last = max((found.end() for found in _SUSPECT.finditer(cell, at)), default=-1)
    parts, kept = [_blanks(cell[:at])], at
    while at <= last:
        start = _start_of_escape(cell, at)
        if start is None:
            at = _statement_end(cell, at)
            continue
        at = _command_end(cell, start)
        # A name keeps the block or the assignment that it stands in whole.
        inside = start > 0 and cell[start - 1] not in b"\r\n"
        blank = _blanks(cell[start:at])
        parts += [cell[kept:start], b"_" + blank[1:] if inside else blank]
        kept = at
    return b"".join((*parts, cell[kept:]))


def _start_of_escape(cell: bytes, at: int) -> int | None:
    """Where, in the statement that starts at *at*, begins what is not Python."""
    found = _ESCAPED.match(cell, at) or _ASSIGNED.match(cell, at)
    if found is not None:
        return found.end()
    found = _HELP.match(cell, at)
    return None if found is None else found.end(1)


def _command_end(cell: bytes, at: int) -> int:
    """The end of the command that starts at *at*: a backslash takes the next line along."""
    while True:
        end = LINE_END.search(cell, at)
        if end is None:
            return len(cell)
        at = end.end()
        if cell[end.start() - 1 : end.start()] != b"\\":
            return at


def _statement_end(cell: bytes, at: int) -> int:
    """The start of the line after the statement that starts at *at*."""
    depth = 0
    while (token := _TOKEN.search(cell, at)) is not None:
        at = token.end()
        mark = token[0]
        if mark in _CLOSING:
            closing = _CLOSING[mark].match(cell, at)
            if closing is not None:
                at = closing.end()
            elif len(mark) > 1:
                break  # open to the end
        elif mark in b"[({":
            depth += 1
        elif mark in b"])}":
            depth = max(depth - 1, 0)
        elif mark[:1] in b"\r\n" and not depth:
            return at
    return len(cell) + 1


def _line_end(cell: bytes, at: int) -> int:
    end = LINE_END.search(cell, at)
    return len(cell) if end is None else end.end()


def _blanks(part: bytes) -> bytes:
    return _VISIBLE.sub(b" ", part)
