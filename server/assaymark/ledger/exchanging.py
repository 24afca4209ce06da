"""
A ledger as lines of JSON, and back.

Invariants:
    A line is the head, an event or a state; none holds a piece of a text, the secret, or a transcript's path.
    What is imported twice counts once, and takes away nothing that is known.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple
from urllib.parse import quote

from assaymark.ledger import rows
from assaymark.ledger.connecting import is_damage
from assaymark.ledger.events import Plain, Session
from assaymark.ledger.folding import State, filled
from assaymark.ledger.merging import begun
from assaymark.ledger.plain import (
    bytes_from_plain,
    bytes_to_plain,
    from_plain,
    runs_from_plain,
    runs_to_plain,
    to_plain,
)
from assaymark.ledger.states import Kept, States, path_stored
from assaymark.ledger.store import Ledger, Unavailable

FORMAT = "assaymark-ledger"
VERSION = 1
STATE = "state"
_SQLITE = b"SQLite format 3\0"
_STATES = (
    "SELECT states.rowid, states.path, digest, rank, states.time, exact, runs, lines, id"
    " FROM states LEFT JOIN events ON seq = event"
)


class NotOurs(Exception):
    """What was to be imported cannot be; the text says why, and what to do."""


class Taken(NamedTuple):
    """How many events and states were not known before, and how many lines were not understood."""

    n_events: int
    n_states: int
    n_unread: int


def exported(ledger: Ledger) -> Iterator[str]:
    """The ledger, line by line."""
    ledger.merge()
    yield _line({"format": FORMAT, "version": VERSION, "key": ledger.secret.name})
    yield from map(_line, _records(ledger.database))


def imported(ledger: Ledger, file: str) -> Taken:
    """
    What was taken from *file*: an export, or a damaged ledger that was set aside.

    Effect: it is in the ledger. Raises NotOurs, Unavailable, OSError.
    """
    with open(file, "rb") as opened:  # noqa: PTH123
        is_database = opened.read(len(_SQLITE)) == _SQLITE
    n_unread = [0]
    records = _salvaged(file) if is_database else _read(file, ledger.secret.name, n_unread)
    if not begun(ledger.database):
        msg = f"{ledger.file} is being written by somebody else; try again"
        raise Unavailable(msg)
    try:
        taken = _take(ledger.database, records)
        ledger.database.execute("COMMIT")
    except sqlite3.Error as error:
        msg = f"{ledger.file} cannot be written: {error}"
        raise Unavailable(msg) from error
    finally:
        if ledger.database.in_transaction:
            ledger.database.execute("ROLLBACK")
    return taken._replace(n_unread=taken.n_unread + n_unread[0])


def _records(database: sqlite3.Connection) -> Iterator[Plain]:
    """The events, and then the states."""
    for row in _both_ways(database, rows.ALL, "seq"):
        event = rows.event_of(row)
        yield to_plain(event._replace(transcript="") if isinstance(event, Session) else event)
    states = States(database)
    for row in _both_ways(database, _STATES, "states.rowid"):
        _, path, digest, rank, moment, exact, runs, lines, event_id = row
        plain = {"kind": STATE, "path": path_stored(path), "digest": digest, "rank": rank, "time": moment}
        plain |= {"exact": bool(exact), "runs": runs_to_plain(states.decoded(runs)), "event": event_id or ""}
        yield plain | ({"lines": bytes_to_plain(lines)} if lines else {})


def _both_ways(database: sqlite3.Connection, query: str, key: str) -> Iterator[tuple[Any, ...]]:
    """The rows of *query*; of a damaged database those before the damage and those behind it."""
    seen: set[int] = set()
    for direction in ("ASC", "DESC"):
        try:
            for row in database.execute(f"{query} ORDER BY {key} {direction}"):
                if row[0] in seen:
                    return
                seen.add(row[0])
                yield row
            return
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise


def _salvaged(file: str) -> Iterator[Plain]:
    with closing(sqlite3.connect(f"file:{quote(file)}?immutable=1", uri=True)) as database:
        try:
            yield from _records(database)
        except (sqlite3.DatabaseError, ValueError, TypeError):
            # What can be read further on hangs on what cannot.
            return


def _read(file: str, key: str, n_unread: list[int]) -> Iterator[Plain]:
    """The lines of an export. Effect: counts those that are none. Raises NotOurs, OSError."""
    with open(file, "rb") as opened:  # noqa: PTH123
        head = _plain(opened.readline())
        if head is None or head.get("format") != FORMAT:
            msg = f"{file} is no export of a ledger"
            raise NotOurs(msg)
        if head.get("version") != VERSION:
            msg = f"{file} is of version {head.get('version')}, and {VERSION} is understood: update assaymark"
            raise NotOurs(msg)
        if head.get("key") != key:
            msg = (
                f"{file} comes from a ledger with another secret, so none of its hashes would be met here;"
                " put the file `key` of that ledger into this one, before anything is recorded"
            )
            raise NotOurs(msg)
        for line in opened:
            plain = _plain(line)
            n_unread[0] += plain is None
            if plain is not None:
                yield plain


def _take(database: sqlite3.Connection, records: Iterable[Plain]) -> Taken:
    states = States(database)
    n_events = n_states = n_unread = 0
    for plain in records:
        try:
            if plain.get("kind") == STATE:
                n_states += _take_state(database, states, plain)
            else:
                n_events += rows.inserted(database, from_plain(plain)) is not None
        except (KeyError, TypeError, ValueError):
            n_unread += 1
    states.written()
    return Taken(n_events, n_states, n_unread)


def _take_state(database: sqlite3.Connection, states: States, plain: Plain) -> bool:
    """Whether more is known now."""
    path, digest = str(plain["path"]), str(plain["digest"])
    lines = bytes_from_plain(plain["lines"]) if "lines" in plain else b""
    found = State(digest, runs_from_plain(plain["runs"]), lines, bool(plain["exact"]))
    known = states.at(path, digest)
    if known is not None:
        state = known.state._replace(runs=filled(known.state.runs, found.runs))
        states.put(path, known._replace(state=state))
        return state != known.state
    number = rows.number_of(database, str(plain["event"]))
    # What is known here already is newer than what is brought back.
    rank = int(plain["rank"]) if states.newest(path) is None or states.is_new(path) else 0
    states.put(path, Kept(found, rank, number, int(plain["time"])))
    return True


def _plain(line: bytes) -> Plain | None:
    try:
        plain = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return plain if isinstance(plain, dict) else None


def _line(plain: Plain) -> str:
    return json.dumps(plain, separators=(",", ":")) + "\n"
