"""
From what a tool said to events in the spools.

Invariants:
    An event says what came and never how it reads; its author is the agent only where the tool told the text.
    What could not be placed is a gap in the record, with the reason.
"""

from __future__ import annotations

from assaymark.hooks.intending import forget_intended, keep, kept
from assaymark.hooks.placing import Step, intended, placed
from assaymark.hooks.report import (
    Asked,
    Began,
    Intends,
    NotPlaced,
    NotUnderstood,
    Renamed,
    ShellBegins,
    ShellEnded,
    Wrote,
)
from assaymark.hooks.scene import (
    Scene,
    TooLargeError,
    content_of,
    outside,
    said_first,
    scene_of,
    standing,
)
from assaymark.hooks.sessions import Known, forget_old, remember
from assaymark.hooks.telling import BY, Sent, Was, edited, was
from assaymark.ledger.events import Edited, Gap, Moved, Outside, Prompted, Session, Unread, stamp
from assaymark.ledger.secret import secret_of
from assaymark.ledger.spool import append

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from assaymark.hooks.report import Reading, Report
    from assaymark.ledger.events import Event
    from assaymark.ledger.secret import Secret
    from assaymark.repository.place import Place

# They run the hooks that are configured for Claude Code beside those of their own.
_ON_TWO_ROADS = {"cursor": "Cursor", "copilot": "Copilot"}


def record(reading: Reading, began: float) -> tuple[Sent, ...]:
    """
    What was recorded of *reading*, which came to a hook that *began* then by `time.monotonic`.

    Effect: it stands in the spools of the repositories that it is about. Raises OSError where that cannot be
    written.
    """
    scene = scene_of(reading.turn, reading.reports, began)
    recorded: list[Sent] = []
    for report in reading.reports:
        scene, met = _met(scene, report)
        recorded += (*met, *_events(scene, report))
    events: dict[str, list[Event]] = {}
    for sent in recorded:
        events.setdefault(sent.store, []).append(sent.event)
    for store, several in events.items():
        # The folder comes into being with its secret.
        secret_of(store)
        append(store, several)
    return tuple(recorded)


def _met(scene: Scene, report: Report) -> tuple[Scene, list[Sent]]:
    """
    *scene* with what its conversation says now, and an event where that is new.

    Effect: it is remembered.
    """
    turn, was = scene.turn, scene.known
    # An accepted completion names its own model, which is not the conversation's.
    if not turn.session or turn.agent or (isinstance(report, Wrote) and report.accepted):
        return scene, []
    model = (report.model if isinstance(report, Began) else "") or turn.model or was.model
    now = was._replace(model=model, transcript=turn.transcript or was.transcript)
    if isinstance(report, Asked) and report.prompt:
        now = now._replace(prompt=secret_of(scene.home.store).reference(report.prompt))
    if now == was:
        return scene, []
    if isinstance(report, Began):
        _forget_old(scene.home.store)
    remember(scene.home.store, turn.tool, turn.session, now)
    sent: list[Sent] = []
    if (now.model, now.transcript) != (was.model, was.transcript) or was == Known():
        session = Session(*stamp(BY), turn.tool, turn.session, now.model, now.transcript)
        sent.append(Sent(scene.home.store, session))
    return scene._replace(known=now), sent


def _forget_old(store: str) -> None:
    """Effect: what nobody came back for is removed; not at each edit, whose folders grow with the work."""
    # Late: a conversation begins seldom.
    from assaymark.hooks.checking.remembered import forget_answers

    forget_old(store)
    forget_intended(store)
    forget_answers(store)


def _events(scene: Scene, report: Report) -> Iterator[Sent]:
    turn, store = scene.turn, scene.home.store
    match report:
        case Wrote():
            yield from _of_writing(scene, report)
        case Asked() if scene.known.prompt:
            reference = secret_of(store).reference(report.prompt)
            yield Sent(store, Prompted(*stamp(BY), turn.tool, turn.session, turn.prompt, reference))
        case Renamed():
            yield from _of_renaming(scene, report)
        case NotPlaced():
            place = standing(scene, report.path)
            if place is not None and place.path is not None:
                yield Sent(place.store, Gap(*stamp(BY), report.why, place.path))
        case NotUnderstood():
            yield Sent(store, Unread(*stamp(BY), turn.tool, report.what))
        case ShellBegins() | ShellEnded():
            # Late: it compares files, and few events need it.
            from assaymark.hooks.shell.watching import of_shell

            yield from of_shell(scene, report)
        case Intends():
            _intend(scene, report.wrote)
        case Began() | Asked():
            return


def _of_renaming(scene: Scene, report: Renamed) -> Iterator[Sent]:
    old, new = standing(scene, report.path), standing(scene, report.to)
    if old is not None and new is not None and old.store == new.store and old.path and new.path:
        yield Sent(old.store, Moved(*stamp(BY), old.path, new.path))


def _of_writing(scene: Scene, wrote: Wrote) -> Iterator[Sent]:
    place = standing(scene, wrote.path)
    if elsewhere := outside(scene, wrote.path, place):
        about = (scene.turn.tool, scene.turn.session, elsewhere)
        yield Sent(scene.home.store, Outside(*stamp(BY), *about))
    if place is None or place.path is None:
        return
    try:
        disk = content_of(place)
    except TooLargeError:
        yield Sent(place.store, Gap(*stamp(BY), "the file is too large", place.path))
        return
    secret = secret_of(place.store)
    told = _as_intended(scene, place, secret, wrote, disk) if wrote.original is None else None
    if told is not None:
        yield from _once(scene, told)
        return
    found = placed(wrote, disk)
    for step in found.steps:
        before = was(secret, step.before)
        yield from _once(scene, edited(scene, place, before, step, accepted=wrote.accepted))
    if found.missed:
        yield Sent(place.store, Gap(*stamp(BY), found.missed, place.path))


def _as_intended(scene: Scene, place: Place, secret: Secret, wrote: Wrote, disk: bytes | None) -> Sent | None:
    """The event of what was told before it was made, where the file became what was told."""
    plan = kept(place.store, secret, wrote)
    if plan is None or disk is None:
        return None
    now = secret.digest(disk)
    if now == plan.after:
        step = Step(None, disk, plan.changes, cuts=plan.cuts)
        return edited(scene, place, Was(plan.before, plan.outline), step, accepted=wrote.accepted)
    ahead = intended(wrote, disk) if wrote.pending and now == plan.before else None
    return None if ahead is None else edited(scene, place, was(secret, ahead.before), ahead)


def _intend(scene: Scene, wrote: Wrote) -> None:
    """Effect: what *wrote* will make of the file is kept until it has."""
    place = standing(scene, wrote.path)
    if place is None or place.path is None:
        return
    try:
        keep(place.store, secret_of(place.store), wrote, content_of(place))
    except TooLargeError:
        return


def _once(scene: Scene, sent: Sent) -> Iterator[Sent]:
    """*sent*, unless the same edit was told on another road just now; that is said once a conversation."""
    event = sent.event
    if scene.turn.tool not in _ON_TWO_ROADS or not isinstance(event, Edited):
        yield sent
        return
    from assaymark.hooks.twice import is_first

    told = repr((event.path, event.before, event.after, event.edits, event.ranges))
    if is_first(sent.store, secret_of(sent.store).reference(told)):
        yield sent
        return
    own = _ON_TWO_ROADS[scene.turn.tool]
    twice = f"told twice: by {own}'s own hooks and by those configured for Claude Code; counted once"
    if said_first(scene, twice):
        yield Sent(sent.store, Gap(*stamp(BY), twice))
