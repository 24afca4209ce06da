"""
What a paste is of: the origins that its text has where it was copied, or had where it was cut.

Invariants:
    It is looked up as whole lines, and only where it has a line end and more: less may stand anywhere.
    Of two places with other origins neither is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assaymark.analysis.attributing import runs_between
from assaymark.lineage.arrivals import day_of
from assaymark.origin import Arrival, Runs, covering, joined, sliced, unknown
from assaymark.text import Span

if TYPE_CHECKING:
    from assaymark.desk import Desk
    from assaymark.lineage.changes import Change
    from assaymark.lineage.history import History


def runs_pasted(
    change: Change, part: Span, desk: Desk, uri: str, histories: Sequence[History], now: float
) -> Runs:
    """
    The origins of what *change* of the document *uri* brought, *part* of which was pasted.

    Lines at either end that stood there before are no part of it: with them, a line that is put right below
    the one that it was copied from would overlap it, and what stands in its own place is no place of another.
    """
    new, base = change.edit.new, with_kept(change)
    head, tail = change.kept
    start = min(max(part.start, head), len(new) - tail)
    stop = max(min(part.end, len(new) - tail), start)
    text = new[start:stop]
    known = _origins(text, desk, uri, change.fresh, histories)
    nobody = covering(len(text), unknown(Arrival.pasted, day_of(int(now))))
    pasted = known.pop() if len(known) == 1 else nobody
    return joined((sliced(base, 0, start), pasted, sliced(base, stop, len(new))))


def with_kept(change: Change) -> Runs:
    """The origins of what *change* brought as it came, but that lines that stood there before have theirs."""
    old, runs, n_bytes = change.inverse.old, change.inverse.runs, len(change.edit.new)
    head, tail = change.kept
    came = sliced(change.came, head, n_bytes - tail)
    return joined((sliced(runs, 0, head), came, sliced(runs, len(old) - tail, len(old))))


def _origins(text: bytes, desk: Desk, uri: str, own: Span, histories: Sequence[History]) -> set[Runs]:
    """Those that *text* has or had elsewhere than in *own* of the document *uri*; if several, two."""
    if not text.strip() or (b"\n" not in text and b"\r" not in text):
        return set()
    known: set[Runs] = set()
    for entry in desk:
        for span in _places(entry.snapshot.text.whole(), text):
            if entry.uri != uri or span.end <= own.start or own.end <= span.start:
                known.add(runs_between(entry.snapshot.text, span))
            if len(known) == 2:
                return known
    return known.union(*(history.cut(text) for history in histories))


def _places(whole: bytes, text: bytes) -> Iterator[Span]:
    at = whole.find(text)
    while at >= 0:
        yield Span(at, at + len(text))
        at = whole.find(text, at + 1)
