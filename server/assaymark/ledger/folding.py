"""
What events add up to: where each byte of a file's content came from.

Invariants:
    A state is of one content, known by its digest: whatever led there, in whatever order it is heard of, says
    more about it and never less.
    Where the content before an edit is known, nothing is guessed. Else lines are looked for in the newest
    state, in their order; what is not found there came from the disk, and is unknown.
    An agent is the author of bytes that it reported, and of those that come from such bytes, alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from assaymark.ledger.events import Edited, Reviewed, Saved
from assaymark.ledger.secret import Line, outlined
from assaymark.lineage.alignment import aligned
from assaymark.lineage.reviewed import (
    cut_around,
    cut_by,
    has_reviews,
    is_doubted,
    reviewed,
    voided,
    with_cut,
    with_marks_of,
)
from assaymark.origin import (
    STANDING,
    Arrival,
    Author,
    Cut,
    Origin,
    Run,
    Runs,
    covering,
    joined,
    n_bytes_of,
    sliced,
    unknown,
)
from assaymark.tuples import NamedTuple

DISK = unknown(Arrival.disk)
# What an editor found in a file, and did not see coming.
_FROM_OUTSIDE = frozenset((Arrival.disk, Arrival.standing))
_UNREPORTED = frozenset((Arrival.disk, Arrival.bulk))


class State(NamedTuple):
    """
    Where each byte of a content came from.

    *lines* is its outline, empty where it is not kept. *exact* says that no line had to be looked for on the
    way here.
    """

    digest: str
    runs: Runs
    lines: bytes = b""
    exact: bool = True


class Around(NamedTuple):
    """
    What is known when an event is folded: the states *before* it and *after* it, the *newest* other one when
    it happened, as far as clocks tell, and the *last* one that was heard of.
    """

    before: State | None = None
    after: State | None = None
    newest: State | None = None
    last: State | None = None


def folded(event: Edited | Saved | Reviewed, around: Around) -> State:
    """The state after *event*."""
    if isinstance(event, Reviewed):
        return _reviewed(event, around)
    if isinstance(event, Saved):
        return _saved(event, around.after)
    found, known = _edited(event, around), around.after
    if known is None:
        return found
    lines = known.lines or found.lines
    if is_whole(event):
        # It may have written what stood there: no more is its own than what came without anybody's report.
        return known._replace(runs=filled(known.runs, found.runs, _UNREPORTED), lines=lines)
    if found.exact and not known.exact:
        return found._replace(lines=lines)
    if found.exact or not known.exact:
        return known._replace(runs=filled(known.runs, found.runs), lines=lines)
    # An editor saw bytes come before it was heard who wrote them: it knows best, but for what is reported,
    # and for what it found in the file itself.
    said = _overlaid(covering(event.n_bytes, DISK), _landed(event), _news(event, around))
    runs = filled(filled(known.runs, said), found.runs, _FROM_OUTSIDE)
    return known._replace(runs=runs, lines=lines)


def refolded(event: Edited, before: State, after: State) -> State:
    """The state *after* an edit that was folded earlier, now that more is known of the one *before* it."""
    # Which lines were cut nobody can tell without an outline: then what is unknown stays unknown.
    if _before(event, Around(before), _n_before(event)) is None or (event.cuts and not after.lines):
        return after
    found = _edited(event._replace(lines=after.lines), Around(before))
    return after._replace(runs=filled(after.runs, found.runs), exact=after.exact or found.exact)


def standing_before(event: Edited) -> State | None:
    """The state before *event*, where nothing else is known of the file: all stood there."""
    before = _before(event, Around(), _n_before(event))
    return None if before is None else before._replace(lines=event.lines_before)


def digest_after(event: Edited | Saved | Reviewed) -> str:
    """The digest of the state after *event*; one of its own where nobody could tell."""
    return (event.after or f"~{event.id}") if isinstance(event, Edited) else event.digest


def is_whole(event: Edited) -> bool:
    """Whether all that is known of *event* is the text after it."""
    return event.before is None and event.ranges == ((0, event.n_bytes),)


def anchored(
    state: State, lines: bytes, n_bytes: int, otherwise: Origin = DISK, *, by: Cut | None = None
) -> Runs:
    """
    The origins of *n_bytes* with the outline *lines*: those of lines of *state*, and *otherwise*.

    *by* is told of those around lines that are gone: it is given where nothing came in between.
    """
    old, new = outlined(state.lines), outlined(lines)
    starts = [0, *accumulate(line.n_bytes for line in old)]
    # No outline is kept of a very long text, and one that is not of this text says nothing of it.
    if starts[-1] != n_bytes_of(state.runs) or sum(line.n_bytes for line in new) != n_bytes:
        return covering(n_bytes, DISK)
    cut = _Cut(state.runs)
    found: list[Runs] = []
    gaps: list[int] = []
    at = at_old = 0
    for same in aligned([line.hash for line in old], [line.hash for line in new]):
        found.append(covering(_length(new[at : same.new]), otherwise))
        if at == same.new and any(line.n_bytes > line.n_end for line in old[at_old : same.old]):
            gaps.append(at)
        at, at_old = same.new + same.n, same.old + same.n
        found.extend(_carried(old[same.old : at_old], new[same.new : at], starts[same.old], cut))
    runs = joined([*found, covering(_length(new[at:]), otherwise)])
    if not gaps or not (by is not None or has_reviews(runs)):
        return runs
    ends = _starts(new)
    landed = [(ends[place], ends[place]) for gap in gaps for place in _beside_blanks(new, gap)]
    # Who read the lines around read them with what is gone.
    runs = voided(runs, ends, landed)
    return runs if by is None else cut_around(runs, ends, landed, by)


def _beside_blanks(lines: Sequence[Line], gap: int) -> Iterator[int]:
    """The numbers of the places around *gap* that lie next to a line with something on it."""
    first = last = gap
    while first and lines[first - 1].n_bytes == lines[first - 1].n_end:
        first -= 1
    while last < len(lines) and lines[last].n_bytes == lines[last].n_end:
        last += 1
    yield from dict.fromkeys((first, last))


def filled(known: Runs, other: Runs, arrivals: frozenset[Arrival] | None = None) -> Runs:
    """
    *known*, with what *other* knows of the bytes that are unknown there (and came by *arrivals*).

    What was reviewed, or cut, by either was.
    """
    if n_bytes_of(known) != n_bytes_of(other):
        return known
    cut, at = _Cut(other), 0
    found: list[Runs] = []
    for run in known:
        is_open = run.origin.author is Author.unknown and (arrivals is None or run.origin.arrival in arrivals)
        found.append(_preferred(cut(at, at + run.n_bytes), run.origin) if is_open else (run,))
        at += run.n_bytes
    return with_marks_of(with_marks_of(joined(found), known), other)


def brought_forward(newest: State, earlier: State) -> State:
    """*newest*, after more became known of the *earlier* state that an editor went on from."""
    found = anchored(earlier, newest.lines, n_bytes_of(newest.runs))
    return newest._replace(runs=filled(newest.runs, found, _FROM_OUTSIDE))


def _reviewed(event: Reviewed, around: Around) -> State:
    state = around.after
    if state is None:
        newest = around.newest
        runs = covering(event.n_bytes, STANDING)
        runs = runs if newest is None else anchored(newest, event.lines, event.n_bytes)
        state = State(event.digest, runs, event.lines, exact=newest is None)
    runs = state.runs
    for start, end in event.ranges:
        runs = reviewed(runs, start, end, event.id)
    return state._replace(runs=runs)


def _saved(event: Saved, known: State | None) -> State:
    if known is None:
        return State(event.digest, event.runs, event.lines)
    return State(event.digest, filled(event.runs, known.runs), event.lines or known.lines)


def _edited(event: Edited, around: Around) -> State:
    digest = digest_after(event)
    before = _before(event, around, _n_before(event))
    if before is not None and _is_alone(event, around):
        return State(digest, _voided(event, _spliced(event, before.runs)), event.lines, before.exact)
    if before is not None:
        rest, is_exact = _spliced(event, before.runs), before.exact
    elif around.newest is not None:
        by = _taken_by(event)
        rest = anchored(around.newest, event.lines, event.n_bytes, with_cut(DISK, by), by=by)
        is_exact = False
    else:
        rest, is_exact = covering(event.n_bytes, STANDING), True
    runs = _overlaid(rest, _landed(event), _news(event, around))
    return State(digest, _voided(event, runs), event.lines, exact=is_exact)


def _voided(event: Edited, runs: Runs) -> Runs:
    """*runs* without the reviews of lines that *event* changed, and with its cuts."""
    if not is_doubted(event.origin) or not (has_reviews(runs) or event.cuts):
        return runs
    lines = outlined(event.lines)
    landed, cuts = event.ranges if event.before is None else tuple(_shifted(event)), event.cuts
    starts = _starts(lines)
    # Without an outline nobody can tell which lines these are.
    if _length(lines) != event.n_bytes:
        starts, landed, cuts = [0], ((0, event.n_bytes),), cuts and ((0, event.n_bytes),)
    # Where nothing of a line is left to be read, those around are.
    return cut_around(voided(runs, starts, (*landed, *cuts)), starts, cuts, cut_by(event.origin))


def _starts(lines: Sequence[Line]) -> list[int]:
    """Where *lines* begin, and the empty one behind a last line end."""
    starts = [0, *accumulate(line.n_bytes for line in lines)]
    return starts if lines and lines[-1].n_end else starts[: len(lines) or 1]


def _is_alone(event: Edited, around: Around) -> bool:
    """Whether nothing else is known that may have come between the texts before and after *event*."""
    others = {state.digest for state in (around.newest, around.last) if state is not None}
    return others <= {event.before, event.after}


def _news(event: Edited, around: Around) -> Runs:
    """
    The text after as if all of it had come with *event*, but for the lines that stood there before.

    While a command runs, somebody may save the file, and a tool may write anew what stands there: neither is
    its own. Lines of which nothing was known are, if the text before is known not to have had them.
    """
    news = covering(event.n_bytes, event.origin)
    if around.newest is not None and around.newest.digest != event.before:
        by = _taken_by(event) if event.before is None else None
        news = anchored(around.newest, event.lines, event.n_bytes, event.origin, by=by)
        news = news if event.before is None else _preferred(news, event.origin)
    # Where clocks disagree, this may be what was saved in between.
    if around.last is not None and around.last.digest not in {event.before, event.after}:
        news = _with_typed(news, anchored(around.last, event.lines, event.n_bytes))
    return news


def _with_typed(news: Runs, last: Runs) -> Runs:
    cut, at = _Cut(news), 0
    found: list[Runs] = []
    for run in last:
        found.append((run,) if run.origin.author is Author.human else cut(at, at + run.n_bytes))
        at += run.n_bytes
    return with_marks_of(joined(found), news)


def _taken_by(event: Edited) -> Cut:
    """
    Who took what is gone from the text before *event*, of which only lines are known.

    It did where it wrote all of the text, or is known to have brought nothing.
    """
    is_sure = is_doubted(event.origin) and (is_whole(event) or not event.ranges)
    return cut_by(event.origin) if is_sure and event.before is None else Cut()


def _n_before(event: Edited) -> int:
    return event.n_bytes - sum(edit.n_new - (edit.end - edit.start) for edit in event.edits)


def _before(event: Edited, around: Around, n_before: int) -> State | None:
    """The state that the edits are made in: the known one, or one whose lines are found in the newest."""
    if event.before is None or n_before < 0 or any(edit.end > n_before for edit in event.edits):
        return None
    if around.before is not None:
        return around.before if n_bytes_of(around.before.runs) == n_before else None
    if around.newest is None:
        return State(event.before, covering(n_before, STANDING))
    if not event.lines_before:
        return None
    # What went until then went unseen.
    runs = anchored(around.newest, event.lines_before, n_before, by=Cut())
    return State(event.before, runs, exact=False)


def _spliced(event: Edited, before: Runs) -> Runs:
    cut, at = _Cut(before), 0
    found: list[Runs] = []
    for edit in event.edits:
        found += [cut(at, edit.start), covering(edit.n_new, event.origin)]
        at = edit.end
    return joined([*found, cut(at, n_bytes_of(before))])


def _landed(event: Edited) -> Iterator[tuple[int, int]]:
    """The bytes of the text after that are the tool's, in ascending order and within the text."""
    at = 0
    for start, end in sorted(event.ranges) if event.before is None else _shifted(event):
        first, last = max(start, at), min(end, event.n_bytes)
        if first < last:
            yield first, last
            at = last


def _shifted(event: Edited) -> Iterator[tuple[int, int]]:
    growth = 0
    for edit in event.edits:
        start = edit.start + growth
        yield start, start + edit.n_new
        growth += edit.n_new - (edit.end - edit.start)


def _overlaid(runs: Runs, ranges: Iterator[tuple[int, int]], news: Runs) -> Runs:
    """*runs*, with *ranges* as *news* has them."""
    cut, new, at = _Cut(runs), _Cut(news), 0
    found: list[Runs] = []
    for start, end in ranges:
        found += [cut(at, start), new(start, end)]
        at = end
    return joined([*found, cut(at, n_bytes_of(runs))])


def _preferred(runs: Runs, otherwise: Origin) -> Runs:
    return tuple(Run(n, otherwise if one.author is Author.unknown else one) for n, one in runs)


def _length(lines: Sequence[Line]) -> int:
    return sum(line.n_bytes for line in lines)


def _carried(old: Sequence[Line], new: Sequence[Line], start: int, cut: _Cut) -> Iterator[Runs]:
    """The origins of lines that stood at *start* of the older text, whatever ends them now."""
    if all(one.n_bytes == other.n_bytes for one, other in zip(old, new, strict=True)):
        yield cut(start, start + _length(old))
        return
    for one, other in zip(old, new, strict=True):
        end = start + one.n_bytes
        yield cut(start, end - one.n_end)
        # A line end that is spelled anew is still whoever's it was.
        yield covering(other.n_end, cut(end - 1, end)[0].origin if one.n_end else DISK)
        start = end


class _Cut:
    """Slices of runs, without going through all of them for each."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._ends = list(accumulate(run.n_bytes for run in runs))

    def __call__(self, start: int, end: int) -> Runs:
        first = bisect_right(self._ends, start)
        last = bisect_right(self._ends, end - 1) + 1
        before = self._ends[first - 1] if first else 0
        return sliced(self._runs[first:last], start - before, end - before) if start < end else ()
