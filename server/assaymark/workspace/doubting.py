"""
Lines of files that are not to loosen anything, since an agent wrote them and nobody has reviewed them.

Who wrote what is told by whoever can look it up: this floor knows no records.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BLANKS = b" \t\r\n"


def doubted_lines(
    raw: bytes, doubtful: Sequence[tuple[int, int, str]], signs: bytes = _BLANKS
) -> dict[int, str]:
    """Whose each line of *raw* (from 1) is that is in doubt by more than *signs*."""
    lines: dict[int, str] = {}
    starts = [0, *(found.end() for found in _LINE_END.finditer(raw)), len(raw)] if doubtful else []
    for start, end, whose in doubtful:
        for number in range(bisect_right(starts, start), bisect_left(starts, end) + 1):
            stop = starts[min(number, len(starts) - 1)]
            if raw[max(start, starts[number - 1]) : min(end, stop)].translate(None, signs):
                lines.setdefault(number, whose)
    return lines
