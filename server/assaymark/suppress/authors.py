"""
Who wrote the comments that silence.

Invariant: a comment is asked for all of its bytes, its sign included; who wrote the code beside it is no
question here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.dataclass import replace
from assaymark.lineage.trusting import in_doubt
from assaymark.suppress.silence import Heard
from assaymark.text import Span

if TYPE_CHECKING:
    from assaymark.origin import Runs
    from assaymark.suppress.silence import Placed

# What stands between a comment and the code before it.
_AHEAD = b" \t#/-"


def attributed(heard: Heard, data: bytes, runs: Runs) -> Heard:
    """*heard* of the chunk *data*, which *runs* cover, each with the origins that decide about it."""
    placed = tuple(_with_origins(one, data, runs) for one in heard.placed)
    pending = heard.pending
    if pending:
        by = (one.silence.by for one in placed[-len(pending) :])
        pending = tuple(replace(one, by=its) for one, its in zip(pending, by, strict=True))
    return Heard(placed, pending)


def _with_origins(one: Placed, data: bytes, runs: Runs) -> Placed:
    start = len(data[: one.silence.span.start].rstrip(_AHEAD))
    by = in_doubt(data, runs, Span(start, one.silence.span.end))
    return one if by == one.silence.by else replace(one, silence=replace(one.silence, by=by))
