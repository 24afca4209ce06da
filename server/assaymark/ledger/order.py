"""
In which order events are folded that were heard of at the same time.

Invariants:
    Of one writer, events keep their order.
    An edit of the text that another edit led to comes after that, whatever the clocks of the two said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from assaymark.ledger.events import Edited, Event


def ordered(events: Iterable[Event], known: Callable[[str, str], bool]) -> Iterator[Event]:
    """*events* as they are to be folded; *known* tells whether a path has a state with a digest already."""
    waiting = sorted(events, key=lambda event: event.id)
    queues: dict[str, deque[Event]] = {}
    makers: dict[tuple[str, str], list[Event]] = {}
    for event in waiting:
        queues.setdefault(_writer(event), deque()).append(event)
        if isinstance(event, Edited) and event.after and event.after != event.before:
            makers.setdefault((event.path, event.after), []).append(event)
    gone: set[str] = set()
    for event in waiting:
        while event.id not in gone:
            chosen = _chosen(event, queues, makers, known)
            queues[_writer(chosen)].popleft()
            if isinstance(chosen, Edited) and chosen in makers.get((chosen.path, chosen.after or ""), ()):
                makers[chosen.path, chosen.after or ""].remove(chosen)
            gone.add(chosen.id)
            yield chosen


def _chosen(
    event: Event,
    queues: dict[str, deque[Event]],
    makers: dict[tuple[str, str], list[Event]],
    known: Callable[[str, str], bool],
) -> Event:
    """What comes before *event*, the earliest by its id: what led to it, and so on; itself in a circle."""
    seen = {event.id}
    at = event
    while (maker := _maker(at, makers, known)) is not None:
        at = queues[_writer(maker)][0]
        if at.id in seen:
            return event
        seen.add(at.id)
    return at


def _maker(
    event: Event, makers: dict[tuple[str, str], list[Event]], known: Callable[[str, str], bool]
) -> Event | None:
    if not isinstance(event, Edited) or event.before is None or event.before == event.after:
        return None
    found = makers.get((event.path, event.before))
    return found[0] if found and not known(event.path, event.before) else None


def _writer(event: Event) -> str:
    return event.id.rpartition("-")[2]
