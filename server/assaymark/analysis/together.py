"""
Edits that lie beside each other, made as one.

To indent lines, to comment them out or to replace a word everywhere are hundreds of edits of one change. Each
would cut and read its surroundings anew, and those are the same ones (2026-11: a thousand lines took half a
minute).

Invariant: the text, and the origin of each of its bytes, are what the edits one after the other make.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from assaymark.analysis.attributing import runs_between
from assaymark.origin import joined
from assaymark.text import Edit, Span
from assaymark.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assaymark.analysis.attributing import Came
    from assaymark.analysis.snapshot import Section
    from assaymark.origin import Runs
    from assaymark.text import Text

# Two edits that have more between them are made one by one: the way between them would be read for nothing.
_NEAR = 2048


class _Placed(NamedTuple):
    """What an edit brings, and the span of the text before all of them that gives way."""

    span: Span
    new: bytes
    came: Runs


def groups(edits: Sequence[Edit]) -> Iterator[Sequence[Edit]]:
    """*edits*, in their order, by those that follow each other upwards or downwards and are near."""
    start = 0
    while start < len(edits):
        end = max(_run(edits, start, is_up=False), _run(edits, start, is_up=True))
        yield edits[start:end]
        start = end


def as_one(text: Text[Section], group: Sequence[Edit], came: Came) -> tuple[Edit, Runs]:
    """The one edit of *text* that a group comes to, and the origins of what it brings."""
    placed: list[_Placed] = []
    is_up, growth = _run(group, 0, is_up=True) == len(group), 0
    for edit in group:
        span = edit.span.shifted(-growth) if is_up else edit.span
        growth += edit.growth
        placed.append(_Placed(span, edit.new, came(edit, text.slice(span), runs_between(text, span))))
    if len(placed) == 1:
        return group[0], placed[0].came
    if not is_up:
        placed.reverse()
    news, runs = [placed[0].new], [placed[0].came]
    for before, one in pairwise(placed):
        between = Span(before.span.end, one.span.start)
        news += (text.slice(between), one.new)
        runs += (runs_between(text, between), one.came)
    return Edit(Span(placed[0].span.start, placed[-1].span.end), b"".join(news)), joined(runs)


def _run(edits: Sequence[Edit], start: int, *, is_up: bool) -> int:
    """Up to where the edits from *start* on follow each other in that direction."""
    end = start + 1
    while end < len(edits):
        before, after = edits[end - 1], edits[end]
        way = after.span.start - before.landed.end if is_up else before.span.start - after.span.end
        if not 0 <= way <= _NEAR:
            break
        end += 1
    return end
