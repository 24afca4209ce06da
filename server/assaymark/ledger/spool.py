"""
Where events wait until they are merged: files of one writer each, a line for each event.

Invariants:
    What `append` returned from is on the disk: neither a killed process nor a lost power takes it back. Only
    what need not be synced waits for no disk, and a lost power may take it.
    A file that can be seen is finished, and nobody writes to it again.
    A line says its own checksum; one that does not hold harms no other.

A line is eight hexadecimal digits, the CRC-32 of the rest, a space, and the event as JSON. This is the road
of hooks, which an agent waits for: only what comes with the interpreter is imported here.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH103, PTH105, PTH108, PTH118, PTH123, PTH208

from __future__ import annotations

import os
import time
import zlib

from assaymark.quickjson import dumps, loads
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from assaymark.ledger.events import Event

FOLDER = "spool"
_DONE = ".events"
UNDONE = ".part"
_MERGED = ".merged"


class Pile(NamedTuple):
    """What a file of the spool holds: events as plain values, and the lines that do not hold."""

    plain: list[object]
    broken: list[bytes]


def append(store: str, events: Sequence[Event], *, synced: bool = True) -> None:
    """
    Hand over *events* of one writer, in their order.

    Effect: a new file in the spool of *store*, on the disk when this returns if it is to be *synced*. Raises
    OSError when it could not be written (disk full, read-only); then nothing was.
    """
    if not events:
        return
    content = b"".join(map(sealed, events))
    folder = os.path.join(store, FOLDER)
    name = os.path.join(folder, events[0].id)
    try:
        _write(name + UNDONE, content, synced=synced)
    except FileNotFoundError:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        _write(name + UNDONE, content, synced=synced)
    os.replace(name + UNDONE, name + _DONE)
    if synced:
        _sync(folder)


def sealed(event: Event) -> bytes:
    """*event* as a line of the spool."""
    # Whoever made an event has this module; who only looks whether events wait need not.
    from assaymark.ledger.plain import to_plain

    text = dumps(to_plain(event), separators=(",", ":")).encode("ascii")
    return b"%08x %b\n" % (zlib.crc32(text), text)


def waiting(store: str) -> list[str]:
    """The files that wait to be merged, the oldest first."""
    folder = os.path.join(store, FOLDER)
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return [os.path.join(folder, name) for name in sorted(names) if name.endswith(_DONE)]


def read(file: str) -> Pile:
    """What *file* holds. Raises OSError when it is gone: somebody else merged it."""
    with open(file, "rb") as opened:
        lines = opened.read().split(b"\n")
    # What stands behind the last line end is a line that was cut off, or nothing.
    plain = [_unsealed(line) for line in lines[:-1]]
    broken = [line for line, value in zip(lines, plain, strict=False) if value is None]
    return Pile(
        [value for value in plain if value is not None], broken + [line for line in lines[-1:] if line]
    )


def finished(file: str) -> None:
    """Effect: *file* waits no more; `swept` removes it. Raises OSError."""
    try:
        os.replace(file, file.removesuffix(_DONE) + _MERGED)
    except FileNotFoundError:
        # Another one merged it at the same time, which ids make harmless.
        return


def swept(store: str, seconds: float) -> None:
    """
    Effect: files that were merged are removed, as many as can be in that time (but one at least).

    Removing a file may take as long as writing it did, and nobody waits for it.
    """
    folder, end = os.path.join(store, FOLDER), time.monotonic() + seconds
    try:
        names = [name for name in os.listdir(folder) if name.endswith(_MERGED)]
        for name in names:
            os.unlink(os.path.join(folder, name))
            if time.monotonic() > end:
                return
    except OSError:
        # Somebody else sweeps too, or nothing can be removed here, which `verify` says.
        return


def _unsealed(line: bytes) -> object:
    """The plain value of *line*; None when its checksum does not hold."""
    seal, _, text = line.partition(b" ")
    try:
        return loads(text) if int(seal, 16) == zlib.crc32(text) else None
    except (ValueError, RecursionError):
        return None


def _write(file: str, content: bytes, *, synced: bool) -> None:
    """Effect: *file* is on the disk (once that is *synced*), or not there. Raises OSError."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if synced:
            os.fsync(descriptor)
    except OSError:
        os.close(descriptor)
        os.unlink(file)
        raise
    os.close(descriptor)


def _sync(folder: str) -> None:
    """Effect: names in *folder* are on the disk too, where a folder can be asked for that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
