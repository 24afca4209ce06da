"""
Which lines of a text are those of an older one.

Invariants:
    What is aligned is equal, and in the same order in both.
    In large changes it is looked for between lines that stand once in both; where there are none, the first
    of equal lines is taken for the first, the second for the second: lines that could be aligned may not be.
    No text makes it dear: what is compared pair by pair is bounded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

# Beyond so many pairs of lines, or of equal ones, the exact answer is dear: of 1,000 lines every second of
# which is blank it takes seconds.
_MOST_PAIRS = 4_000_000
_MOST_EQUAL = 5_000
_DEEPEST = 8


class Same(NamedTuple):
    """*n* lines that stand in the old text from line *old* on, and in the new from *new* on (from 0)."""

    old: int
    new: int
    n: int


def aligned(old: Sequence[bytes], new: Sequence[bytes]) -> list[Same]:
    """The runs of lines that *new* has from *old*, in their order; a line may be given by any hash of it."""
    return _aligned(old, new, 0)


def _aligned(old: Sequence[bytes], new: Sequence[bytes], depth: int) -> list[Same]:
    start = _n_equal(old, new)
    rest_old, rest_new = old[start:], new[start:]
    end = _n_equal(rest_old[::-1], rest_new[::-1])
    middle = _between(rest_old[: len(rest_old) - end], rest_new[: len(rest_new) - end], depth)
    found = [Same(0, 0, start), *(Same(start + same.old, start + same.new, same.n) for same in middle)]
    found.append(Same(len(old) - end, len(new) - end, end))
    return [same for same in found if same.n]


def _between(old: Sequence[bytes], new: Sequence[bytes], depth: int) -> list[Same]:
    if not old or not new:
        return []
    if len(old) * len(new) <= _MOST_PAIRS and _n_equal_pairs(old, new) <= _MOST_EQUAL:
        # Late: most alignments end before they come here, and a commit waits for what is imported.
        import difflib

        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        return [Same(block.a, block.b, block.size) for block in matcher.get_matching_blocks()]
    anchors = _ascending(_once(old), _once(new)) if depth < _DEEPEST else []
    if not anchors:
        return [Same(*pair, 1) for pair in _ascending(_counted(old), _counted(new))]
    return _around(anchors, old, new, depth + 1)


def _n_equal_pairs(old: Sequence[bytes], new: Sequence[bytes]) -> int:
    counts = Counter(new)
    return sum(n * counts[line] for line, n in Counter(old).items())


def _around(
    anchors: list[tuple[int, int]], old: Sequence[bytes], new: Sequence[bytes], depth: int
) -> list[Same]:
    """The runs between *anchors*, lines of both that are the same, and these lines themselves."""
    found: list[Same] = []
    at = new_at = 0
    for number, new_number in [*anchors, (len(old), len(new))]:
        inner = _aligned(old[at:number], new[new_at:new_number], depth)
        found += [Same(at + same.old, new_at + same.new, same.n) for same in inner]
        if number < len(old):
            found.append(Same(number, new_number, 1))
        at, new_at = number + 1, new_number + 1
    return found


def _ascending(old: Mapping[Hashable, int], new: Mapping[Hashable, int]) -> list[tuple[int, int]]:
    """
    The numbers that the most names have in both, in the same order.

    Patience sorting: a pile for each length of an ascending row, and on it the row's last member.
    """
    pairs = [(number, new[name]) for name, number in old.items() if name in new]
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


def _once(lines: Sequence[bytes]) -> dict[Hashable, int]:
    """The lines that stand once, with their numbers."""
    counts = Counter(lines)
    return {line: number for number, line in enumerate(lines) if counts[line] == 1}


def _counted(lines: Sequence[bytes]) -> dict[Hashable, int]:
    """Every line with how many equal ones stand before it, and its number."""
    n_before: Counter[bytes] = Counter()
    found: dict[Hashable, int] = {}
    for number, line in enumerate(lines):
        found[line, n_before[line]] = number
        n_before[line] += 1
    return found


def _n_equal(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    n = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        n += 1
    return n
