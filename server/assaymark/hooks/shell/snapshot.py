"""
What stood in a work tree before a command: a copy of git's index, and the files that differ from it.

Invariants:
    Of a file no text is kept: its stamp, its digest, and a keyed hash for each of its words.
    A snapshot serves one comparison, and what nobody came back for is removed after a day.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH103, PTH108, PTH116, PTH118, PTH120, PTH123

from __future__ import annotations

import binascii
import os
import stat
import struct
import time

try:
    # Of this module alone: `hashlib` loads OpenSSL first.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

from assaymark.hooks.shell.tree import Differing, GaveUpError, Tree, differing
from assaymark.lineage.narrowing import Worded, worded
from assaymark.quickjson import dumps, loads
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from assaymark.ledger.secret import Secret

FOLDER = "shell"
_MOST_INDEX = 64 * 1024 * 1024
MOST_FILES = 2_000
# Of larger files, and beyond so much in all, only the stamp is kept.
_LARGEST = 128 * 1024
_IN_ALL = 512 * 1024
_DAY = 86400
# A word: its hash, and its length times eight, with two bits for its kind and one for the end of a line.
_ROW = struct.Struct(">4sI")


class Kept(NamedTuple):
    """What is kept of a file: time of change, size and inode; where it is small, its words and lines."""

    stamp: tuple[int, int, int]
    digest: str = ""
    words: Worded | None = None
    outline: bytes = b""


class Before(NamedTuple):
    """What stood before: when, how long the log of HEAD was, and the files that differed from the index."""

    index_copy: str
    began: int
    n_log: int
    files: dict[str, Kept]


def key_of(tool: str, session: str, command: str) -> str:
    """What the hooks before and after a command know it by: tools number their calls, but not all tell."""
    content = f"{tool}\0{session}\0{command}".encode("utf-8", "replace")
    return blake2b(content, digest_size=16).hexdigest()


def take(store: str, key: str, tree: Tree, secret: Secret) -> None:
    """
    Effect: a snapshot of *tree* is kept in *store* under *key*.

    Raises GaveUpError; then none is kept.
    """
    file = _file(store, key)
    began = time.time_ns()
    _forget_old(os.path.dirname(file))
    try:
        _copy_index(tree, file + ".index")
        files = _files(tree, differing(tree, file + ".index"), secret)
        log = {"began": began, "n_log": _size(tree.log), "files": files}
        with open(file, "w", encoding="ascii") as opened:
            opened.write(dumps(log))
    except (GaveUpError, OSError) as error:
        drop(store, key)
        if isinstance(error, GaveUpError):
            raise
        msg = f"the state before could not be kept: {type(error).__name__}"
        raise GaveUpError(msg) from error


def taken(store: str, key: str) -> Before | None:
    """The snapshot under *key*; None where there is none."""
    file = _file(store, key)
    try:
        with open(file, encoding="ascii") as opened:
            log = loads(opened.read())
        files = {path: _kept(row) for path, row in log["files"].items()}
        return Before(file + ".index", int(log["began"]), int(log["n_log"]), files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, struct.error):
        return None


def drop(store: str, key: str) -> None:
    """Effect: nothing is kept under *key*."""
    for file in (_file(store, key), _file(store, key) + ".index"):
        _remove(file)


def stamp_of(file: str) -> tuple[int, int, int] | None:
    """What changes when a file is written; None for what is no regular file."""
    try:
        found = os.lstat(file)
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if stat.S_ISREG(found.st_mode) else None


def naming(secret: Secret) -> Callable[[bytes], bytes]:
    """What gives a word its keyed hash."""
    names: dict[bytes, bytes] = {}

    def named(word: bytes) -> bytes:
        name = names.get(word)
        if name is None:
            name = blake2b(word, key=secret.key, digest_size=4, person=b"word").digest()
            names[word] = name
        return name

    return named


def _copy_index(tree: Tree, to: str) -> None:
    """Effect: a copy of the index with its time, by which git knows which files may have changed unseen."""
    os.makedirs(os.path.dirname(to), mode=0o700, exist_ok=True)
    try:
        found = os.stat(tree.index_file)
    except FileNotFoundError:
        # Nothing was ever added: git takes an index that is not there for an empty one.
        return
    if found.st_size > _MOST_INDEX:
        msg = "the index is too large"
        raise GaveUpError(msg)
    with open(tree.index_file, "rb") as opened, open(to, "wb") as copy:
        copy.write(opened.read())
    os.utime(to, ns=(found.st_atime_ns, found.st_mtime_ns))


def _files(tree: Tree, found: Differing, secret: Secret) -> dict[str, list[object]]:
    """What is kept of the files that differ from the index, those changed last first."""
    paths = (*found.changed, *found.untracked)
    if len(paths) > MOST_FILES:
        msg = f"more than {MOST_FILES} files differ from the index"
        raise GaveUpError(msg)
    stamps = {path: stamp for path in paths if (stamp := stamp_of(os.path.join(tree.top, path))) is not None}
    named = naming(secret)
    left = _IN_ALL
    files: dict[str, list[object]] = {}
    for path in sorted(stamps, key=lambda path: -stamps[path][0]):
        size = stamps[path][1]
        small = size <= min(_LARGEST, left) and time.monotonic() < tree.until
        files[path] = [*stamps[path], *(_words(os.path.join(tree.top, path), secret, named) if small else ())]
        left -= size if small else 0
    return files


def _words(file: str, secret: Secret, named: Callable[[bytes], bytes]) -> tuple[str, ...]:
    try:
        with open(file, "rb") as opened:
            content = opened.read(_LARGEST)
    except OSError:
        return ()
    text = worded(content, named)
    ends = frozenset(text.ends)
    rows = zip(text.names, text.sizes, text.kinds, range(1, len(text.names) + 1), strict=True)
    packed = b"".join(
        _ROW.pack(name, size << 3 | kind << 1 | (number in ends)) for name, size, kind, number in rows
    )
    return secret.digest(content), _spelled(packed), _spelled(secret.outline(content))


def _spelled(content: bytes) -> str:
    return binascii.b2a_base64(content, newline=False).decode("ascii")


def _kept(row: list[object]) -> Kept:
    time_ns, size, inode, *rest = row
    stamp = (int(str(time_ns)), int(str(size)), int(str(inode)))
    if len(rest) != 3:
        return Kept(stamp)
    rows = list(_ROW.iter_unpack(binascii.a2b_base64(str(rest[1]))))
    ends = [number for number, (_, bits) in enumerate(rows, 1) if bits & 1]
    sizes, kinds = [bits >> 3 for _, bits in rows], [bits >> 1 & 3 for _, bits in rows]
    words = Worded([name for name, _ in rows], sizes, kinds, ends)
    return Kept(stamp, str(rest[0]), words, binascii.a2b_base64(str(rest[2])))


def _file(store: str, key: str) -> str:
    return os.path.join(store, FOLDER, key)


def _size(file: str) -> int:
    try:
        return os.stat(file).st_size
    except OSError:
        return 0


def _forget_old(folder: str) -> None:
    try:
        for entry in os.scandir(folder):
            if entry.stat().st_mtime < time.time() - _DAY:
                _remove(entry.path)
    except OSError:
        return


def _remove(file: str) -> None:
    try:
        os.unlink(file)
    except OSError:
        return
