"""
What of a text bandit can read: the pieces that parse.

Bandit reads a whole file or nothing of it. A text that is being typed rarely parses as a whole, so the
pieces that do not are blanked, byte for byte, until Python's own parser takes the rest.

Invariants:
    Lines and offsets stay what they were.
    What was blanked is said.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings

from assaymark.dataclass import dataclass
from assaymark.syntax.cut import ParseWork, cut

_NOT_LINE_END = re.compile(rb"[^\r\n]")
_COOKIE = re.compile(rb"^([ \t\f]*#.*?)coding([:=])", re.MULTILINE)
# Each round parses the file; a text with more flaws that only Python's parser sees is given up.
_MOST_ROUNDS = 20
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class Readable:
    """
    A text that parses.

    *unread* says what of the original is not in it; *half_written*, that all of that is no Python of any
    version.
    """

    content: bytes
    unread: str = ""
    half_written: bool = False


@dataclass(slots=True)
class _Part:
    content: bytes
    n_lines: int
    is_broken: bool
    is_blank: bool = False


def undeclared(content: bytes) -> bytes:
    """*content*, which is UTF-8, without a line that declares another encoding; of the same length."""
    head, tail = content[:1024], content[1024:]
    lines = re.split(rb"(\r\n|\r|\n)", head, maxsplit=2)
    return b"".join(_COOKIE.sub(rb"\1c0ding\2", line) for line in lines[:3]) + b"".join(lines[3:]) + tail


def readable(content: bytes) -> Readable:
    """What of *content* Python's parser takes."""
    parts = [
        _Part(piece.chunk.data, piece.chunk.n_breaks, piece.tree.root_node.has_error)
        for piece in cut(content, "python", ParseWork())
    ]
    for part in parts:
        part.is_blank = part.is_broken
    for _ in range(_MOST_ROUNDS):
        rest = _joined(parts)
        line = _broken_line(rest)
        if line is None:
            if not rest.strip():
                break
            return Readable(rest, _lines(parts), all(part.is_broken for part in parts if part.is_blank))
        if not _blank(parts, line):
            break
    return Readable(b"", f"it is not valid in Python {VERSION}", all(part.is_broken for part in parts))


def _joined(parts: list[_Part]) -> bytes:
    return b"".join(
        _NOT_LINE_END.sub(b" ", part.content) if part.is_blank else part.content for part in parts
    )


def _broken_line(content: bytes) -> int | None:
    """The line, from 1, at which the parser stops; None when it reads all."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(content)
    except SyntaxError as error:
        return error.lineno or 1
    except (ValueError, RecursionError, MemoryError):
        return 1
    return None


def _blank(parts: list[_Part], line: int) -> bool:
    """
    Whether there was anything to blank: the part with *line*, else the last before it, else the next.

    Effect: it is blank.
    """
    at, holding = 0, len(parts) - 1
    for index, part in enumerate(parts):
        if line <= at + part.n_lines:
            holding = index
            break
        at += part.n_lines
    nearest = [*range(holding, -1, -1), *range(holding + 1, len(parts))]
    for index in nearest:
        if not parts[index].is_blank and parts[index].content.strip():
            parts[index].is_blank = True
            return True
    return False


def _lines(parts: list[_Part]) -> str:
    """Which lines are blank."""
    ranges: list[tuple[int, int]] = []
    at = 1
    for part in parts:
        end = at + max(part.n_lines - 1, 0) if part.content.endswith((b"\n", b"\r")) else at + part.n_lines
        if part.is_blank and part.content.strip():
            if ranges and ranges[-1][1] + 1 >= at:
                at_first, _ = ranges.pop()
                ranges.append((at_first, end))
            else:
                ranges.append((at, end))
        at += part.n_lines
    named = ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in ranges[:3])
    if not ranges:
        return ""
    many = len(ranges) > 1 or ranges[0][0] != ranges[0][1]
    more = f" and {len(ranges) - 3} more places" if len(ranges) > 3 else ""
    return f"line{'s' if many else ''} {named}{more} {'are' if many else 'is'} not valid in Python {VERSION}"
