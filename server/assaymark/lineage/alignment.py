"""
Which lines of a text are those of an older one.

Invariants:
    What is aligned is equal, and in the same order in both.
    In very large changes it is looked for between lines that stand once in both; where there are none for
    long, lines that could be aligned are not: they count as new.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# Beyond this many pairs of lines the exact answer is dear.
_MOST_PAIRS = 4_000_000


class Same(NamedTuple):
    """*n* lines that stand in the old text from line *old* on, and in the new from *new* on (from 0)."""

    old: int
    new: int
    n: int


def aligned(old: Sequence[bytes], new: Sequence[bytes]) -> list[Same]:
    """The runs of lines that *new* has from *old*, in their order; a line may be given by any hash of it."""
    start = _n_equal(old, new)
    rest_old, rest_new = old[start:], new[start:]
    end = _n_equal(rest_old[::-1], rest_new[::-1])
    middle = _between(rest_old[: len(rest_old) - end], rest_new[: len(rest_new) - end])
    found = [Same(0, 0, start), *(Same(start + same.old, start + same.new, same.n) for same in middle)]
    found.append(Same(len(old) - end, len(new) - end, end))
    return [same for same in found if same.n]


def _between(old: Sequence[bytes], new: Sequence[bytes]) -> list[Same]:
    if not old or not new:
        return []
    if len(old) * len(new) > _MOST_PAIRS:
        return _around(_anchors(old, new), old, new)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [Same(block.a, block.b, block.size) for block in matcher.get_matching_blocks()]


def _around(anchors: list[tuple[int, int]], old: Sequence[bytes], new: Sequence[bytes]) -> list[Same]:
    """The runs between *anchors*, lines of both that are the same, and these lines themselves."""
    found: list[Same] = []
    at = new_at = 0
    for number, new_number in [*anchors, (len(old), len(new))] if anchors else ():
        inner = aligned(old[at:number], new[new_at:new_number])
        found += [Same(at + same.old, new_at + same.new, same.n) for same in inner]
        if number < len(old):
            found.append(Same(number, new_number, 1))
        at, new_at = number + 1, new_number + 1
    return found


def _anchors(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int]]:
    """
    The most lines that stand once in both and in the same order, by their numbers.

    Patience sorting: a pile for each length of an ascending row, and on it the row's last member.
    """
    numbers = _once(new)
    pairs = [(number, numbers[line]) for line, number in _once(old).items() if line in numbers]
    tops: list[int] = []
    rows: list[tuple[int, int, int]] = []
    piles: list[int] = []
    for number, new_number in sorted(pairs):
        pile = bisect_left(tops, new_number)
        rows.append((number, new_number, piles[pile - 1] if pile else -1))
        tops[pile : pile + 1], piles[pile : pile + 1] = [new_number], [len(rows) - 1]
    found: list[tuple[int, int]] = []
    at = piles[-1] if piles else -1
    while at >= 0:
        number, new_number, at = rows[at]
        found.append((number, new_number))
    return found[::-1]


def _once(lines: Sequence[bytes]) -> dict[bytes, int]:
    """The lines that stand once, with their numbers."""
    counts = Counter(lines)
    return {line: number for number, line in enumerate(lines) if counts[line] == 1}


def _n_equal(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    n = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        n += 1
    return n
