"""
What came in by hooks, as the record has it.

Invariants:
    Nothing is made where nothing is: who asks does not begin a record.
    It is counted by tool and by file, never by person.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from assaymark.dataclass import dataclass, field
from assaymark.hooks.install.copilot import COPILOT
from assaymark.hooks.install.installing import GIT
from assaymark.ledger.events import Committed, Edited, Event, Prompted, Saved, Session, Unread
from assaymark.ledger.spool import waiting
from assaymark.ledger.store import FILE, opened
from assaymark.origin import Arrival, Runs
from assaymark.record.absence import noted
from assaymark.repository.place import Place


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one tool: when the last event came, ever, and how many edits and unread ones today."""

    last: int = 0
    n_edits: int = 0
    n_unread: int = 0


@dataclass(frozen=True, slots=True)
class Today:
    """What was seen of all tools, and how often something came to each file that no tool reported."""

    by_tool: dict[str, Seen] = field(default_factory=dict)
    unexplained: dict[str, int] = field(default_factory=dict)


def has_record(store: str) -> bool:
    """Whether anything is recorded in *store*."""
    return Path(store, FILE).exists() or bool(waiting(store))


def seen_today(place: Place) -> Today:
    """
    What is recorded of *place*.

    Effect: merges what waits, and records whose hooks are gone. Raises Unavailable.
    """
    if not has_record(place.store):
        return Today()
    midnight = _midnight()
    with opened(place.store) as ledger:
        with contextlib.suppress(OSError):
            noted(ledger, "cli", place)
        events = list(ledger.events())
        return Today(counted(events, midnight), unexplained(events, midnight, ledger.state_by_digest))


def counted(events: Iterable[Event], midnight: int) -> dict[str, Seen]:
    """What *events* add up to for each tool, on the day that began at *midnight*."""
    found: dict[str, Seen] = {}
    reported: set[object] = set()
    for event in events:
        tool, edit = tool_of(event), _edit(event)
        if tool and edit not in reported:
            reported.add(edit)
            found[tool] = _with(found.get(tool, Seen()), event, midnight)
    return found


def unexplained(
    events: Iterable[Event], midnight: int, runs_of: Callable[[str, str], Runs | None]
) -> dict[str, int]:
    """
    The files of that day that hold something from the disk which no tool reported, and how often that came.

    *runs_of* tells where the bytes of a content come from, by what is known now: a report may come late.
    """
    newest: dict[str, str] = {}
    for event in events:
        digest = (
            event.digest if isinstance(event, Saved) else event.after if isinstance(event, Edited) else None
        )
        if digest is not None and isinstance(event, Saved | Edited) and event.time >= midnight:
            newest[event.path] = digest
    found = {path: _n_from_disk(runs_of(path, digest) or (), midnight) for path, digest in newest.items()}
    return {path: n_times for path, n_times in found.items() if n_times}


def _n_from_disk(runs: Runs, midnight: int) -> int:
    origins = {run.origin for run in runs if run.origin.arrival is Arrival.disk}
    return sum(origin.time is None or origin.time >= midnight for origin in origins)


def tool_of(event: Event) -> str:
    """The tool that *event* came from; nothing for what an editor or a command recorded."""
    if isinstance(event, Committed):
        return GIT
    tool = ""
    if isinstance(event, Session | Prompted | Unread):
        tool = event.tool
    elif isinstance(event, Edited) and event.by == "hook":
        tool = event.origin.tool
    # Whoever installs does not tell Copilot's programs apart.
    return COPILOT.name if tool.startswith(COPILOT.name) else tool


def _edit(event: Event) -> object:
    """What is the same of an edit that came in twice, as when two of a tool's files have its hook."""
    if isinstance(event, Edited) and event.call:
        return event.path, event.call, event.before, event.after
    return event.id


def _with(seen: Seen, event: Event, midnight: int) -> Seen:
    is_today = event.time >= midnight
    return Seen(
        max(seen.last, event.time),
        seen.n_edits + (is_today and isinstance(event, Edited | Committed)),
        seen.n_unread + (is_today and isinstance(event, Unread)),
    )


def _midnight() -> int:
    now = time.localtime()
    return int(time.mktime((now.tm_year, now.tm_mon, now.tm_mday, 0, 0, 0, 0, 0, -1)))
