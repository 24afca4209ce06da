"""
What two lists of hits have in common: the inner ones, each with the bindings of both.

Invariants:
    Both sides are gone through once, in the order of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assaymark.rules.patterns.binding import Hit, merged


def intersected(some: Sequence[Hit], others: Sequence[Hit]) -> list[Hit]:
    """Hits that lie in a hit of the other side, with the bindings of both."""
    return [*_inner(some, others), *_inner(others, some)]


def _inner(inner: Sequence[Hit], outer: Sequence[Hit]) -> Iterator[Hit]:
    """The hits of *inner* that lie in one of *outer*."""
    events = sorted(outer, key=_start)
    open_hits: list[Hit] = []
    at = 0
    for hit in sorted(inner, key=_start):
        while at < len(events) and events[at].span.start <= hit.span.start:
            open_hits.append(events[at])
            at += 1
        open_hits = [other for other in open_hits if other.span.end > hit.span.start]
        for other in open_hits:
            env = merged(hit.env, other.env) if other.span.covers(hit.span) else None
            if env is not None:
                yield Hit(hit.span, env, hit.node)


def _start(hit: Hit) -> int:
    return hit.span.start
