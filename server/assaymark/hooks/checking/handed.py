"""
The judging of an edit handed over to the process of an editor's server, where one runs for the repository.

Invariants:
    What comes back is what would be found here; where that is not sure, there is nothing.
    It is waited for no longer than `SECONDS`, and not idly; after one failure nobody is asked again.
    Nothing is said but digests and what gave way; the file itself is read by who answers.
"""

from __future__ import annotations

import time
from contextlib import suppress

from assaymark.hooks.checking.meeting import (
    MOST_ASKED,
    MOST_SAID,
    PROTOCOL,
    is_peer,
    is_socket,
    sockets_of,
    this_program,
)
from assaymark.hooks.checking.verdict import from_plain
from assaymark.ledger.secret import secret_of
from assaymark.lineage.plain import to_plain
from assaymark.quickjson import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _socket import socket

    from assaymark.hooks.checking.verdict import Edit, Verdict

SECONDS = 0.05
# An answer mostly comes within that time; then what judges here is loaded, in parts that take little.
_SOON = 0.02
_PARTS = (
    "tree_sitter",
    "assaymark.syntax.languages",
    "assaymark.finding",
    "assaymark.syntax.view",
    "assaymark.rules.rule",
    "assaymark.engines.patterns",
    "assaymark.analysis.snapshot",
    "assaymark.analysis.advance",
    "assaymark.rules.ready",
    "assaymark.hooks.checking.judging",
)


class Judge:
    """Who is asked in this run: a server, as long as it answers."""

    def __init__(self) -> None:
        self._is_there = True

    def verdict_of(self, edit: Edit, until: float, *, whole: bool) -> Verdict | None:
        """What a server says of *edit*; None where there is none that can tell, in time."""
        verdict = None
        if self._is_there:
            # Nobody there, too late, no answer, or no such sockets on this platform.
            with suppress(OSError, ValueError, AttributeError, LookupError, TypeError, RecursionError):
                verdict = _verdict_of(edit, until, whole=whole)
            self._is_there = verdict is not None
        return verdict


def _verdict_of(edit: Edit, until: float, *, whole: bool) -> Verdict | None:
    file = next(filter(is_socket, sockets_of(edit.place.store)), None)
    if file is None:
        return None
    return _answered(file, _question(edit, whole=whole), min(until, time.monotonic() + SECONDS))


def _question(edit: Edit, *, whole: bool) -> bytes:
    """*edit* as it is asked about. Raises ValueError where that is too long."""
    place, step, _ = edit
    digest = secret_of(place.store).digest
    before = step.before
    table = {
        "protocol": PROTOCOL,
        "program": this_program(),
        "top": place.top,
        "path": place.path,
        "after": digest(step.after),
        "before": None if before is None else digest(before),
        "changes": step.changes,
        # One character a byte.
        "gone": [] if before is None else [before[a:b].decode("latin-1") for a, b, _, _ in step.changes],
        "ranges": step.ranges,
        "origin": to_plain(edit.origin),
        "whole": whole,
    }
    asked = dumps(table, separators=(",", ":")).encode() + b"\n"
    if len(asked) > MOST_ASKED:
        msg = "too much to ask"
        raise ValueError(msg)
    return asked


def _prepare(connection: socket) -> None:
    """Effect: as long as no answer comes, what will judge here if none does is loaded."""
    import select

    poll = select.poll()
    poll.register(connection, select.POLLIN)
    came = poll.poll(_SOON * 1000)
    for name in _PARTS:
        if came:
            return
        __import__(name)
        came = poll.poll(0)


def _answered(file: str, asked: bytes, until: float) -> Verdict | None:
    """What who listens at *file* says, if it can tell. Raises OSError or ValueError."""
    # `socket` makes classes of all names in it, which takes as long as to be answered.
    import _socket

    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.settimeout(max(until - time.monotonic(), 0.001))
        connection.connect(file)
        if not is_peer(connection):
            return None
        connection.sendall(asked)
        _prepare(connection)
        said = b""
        while not said.endswith(b"\n"):
            connection.settimeout(max(until - time.monotonic(), 0.001))
            part = connection.recv(1 << 16)
            if not part or len(said) > MOST_SAID:
                return None
            said += part
    finally:
        connection.close()
    table = loads(said)
    return from_plain(table["verdict"]) if table.get("protocol") == PROTOCOL else None
