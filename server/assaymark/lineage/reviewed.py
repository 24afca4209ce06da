"""
Which bytes were part of a review, through whatever happens to a text.

A review is carried by the bytes themselves (`Origin.reviews`), so what moves origins moves it too.

Invariants:
    Nothing becomes reviewed but by `reviewed` and `with_reviews_of`, whose callers name the review.
    An edit that no person is known to have made takes the review of what is left of the lines that it
    changed, and of both neighbours where it only took lines away (`voided`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

from assaymark.dataclass import replace
from assaymark.origin import Author, Origin, Run, Runs, joined, n_bytes_of, sliced

# Whose edits void a review: what a person or a tool of theirs does is looked at by doing it.
_DOUBTED = frozenset((Author.ai, Author.unknown))


def is_doubted(origin: Origin) -> bool:
    """Whether somebody should read what is of *origin*: an agent's, and what may be an agent's."""
    return origin.author in _DOUBTED


def has_reviews(runs: Runs) -> bool:
    return any(run.origin.reviews for run in runs)


def reviewed(runs: Runs, start: int, end: int, review: str) -> Runs:
    """*runs* after the bytes from *start* to *end* were part of *review*."""
    inner = ((Run(n, with_ids(origin, (review,))),) for n, origin in sliced(runs, start, end))
    return joined([sliced(runs, 0, start), *inner, sliced(runs, end, n_bytes_of(runs))])


def unreviewed(runs: Runs) -> Runs:
    """*runs* of which nothing was part of a review."""
    return joined([(Run(n, _without(origin)),) for n, origin in runs]) if has_reviews(runs) else runs


def with_reviews_of(runs: Runs, other: Runs) -> Runs:
    """*runs* with the reviews that *other*, of as many bytes, has of them too."""
    if not has_reviews(other):
        return runs
    found: list[Runs] = []
    at = 0
    for n_bytes, origin in other:
        part = sliced(runs, at, at + n_bytes)
        found += [(Run(n, with_ids(one, origin.reviews)),) for n, one in part] if origin.reviews else [part]
        at += n_bytes
    return joined(found)


def shared_reviews(runs: Runs, other: Runs) -> Runs:
    """*runs* with those of their reviews that *other*, of as many bytes, has too."""
    found: list[Runs] = []
    at = 0
    for n_bytes, origin in other:
        part = sliced(runs, at, at + n_bytes)
        found += [(Run(n, _among(one, origin.reviews)),) for n, one in part]
        at += n_bytes
    return joined(found)


def voided(runs: Runs, starts: Sequence[int], landed: Iterable[tuple[int, int]]) -> Runs:
    """
    *runs* after edits that nobody is known to have looked at.

    *starts* are where the lines of the text begin, the first at 0; *landed* is where what each edit brought
    stands, empty where it only took something away.
    """
    if not has_reviews(runs):
        return runs
    n_bytes = n_bytes_of(runs)
    for start, end in landed:
        first, last = _changed(starts, n_bytes, start, end)
        inner = unreviewed(sliced(runs, first, last))
        runs = joined((sliced(runs, 0, first), inner, sliced(runs, last, n_bytes)))
    return runs


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
def _among(origin: Origin, reviews: tuple[str, ...]) -> Origin:
    left = tuple(one for one in origin.reviews if one in reviews)
    return origin if left == origin.reviews else replace(origin, reviews=left)


def _without(origin: Origin) -> Origin:
    return _among(origin, ())
