"""
Where bandit's findings are, in bytes.

Invariants:
    A span lies within the text and splits no character, whatever a node says of its place: those inside of
    f-strings are wrong before Python 3.12.
    What has a body is marked in its head only.
"""

from __future__ import annotations

import ast
from itertools import accumulate
from typing import TYPE_CHECKING

from assaymark.text import LINE_END, Span

if TYPE_CHECKING:
    from collections.abc import Sequence


def span_of(content: bytes, node: ast.AST | None, at: int) -> Span:
    """The span of *node*; without one, the line that holds the offset *at*."""
    line = getattr(node, "lineno", None)
    if node is None or line is None:
        return _line_at(content, at)
    starts = line_starts(content)
    start = _offset(content, starts, line, getattr(node, "col_offset", 0))
    end = _offset(content, starts, getattr(node, "end_lineno", line), getattr(node, "end_col_offset", 0))
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        first = body[0]
        end = min(end, _offset(content, starts, first.lineno, first.col_offset))
        end = start + len(content[start:end].rstrip())
    return Span(start, end) if start < end else _line_at(content, start)


def line_starts(content: bytes) -> Sequence[int]:
    """Where each line starts."""
    return [0, *(found.end() for found in LINE_END.finditer(content))]


def offset_of_line(content: bytes, line: int, *, unicode: bool) -> int:
    """Where *line* starts, counted from 1 as the parser counts or, if *unicode*, as `str.splitlines` does."""
    if unicode:
        lines = content.decode("utf-8", "replace").splitlines(keepends=True)
        sizes = [0, *accumulate(len(one.encode("utf-8", "replace")) for one in lines)]
        return sizes[min(line, len(sizes)) - 1] if line > 0 else 0
    starts = line_starts(content)
    return starts[min(max(line, 1), len(starts)) - 1]


def _offset(content: bytes, starts: Sequence[int], line: int, column: int) -> int:
    at = min(starts[min(max(line, 1), len(starts)) - 1] + max(column, 0), len(content))
    while 0 < at < len(content) and content[at] & 0xC0 == 0x80:
        at -= 1
    return at


def _line_at(content: bytes, at: int) -> Span:
    """The line that holds *at*, without the space around what is on it."""
    start = max(content.rfind(b"\n", 0, at), content.rfind(b"\r", 0, at)) + 1
    found = LINE_END.search(content, at)
    end = found.start() if found else len(content)
    line = content[start:end]
    first = start + len(line) - len(line.lstrip())
    return Span(min(first, end), max(first, start + len(line.rstrip())))
