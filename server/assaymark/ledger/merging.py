"""
Events into the database: from the spool, and from elsewhere.

Invariants:
    An event counts once, however often it is heard of: its id says so.
    A file of the spool goes only after what it held is committed, so that a merge can be killed anywhere.
    Nobody waits to merge: who finds another one writing leaves it to that one, or to the next reader.
"""
# Paths stay strings.
# ruff: noqa: PTH103, PTH118, PTH119, PTH123

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from assaymark.ledger import rows, spool
from assaymark.ledger.connecting import PATIENCE
from assaymark.ledger.events import Edited, Event, Moved, Reviewed, Saved
from assaymark.ledger.folding import Around, brought_forward, digest_after, folded, refolded, standing_before
from assaymark.ledger.order import ordered
from assaymark.ledger.plain import from_plain
from assaymark.ledger.sqlite import sqlite3
from assaymark.ledger.standing import with_standing
from assaymark.ledger.states import Kept, States

ASIDE = "aside"
# Files of the spool that are merged in one transaction.
_AT_ONCE = 200
_SWEEPING = 0.002
_BUSY = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))


def merge(database: sqlite3.Connection, states: States, store: str) -> bool:
    """
    Whether nothing waits any more that could be merged.

    Effect: merges the spool of *store*. Raises sqlite3.Error where the database cannot be written.
    """
    files = spool.waiting(store)
    for at in range(0, len(files), _AT_ONCE):
        if not begun(database):
            return False
        _merge_some(database, states, store, files[at : at + _AT_ONCE])
    spool.swept(store, _SWEEPING)
    return True


def begun(database: sqlite3.Connection) -> bool:
    """Whether a transaction that writes was begun, at once; not while somebody else is in one."""
    database.execute("PRAGMA busy_timeout = 0")
    try:
        database.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _BUSY:
            return False
        raise
    finally:
        database.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    return True


def insert(database: sqlite3.Connection, states: States, events: Iterable[Event]) -> int:
    """
    How many of *events* were not known yet.

    Effect: in the transaction that was begun, they are kept and folded.
    """
    # Another program may have written since these were read.
    states.forget()
    n_new = 0
    for event in ordered(events, lambda path, digest: states.at(path, digest) is not None):
        seq = rows.inserted(database, event)
        if seq is not None:
            n_new += 1
            _take(database, states, event, seq)
    states.written()
    return n_new


def _merge_some(database: sqlite3.Connection, states: States, store: str, files: Sequence[str]) -> None:
    done: list[str] = []
    broken: dict[str, list[bytes]] = {}
    events: list[Event] = []
    for file in files:
        try:
            pile = spool.read(file)
        except OSError:
            # Another one merged it, or it cannot be read, which `verify` says.
            continue
        done.append(file)
        found, unreadable = _events(pile.plain)
        events += found
        if pile.broken or unreadable:
            broken[file] = pile.broken + unreadable
    try:
        insert(database, states, with_standing(store, states, events))
        database.execute("COMMIT")
    except BaseException:
        states.forget()
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
    for file, lines in broken.items():
        _set_aside(store, file, lines)
    for file in done:
        spool.finished(file)


def _events(several: Iterable[object]) -> tuple[list[Event], list[bytes]]:
    """The events among plain values, and those that are none, as they can be set aside."""
    events: list[Event] = []
    others: list[bytes] = []
    for plain in several:
        try:
            events.append(from_plain(plain))
        except ValueError:
            others.append(repr(plain).encode("ascii", "backslashreplace"))
    return events, others


def _take(database: sqlite3.Connection, states: States, event: Event, seq: int) -> None:
    """Effect: what *event* says is in the states."""
    if isinstance(event, Moved):
        states.copy(event.path, event.to)
    elif isinstance(event, (Edited, Saved, Reviewed)):
        try:
            _fold(database, states, event, seq)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            # One event that nobody foresaw must not keep all others waiting; it stays in the table.
            return


def _fold(database: sqlite3.Connection, states: States, event: Edited | Saved | Reviewed, seq: int) -> None:
    path, digest = event.path, digest_after(event)
    if isinstance(event, Edited) and states.newest(path) is None:
        _keep_first(states, event)
    before = states.at(path, event.before) if isinstance(event, Edited) and event.before else None
    after, newest = states.at(path, digest), states.newest(path)
    # What an earlier text looked like is not found in a later one, nor in the one that it became.
    older = newest
    if newest is not None and (newest.state.digest == digest or _is_younger(database, newest, event)):
        older = states.newest_before(path, event.id, digest)
    around = (before, after, older, states.last(path))
    state = folded(event, Around(*(kept and kept.state for kept in around)))
    kept = Kept(state, seq, seq, event.time)
    is_old = after is not None and isinstance(event, Reviewed)
    if is_old or (newest is not None and _is_late(database, event, newest)):
        # What was read is not newer for that.
        kept = after._replace(state=state) if after is not None else kept._replace(rank=0)
    states.put(path, kept)
    if after is None or after.state != state:
        _carry_on(database, states, path, digest)


def _keep_first(states: States, event: Edited) -> None:
    """Effect: the content that the first edit of a path was made in is known: an undo comes back to it."""
    first = standing_before(event)
    if first is not None and first.runs and first.digest != event.after:
        # No event led to it, and every other one is newer.
        states.put(event.path, Kept(first, 0, 0, event.time))


def _is_late(database: sqlite3.Connection, event: Edited | Saved | Reviewed, newest: Kept) -> bool:
    """Whether the *newest* content of the path is younger than the one that *event* led to."""
    after, digest = digest_after(event), newest.state.digest
    # What starts from the newest is newer, whatever the clocks say.
    if digest in {after, event.before if isinstance(event, Edited) else None}:
        return False
    return _is_younger(database, newest, event) or rows.leads(database, event.path, after, digest)


def _is_younger(database: sqlite3.Connection, kept: Kept, event: Event) -> bool:
    """Whether what led to *kept* happened after *event*, as far as clocks tell."""
    return rows.id_of(database, kept.event) > event.id


def _carry_on(database: sqlite3.Connection, states: States, path: str, digest: str) -> None:
    """Effect: what became known of one content is known of those that were made from it."""
    changed = _spread(database, states, path, digest)
    newest = states.newest(path)
    if newest is None or newest.state.digest in changed:
        return
    state = newest.state
    for earlier in [states.at(path, one) for one in changed]:
        if earlier is not None and earlier.rank < newest.rank:
            state = brought_forward(state, earlier.state)
    if state != newest.state:
        states.put(path, newest._replace(state=state))
        _spread(database, states, path, state.digest)


def _spread(database: sqlite3.Connection, states: States, path: str, digest: str) -> set[str]:
    """The contents of which more is known. Effect: those that edits made of *digest*, and on from there."""
    waiting, seen = [digest], {digest}
    while waiting:
        before = states.at(path, waiting.pop())
        for event in rows.edits_of(database, path, before.state.digest) if before is not None else ():
            after = states.at(path, digest_after(event))
            if before is None or after is None or after.state.digest in seen:
                continue
            state = refolded(event, before.state, after.state)
            if state != after.state:
                seen.add(state.digest)
                waiting.append(state.digest)
                states.put(path, after._replace(state=state))
    return seen


def _set_aside(store: str, file: str, lines: Sequence[bytes]) -> None:
    """Effect: *lines* of *file* that do not hold are in the folder of what was set aside. Raises OSError."""
    folder = os.path.join(store, ASIDE)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    with open(os.path.join(folder, os.path.basename(file)), "wb") as opened:
        opened.write(b"\n".join(lines) + b"\n")
