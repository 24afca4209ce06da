"""
Whether a ledger is as it should be.

Invariants:
    Nothing is changed: nothing is merged, made or set aside.
    Each problem says what to do about it.
"""
# Paths stay strings.
# ruff: noqa: PTH110, PTH112, PTH116, PTH118, PTH123, PTH202, PTH204, PTH208

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

from assaymark.ledger import rows, spool
from assaymark.ledger.connecting import connected_to_read, is_damage
from assaymark.ledger.events import Other
from assaymark.ledger.merging import ASIDE
from assaymark.ledger.plain import is_kind
from assaymark.ledger.schema import Newer, version_of
from assaymark.ledger.secret import KEY, N_BYTES, outlined
from assaymark.ledger.store import FILE

# A writer that is at work for longer than this was killed.
_SECONDS = 3600
_FEW = 10


class Problem(NamedTuple):
    """Something that is *wrong*, and the *remedy*."""

    wrong: str
    remedy: str


class Verdict(NamedTuple):
    """How a ledger is: *facts* about it, and its *problems*."""

    facts: list[str]
    problems: list[Problem]


def verified(store: str) -> Verdict:
    """The verdict on the ledger in *store*."""
    if not os.path.isdir(store):
        return Verdict([f"no ledger yet: {store} is made when something is recorded"], [])
    facts: list[str] = []
    problems = [*_key(store), *_spool(store, facts), *_left(store, facts)]
    file = os.path.join(store, FILE)
    if os.path.exists(file):
        problems += _database(file, facts)
    return Verdict(facts, problems)


def _key(store: str) -> Iterator[Problem]:
    file = os.path.join(store, KEY)
    try:
        found = os.stat(file)
    except OSError:
        if os.path.exists(os.path.join(store, FILE)):
            yield Problem(
                f"{file} is missing, so what is recorded can be matched with no text",
                "put it back from a backup, or remove the ledger",
            )
        return
    if found.st_size != N_BYTES:
        yield Problem(f"{file} has {found.st_size} bytes and no {N_BYTES}", "put it back from a backup")
    if sys.platform != "win32" and found.st_mode & 0o077:
        yield Problem(f"{file} can be read by others", f"chmod 600 {file}")


def _spool(store: str, facts: list[str]) -> Iterator[Problem]:
    n_events = 0
    for file in spool.waiting(store):
        try:
            pile = spool.read(file)
        except OSError as error:
            yield Problem(f"{file} cannot be read: {error.strerror}", "make it readable, or remove it")
            continue
        n_events += len(pile.plain)
        if pile.broken:
            yield Problem(
                f"{file}: {_n(len(pile.broken), 'record')} cut off or changed",
                f"nothing: the next reader sets that aside in {ASIDE}/ and goes on",
            )
    if n_events:
        facts.append(f"{_n(n_events, 'event')} to be merged by the next reader")


def _left(store: str, facts: list[str]) -> Iterator[Problem]:
    """What was left behind: by killed writers, and by damage of earlier days."""
    old = time.time() - _SECONDS
    for file in _files(os.path.join(store, spool.FOLDER)):
        if file.endswith(spool.UNDONE) and os.path.getmtime(file) < old:
            yield Problem(f"{file} was never finished, and never acknowledged", "remove it")
    aside = _files(os.path.join(store, ASIDE))
    if aside:
        n_lines = sum(open(file, "rb").read().count(b"\n") for file in aside)  # noqa: SIM115
        facts.append(f"{_n(n_lines, 'record')} set aside in {os.path.join(store, ASIDE)}")
    for file in _files(store):
        if f"{FILE}.corrupt-" in file and not file.endswith(("-wal", "-shm", "-journal")):
            yield Problem(
                f"{file} was damaged, and set aside",
                f"assaymark ledger import {file}, which brings back what can be read; then remove it",
            )


def _files(folder: str) -> list[str]:
    try:
        return sorted(os.path.join(folder, name) for name in os.listdir(folder))
    except OSError:
        return []


def _database(file: str, facts: list[str]) -> Iterator[Problem]:
    remedy = "any other command sets it aside and goes on with a new one"
    try:
        with closing(connected_to_read(file)) as database:
            version = version_of(database)
            damage = [row[0] for row in database.execute(f"PRAGMA integrity_check({_FEW})")]
            if damage != ["ok"]:
                yield Problem(f"{file} is damaged: {damage[0]}", remedy)
                return
            (mode,) = database.execute("PRAGMA journal_mode").fetchone()
            counts = database.execute(_COUNTS).fetchone()
            facts.insert(0, _described(file, version, mode, counts))
            yield from _events(file, database)
            yield from _states(file, database)
    except Newer as newer:
        yield Problem(f"{file}: {newer}", "update assaymark")
    except sqlite3.DatabaseError as error:
        yield Problem(f"{file} cannot be read: {error}", remedy if is_damage(error) else _ANOTHER_TIME)


_ANOTHER_TIME = "look whether it may be read, and try again"
_COUNTS = (
    "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM states),"
    " (SELECT count(DISTINCT path) FROM states)"
)


def _described(file: str, version: int, mode: str, counts: tuple[int, int, int]) -> str:
    n_events, n_states, n_files = counts
    states = f"{_n(n_states, 'state')} of {_n(n_files, 'file')}"
    size = f"{os.path.getsize(file):,} bytes"
    return f"{file}: version {version}, {_n(n_events, 'event')}, {states}, {size}, journal {mode}"


def _events(file: str, database: sqlite3.Connection) -> Iterator[Problem]:
    wrong = [
        number
        for number, event in rows.numbered(database)
        if isinstance(event, Other) and is_kind(event.plain.get("kind"))
    ]
    if wrong:
        yield Problem(f"{file}: events {_some(wrong)} cannot be understood", _START_AGAIN)


_START_AGAIN = "assaymark ledger export --output FILE, remove the ledger, assaymark ledger import FILE"


def _states(file: str, database: sqlite3.Connection) -> Iterator[Problem]:
    known = {number for (number,) in database.execute("SELECT number FROM origins")}
    wrong: list[str] = []
    for path, digest, runs, lines in database.execute("SELECT path, digest, runs, lines FROM states"):
        try:
            pairs = [(int(n_bytes), int(number)) for n_bytes, number in json.loads(runs)]
        except (ValueError, TypeError):
            pairs = [(-1, -1)]
        n_bytes = sum(length for length, _ in pairs)
        fits = not lines or sum(line.n_bytes for line in outlined(lines)) == n_bytes
        if not fits or not all(length > 0 and number in known for length, number in pairs):
            wrong.append(f"{path!r} {digest[:8]}")
    if wrong:
        yield Problem(f"{file}: states {_some(wrong)} are not whole", _START_AGAIN)


def _some(several: list[int] | list[str]) -> str:
    shown = ", ".join(map(str, several[:_FEW]))
    return f"{shown} and {len(several) - _FEW} more" if len(several) > _FEW else shown


def _n(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
