"""
How it stands with several lines of a file together, by which record, and what is not here that may say more.

Invariants:
    What nothing is recorded of should be read. Taking a record away makes no line count as read or as typed.
    Something is lacking only where a record that is not in this clone might change the answer.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from assaymark.analysis.reviewing import least
from assaymark.lineage.lines import LineOrigin
from assaymark.lineage.reviews import Review, Standing, reviews_of
from assaymark.lineage.reviews import standing as standing_alone
from assaymark.record.reading import LEDGER, NONE, Line
from assaymark.repository import notes
from assaymark.repository.blame import edge
from assaymark.repository.git import GitError

if TYPE_CHECKING:
    from assaymark.record.standing import Judged
    from assaymark.repository.place import Place


class Lack(enum.Enum):
    """What is not in this clone, so that nobody can say whether a line was read."""

    notes = "notes"
    reviews = "reviews"
    history = "history"


class Stood(NamedTuple):
    """
    How it stands with some lines: as with the least read of them, whose *origin* and *source* these are.

    *lack*: what is not here and might say that they were read; None where nothing might.
    """

    standing: Standing
    origin: LineOrigin = LineOrigin()
    source: str = NONE
    reviews: tuple[Review, ...] = ()
    lack: Lack | None = None

    @property
    def is_unread(self) -> bool:
        return self.standing is Standing.unread


class Clone(NamedTuple):
    """
    What a clone has of what is recorded: whether it has notes, and the commits at which it ends.

    *has_reviews*: our own notes are here too, or never were anywhere, as far as the others tell.
    """

    has_notes: bool
    edge: frozenset[str]
    has_reviews: bool = True

    def lack(self, line: Line) -> Lack | None:
        """What is not here and might say more of *line*."""
        if line.source == LEDGER or not line.commit:
            return None
        if line.source == NONE and line.commit in self.edge:
            return Lack.history
        if line.source == NONE and not self.has_notes:
            return Lack.notes
        return None if self.has_reviews else Lack.reviews


def clone_at(place: Place) -> Clone:
    """What the clone has that *place* is in. A repository that cannot be asked has no notes."""
    if place.common is None:
        return Clone(has_notes=False, edge=frozenset())
    try:
        there = {ref for ref, tip in notes.tips(notes.BOTH, place.top).items() if tip.id is not None}
        has_reviews = there != {notes.AI} or not notes.is_by_us(notes.AI, place.top)
    except GitError:
        return Clone(has_notes=False, edge=edge(place.common))
    return Clone(bool(there), edge(place.common), has_reviews)


def stood(its: Judged, clone: Clone, first: int, last: int) -> Stood:
    """How it stands with the lines from *first* to *last* (both from 1) of a file."""
    lines = its.recorded.lines
    if last > len(lines):
        # What no record was asked of cannot have been read.
        return Stood(Standing.unread)
    own = [number for number in range(first, last + 1) if lines[number - 1].origin.parts]
    if not own:
        return Stood(Standing.written)
    by_line = {number: its.at(number) for number in own}
    worst = least(by_line.values())
    line = lines[_named(own, by_line, its, worst) - 1]
    reviews = reviews_of(line.origin, its.recorded.reviews)
    lack = _lack(own, its, clone) if worst is Standing.unread else None
    return Stood(worst, line.origin, line.source, reviews, lack)


def _named(own: list[int], by_line: dict[int, Standing], its: Judged, worst: Standing) -> int:
    """The line to name: one that stands so by itself, before one that does as a part of its statement."""
    least = [number for number in own if by_line[number] is worst]
    return next((number for number in least if _alone(its, number) is worst), least[0])


def _lack(own: list[int], its: Judged, clone: Clone) -> Lack | None:
    """What might say of all that is not read that it was."""
    lacks = [clone.lack(its.recorded.lines[n - 1]) for n in own if _alone(its, n) is Standing.unread]
    return lacks[0] if lacks and all(lacks) else None


def _alone(its: Judged, number: int) -> Standing:
    return standing_alone(its.recorded.lines[number - 1].origin, its.recorded.reviews)
