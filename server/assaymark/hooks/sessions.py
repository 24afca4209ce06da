"""
What a conversation said earlier and a later event does not repeat: the model, and what was asked.

A small file for each conversation, beside the ledger. It is a convenience of hooks, not a record: losing one
loses the model of later edits, and nothing else.

Invariants:
    It holds names, a path and keyed hashes; never a prompt.
    It is replaced as a whole, so that hooks that run at once read one state or the other.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH103, PTH105, PTH108, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import time
import zlib

from assaymark.quickjson import dumps, loads
from assaymark.tuples import NamedTuple

FOLDER = "sessions"
# A conversation that nobody went on with for so long is forgotten when another one begins.
_SECONDS = 30 * 86400


class Known(NamedTuple):
    """
    What is known of a conversation.

    *prompt* is the keyed hash of what was asked last; *said* are things that are said once.
    """

    model: str = ""
    transcript: str = ""
    prompt: str = ""
    said: tuple[str, ...] = ()


def known(store: str, tool: str, session: str) -> Known:
    """What is known of a conversation; nothing of one that was never heard of."""
    try:
        with open(_file(store, tool, session), "rb") as opened:
            plain = loads(opened.read())
    except (OSError, ValueError, RecursionError):
        return Known()
    if not isinstance(plain, dict) or plain.get("session") != session:
        return Known()
    texts = {
        name: value for name in ("model", "transcript", "prompt") if isinstance(value := plain.get(name), str)
    }
    said = plain.get("said")
    return Known(**texts, said=tuple(map(str, said)) if isinstance(said, list) else ())


def remember(store: str, tool: str, session: str, state: Known) -> None:
    """Effect: *state* is what is known from now on; nothing where that cannot be written."""
    if not session:
        return
    file = _file(store, tool, session)
    beside = f"{file}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(dumps({"session": session, **state._asdict()}).encode("ascii"))
        os.replace(beside, file)
    except OSError:
        return


def forget_old(store: str) -> None:
    """Effect: removes what is known of conversations that ended long ago."""
    folder = os.path.join(store, FOLDER)
    oldest = time.time() - _SECONDS
    try:
        for entry in os.scandir(folder):
            if entry.stat().st_mtime < oldest:
                os.unlink(entry.path)
    except OSError:
        return


def _file(store: str, tool: str, session: str) -> str:
    # What a tool calls a conversation is no name for a file. Two may share one: its content says whose it is.
    return os.path.join(store, FOLDER, f"{tool}-{zlib.crc32(session.encode('utf-8', 'replace')):08x}")
