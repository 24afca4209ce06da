"""
What a ledger can forget: what is old, and stands in the note of a commit.

Invariants:
    Nothing that came after the last commit of a file is forgotten, however old, nor what no note covers.
    What is known of a text that can still be met keeps its origins: by the ledger, or by the note.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from assaymark.ledger.events import Committed
from assaymark.ledger.merging import begun
from assaymark.ledger.states import stored_path
from assaymark.ledger.store import Ledger, Unavailable

DAYS = 90
_DAY = 86_400
# Of saves that follow each other faster, the last is kept; for a day, all are.
_FAST = 300

_SUPERSEDED = """
SELECT path, digest, id FROM (
    SELECT states.path AS path, digest, states.time AS time, events.id AS id, kind, rank,
        lead(states.time) OVER (PARTITION BY states.path ORDER BY states.event) AS next
    FROM states JOIN events ON seq = event
) AS one
WHERE kind = 'saved' AND time < :day AND next - time < :fast AND NOT EXISTS (
    SELECT 1 FROM events WHERE kind = 'edited' AND path = one.path AND digest IN (before, after)
)
"""


class Freed(NamedTuple):
    """How many events and states went, and the size of the file before and after, in bytes."""

    n_events: int
    n_states: int
    n_before: int
    n_after: int


def compact(ledger: Ledger, now: int, covered: Callable[[str], bool]) -> Freed:
    """
    What was freed.

    *now* is the time in seconds, *covered* tells whether a commit has a note. Effect: forgets, and gives the
    space back. Raises Unavailable while somebody else is writing, or when it cannot be written.
    """
    ledger.merge()
    n_before = os.path.getsize(ledger.file)  # noqa: PTH202
    try:
        if not begun(ledger.database):
            msg = f"{ledger.file} is being written by somebody else; try again"
            raise Unavailable(msg)
        n_events, n_states = _forget(ledger.database, _commits(ledger, covered), now)
        ledger.database.execute("COMMIT")
        ledger.database.execute("VACUUM")
        ledger.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        if ledger.database.in_transaction:
            ledger.database.execute("ROLLBACK")
        msg = f"{ledger.file} cannot be compacted: {error}"
        raise Unavailable(msg) from error
    return Freed(n_events, n_states, n_before, os.path.getsize(ledger.file))  # noqa: PTH202


def _commits(ledger: Ledger, covered: Callable[[str], bool]) -> dict[str, int]:
    """The number of the last commit with a note that has each path."""
    found: dict[str, int] = {}
    for number, event in ledger.numbered():
        if isinstance(event, Committed) and covered(event.commit):
            found.update(dict.fromkeys(event.paths, number))
    return found


def _forget(database: sqlite3.Connection, commits: dict[str, int], now: int) -> tuple[int, int]:
    old = now - DAYS * _DAY
    n_events = n_states = 0
    for path, number in commits.items():
        values = (stored_path(path), number, old)
        n_states += database.execute(
            "DELETE FROM states WHERE path = ? AND event < ? AND time < ?", values
        ).rowcount
        n_events += database.execute(
            "DELETE FROM events WHERE path = ? AND seq < ? AND time < ?"
            " AND kind IN ('edited', 'saved', 'moved', 'gap')",
            values,
        ).rowcount
    superseded = database.execute(_SUPERSEDED, {"day": now - _DAY, "fast": _FAST}).fetchall()
    n_states += database.executemany(
        "DELETE FROM states WHERE path = ? AND digest = ?", [row[:2] for row in superseded]
    ).rowcount * bool(superseded)
    n_events += database.executemany(
        "DELETE FROM events WHERE id = ?", [row[2:] for row in superseded]
    ).rowcount * bool(superseded)
    return n_events + _forget_sessions(database, old), n_states


def _forget_sessions(database: sqlite3.Connection, old: int) -> int:
    """Effect: what is said of conversations of which nothing is left goes, and so do their origins."""
    used = {
        number for (runs,) in database.execute("SELECT runs FROM states") for _, number in json.loads(runs)
    }
    unused = [row for row in database.execute("SELECT number FROM origins") if row[0] not in used]
    database.executemany("DELETE FROM origins WHERE number = ?", unused)
    left = {
        json.loads(plain).get("session", "") for (plain,) in database.execute("SELECT plain FROM origins")
    }
    query = "SELECT seq, body FROM events WHERE kind IN ('session', 'prompted', 'unread') AND time < ?"
    gone = [
        (seq,) for seq, body in database.execute(query, (old,)) if json.loads(body).get("session") not in left
    ]
    database.executemany("DELETE FROM events WHERE seq = ?", gone)
    return len(gone)
