"""
Where hooks and the process of an editor's server meet: a Unix socket of the user's own.

Invariants:
    Both sides come to the same places by themselves; the first one counts whose name is not too long: beside
    the ledger, where programs of the user's session meet, in the user's folder of what we remember.
    A socket is believed only if it and its folder are the user's, and nobody else may do anything there.
    It is a file, which permissions hold for; there are none without a name on the disk.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH111, PTH117, PTH118, PTH120

from __future__ import annotations

import os
import stat
import struct
import sys

from assaymark.hashes import blake
from assaymark.repository.place import state_folder
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _socket import socket
    from collections.abc import Iterator

FOLDER = "server"
# How both sides speak; another number is another language.
PROTOCOL = 1
# What is longer than this is not said.
MOST_ASKED, MOST_SAID = 1 << 18, 1 << 20
# What a socket's name may have, on every platform that has sockets with names.
_MOST_NAMED = 100
# By what a judgement of the same file may differ from one program to another.
_TELLING = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "TZ", "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR")


class Program(NamedTuple):
    """What has to be the same for two programs to judge alike: the code, what runs it, what it is told."""

    code: str
    runs_in: str
    version: int
    told: tuple[str | None, ...]


def this_program() -> Program:
    """The program that runs here."""
    code = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
    return Program(code, sys.prefix, sys.hexversion, tuple([os.environ.get(name) for name in _TELLING]))


def sockets_of(store: str) -> Iterator[str]:
    """Where the socket for the ledger in *store* may be, the first choice first."""
    # A disk that several machines share has one for each.
    name = f"{blake(os.uname().nodename.encode(), 4)}.sock"
    own = f"{blake(os.fsencode(store), 8)}-{name}"
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    folders = [(os.path.join(store, FOLDER), name)]
    folders += [(os.path.join(session, "assaymark"), own)] if os.path.isabs(session) else []
    state = state_folder(os.environ, os.path.expanduser("~"), sys.platform)
    folders.append((os.path.join(state, FOLDER), own))
    for folder, called in folders:
        file = os.path.join(folder, called)
        if len(os.fsencode(file)) <= _MOST_NAMED:
            yield file


def is_private(folder: str) -> bool:
    """Whether *folder* is the user's, and nobody else's."""
    found = os.lstat(folder)
    return stat.S_ISDIR(found.st_mode) and _is_own(found)


def is_socket(file: str) -> bool:
    """Whether *file* is a socket that the user alone made and may use."""
    try:
        found = os.lstat(file)
        return stat.S_ISSOCK(found.st_mode) and _is_own(found) and is_private(os.path.dirname(file))
    except OSError:
        return False


def is_peer(connection: socket) -> bool:
    """Whether who is at the other end is the same user, where that can be told."""
    import _socket

    credentials = getattr(_socket, "SO_PEERCRED", None)
    if credentials is None:
        return True
    # unix(7): process, user and group.
    _, user, _ = struct.unpack("3i", connection.getsockopt(_socket.SOL_SOCKET, credentials, 12))
    return bool(user == os.getuid())


def _is_own(found: os.stat_result) -> bool:
    return found.st_uid == os.getuid() and not found.st_mode & 0o077
