"""
An edit as an event, and what it was made of.

Invariant: an event holds digests, ranges and names, and nothing of the text.
"""

from __future__ import annotations

from itertools import accumulate

from assaymark.hooks.scene import Scene, origin_of, origin_of_theirs
from assaymark.ledger.events import Change, Edited, stamp
from assaymark.ledger.secret import outlined, secret_of
from assaymark.lineage.cuts import cuts
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assaymark.hooks.placing import Step
    from assaymark.ledger.events import Event
    from assaymark.ledger.secret import Secret
    from assaymark.repository.place import Place

BY = "hook"


class Sent(NamedTuple):
    """
    An event, and the store that it goes to.

    Of an edit also where the file stands, and its texts: they are of this run alone.
    """

    store: str
    event: Event
    place: Place | None = None
    step: Step | None = None


class Was(NamedTuple):
    """What is known of a text before: its digest, and the outline of its lines."""

    digest: str | None = None
    outline: bytes = b""


def was(secret: Secret, content: bytes | None) -> Was:
    """What is known of the text *content*."""
    return Was() if content is None else Was(secret.digest(content), secret.outline(content))


def edited(scene: Scene, place: Place, before: Was, step: Step, *, accepted: bool = False) -> Sent:
    """The event of *step*, from *before*, in the file at *place*."""
    made = stamp(BY)
    after = was(secret_of(place.store), step.after)
    cut = step.cuts
    if cut is None:
        cut = tuple(cuts(step.before, step.after, step.changes, _starts(step, before.outline)))
    theirs = origin_of_theirs(made.time) if step.theirs else None
    event = Edited(
        *made,
        path=place.path or "",
        origin=theirs or origin_of(scene, made.time, accepted=accepted),
        before=before.digest,
        after=after.digest,
        edits=tuple(Change(one.start, one.end, one.new_end - one.new_start) for one in step.changes),
        n_bytes=len(step.after),
        lines=after.outline,
        call=scene.turn.call,
        ranges=step.ranges,
        lines_before=before.outline,
        cuts=cut,
    )
    return Sent(place.store, event, place, step)


def _starts(step: Step, outline: bytes) -> set[int]:
    """Where the lines begin of which *outline* tells, and end, if *step* does not show it."""
    took = step.before is None and any(one.new_start == one.new_end for one in step.changes)
    return {0, *accumulate(line.n_bytes for line in outlined(outline))} if took else set()
