"""
The process beside an editor's server that judges edits of agents, with all that this takes at hand.

A hook takes most of its time to load what judges; this process has loaded it. It is one of its own, so that
neither a check nor whatever comes in by the socket can hold up the editor.

Invariants:
    It reads files in the folders that it was started for, and no others.
    Whatever is asked, in whatever pieces, it goes on, and has so much time for each who asks.
    It says nothing where the hook may see it otherwise: another program or text, too long, too late.
    It ends when its input does, and so with the server that started it; its socket goes with it.
    Of several for a repository one listens, whoever was first; when that ends, another one does.
"""
# ruff: noqa: PTH112, PTH116, PTH118, PTH120

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING, Any

from assaymark.hooks.checking.judging import verdict_of
from assaymark.hooks.checking.limited import TimedOut, within
from assaymark.hooks.checking.listening import Listener, listener
from assaymark.hooks.checking.meeting import MOST_ASKED, MOST_SAID, PROTOCOL, is_peer, this_program
from assaymark.hooks.checking.verdict import Edit, to_plain
from assaymark.hooks.placing import Step
from assaymark.hooks.scene import content_of
from assaymark.ledger.secret import secret_of
from assaymark.lineage.narrowing import Change
from assaymark.lineage.plain import from_plain as origin_from_plain
from assaymark.repository.place import Place, place_of
from assaymark.rules.ready import ready

if TYPE_CHECKING:
    from collections.abc import Sequence

# The time in which somebody who connects has to ask, and in which there is an answer. Hooks wait for less.
_ASKS_IN, _ANSWERED_IN = 0.1, 0.2
# When it is looked again whether there is a ledger, and nobody who listens for it.
_AGAIN = 10_000
_BACKLOG = 16
_TRIED = b"import os, sys\n\n\ndef run(given):\n    return os.system(given + 'x' % sys.argv)\n"


class _NoAnswerError(Exception):
    """What the hook has to find out by itself."""


def serve(folders: Sequence[str]) -> None:
    """Effect: answers what is asked of files in *folders*, until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    roots = [os.path.realpath(folder) for folder in folders]
    _warm()
    stamps = _stamps()
    heard: dict[str, Listener] = {}
    try:
        while stamps == _stamps(stamps):
            _listen(heard, roots)
            if not _wait(heard, roots):
                return
    finally:
        for one in heard.values():
            one.end()


def _wait(heard: dict[str, Listener], roots: Sequence[str]) -> bool:
    """Whether to go on. Effect: answers whoever came, or waits for somebody."""
    by_number = {one.socket.fileno(): one for one in heard.values()}
    poll = select.poll()
    for number in (0, *by_number):
        poll.register(number, select.POLLIN)
    for number, _ in poll.poll(_AGAIN):
        if number in by_number:
            _meet(by_number[number].socket, roots)
        elif not os.read(0, 1024):
            return False
    return True


def _listen(heard: dict[str, Listener], roots: Sequence[str]) -> None:
    """Effect: there is a socket for each ledger of *roots* for which nobody else listens."""
    # Who removes a ledger removes the socket beside it.
    for store in [store for store, one in heard.items() if not os.path.lexists(one.file)]:
        heard.pop(store).end()
    for root in roots:
        store = place_of(os.path.join(root, "")).store
        if store not in heard and os.path.isdir(store):
            made = listener(store, _BACKLOG)
            if made is not None:
                heard[store] = made


def _meet(server: socket.socket, roots: Sequence[str]) -> None:
    """Effect: one who comes is answered, or not."""
    with contextlib.suppress(OSError):
        connection, _ = server.accept()
        with connection:
            asked = _asked(connection, time.monotonic() + _ASKS_IN)
            if asked is not None:
                until = time.monotonic() + _ANSWERED_IN
                connection.settimeout(max(until - time.monotonic(), 0.001))
                connection.sendall(_said(asked, roots, until))


def _asked(connection: socket.socket, until: float) -> bytes | None:
    """What is asked, one line; None where that is nothing to answer. Raises OSError."""
    if not is_peer(connection):
        return None
    asked = b""
    while not asked.endswith(b"\n"):
        left = until - time.monotonic()
        connection.settimeout(max(left, 0.001))
        part = connection.recv(1 << 16) if left > 0 else b""
        asked += part
        if not part or len(asked) > MOST_ASKED or b"\n" in asked[:-1]:
            return None
    return asked


def _said(asked: bytes, roots: Sequence[str], until: float) -> bytes:
    """The answer to *asked*, one line."""
    table: dict[str, object] = {"protocol": PROTOCOL}
    try:
        edit, whole = _edit(json.loads(asked), roots)
        left = until - time.monotonic()
        verdict = within(left, lambda: verdict_of(edit, until, whole=whole, of_many=True))
        table["verdict"] = to_plain(verdict)
    except _NoAnswerError as error:
        table["none"] = str(error)
    except (TimedOut, Exception) as error:  # noqa: BLE001 - whatever was asked, the next one is answered
        table["none"] = type(error).__name__
    said = json.dumps(table, separators=(",", ":")).encode() + b"\n"
    return said if len(said) <= MOST_SAID else b"{}\n"


def _edit(table: dict[str, Any], roots: Sequence[str]) -> tuple[Edit, bool]:
    """
    The edit that is asked about, and whether all of the file is.

    Raises _NoAnswerError, or whatever comes of values that are none.
    """
    if table["protocol"] != PROTOCOL or table["program"] != json.loads(json.dumps(this_program())):
        msg = "another program"
        raise _NoAnswerError(msg)
    place = _place(table["top"], table["path"], roots)
    after = content_of(place)
    secret = secret_of(place.store)
    if after is None or secret.digest(after) != table["after"]:
        msg = "another text"
        raise _NoAnswerError(msg)
    changes = tuple(Change(*map(int, one)) for one in table["changes"])
    ranges = tuple((int(start), int(end)) for start, end in table["ranges"])
    before = None if table["before"] is None else _before(after, changes, table["gone"])
    if before is not None and secret.digest(before) != table["before"]:
        msg = "another text before"
        raise _NoAnswerError(msg)
    step = Step(before, after, changes, ranges)
    return Edit(place, step, origin_from_plain(table["origin"])), table["whole"] is True


def _place(top: object, path: object, roots: Sequence[str]) -> Place:
    """Where the file stands. Raises _NoAnswerError where that is in none of *roots*."""
    if isinstance(top, str) and isinstance(path, str):
        file = os.path.join(top, path)
        place, real = place_of(file), os.path.realpath(file)
        is_inside = any(real.startswith(root.rstrip(os.sep) + os.sep) for root in roots)
        if is_inside and (place.top, place.path) == (top, path) and os.path.isdir(place.store):
            return place
    msg = "no file of the workspace"
    raise _NoAnswerError(msg)


def _before(after: bytes, changes: Sequence[Change], gone: Sequence[str]) -> bytes:
    """The text in which *gone* gave way to what *changes* say of *after*."""
    parts: list[bytes] = []
    at = 0
    for change, old in zip(changes, gone, strict=True):
        parts += [after[at : change.new_start], old.encode("latin-1")]
        at = change.new_end
    return b"".join((*parts, after[at:]))


def _warm() -> None:
    """Effect: what judges is loaded, with the rules, where these are compiled."""
    # Late, as for a hook: what reads settings is loaded where a file sets something.
    import assaymark.hooks.checking.set_terms  # noqa: F401
    from assaymark.analysis.advance import opened
    from assaymark.finding import Level

    rules = ready()
    if rules is not None:
        opened(_TRIED, "tried.py", rules.up_to(Level.default))
    # What is loaded stays, and need not be looked through for garbage.
    gc.collect()
    gc.freeze()


def _stamps(known: dict[str, float] | None = None) -> dict[str, float]:
    """When the files of this program that are loaded, or those *known*, were changed, and their folders."""
    files = known or _files()
    found: dict[str, float] = {}
    for file in files:
        with contextlib.suppress(OSError):
            found[file] = os.stat(file).st_mtime
    return found


def _files() -> set[str]:
    files = {str(module.__file__) for name, module in sys.modules.items() if name.startswith("assaymark.")}
    return files | {os.path.dirname(file) for file in files}
