"""
Ranges of lines as notes spell them: `1-10,15`, from 1, both ends included.

Invariants:
    Reading never raises: what is no range is passed over.
    Flattened pieces are disjoint, ascending, and made of no more ranges than the limit.
"""

from __future__ import annotations

from itertools import islice

from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# The most ranges of a file that are looked at.
MOST_RANGES = 200_000
_ONE = r"(\d{1,9})(?:-(\d{1,9}))?(?:,|$)"
# Looked for, since a match of a million ranges as a whole would take memory for each.
_ODD = r"[^0-9,-]|^[,-]|[,-]$|[,-]{2}|\d{10}|-\d+-"


class Piece(NamedTuple):
    """Lines *first* to *last*, which are *key*'s."""

    first: int
    last: int
    key: str


def is_well(spelled: str) -> bool:
    """Whether *spelled* is what the grammar allows."""
    # Late, as below: a commit waits for what is imported, and most write their notes without reading any.
    import re

    return spelled != "" and re.search(_ODD, spelled, re.ASCII) is None


def ranges(spelled: str) -> Iterator[tuple[int, int]]:
    """First and last line of each range that can be read."""
    import re

    # One at a time: there may be a million.
    for found in re.finditer(_ONE, spelled, re.ASCII):
        first = int(found[1])
        last = int(found[2] or first)
        if 1 <= first <= last:
            yield first, last


def spelled(lines: Iterable[int]) -> str:
    """*lines*, in ascending order, as ranges."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return spelled_ranges((first, last) for first, last in runs)


def spelled_ranges(several: Iterable[tuple[int, int]]) -> str:
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in several)


def flattened(entries: Iterable[tuple[str, str]]) -> list[Piece]:
    """Whose each line is, of entries (key, ranges) of which the later ones win."""
    from heapq import heappop, heappush

    every = ((first, last, -n, key) for n, (key, text) in enumerate(entries) for first, last in ranges(text))
    spans = sorted(islice(every, MOST_RANGES))
    found: list[Piece] = []
    begun: list[tuple[int, int, str]] = []
    at = i = 0
    while True:
        while begun and begun[0][1] < at:
            heappop(begun)
        if not begun:
            if i == len(spans):
                return found
            at = max(at, spans[i][0])
        while i < len(spans) and spans[i][0] <= at:
            _first, last, rank, key = spans[i]
            heappush(begun, (rank, last, key))
            i += 1
        _rank, end, key = begun[0]
        # Lines of it that passed under a later one are behind us.
        if end < at:
            continue
        stop = min(end, spans[i][0] - 1) if i < len(spans) else end
        _added(found, Piece(at, stop, key))
        at = stop + 1


def without(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The lines of *one* that are not in *other*; both are disjoint and ascending."""
    found: list[tuple[int, int]] = []
    i = 0
    for first, last in one:
        while i < len(other) and other[i][1] < first:
            i += 1
        at, j = first, i
        while j < len(other) and other[j][0] <= last:
            if at < other[j][0]:
                found.append((at, other[j][0] - 1))
            at = other[j][1] + 1
            j += 1
        if at <= last:
            found.append((at, last))
    return found


def _added(found: list[Piece], piece: Piece) -> None:
    if found and found[-1].key == piece.key and found[-1].last + 1 == piece.first:
        found[-1] = Piece(found[-1].first, piece.last, piece.key)
    else:
        found.append(piece)
