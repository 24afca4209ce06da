"""
The tables of the ledger, and how an older ledger becomes one of today.

Invariants:
    Every version was made by the steps up to it, so that a new ledger and a migrated one are the same.
    A ledger of a newer version is left alone.
"""

from __future__ import annotations

from assaymark.ledger.sqlite import sqlite3

# "Assa", so that `file` and we can tell whose database this is.
APPLICATION = 0x41737361

# Step n makes version n + 1 of version n.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        # *body* is the event as JSON, without what is in a column, in a state, or an outline.
        """CREATE TABLE events (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, time INTEGER NOT NULL,
            kind TEXT NOT NULL, path, before TEXT, after TEXT, body TEXT NOT NULL
        )""",
        "CREATE TABLE origins (number INTEGER PRIMARY KEY, plain TEXT NOT NULL UNIQUE)",
        # *runs* is pairs of a length and the number of an origin, *event* the number of the event that led
        # here, and *rank* orders a path's states by how they followed each other.
        """CREATE TABLE states (
            path NOT NULL, digest TEXT NOT NULL, rank INTEGER NOT NULL, event INTEGER NOT NULL,
            time INTEGER NOT NULL, exact INTEGER NOT NULL, runs TEXT NOT NULL, lines BLOB,
            PRIMARY KEY (path, digest)
        )""",
        "CREATE INDEX events_by_path ON events (path, before)",
        "CREATE INDEX states_by_age ON states (path, rank)",
    ),
    (
        "CREATE INDEX events_by_result ON events (path, after)",
        "CREATE INDEX events_by_time ON events (time)",
        "CREATE INDEX states_by_digest ON states (digest)",
    ),
)
VERSION = len(STEPS)


class Newer(sqlite3.DatabaseError):
    """A ledger that a newer program made."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"it is of version {version}, and this assaymark understands versions up to {VERSION};"
            " it was left as it is: update assaymark"
        )


def version_of(database: sqlite3.Connection) -> int:
    """The version of a database. Raises Newer for one that is not understood here."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise Newer(version)
    return int(version)


def migrate(database: sqlite3.Connection) -> None:
    """
    Bring a database up to this version.

    Effect: one transaction, or none where nothing is to be done. Raises Newer, sqlite3.Error.
    """
    if version_of(database) == VERSION:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        # Somebody else may have done it while we waited.
        for step in STEPS[version_of(database) :]:
            for statement in step:
                database.execute(statement)
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
