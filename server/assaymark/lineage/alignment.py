"""
Which lines of a text are those of an older one.

Invariants:
    What is aligned is equal, and in the same order in both.
    In very large changes lines that could be aligned may not be: they count as new.
"""

from __future__ import annotations

import difflib
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
    if not old or not new or len(old) * len(new) > _MOST_PAIRS:
        return []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [Same(block.a, block.b, block.size) for block in matcher.get_matching_blocks()]


def _n_equal(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    n = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        n += 1
    return n
