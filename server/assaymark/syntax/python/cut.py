"""
Where Python text may be cut: before definitions at column 0, and at some lines of flat code.

Which flat lines is decided by a checksum of the line itself ("content-defined chunking"), so that an
edit in a long run of flat code moves no boundary but its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zlib import crc32

from assaymark.regex import regex
from assaymark.syntax.adapter import LINE_HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator

# One flat line in this many starts a chunk.
_FLAT = 64
_COLUMN_0 = regex(rb"[\n\r]([A-Za-z_@][^\n\r]*)")
_DEFINITION = regex(rb"(?:(?:async[ \t]+)?def|class)\b|@")
# These go on with the statement above them.
_CONTINUES = regex(rb"(?:else|elif|except|finally|case)\b")
_CLASS = regex(rb"(?:\A|[\n\r])class\b")
_MEMBER = regex(rb"[\n\r]((?: {4}|\t)(?:(?:async[ \t]+)?def\b|class\b|@)[^\n\r]*)")
_HEADER_END = regex(rb":[ \t]*(?:#[^\n\r]*)?(?:\r\n|\n|\r)")
_HOLDS_DEFINITION = regex(rb"(?:\A|[\n\r])[ \t]*(?:(?:async[ \t]+)?def|class)\b")
# A run of so many comment lines.
_COMMENTS = regex(rb"^(?>(?:[ \t]*+#[^\n]*+\n){64,})", re.MULTILINE)
_LONE_RETURN = regex(rb"\r(?!\n)")
_NOT_LINE_END = regex(rb"[^\n]")

# Atomic groups: a possessive repeat of a group matches wrongly in Python before 3.11.5.
_REST = {
    b'"""': rb'(?>(?:[^"\\]++|\\.|"(?!""))*)"""',
    b"'''": rb"(?>(?:[^'\\]++|\\.|'(?!''))*)'''",
}
_CLOSED = {quotes: regex(rest, re.DOTALL) for quotes, rest in _REST.items()}
# Comments and strings: a short one ends with its line at the latest, a long one may go on behind the text.
_STRING = regex(
    rb"#[^\n\r]*+"
    rb'|"""(?:' + _REST[b'"""'] + rb'|.*)|"(?>(?:[^"\\\n\r]++|\\(?:\r\n|.))*)"?'
    rb"|'''(?:" + _REST[b"'''"] + rb"|.*)|'(?>(?:[^'\\\n\r]++|\\(?:\r\n|.))*)'?",
    re.DOTALL,
)
# Stands behind a text, and is there still where no string is open; a short string may escape one line end.
_NUL = b"\0"
_END = b"\n\n" + _NUL
# Which kind of bracket closes which is no matter.
_ALIKE = bytes.maketrans(b"[{]}", b"(())")
_NO_BRACKETS = bytes({*range(256)} - {*b"()[]{}"})
# Pairs in so many others are taken away at once.
_DEEP = 8


def boundaries(data: bytes, after: int) -> Iterator[int]:
    """The offsets behind *after* at which a chunk may start."""
    for line in _COLUMN_0.finditer(data, after):
        text = line[1]
        starts = _DEFINITION.match(text) or (
            crc32(text[:LINE_HEAD]) % _FLAT == 0 and not _CONTINUES.match(text)
        )
        if starts and not _decorated(data, line.start()):
            yield line.start(1)


def _decorated(data: bytes, line_end: int, indent: bytes = b"") -> bool:
    """Whether the line that ends at *line_end* is a decorator: what follows belongs to it."""
    if data[line_end : line_end + 1] == b"\n" and data[line_end - 1 : line_end] == b"\r":
        line_end -= 1
    start = data.rfind(b"\n", 0, line_end) + 1
    start = max(start, data.rfind(b"\r", start, line_end) + 1)
    return data.startswith(indent + b"@", start)


def members(data: bytes) -> tuple[bytes, list[int]]:
    """
    For a class: its header, and where its members start, the first one left out.

    No starts for anything else. What follows the class up to the next boundary stays with the last member.
    """
    header = _class_header(data)
    if header is None:
        return b"", []
    starts = []
    for line in _MEMBER.finditer(data, len(header) - 1, _class_end(data, len(header))):
        indent = line[1][: len(line[1]) - len(line[1].lstrip(b" \t"))]
        if not _decorated(data, line.start(), indent):
            starts.append(line.start(1))
    return header, starts[1:]


def _class_end(data: bytes, header_end: int) -> int:
    """Where the class is behind: at a line at column 0 that is, by a count of quotes, in no long string."""
    for line in _COLUMN_0.finditer(data, header_end - 1):
        before = line.start()
        if not any(data.count(quotes, 0, before) % 2 for quotes in _REST):
            return before
    return len(data)


def _class_header(data: bytes) -> bytes | None:
    start = _CLASS.search(data)
    if start is None or not (data.startswith((b"class", b"@"))):
        return None
    end = _HEADER_END.search(data, start.start())
    first_member = _MEMBER.search(data)
    if end is None or first_member is None or first_member.start() < end.start():
        return None
    return data[: end.end()]


def parsable(data: bytes) -> bytes:
    """
    *data* with every lone return made a line feed, and long runs of comments blanked, outside of strings.

    To the grammar a lone return is a blank; to an editor and to Python it ends a line. And its scanner reads
    a run of comments again for each of its lines: 100,000 would take hours.
    """
    if b"\r" in data:
        data = _LONE_RETURN.sub(b"\n", data)
    parts: list[bytes] = []
    string: bytes | None = None
    at = 0
    for run in _COMMENTS.finditer(data):
        string, _ = _open_after(data[at : run.start()], string, 0)
        parts.append(data[at : run.start()])
        parts.append(run[0] if string else _NOT_LINE_END.sub(b" ", run[0]))
        string = _open_after(run[0], string, 0)[0] if string else None
        at = run.end()
    return b"".join((*parts, data[at:])) if parts else data


def is_closed(data: bytes) -> bool:
    """Whether *data* leaves nothing open: no long string, no bracket, no decorator without a definition."""
    return _open_after(data, None, 0) == (None, 0) and not waits(data)


def waits(data: bytes) -> bool:
    """Whether *data* is decorators, and the definition that they belong to follows."""
    return data.lstrip(b" \t").startswith(b"@") and not _HOLDS_DEFINITION.search(data)


def closes(data: bytes, following: Iterator[bytes]) -> int | None:
    """
    After how many of the *following* pieces everything that *data* leaves open is closed.

    None when nothing is left open, when it does not close, and when a definition stands in an open bracket.
    """
    string, depth = _open_after(data, None, 0)
    waiting = waits(data) and string is None and depth == 0
    if string is None and depth == 0 and not waiting:
        return None
    for count, piece in enumerate(following, 1):
        if string is None and depth and _DEFINITION.match(piece.lstrip(b" \t")):
            return None
        # A string that is open stays so over a piece that closes as many as it opens: no need to read it.
        if string is None or piece.count(string) % 2:
            string, depth = _open_after(piece, string, depth)
        waiting = waiting and not _HOLDS_DEFINITION.search(piece)
        if string is None and depth == 0 and not waiting:
            return count
    return None


def _open_after(data: bytes, string: bytes | None, depth: int) -> tuple[bytes | None, int]:
    """The long string that is open at the end of *data*, and how many brackets are."""
    if string is not None:
        closed = _CLOSED[string].match(data)
        if closed is None:
            return string, depth
        data = data[closed.end() :]
    outside = _STRING.sub(b"", data.replace(_NUL, b" ") + _END)
    if _NUL not in outside:
        # A string that took the end too.
        *_, last = _STRING.finditer(data)
        return last[0][:3], _still_open(outside, depth)
    return None, _still_open(outside, depth)


def _still_open(outside: bytes, depth: int) -> int:
    """How many brackets are open behind *outside*, where *depth* are before it; what closes none is none."""
    brackets = outside.translate(_ALIKE, _NO_BRACKETS)
    for _ in range(_DEEP):
        brackets = brackets.replace(b"()", b"")
    for one in brackets:
        depth = depth + 1 if one == ord("(") else max(depth - 1, 0)
    return depth
