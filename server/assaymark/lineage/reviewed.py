"""
What stays with the bytes of a text, whatever happens to it: the reviews that they were part of, and cuts.

Both are carried by the bytes themselves (`Origin.reviews`, `Origin.cut`), so what moves origins moves them
too. A cut is an edit that left nothing to be read: it took words away, or changed signs. What is left of the
line is to be read for it, whoever wrote that; of an agent's, which must be read anyway, nothing is noted. Nor
is of what is unknown, but that it was an agent's cut: what is unknown may be trusted, and no more then.

Invariants:
    Nothing becomes reviewed but by `reviewed` and `with_marks_of`, whose callers name the review.
    An edit that no person is known to have made takes the review of what is left of the lines that it
    changed, and of both neighbours where it only took lines away (`voided`). So a review that bytes have is
    younger than their cut.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial

from assaymark.dataclass import replace
from assaymark.origin import STANDING, Author, Cut, Origin, Run, Runs, joined, n_bytes_of

# Whose edits void a review: what a person or a tool of theirs does is looked at by doing it.
_DOUBTED = frozenset((Author.ai, Author.unknown))
_DAY = 86_400
_NOWHERE = (sys.maxsize, sys.maxsize)


def is_doubted(origin: Origin) -> bool:
    """Whether somebody should read what is of *origin*: an agent's, and what may be an agent's."""
    return origin.author in _DOUBTED


def has_reviews(runs: Runs) -> bool:
    return any(run.origin.reviews for run in runs)


def may_be_cut(runs: Runs) -> bool:
    """Whether a cut would be noted of any of *runs*, were it an agent's."""
    return any(run.origin.author is not Author.ai for run in runs)


def _is_noted(origin: Origin, by: Cut) -> bool:
    return origin.author not in _DOUBTED or (origin.author is Author.unknown and bool(by.tool))


def reviewed(runs: Runs, start: int, end: int, review: str) -> Runs:
    """*runs* after the bytes from *start* to *end* were part of *review*."""
    return _remade(runs, [(start, end)], lambda origin: with_ids(origin, (review,)))


def unreviewed(runs: Runs) -> Runs:
    """*runs* of which nothing was part of a review."""
    return joined([(Run(n, _without(origin)),) for n, origin in runs]) if has_reviews(runs) else runs


def with_marks_of(runs: Runs, other: Runs) -> Runs:
    """*runs* with the reviews and the cuts that *other*, of as many bytes, has of them too."""
    if not any(run.origin.reviews or run.origin.cut for run in other):
        return runs
    return _paired(runs, other, _united)


def with_cuts_as_in(runs: Runs, other: Runs) -> Runs:
    """*runs* with the cuts that *other*, of as many bytes, has of them, and no others."""
    return _paired(runs, other, lambda one, its: one if one.cut == its.cut else replace(one, cut=its.cut))


def explained(runs: Runs, known: Runs) -> Runs:
    """*runs* without the cuts by nobody known of bytes of which *known*, of as many bytes, tells none."""
    if n_bytes_of(runs) == n_bytes_of(known) and any(run.origin.cut for run in runs):
        return _paired(runs, known, _explained)
    return runs


def voided(runs: Runs, starts: Sequence[int], landed: Iterable[tuple[int, int]]) -> Runs:
    """
    *runs* after edits that nobody is known to have looked at.

    *starts* are where the lines of the text begin, the first at 0; *landed* is where what each edit brought
    stands, empty where it only took something away.
    """
    if not has_reviews(runs):
        return runs
    return _remade(runs, _changed_lines(starts, n_bytes_of(runs), landed), _without)


def cut_around(runs: Runs, starts: Sequence[int], landed: Iterable[tuple[int, int]], by: Cut) -> Runs:
    """*runs* after such edits, told in the same way, were the cut *by*."""
    if not any(_is_noted(run.origin, by) for run in runs):
        return runs
    n_bytes, spans = n_bytes_of(runs), list(landed)
    for its in (by, by._replace(between=True)):
        several = [one for one in spans if is_between(starts, *one) is its.between]
        lines = _changed_lines(starts, n_bytes, several)
        runs = _remade(runs, lines, partial(with_cut, by=its)) if lines else runs
    return runs


def is_between(starts: Sequence[int], start: int, end: int) -> bool:
    """Whether an edit only took lines away, whole ones."""
    return start == end and starts[_line(starts, start)] == start


def without_gaps(origin: Origin) -> Origin:
    """*origin* as if no lines had gone beside."""
    return replace(origin, cut=None) if origin.cut is not None and origin.cut.between else origin


def cut_by(origin: Origin) -> Cut:
    """The cut that an edit of *origin* is, on its day."""
    day = None if origin.time is None else origin.time - origin.time % _DAY
    return Cut(origin.tool, day, session=origin.session)


def _remade(runs: Runs, spans: Iterable[tuple[int, int]], remade: Callable[[Origin], Origin]) -> Runs:
    """*runs* with the origins of *spans*, which ascend and lie apart, *remade*."""
    rest = iter(spans)
    start, end = next(rest, _NOWHERE)
    found: list[Run] = []
    at = 0
    for n_bytes, origin in runs:
        stop = at + n_bytes
        while at < stop:
            if end <= at:
                start, end = next(rest, _NOWHERE)
                continue
            after = min(stop, start if at < start else end)
            found.append(Run(after - at, origin if at < start else remade(origin)))
            at = after
    return joined([tuple(found)])


def _paired(runs: Runs, other: Runs, made: Callable[[Origin, Origin], Origin]) -> Runs:
    """*runs*, each origin as it is *made* of it and of that which *other*, of as many bytes, has there."""
    found: list[Run] = []
    rest, n_left, its = iter(other), 0, STANDING
    for n_bytes, origin in runs:
        missing = n_bytes
        while missing:
            if not n_left:
                n_left, its = next(rest, Run(missing, origin))
            n = min(missing, n_left)
            found.append(Run(n, made(origin, its)))
            missing, n_left = missing - n, n_left - n
    return joined([tuple(found)])


def _changed_lines(
    starts: Sequence[int], n_bytes: int, landed: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The lines that edits changed, where they begin and end: in ascending order, and apart."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(_changed(starts, n_bytes, start, end) for start, end in landed):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _changed(starts: Sequence[int], n_bytes: int, start: int, end: int) -> tuple[int, int]:
    """From where to where the lines go that an edit changed, whose bytes stand from *start* to *end*."""
    first, last = _line(starts, start), _line(starts, max(start, end - 1))
    is_head = starts[first] == start
    if start == end:
        # Whole lines went: what stood around them was read with them.
        first = _line(starts, start - 1) if is_head and start else first
    elif not is_head and end < n_bytes and starts[_line(starts, end)] == end:
        # What stood behind on its line is on a line of its own now.
        last = _line(starts, end)
    return starts[first], starts[last + 1] if last + 1 < len(starts) else n_bytes


def _line(starts: Sequence[int], at: int) -> int:
    return max(bisect_right(starts, at) - 1, 0)


# The same few origins are asked for again and again.
@lru_cache(maxsize=256)
def with_ids(origin: Origin, reviews: tuple[str, ...]) -> Origin:
    """*origin* of what was part of these *reviews* too."""
    return replace(origin, reviews=tuple(sorted({*origin.reviews, *reviews})))


@lru_cache(maxsize=256)
def with_cut(origin: Origin, by: Cut) -> Origin:
    """*origin* of what the cut *by* was made around; of two cuts the one to tell."""
    if not _is_noted(origin, by):
        return origin
    cuts = [by] if origin.cut is None else [origin.cut, by]
    return replace(origin, cut=max(cuts, key=lambda one: one.rank))


def _explained(origin: Origin, known: Origin) -> Origin:
    if origin.cut is None or origin.cut.tool or known.cut or is_doubted(known):
        return origin
    return replace(origin, cut=None)


def _united(origin: Origin, other: Origin) -> Origin:
    both = with_ids(origin, other.reviews) if other.reviews else origin
    return both if other.cut is None else with_cut(both, other.cut)


@lru_cache(maxsize=256)
def _among(origin: Origin, reviews: tuple[str, ...]) -> Origin:
    left = tuple(one for one in origin.reviews if one in reviews)
    return origin if left == origin.reviews else replace(origin, reviews=left)


def _without(origin: Origin) -> Origin:
    return _among(origin, ())
