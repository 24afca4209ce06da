"""
Positions of the editor and bytes of the text: the one place where the two meet.

Invariants:
    A position beyond the end of its line or text is the end of it; a column inside a character is the
    character's start.
    Columns count bytes, UTF-16 units or code points of the line, as negotiated (LSP 3.18, "Position").
    Bytes that are not UTF-8 count as one column each.
"""

from __future__ import annotations

from typing import Literal, Protocol

from assaymark.dataclass import dataclass
from assaymark.text import Span

Encoding = Literal["utf-8", "utf-16", "utf-32"]
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A line, from 0, and a column in the units of the client."""

    line: int
    column: int


class Lines(Protocol):
    """What positions need to know of a text."""

    def line_span(self, line: int) -> Span: ...
    def slice(self, span: Span) -> bytes: ...


class NumberedLines(Lines, Protocol):
    """A text that also knows on which line a byte is."""

    @property
    def n_lines(self) -> int: ...
    @property
    def n_bytes(self) -> int: ...
    def line_of(self, offset: int) -> int: ...


def offset_of(lines: Lines, position: Position, encoding: Encoding) -> int:
    """The byte at *position*."""
    span = lines.line_span(position.line)
    return span.start + bytes_before(lines.slice(span), position.column, encoding)


def position_of(lines: NumberedLines, offset: int, encoding: Encoding) -> Position:
    """The position of the byte at *offset*; of the line's end when it lies in a line end."""
    line = lines.line_of(offset)
    span = lines.line_span(line)
    return Position(line, columns_before(lines.slice(span), offset - span.start, encoding))


def bytes_before(line: bytes, column: int, encoding: Encoding) -> int:
    """How many bytes of *line* stand before *column*."""
    if encoding == "utf-8":
        return _character_start(line, min(column, len(line)))
    # No character has more than three bytes for each of its UTF-16 units, four
    # for each of its code points: what lies beyond cannot matter.
    reach = line[: column * 4]
    if reach.isascii():
        return min(column, len(reach))
    text = reach.decode("utf-8", "surrogateescape")
    if encoding == "utf-32":
        return len(text[:column].encode("utf-8", "surrogateescape"))
    units = text.encode("utf-16-le", "surrogatepass")[: column * 2]
    if units and 0xD8 <= units[-1] <= 0xDB:
        units = units[:-2]  # the first half of a pair
    before = units.decode("utf-16-le", "surrogatepass")
    return len(before.encode("utf-8", "surrogateescape"))


def columns_before(line: bytes, n_bytes: int, encoding: Encoding) -> int:
    """How many columns stand before the byte *n_bytes* of *line*."""
    before = line[: _character_start(line, min(n_bytes, len(line)))]
    if encoding == "utf-8" or before.isascii():
        return len(before)
    text = before.decode("utf-8", "surrogateescape")
    if encoding == "utf-32":
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> bytes:
    """*text* in UTF-8; half a surrogate pair, which JSON can spell, becomes U+FFFD, which is as wide."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return whole.encode()


def _character_start(line: bytes, at: int) -> int:
    start = at
    while 0 < start < len(line) and at - start < 3 and line[start] & 0xC0 == 0x80:
        start -= 1
    return start
