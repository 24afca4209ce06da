"""
The secret of a ledger: what makes its hashes useless to who does not have it.

Invariants:
    Every hash of a text, of a line or of a prompt that is stored is made with it, so none can be looked up
    in a table of known texts.
    It is made once for a store, however many ask at the same time, and it leaves the machine in nothing.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH103, PTH108, PTH118, PTH123

from __future__ import annotations

import os
import struct
import time
from itertools import islice

from assaymark.tuples import NamedTuple

try:
    # Of this module alone: `hashlib` loads OpenSSL first, a tenth of what an agent waits for.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

N_BYTES = 32
KEY = "key"
# Longer texts are known by their digest alone.
MOST_LINES = 50_000
LINE_HASH = 6
# A row of an outline: the hash of a line, and its length in bytes with the line end, times four, and the line
# end's own length.
_ROW = struct.Struct(f">{LINE_HASH}sI")
ROW = _ROW.size

_TRIES = 50
_PAUSE = 0.01


class Line(NamedTuple):
    """A line of an outline: the hash of its text, how long it is with its line end, and how long that is."""

    hash: bytes
    n_bytes: int
    n_end: int


class Secret(NamedTuple):
    """What to hash with."""

    key: bytes

    @property
    def name(self) -> str:
        """What tells this secret from another one, and nothing about it."""
        return blake2b(b"name", key=self.key, digest_size=8, person=b"name").hexdigest()

    def digest(self, content: bytes) -> str:
        """The hash of a file's content, 32 hexadecimal digits."""
        return blake2b(content, key=self.key, digest_size=16, person=b"content").hexdigest()

    def reference(self, text: str) -> str:
        """The hash of a prompt, 32 hexadecimal digits."""
        content = text.encode("utf-8", "surrogatepass")
        return blake2b(content, key=self.key, digest_size=16, person=b"prompt").hexdigest()

    def outline(self, content: bytes) -> bytes:
        """What events and states keep of *content*'s lines; nothing of more than `MOST_LINES`."""
        lines = content.splitlines(keepends=True)
        if len(lines) > MOST_LINES:
            return b""
        # Copying a hash that holds the key already takes a third of the time of making one.
        seed = blake2b(key=self.key, digest_size=LINE_HASH, person=b"line")
        rows: dict[bytes, bytes] = {}
        for line in set(lines):
            text, one = line.rstrip(b"\r\n"), seed.copy()
            one.update(text)
            # A line's end is what of it the hash leaves out.
            rows[line] = _ROW.pack(one.digest(), len(line) << 2 | (len(line) - len(text)))
        return b"".join(map(rows.__getitem__, lines))


def outlined(outline: bytes) -> list[Line]:
    """The lines of an *outline*; what was cut off of it is left out."""
    whole = outline[: len(outline) - len(outline) % ROW]
    return [Line(one, length >> 2, length & 3) for one, length in _ROW.iter_unpack(whole)]


def secret_of(store: str) -> Secret:
    """
    The secret of the ledger in *store*.

    Effect: makes the folder and the secret where there is none yet. Raises OSError where that cannot be done.
    """
    file = os.path.join(store, KEY)
    key = _read(file)
    if key is None:
        os.makedirs(store, mode=0o700, exist_ok=True)
        _make(file)
        key = _awaited(file)
    return Secret(key)


def _read(file: str) -> bytes | None:
    try:
        with open(file, "rb") as opened:
            key = opened.read(N_BYTES)
    except FileNotFoundError:
        return None
    return key if len(key) == N_BYTES else None


def _make(file: str) -> None:
    """Effect: puts a new secret at *file* unless one is there: a link to a finished file, or nothing."""
    beside = f"{file}.{os.getpid()}.{os.urandom(4).hex()}"
    _write(beside, os.urandom(N_BYTES))
    try:
        os.link(beside, file)
    except FileExistsError:
        pass
    except OSError:
        # A file system without hard links: one writer is let in, the others wait for what it writes.
        _write_first(file, beside)
    finally:
        os.unlink(beside)


def _write_first(file: str, beside: str) -> None:
    try:
        with open(beside, "rb") as made:
            _write(file, made.read())
    except FileExistsError:
        return


def _write(file: str, key: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        os.write(descriptor, key)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _awaited(file: str) -> bytes:
    for key in islice(_tries(file), _TRIES):
        if key is not None:
            return key
        time.sleep(_PAUSE)
    msg = f"{file} is no key of {N_BYTES} bytes; remove it, and what was recorded with it is unknown"
    raise OSError(msg)


def _tries(file: str) -> Iterator[bytes | None]:
    while True:
        yield _read(file)
