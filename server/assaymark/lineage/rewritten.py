"""
Origins through a file that changed on the disk: the lines that it still has keep theirs.

Invariant: a line that came is of the one origin that is given for it, and never of a line that is gone.
"""

from __future__ import annotations

from itertools import accumulate

from assaymark.lineage.alignment import aligned
from assaymark.origin import Origin, Runs, covering, joined, sliced


def rewritten(old: bytes, runs: Runs, new: bytes, came: Origin) -> Runs:
    """The origins of *new*, which took the place of *old*, whose origins are *runs*."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    old_starts = list(accumulate(map(len, before), initial=0))
    new_starts = list(accumulate(map(len, after), initial=0))
    parts: list[Runs] = []
    at = 0
    for same in aligned(before, after):
        parts.append(covering(new_starts[same.new] - at, came))
        parts.append(sliced(runs, old_starts[same.old], old_starts[same.old + same.n]))
        at = new_starts[same.new + same.n]
    return joined((*parts, covering(len(new) - at, came)))
