"""
The attribution of a text: who wrote each byte of it.

It lies in the sections, each holding the runs of its own bytes, so that an edit makes anew what it touches
and no more. It is moved by the edits themselves; texts are never compared for it.

Invariants:
    The sections' runs cover the text exactly.
    A byte keeps its origin until it is replaced.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from assaymark.analysis.silencing import judged_anew
from assaymark.dataclass import dataclass, field, replace
from assaymark.lineage.history import Inverse, Standing
from assaymark.origin import Arrival, Run, Runs, covering, joined, sliced, spliced, unknown
from assaymark.text import Edit, Place, Span, Text

if TYPE_CHECKING:
    from assaymark.analysis.snapshot import Section, Snapshot

# The origins of what an edit brings for these bytes, of these origins; asked in the order of the edits.
Came: TypeAlias = "Callable[[Edit, bytes, Runs], Runs]"

_NOT_SAID = unknown(Arrival.bulk)


def unsaid(edit: Edit, _old: bytes, _runs: Runs) -> Runs:
    """Nobody said where it comes from."""
    return covering(len(edit.new), _NOT_SAID)


@dataclass(frozen=True, slots=True)
class Moved:
    """The attribution of *before* once *edit* is made and what came with it is of the origins *came*."""

    before: Text[Section]
    edit: Edit
    came: Runs
    # Where each of these ends: there are thousands where many edits are made as one.
    _ends: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ends", list(accumulate(run.n_bytes for run in self.came)))

    def between(self, start: int, end: int) -> Runs:
        """The runs from byte *start* to byte *end* of the text after the edit."""
        landed, growth = self.edit.landed, self.edit.growth
        parts = []
        if start < landed.start:
            parts.append(runs_between(self.before, Span(start, min(end, landed.start))))
        if start < landed.end and end > landed.start:
            parts.append(self._came_between(max(start - landed.start, 0), end - landed.start))
        if end > landed.end:
            behind = Span(max(start, landed.end), end).shifted(-growth)
            parts.append(runs_between(self.before, behind))
        return joined(parts)

    def _came_between(self, start: int, end: int) -> Runs:
        first, last = bisect_right(self._ends, start), bisect_left(self._ends, end)
        at = self._ends[first - 1] if first else 0
        return sliced(self.came[first : last + 1], start - at, end - at)


def runs_between(text: Text[Section], span: Span) -> Runs:
    """The runs of the bytes of *span*."""
    return joined(
        sliced(place.leaf.origins, max(span.start - place.start, 0), span.end - place.start)
        for place in _places(text, span)
    )


def runs_of(text: Text[Section]) -> Runs:
    """The runs of the whole text. Every section is visited."""
    return joined(section.origins for section in text)


def parted(runs: Runs, sizes: Iterable[int]) -> Iterator[Runs]:
    """*runs*, which cover all of the sizes together, in parts of so many bytes."""
    rest = list(reversed(runs))
    for size in sizes:
        part: list[Run] = []
        missing = size
        while missing:
            run = rest.pop()
            taken = min(run.n_bytes, missing)
            part.append(Run(taken, run.origin))
            if taken < run.n_bytes:
                rest.append(Run(run.n_bytes - taken, run.origin))
            missing -= taken
        yield tuple(part)


def attributed(snapshot: Snapshot, span: Span, runs: Runs) -> Snapshot:
    """
    *snapshot* in which the bytes of *span* are of the origins *runs*.

    Nothing else is different but what silences take whose authors are others now.
    """
    others: dict[tuple[int, int], Section] = {}
    is_heard = False
    for place in _places(snapshot.text, span):
        inside = Span(max(span.start, place.start), min(span.end, place.end))
        new = sliced(runs, inside.start - span.start, inside.end - span.start)
        origins = spliced(place.leaf.origins, inside.shifted(-place.start), new)
        if origins != place.leaf.origins:
            section = replace(place.leaf, origins=origins)
            others[place.address] = heard = _heard_anew(section)
            is_heard = is_heard or heard is not section
    if not others:
        return snapshot
    after = replace(snapshot, text=snapshot.text.put(others))
    return judged_anew(after, span) if is_heard else after


def _heard_anew(section: Section) -> Section:
    """*section* with the authors that its silences have by its origins."""
    if section.heard is None:
        return section
    # Late: most texts hold no comment that silences.
    from assaymark.suppress.authors import attributed as heard_by

    heard = heard_by(section.heard, section.piece, section.origins)
    return section if heard == section.heard else replace(section, heard=heard, verdict=None)


def standing_before(text: Text[Section], inverse: Inverse) -> Standing:
    """What stood in a span before the newest edit, which *inverse* takes back, was made."""
    start, old_end = inverse.span.start, inverse.span.start + len(inverse.old)
    growth = inverse.span.length - len(inverse.old)

    def standing(span: Span) -> tuple[bytes, Runs]:
        first = _clipped(span, 0, start)
        inner = _clipped(span, start, old_end).shifted(-start)
        last = _clipped(span, old_end, text.n_bytes - growth).shifted(growth)
        parts = (
            runs_between(text, first),
            sliced(inverse.runs, inner.start, inner.end),
            runs_between(text, last),
        )
        return text.slice(first) + inverse.old[inner.start : inner.end] + text.slice(last), joined(parts)

    return standing


def _places(text: Text[Section], span: Span) -> Iterator[Place[Section]]:
    """The sections that hold a byte of *span*."""
    place: Place[Section] | None = text.place_of_byte(span.start)
    while place is not None and place.start < span.end:
        yield place
        place = text.after(place)


def _clipped(span: Span, start: int, end: int) -> Span:
    """The part of *span* between *start* and *end*, empty there when it has none."""
    first = min(max(span.start, start), end)
    return Span(first, max(first, min(span.end, end)))
