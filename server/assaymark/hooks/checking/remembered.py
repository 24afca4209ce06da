"""
What was found in a conversation's edits and is not known to be gone, and whether its end was spoken at.

A file for each conversation, beside the ledger, to which hooks add lines. It is a convenience of hooks, not a
record: losing it loses what would be said at the end.

Invariants:
    It holds paths, names of rules and hashes, and nothing of a text.
    Lines are added at once, so that hooks that run at the same time lose none of each other's.
    Of hooks that ask at the same time whether they may speak at the end, one may; and so once a conversation.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH103, PTH112, PTH108, PTH118, PTH123

from __future__ import annotations

import os
import time

from assaymark.hooks.checking.opening import FOLDER
from assaymark.ledger.secret import secret_of
from assaymark.quickjson import dumps, loads
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SECONDS = 30 * 86400
_MOST = 1 << 20
_SPOKEN = ".spoken"


class Open(NamedTuple):
    """
    A finding in the file *path* of the work tree *top*; *line* from 1.

    *told*: the agent was told of it.
    """

    top: str
    path: str
    rule: str
    fingerprint: str
    line: int
    severity: str
    told: bool

    @property
    def mark(self) -> tuple[str, str]:
        """What it is known by in its file."""
        return self.rule, self.fingerprint


class Conversation(NamedTuple):
    """One conversation with a tool, and the folder in which things are remembered of it."""

    store: str
    tool: str
    session: str

    @property
    def file(self) -> str:
        name = f"{self.tool}-{secret_of(self.store).reference(self.session)}"
        return os.path.join(self.store, FOLDER, name)


def open_in(talk: Conversation) -> tuple[Open, ...]:
    """What is not known to be gone, in the order in which it was found."""
    if not talk.session or not os.path.isdir(os.path.join(talk.store, FOLDER)):
        return ()
    try:
        with open(talk.file, "rb") as opened:
            lines = opened.read(_MOST).split(b"\n")
    except OSError:
        return ()
    found: dict[tuple[object, ...], Open] = {}
    for line in lines:
        one, is_gone = _read(line)
        if one is not None:
            key = (one.top, one.path, *one.mark)
            if is_gone:
                found.pop(key, None)
            else:
                found[key] = one
    return tuple(found.values())


def remember(talk: Conversation, found: Iterable[Open], gone: Iterable[Open] = ()) -> None:
    """Effect: *found* is open and *gone* is not any more; nothing where that cannot be written."""
    rows = [*((one, False) for one in found), *((one, True) for one in gone)]
    if not talk.session or not rows:
        return
    text = "".join(dumps([is_gone, *one]) + "\n" for one, is_gone in rows)
    try:
        os.makedirs(os.path.join(talk.store, FOLDER), mode=0o700, exist_ok=True)
        descriptor = os.open(talk.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, text.encode("ascii"))
        finally:
            os.close(descriptor)
    except OSError:
        return


def may_speak(talk: Conversation) -> bool:
    """Whether nothing was said at the end of this conversation yet. Effect: now it was."""
    try:
        os.close(os.open(talk.file + _SPOKEN, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        # Where nothing can be remembered, nothing is said: it could be said again and again.
        return False
    return True


def has_spoken(talk: Conversation) -> bool:
    return os.path.lexists(talk.file + _SPOKEN)


def forget_answers(store: str) -> None:
    """Effect: removes what is remembered of conversations that ended long ago."""
    oldest = time.time() - _SECONDS
    try:
        for entry in os.scandir(os.path.join(store, FOLDER)):
            if entry.stat().st_mtime < oldest:
                os.unlink(entry.path)
    except OSError:
        return


def _read(line: bytes) -> tuple[Open | None, bool]:
    try:
        is_gone, top, path, rule, fingerprint, at, severity, told = loads(line)
    except (ValueError, TypeError, RecursionError):
        return None, False
    texts = all(isinstance(one, str) for one in (top, path, rule, fingerprint, severity))
    if not texts or not isinstance(at, int):
        return None, False
    return Open(top, path, rule, fingerprint, at, severity, bool(told)), bool(is_gone)
