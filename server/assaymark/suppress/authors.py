"""
Who wrote the comments that silence.

Invariant: a comment is asked for all of its bytes, its sign included; who wrote the code beside it is no
question here. But who took lines away from between them is: then it may hold for other code than it was
written for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.dataclass import replace
from assaymark.lineage.lines import gaps
from assaymark.lineage.trusting import in_doubt
from assaymark.suppress.silence import Heard
from assaymark.text import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assaymark.lineage.lines import Gap
    from assaymark.origin import Runs
    from assaymark.suppress.silence import Placed
    from assaymark.syntax.cut import Piece

# What stands between a comment and the code before it.
_AHEAD = b" \t#/-"


def attributed(heard: Heard, piece: Piece, runs: Runs) -> Heard:
    """*heard* of *piece*, which *runs* cover, each with the origins that decide about it."""
    found = tuple(gaps(piece.chunk.data, runs))
    placed = tuple(_with_origins(one, piece, runs, found) for one in heard.placed)
    pending = heard.pending
    if pending:
        by = (one.silence.by for one in placed[-len(pending) :])
        pending = tuple(replace(one, by=its) for one, its in zip(pending, by, strict=True))
    return Heard(placed, pending)


def _with_origins(one: Placed, piece: Piece, runs: Runs, found: Sequence[Gap]) -> Placed:
    data = piece.chunk.data
    start = len(data[: one.silence.span.start].rstrip(_AHEAD))
    by = in_doubt(data, runs, Span(start, one.silence.span.end))
    if found:
        reach = _reach(one, piece)
        by += tuple(gap.beside[0] for gap in found if reach.start < gap.at <= reach.end)
    return one if by == one.silence.by else replace(one, silence=replace(one.silence, by=by))


def _reach(one: Placed, piece: Piece) -> Span:
    """From where the first line begins that it is of, or holds for, to where the last one does."""
    # Late: lines seldom go from where a comment silences.
    from assaymark.suppress.comments import statements_over

    starts, language = piece.chunk.line_starts, piece.reading.language
    if one.target is None or language is None:
        return Span(starts[one.line], piece.chunk.n_bytes)
    first, last = statements_over(piece, one.line, one.target, language)
    return Span(starts[first], starts[last])
