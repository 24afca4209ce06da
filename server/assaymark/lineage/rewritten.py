"""
Origins through a file that changed on the disk: the lines that it still has keep theirs, and of lines that
were changed their words.

Invariants:
    It is compared as what tools report is, so that the two say the same of the same change.
    What came is of the one origin that is given for it, and never of something that is gone.
"""

from __future__ import annotations

from typing import NamedTuple

from assaymark.lineage.cuts import cuts
from assaymark.lineage.narrowing import changes
from assaymark.lineage.reviewed import cut_around, cut_by
from assaymark.origin import Origin, Runs, covering, joined, sliced
from assaymark.text import LINE_END


class Rewritten(NamedTuple):
    """The origins of a text that took the place of another, and whether any of what changed is a cut."""

    runs: Runs
    is_cut: bool


def rewritten(old: bytes, runs: Runs, new: bytes, came: Origin) -> Rewritten:
    """*new*, which took the place of *old*, whose origins are *runs*."""
    parts: list[Runs] = []
    at = 0
    found = changes(old, new)
    for change in found:
        parts += [sliced(runs, at, change.start), covering(change.new_end - change.new_start, came)]
        at = change.end
    landed = list(cuts(old, new, found))
    starts = [0, *(one.end() for one in LINE_END.finditer(new))]
    after = joined((*parts, sliced(runs, at, len(old))))
    return Rewritten(cut_around(after, starts, landed, cut_by(came)), bool(landed))
