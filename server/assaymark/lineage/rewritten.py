"""
Origins through a file that changed on the disk: the lines that it still has keep theirs, and of lines that
were changed their words.

Invariants:
    It is compared as what tools report is, so that the two say the same of the same change.
    What came is of the one origin that is given for it, and never of something that is gone.
"""

from __future__ import annotations

from assaymark.lineage.narrowing import changes
from assaymark.origin import Origin, Runs, covering, joined, sliced


def rewritten(old: bytes, runs: Runs, new: bytes, came: Origin) -> Runs:
    """The origins of *new*, which took the place of *old*, whose origins are *runs*."""
    parts: list[Runs] = []
    at = 0
    for change in changes(old, new):
        parts += [sliced(runs, at, change.start), covering(change.new_end - change.new_start, came)]
        at = change.end
    return joined((*parts, sliced(runs, at, len(old))))
