"""
The connection to the database, and what becomes of a damaged one.

Invariant: only the very file that was found damaged is set aside, whoever replaced it meanwhile; it is never
deleted.
"""
# Paths stay strings.
# ruff: noqa: PTH104, PTH110, PTH118, PTH120

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator

from assaymark.ledger.journal import journal_of
from assaymark.ledger.schema import migrate
from assaymark.ledger.sqlite import sqlite3
from assaymark.tuples import NamedTuple

# How long a reader or a commit waits for a writer, in milliseconds.
PATIENCE = 2000

_DAMAGE = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
LOCK = "lock"
# SQLite keeps what is not in the file yet beside it.
_BESIDE = ("", "-wal", "-shm", "-journal")


class Connection(NamedTuple):
    """An open *database*, and which *file* it is, of all that ever were at its place."""

    database: sqlite3.Connection
    identity: tuple[int, int]


def connected(file: str) -> Connection:
    """
    A connection to the database in *file*.

    Effect: makes the database, or brings it up to date. Raises sqlite3.Error, `schema.Newer`, OSError.
    """
    if not os.access(os.path.dirname(file), os.W_OK):
        return Connection(connected_to_read(file), identity_of(file))
    database = sqlite3.connect(file, timeout=PATIENCE / 1000, isolation_level=None)
    try:
        _prepare(database, os.path.dirname(file))
        return Connection(database, identity_of(file))
    except BaseException:
        database.close()
        raise


def connected_to_read(file: str) -> sqlite3.Connection:
    """A connection that changes nothing. Raises sqlite3.Error."""
    # Late: a commit waits for what is imported, and nearly always can write.
    from urllib.parse import quote

    # Where nobody can be writing, SQLite cannot make what readers and writers share either.
    how = "mode=ro" if os.access(os.path.dirname(file), os.W_OK) else "immutable=1"
    return sqlite3.connect(f"file:{quote(file)}?{how}", uri=True, isolation_level=None)


def identity_of(file: str) -> tuple[int, int]:
    """What tells *file* from one that is put in its place. Raises OSError when it is not there."""
    found = os.stat(file)  # noqa: PTH116
    return found.st_dev, found.st_ino


def is_damage(error: sqlite3.Error) -> bool:
    """Whether *error* says that the file itself is wrong."""
    code: int = getattr(error, "sqlite_errorcode", 0) or 0
    return code & 0xFF in _DAMAGE or str(error).startswith(("no such table", "no such column"))


def set_aside(file: str, identity: tuple[int, int]) -> str | None:
    """
    Where the damaged *file* is now; None where it is not at its place any more.

    Effect: renames it. Raises OSError when that cannot be done.
    """
    with _alone(os.path.join(os.path.dirname(file), LOCK)):
        if not os.path.exists(file) or identity_of(file) != identity:
            return None
        name = _free(f"{file}.corrupt-{time.strftime('%Y-%m-%d')}")
        for end in reversed(_BESIDE):
            if os.path.exists(file + end):
                os.rename(file + end, name + end)
        return name


def _prepare(database: sqlite3.Connection, folder: str) -> None:
    wanted = journal_of(folder).mode
    (mode,) = database.execute("PRAGMA journal_mode").fetchone()
    if mode != wanted:
        # Where somebody has it open, it stays as it is until nobody has.
        with contextlib.suppress(sqlite3.OperationalError):
            database.execute(f"PRAGMA journal_mode = {wanted}")
    # A file of the spool goes when what it held is committed, which must then outlive a power cut too.
    database.execute("PRAGMA synchronous = FULL")
    migrate(database)


def _free(name: str) -> str:
    n, free = 1, name
    while os.path.exists(free):
        n += 1
        free = f"{name}-{n}"
    return free


@contextlib.contextmanager
def _alone(file: str) -> Iterator[None]:
    """Effect: nobody else is in here at the same time; the system ends that with the program."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
