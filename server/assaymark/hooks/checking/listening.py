"""
The listening end of where hooks and the process of an editor's server meet.

Invariants:
    Who holds the lock beside a socket owns it: what a killed process left is replaced, and what another one
    listens at is not. The lock goes with the process, however that ends.
    The socket and its folder are the user's alone.
"""
# Paths stay strings, as where they meet.
# ruff: noqa: PTH103, PTH108, PTH120

from __future__ import annotations

import contextlib
import fcntl
import os
import socket

from assaymark.hooks.checking.meeting import is_private, sockets_of
from assaymark.tuples import NamedTuple

LOCK = ".lock"


class Listener(NamedTuple):
    """A socket that is listened at, its name, and the descriptor of its lock."""

    socket: socket.socket
    file: str
    lock: int

    def end(self) -> None:
        """Effect: the socket is gone, and another one may take its place."""
        with contextlib.suppress(OSError):
            os.unlink(self.file)
        self.socket.close()
        os.close(self.lock)


def listener(store: str, backlog: int) -> Listener | None:
    """
    What listens for hooks with the ledger in *store*; None where another process does, or none can.

    Effect: makes its folder, its lock and its socket.
    """
    for file in sockets_of(store):
        try:
            return _listener(file, backlog)
        except BlockingIOError:
            return None
        except OSError:
            continue
    return None


def _listener(file: str, backlog: int) -> Listener:
    folder = os.path.dirname(file)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    if not is_private(folder):
        raise PermissionError(folder)
    lock = os.open(file + LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    made = socket.socket(socket.AF_UNIX)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(file)
        before = os.umask(0o177)
        try:
            made.bind(file)
        finally:
            os.umask(before)
        made.listen(backlog)
    except OSError:
        made.close()
        os.close(lock)
        raise
    return Listener(made, file, lock)
