"""
What earlier runs found, in the user's cache folder, so that an equal text is not checked again.

Invariants:
    A row is found by all that its content depends on: the code, the rules, the limits, the path, the text.
    It holds JSON; a row that cannot be read counts as none, and so does a database that is locked or damaged.
    No piece of a text is kept.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from assaymark.rules.cache import cache_folder

# A context that nobody used for so long is dropped.
DAYS = 30
_DAY = 86_400
_PATIENCE = 0.5
_AT_ONCE = 500
_TABLE = """
CREATE TABLE IF NOT EXISTS results (
    context BLOB NOT NULL, key BLOB NOT NULL, value TEXT NOT NULL, day INTEGER NOT NULL,
    PRIMARY KEY (context, key)
) WITHOUT ROWID
"""


class Cache:
    """The results of one context. Every method does without the database when that does not work."""

    def __init__(self, place: Path, context: bytes) -> None:
        self.context = context
        self._place = place
        self._day = int(time.time()) // _DAY
        self._database = self._opened()

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept for this context."""
        rows = self._rows("SELECT 1 FROM results WHERE context = ? LIMIT 1", (self.context,))
        return not rows

    def found(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """The values kept for *keys*."""
        values: dict[bytes, str] = {}
        for at in range(0, len(keys), _AT_ONCE):
            some = keys[at : at + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, value FROM results WHERE context = ? AND key IN ({marks})"  # noqa: S608, only marks
            rows = self._rows(query, (self.context, *some))
            values |= {key: value for key, value in rows if isinstance(key, bytes) and isinstance(value, str)}
        return values

    def keep(self, rows: Iterable[tuple[bytes, str]]) -> None:
        """
        Keep *rows* of keys and values.

        Effect: writes them in one transaction, and drops the contexts that nobody used for a month.
        """
        database = self._database
        if database is None:
            return
        try:
            with database:
                database.executemany(
                    "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)",
                    ((self.context, key, value, self._day) for key, value in rows),
                )
                database.execute("DELETE FROM results WHERE day < ?", (self._day - DAYS,))
        except sqlite3.Error as error:
            self._without(error)

    def _opened(self) -> sqlite3.Connection | None:
        try:
            self._place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            database = sqlite3.connect(self._place, timeout=_PATIENCE)
        except (sqlite3.Error, OSError):
            return None
        try:
            database.execute("PRAGMA synchronous = OFF")
            database.execute(_TABLE)
        except sqlite3.Error as error:
            self._database = database
            self._without(error)
            return None
        return database

    def _rows(self, query: str, values: Sequence[bytes]) -> list[tuple[object, ...]]:
        if self._database is None:
            return []
        try:
            with closing(self._database.execute(query, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as error:
            self._without(error)
            return []

    def _without(self, error: sqlite3.Error) -> None:
        """
        Go on without the database.

        Effect: removes it when it is damaged (and not just locked), so that the next run has a new one.
        """
        self.close()
        if isinstance(error, sqlite3.OperationalError):
            return
        try:
            self._place.unlink(missing_ok=True)
        except OSError:
            return


def place() -> Path | None:
    """The database; None where there is no folder for it."""
    folder = cache_folder(os.environ, Path.home(), sys.platform)
    return None if folder is None else folder / "results-1.sqlite"
