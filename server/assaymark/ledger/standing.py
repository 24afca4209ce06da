"""
What stood in a file before a tool wrote all of it, where nothing but a commit can tell.

Some tools tell what they wrote and not what they wrote it over. Of a file that was never heard of, all of it
would be theirs; lines that the last commit of that moment had are not.

Invariants:
    Git is asked for the first text of a path alone, and only for such a write.
    What is found is an event like others, with an id that follows from that of the write.
"""
# Paths stay strings.
# ruff: noqa: PTH118, PTH120

from __future__ import annotations

import os
from collections.abc import Sequence

from assaymark.ledger.events import Edited, Event, Saved
from assaymark.ledger.folding import is_whole
from assaymark.ledger.secret import Secret, outlined, secret_of
from assaymark.ledger.states import States
from assaymark.origin import Arrival, covering, unknown

_COMMITTED = unknown(Arrival.committed)
_FIRST = "-" + "0" * 12


def with_standing(store: str, states: States, events: Sequence[Event]) -> list[Event]:
    """*events*, and for writes of whole files that nothing is known of what was committed there."""
    first: dict[str, Event] = {}
    for event in events:
        path = getattr(event, "to", None) or getattr(event, "path", None)
        if path is not None and (path not in first or event.id < first[path].id):
            first[path] = event
    wholes = [event for event in first.values() if isinstance(event, Edited) and is_whole(event)]
    found = [_committed(store, event) for event in wholes if states.newest(event.path) is None]
    return [*(event for event in found if event is not None), *events]


def _committed(store: str, event: Edited) -> Saved | None:
    """What was committed at the path of *event* when it happened."""
    common = os.path.dirname(store)
    if not os.path.exists(os.path.join(common, "HEAD")):  # noqa: PTH110
        return None
    # Late: few writes need it.
    from assaymark.repository.earlier import contents_then

    secret = secret_of(store)
    several = contents_then(
        common, event.path, event.time, lambda content: secret.digest(content) == event.after
    )
    content = max(several, key=lambda one: _n_shared(secret, one, event), default=None)
    if content is None:
        return None
    event_id = event.id.rpartition("-")[0] + _FIRST
    runs, digest = covering(len(content), _COMMITTED), secret.digest(content)
    return Saved(event_id, event.time, "git", event.path, digest, runs, secret.outline(content))


def _n_shared(secret: Secret, content: bytes, event: Edited) -> int:
    lines = {line.hash for line in outlined(secret.outline(content))}
    return len(lines & {line.hash for line in outlined(event.lines)})
