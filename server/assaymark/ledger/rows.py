"""
Events as rows of the database.

Invariant: a row is never changed. What states hold already (outlines, the runs of a saved file) is not kept
with the event too.
"""

from __future__ import annotations

from collections.abc import Iterator

from assaymark.ledger.events import Edited, Event, Gap, Other, Plain, Reviewed, Saved
from assaymark.ledger.plain import from_plain, kind_of, to_plain
from assaymark.ledger.sqlite import sqlite3
from assaymark.ledger.states import path_stored, stored_path
from assaymark.quickjson import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

_COLUMNS = ("kind", "id", "time", "path", "before", "after", "digest", "runs")
Row: TypeAlias = "tuple[int, str, int, str, str | bytes | None, str | None, str | None, str]"

# The columns of a `Row`.
ALL = "SELECT seq, id, time, kind, path, before, after, body FROM events"


def inserted(database: sqlite3.Connection, event: Event) -> int | None:
    """The number of *event*, which is kept now; None where it was known."""
    plain = to_plain(_bare(event))
    if not isinstance(event, Other):
        plain = {name: value for name, value in plain.items() if name not in _COLUMNS}
    path = getattr(event, "path", None)
    done = database.execute(
        "INSERT OR IGNORE INTO events (id, time, kind, path, before, after, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            event.id,
            event.time,
            kind_of(event),
            stored_path(path) if path else None,
            event.before if isinstance(event, Edited) else None,
            _after(event),
            dumps(plain, separators=(",", ":")),
        ),
    )
    return done.lastrowid if done.rowcount else None


def id_of(database: sqlite3.Connection, seq: int) -> str:
    """The id of the event with this number; nothing for one that is gone."""
    row = database.execute("SELECT id FROM events WHERE seq = ?", (seq,)).fetchone()
    return str(row[0]) if row else ""


def number_of(database: sqlite3.Connection, event_id: str) -> int:
    """The number of the event with this id; 0 for one that is not known."""
    row = database.execute("SELECT seq FROM events WHERE id = ?", (event_id,)).fetchone()
    return int(row[0]) if row else 0


def latest_paths(database: sqlite3.Connection, most: int) -> list[str]:
    """At most so many paths, of which events were heard last, the last one first."""
    query = "SELECT path FROM events WHERE path IS NOT NULL GROUP BY path ORDER BY max(seq) DESC LIMIT ?"
    return [path_stored(path) for (path,) in database.execute(query, (most,)).fetchall()]


def last(database: sqlite3.Connection) -> int:
    """The number of the last event."""
    (seq,) = database.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
    return int(seq)


def leads(database: sqlite3.Connection, path: str, before: str, after: str) -> bool:
    """Whether an edit is known that made one content of the other."""
    query = "SELECT 1 FROM events WHERE path = ? AND before = ? AND after = ? LIMIT 1"
    return database.execute(query, (stored_path(path), before, after)).fetchone() is not None


def edits_of(database: sqlite3.Connection, path: str, before: str) -> list[Edited]:
    """The edits that were made in one content of *path*, in the order in which they were heard of."""
    query = f"{ALL} WHERE path = ? AND before = ? AND kind = 'edited' ORDER BY seq"
    found = map(event_of, database.execute(query, (stored_path(path), before)).fetchall())
    return [event for event in found if isinstance(event, Edited)]


def of_kinds(database: sqlite3.Connection, kinds: tuple[str, ...], beyond: int) -> list[Event]:
    """The events of these kinds with a greater number than *beyond*, in the order they were heard of."""
    query = f"{ALL} WHERE seq > ? AND kind IN ({','.join('?' * len(kinds))}) ORDER BY seq"
    return [event_of(row) for row in database.execute(query, (beyond, *kinds)).fetchall()]


def numbered(
    database: sqlite3.Connection, *, since: int = 0, path: str | None = None, beyond: int = 0
) -> Iterator[tuple[int, Event]]:
    """The events with their numbers: from a time on, of one path, of a greater number than *beyond*."""
    query = f"{ALL} WHERE seq > ? AND time >= ? AND (? IS NULL OR path = ?) ORDER BY seq"
    stored = stored_path(path) if path is not None else None
    for row in database.execute(query, (beyond, since, stored, stored)):
        yield row[0], event_of(row)


def gaps(database: sqlite3.Connection, since: int) -> list[Gap]:
    """The gaps of the record that were noticed from a time on."""
    rows = database.execute(f"{ALL} WHERE kind = 'gap' AND time >= ? ORDER BY seq", (since,)).fetchall()
    return [event for event in map(event_of, rows) if isinstance(event, Gap)]


def _after(event: Event) -> str | None:
    """The digest of the content that *event* is about."""
    if isinstance(event, Edited):
        return event.after
    return event.digest if isinstance(event, (Saved, Reviewed)) else None


def _bare(event: Event) -> Event:
    """*event* without what its state holds."""
    if isinstance(event, Edited):
        return event._replace(lines=b"", lines_before=b"")
    if isinstance(event, Reviewed):
        return event._replace(lines=b"")
    return event._replace(lines=b"", runs=()) if isinstance(event, Saved) else event


def event_of(row: Row) -> Event:
    """The event that is kept as *row* (of `ALL`); one of no known kind where that is damaged."""
    _, id_, time, kind, *_ = row
    try:
        return from_plain(_plain(row))
    except (ValueError, TypeError):
        return Other(id_, time, "", {"kind": kind, "id": id_, "time": time, "by": ""})


def _plain(row: Row) -> Plain:
    _, id_, time, kind, path, before, after, body = row
    plain: Plain = loads(body)
    if "id" in plain:
        return plain
    plain |= {"id": id_, "time": time, "kind": kind}
    if path is not None:
        plain["path"] = path_stored(path)
    if kind == "edited":
        plain |= {"before": before, "after": after}
    elif kind == "saved":
        plain |= {"digest": after, "runs": {"origins": [], "runs": []}}
    elif kind == "reviewed":
        plain |= {"digest": after}
    return plain
