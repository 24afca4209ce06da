"""
States in the database.

Invariants:
    Nothing is written before `written` is called, in a transaction of the caller's.
    An origin is stored once, however many states have bytes of it.
    The outlines of the newest few states of a path are kept: lines are looked for in the newest alone, and an
    older state is found by its digest.
"""

from __future__ import annotations

from assaymark.ledger.folding import State
from assaymark.ledger.sqlite import sqlite3
from assaymark.lineage.plain import from_plain, to_plain
from assaymark.origin import STANDING, Origin, Run, Runs
from assaymark.quickjson import dumps, loads
from assaymark.tuples import NamedTuple

# Of a path.
_MOST_OUTLINES = 8
_MOST_STATES = 1000

_ROW = "SELECT digest, runs, lines, exact, rank, event, states.time FROM states"


class Kept(NamedTuple):
    """
    A state, its *rank* among those of its path, the number of the *event* that led to it, and the *time* of
    that in seconds. The greatest rank is the newest state's.
    """

    state: State
    rank: int
    event: int
    time: int


def stored_path(path: str) -> str | bytes:
    """*path* as SQLite can hold it: names on a disk are bytes, and not all are UTF-8."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")
    return path


def path_stored(stored: str | bytes) -> str:
    """The path that was stored as *stored*."""
    return stored if isinstance(stored, str) else stored.decode("utf-8", "surrogatepass")


class States:
    """The states of a ledger, as read and changed between two writes."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._numbers: dict[Origin, int] = {}
        self._origins: dict[int, Origin] = {}
        self._recent: dict[int, tuple[Origin, int]] = {}
        self._known: dict[tuple[str, str], Kept | None] = {}
        self._newest: dict[str, Kept | None] = {}
        self._last: dict[str, Kept | None] = {}
        # In the order in which they were, which an export has too.
        self._changed: dict[tuple[str, str], None] = {}

    def at(self, path: str, digest: str) -> Kept | None:
        """The state of *path* with *digest*."""
        if (path, digest) not in self._known:
            rows = self._rows(f"{_ROW} WHERE path = ? AND digest = ?", path, digest)
            self._known[path, digest] = rows[0] if rows else None
        return self._known[path, digest]

    def newest(self, path: str) -> Kept | None:
        """The state of *path* that the newest event led to."""
        if path not in self._newest:
            rows = self._rows(f"{_ROW} WHERE path = ? ORDER BY rank DESC LIMIT 1", path)
            self._newest[path] = rows[0] if rows else None
            if rows:
                self._known.setdefault((path, rows[0].state.digest), rows[0])
        return self._newest[path]

    def last(self, path: str) -> Kept | None:
        """The state of *path* that the event led to which was heard of last, whatever its clock said."""
        if path not in self._last:
            rows = self._rows(f"{_ROW} WHERE path = ? ORDER BY event DESC LIMIT 1", path)
            self._last[path] = rows[0] if rows else None
        return self._last[path]

    def newest_before(self, path: str, event_id: str, digest: str) -> Kept | None:
        """The newest state of *path* that an event with a smaller id led to, but for that with *digest*."""
        self.written()
        query = f"{_ROW} JOIN events ON seq = event WHERE states.path = ? AND id < ? AND digest != ?"
        rows = self._rows(f"{query} ORDER BY rank DESC LIMIT 1", path, event_id, digest)
        return rows[0] if rows else None

    def anywhere(self, digest: str) -> Kept | None:
        """The newest state with *digest* of any path."""
        rows = self._rows(f"{_ROW} WHERE digest = ? ORDER BY rank DESC LIMIT 1", digest)
        return rows[0] if rows else None

    def is_new(self, path: str) -> bool:
        """Whether all that is known of *path* was put here and not written yet."""
        query = "SELECT 1 FROM states WHERE path = ? LIMIT 1"
        return self._database.execute(query, (stored_path(path),)).fetchone() is None

    def put(self, path: str, kept: Kept) -> None:
        """Change what is known of a path with a digest."""
        newest, last = self.newest(path), self.last(path)
        self._known[path, kept.state.digest] = kept
        self._changed[path, kept.state.digest] = None
        if newest is None or newest.rank <= kept.rank or newest.state.digest == kept.state.digest:
            self._newest[path] = kept
        if last is None or last.event <= kept.event or last.state.digest == kept.state.digest:
            self._last[path] = kept

    def written(self) -> None:
        """Effect: writes what was changed."""
        for path, digest in self._changed:
            kept = self._known[path, digest]
            if kept is not None:
                self._write(path, kept)
        for path in dict.fromkeys(path for path, _ in self._changed):
            self._thin(stored_path(path))
        self._changed.clear()

    def copy(self, path: str, to: str) -> None:
        """Effect: what is known of *path* is known of *to* too, as far as nothing was known of that."""
        self.written()
        self._database.execute(
            "INSERT OR IGNORE INTO states (path, digest, rank, event, time, exact, runs, lines)"
            " SELECT ?, digest, rank, event, time, exact, runs, lines FROM states WHERE path = ?",
            (stored_path(to), stored_path(path)),
        )
        self.forget()

    def forget(self) -> None:
        """Read everything anew: somebody else may have changed it."""
        self._known.clear()
        self._newest.clear()
        self._last.clear()
        self._changed.clear()
        # Numbers of origins that were not committed may be given to others.
        self._numbers.clear()
        self._recent.clear()
        self._origins.clear()

    def decoded(self, text: str) -> Runs:
        """The runs that are stored as *text*."""
        return tuple(Run(n_bytes, self._origin(number)) for n_bytes, number in loads(text))

    def _write(self, path: str, kept: Kept) -> None:
        state = kept.state
        runs = dumps([(n, self._number(origin)) for n, origin in state.runs], separators=(",", ":"))
        self._database.execute(
            "INSERT OR REPLACE INTO states (path, digest, rank, event, time, exact, runs, lines)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                stored_path(path),
                state.digest,
                kept.rank,
                kept.event,
                kept.time,
                state.exact,
                runs,
                state.lines or None,
            ),
        )

    def _thin(self, path: str | bytes) -> None:
        """Effect: of states of *path* that are neither the newest nor heard of last, outlines go, or all."""
        nth = "SELECT {0} FROM states WHERE path = :path ORDER BY {0} DESC LIMIT 1 OFFSET :n"
        beyond = f"coalesce(({nth}), -1)"
        old = f"path = :path AND rank <= {beyond.format('rank')} AND event <= {beyond.format('event')}"
        self._database.execute(
            f"UPDATE states SET lines = NULL WHERE {old} AND lines IS NOT NULL",  # noqa: S608, as below
            {"path": path, "n": _MOST_OUTLINES},
        )
        self._database.execute(
            f"DELETE FROM states WHERE {old}",  # noqa: S608, nothing in it is from outside
            {"path": path, "n": _MOST_STATES},
        )

    def _rows(self, query: str, path: str, *values: str) -> list[Kept]:
        found = self._database.execute(query, (stored_path(path), *values)).fetchall()
        return [
            Kept(State(digest, self.decoded(runs), lines or b"", bool(exact)), rank, event, time)
            for digest, runs, lines, exact, rank, event, time in found
        ]

    def _origin(self, number: int) -> Origin:
        if number not in self._origins:
            query = "SELECT plain FROM origins WHERE number = ?"
            row = self._database.execute(query, (number,)).fetchone()
            self._origins[number] = from_plain(loads(row[0])) if row else STANDING
        return self._origins[number]

    def _number(self, origin: Origin) -> int:
        # Runs share few origins, and telling two apart takes longer than telling that it is the same object.
        known = self._recent.get(id(origin))
        if known is None or known[0] is not origin:
            known = self._recent[id(origin)] = (origin, self._number_of(origin))
        return known[1]

    def _number_of(self, origin: Origin) -> int:
        if origin not in self._numbers:
            plain = dumps(to_plain(origin), sort_keys=True, separators=(",", ":"))
            self._database.execute("INSERT OR IGNORE INTO origins (plain) VALUES (?)", (plain,))
            query = "SELECT number FROM origins WHERE plain = ?"
            (self._numbers[origin],) = self._database.execute(query, (plain,)).fetchone()
        return self._numbers[origin]
