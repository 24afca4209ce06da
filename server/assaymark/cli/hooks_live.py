"""
`assaymark hooks doctor --live TOOL`: waits for one real edit, and says what arrived of it.

Invariants:
    It looks at the record as everybody else does; it stands in the way of no hook.
    Whatever ends it, it says what came in, or what may be wrong when nothing did.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from assaymark.cli.hooks_events import has_record, tool_of
from assaymark.cli.output import say
from assaymark.cli.style import harmless
from assaymark.hooks.install.installing import where
from assaymark.hooks.install.places import Site
from assaymark.hooks.install.record import records
from assaymark.hooks.install.tools import BY_NAME
from assaymark.ledger.events import Edited, Event, Gap, Prompted, Session, Unread
from assaymark.ledger.store import Ledger, opened

ARRIVED, NOTHING, INTERRUPTED = 0, 1, 130
_PAUSE = 0.2
_pause = time.sleep


def live(name: str, site: Site, seconds: float) -> int:
    """The exit code. Effect: waits, and prints what arrives."""
    tool = BY_NAME[name]
    files = [harmless(site.shown(place)) for place in where(name, site, records(site.state))]
    if not files:
        say([f"{tool.title}: no hooks of ours are installed; type: assaymark hooks install {name}\n"])
        return NOTHING
    say([f"{tool.title}: installed in {', '.join(files)}\n"])
    here = harmless(site.place.top)
    say([f"Waiting for an edit in {here}: let {tool.title} change a file. Ctrl-C ends this.\n"])
    try:
        code = _watched(name, site, seconds)
    except KeyboardInterrupt:
        code = INTERRUPTED
    if code in {NOTHING, INTERRUPTED}:
        say(["No edit arrived.\n", *(f"- {hint}\n" for hint in _hints(name))])
    return code


def _watched(name: str, site: Site, seconds: float) -> int:
    with contextlib.ExitStack() as stack:
        ledger: Ledger | None = None
        last, ends = 0, time.monotonic() + seconds
        if has_record(site.place.store):
            ledger = stack.enter_context(opened(site.place.store))
            last = ledger.last
        while time.monotonic() < ends:
            if ledger is None and has_record(site.place.store):
                ledger = stack.enter_context(opened(site.place.store))
            for number, event in ledger.numbered(beyond=last) if ledger is not None else ():
                last = number
                if tool_of(event) == name or isinstance(event, Gap):
                    say(_told(event))
                if tool_of(event) == name and isinstance(event, Edited):
                    return ARRIVED
                if tool_of(event) == name and isinstance(event, Unread):
                    return NOTHING
            _pause(_PAUSE)
    return NOTHING


def _told(event: Event) -> Iterator[str]:
    match event:
        case Edited():
            yield f"An edit arrived: {harmless(event.path)}, {_extent(event)}.\n"
            model, session = (
                harmless(said) or "not said" for said in (event.origin.model, event.origin.session)
            )
            yield f"Model: {model}. Conversation: {session}.\n"
        case Session():
            yield f"A conversation began{f' with {harmless(event.model)}' if event.model else ''}.\n"
        case Prompted():
            yield "Something was asked.\n"
        case Unread():
            yield f"Something arrived that was not understood: {harmless(event.what)}.\n"
            yield f"To report it, without what it holds: assaymark hook {event.tool} --record FILE\n"
        case Gap():
            yield f"Something was not recorded: {harmless(event.reason)}.\n"


def _extent(event: Edited) -> str:
    if event.before is None:
        n_bytes = sum(end - start for start, end in event.ranges)
        return f"{n_bytes:,} bytes, in a file whose text before is not known"
    n_bytes = sum(change.n_new for change in event.edits)
    places = "1 place" if len(event.edits) == 1 else f"{len(event.edits)} places"
    return f"{n_bytes:,} bytes in {places}"


def _hints(name: str) -> Iterator[str]:
    tool = BY_NAME[name]
    yield "The file has to lie in this repository."
    yield f"{tool.title}: {tool.then or 'it has to be started after its hooks were installed'}."
