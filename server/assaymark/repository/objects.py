"""
Git's objects by name: what they are, and what they hold.

Invariants:
    However many are asked for, git is started once, and once more for each that is too large; within
    `reading` it runs already.
    A name comes from us, is an object id, or is refused by git: nothing in it is an option.
"""

from __future__ import annotations

import contextlib

from assaymark.repository.child import CAN_START
from assaymark.repository.git import GitError, asked, refusal, run
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from assaymark.repository.child import Child

_READ = ("cat-file", "--batch")
# The kinds of objects whose content is asked for.
_KINDS = frozenset(("blob", "commit"))

_N_DIGITS = frozenset((40, 64))


class Object(NamedTuple):
    """An object's id, its kind (`blob`, `commit`, …) and its size in bytes."""

    id: str
    kind: str
    n_bytes: int


class Read(NamedTuple):
    """An object and, of a blob or commit that is not too large, what it holds."""

    object: Object
    text: bytes | None


def is_id(name: str) -> bool:
    """Whether *name* is an object id, written out."""
    return len(name) in _N_DIGITS and not name.strip("0123456789abcdef")


def looked_up(names: Sequence[str], here: str | None) -> list[Object | None]:
    """The objects of these names, in their order; None for what is not there."""
    if not names:
        return []
    out = run(("cat-file", "--batch-check"), here, _question(names))
    return [_object(line.split()) for line in out.split(b"\n")[: len(names)]]


@contextlib.contextmanager
def reading(here: str) -> Iterator[None]:
    """Effect: git is there to read objects of the repository *here*, from now on to the end of the block."""
    if not CAN_START or here in _OPEN:
        yield
        return
    with contextlib.closing(_Reader(here)) as _OPEN[here]:
        try:
            yield
        finally:
            del _OPEN[here]


def is_reading(here: str | None) -> bool:
    """Whether git is there already to read objects of the repository *here*."""
    return here in _OPEN


def rest(here: str | None) -> None:
    """Effect: git reads no objects of the repository *here* any more, unless it is asked again."""
    if here in _OPEN:
        _OPEN[here].close()


def read(names: Sequence[str], here: str | None, max_bytes: int) -> list[Read | None]:
    """The objects of these names, in their order; None for what is not there."""
    if not names:
        return []
    if here in _OPEN:
        return _OPEN[here].read(names, max_bytes)
    if not CAN_START:
        return _read_by_size(names, here, max_bytes)
    with contextlib.closing(_Reader(here)) as reader:
        return reader.read(names, max_bytes)


def texts(names: Sequence[str], here: str | None, max_bytes: int) -> list[bytes | None]:
    """What the blobs and commits of these names hold; None for what is not there or too large."""
    return [None if one is None else one.text for one in read(names, here, max_bytes)]


def contents(ids: Iterable[str], here: str | None, max_bytes: int) -> dict[str, bytes | None]:
    """What each blob or commit holds, None for those too large; what the repository lacks is left out."""
    found = read(sorted(set(ids)), here, max_bytes)
    return {one.object.id: one.text for one in found if one is not None and one.object.kind in _KINDS}


def commit_id(name: str, here: str | None) -> str:
    """The id of the commit that *name*, as a person typed it, stands for. Raises GitError."""
    try:
        out = run(("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"), here)
    except GitError as error:
        msg = f"git knows no commit {name!r} here"
        raise GitError(msg) from error
    return out.decode("ascii").strip()


def ids_among(names: Iterable[str]) -> list[str]:
    """Those of *names* that are object ids, each once."""
    return [name for name in dict.fromkeys(names) if is_id(name)]


def _object(row: list[bytes]) -> Object | None:
    if len(row) != 3 or not row[2].isdigit():
        return None
    return Object(row[0].decode("ascii"), row[1].decode("ascii"), int(row[2]))


class _Reader:
    """A git that is asked for objects by name, again and again. Methods raise GitError."""

    def __init__(self, here: str | None) -> None:
        self._here = here
        self._child: Child | None = asked(_READ, here)
        self._came = b""

    def close(self) -> None:
        """Effect: it runs no more."""
        if self._child is not None:
            self._child.stop()
        self._child, self._came = None, b""

    def read(self, names: Sequence[str], max_bytes: int) -> list[Read | None]:
        found: list[Read | None] = []
        try:
            while len(found) < len(names):
                self._read(names[len(found) :], max_bytes, found)
        except OSError as error:
            self.close()
            msg = f"git {_READ[0]} did not answer: {type(error).__name__}"
            raise GitError(msg) from error
        return found

    def _read(self, names: Sequence[str], max_bytes: int, found: list[Read | None]) -> None:
        """Effect: *found* has the next objects, up to the first that is too large."""
        child = self._child = self._child or asked(_READ, self._here)
        child.give(_question(names), is_all=False)
        for _ in names:
            one = _object(self._line(child).split())
            if one is not None and one.n_bytes > max_bytes:
                found.append(Read(one, None))
                # Git has no way to be told that this is not wanted.
                self.close()
                return
            # A line feed stands behind each content.
            text = b"" if one is None else self._bytes(child, one.n_bytes + 1)[:-1]
            found.append(None if one is None else Read(one, text if one.kind in _KINDS else None))

    def _line(self, child: Child) -> bytes:
        while b"\n" not in self._came:
            self._came += self._more(child)
        line, _, self._came = self._came.partition(b"\n")
        return line

    def _bytes(self, child: Child, n: int) -> bytes:
        parts, n_came = [self._came], len(self._came)
        while n_came < n:
            parts.append(self._more(child))
            n_came += len(parts[-1])
        whole = b"".join(parts)
        self._came = whole[n:]
        return whole[:n]

    def _more(self, child: Child) -> bytes:
        chunk = child.some()
        if not chunk:
            status = child.end()
            self.close()
            raise refusal(_READ, status, child.complaint)
        return chunk


# The readers of those who said that they will read: of one thread, and for as long as they do.
_OPEN: dict[str | None, _Reader] = {}


def _question(names: Sequence[str]) -> bytes:
    # A line end in a name would ask for two objects.
    asked_for = "".join(":\n" if "\n" in name else f"{name}\n" for name in names)
    return asked_for.encode("utf-8", "surrogateescape")


def _read_by_size(names: Sequence[str], here: str | None, max_bytes: int) -> list[Read | None]:
    """The same by two processes: one says how large they are, the other reads those not too large."""
    found = looked_up(names, here)
    sizes = {one.id: one.n_bytes for one in found if one is not None and one.kind in _KINDS}
    wanted = {one: size for one, size in sizes.items() if size <= max_bytes}
    held = _held(wanted, here) if wanted else {}
    return [None if one is None else Read(one, held.get(one.id)) for one in found]


def _held(sizes: Mapping[str, int], here: str | None) -> dict[str, bytes]:
    """What each object, whose *sizes* are known, holds."""
    found: dict[str, bytes] = {}
    out, at = run(_READ, here, "".join(f"{one}\n" for one in sizes).encode("ascii")), 0
    while at < len(out):
        end = out.index(b"\n", at)
        name = out[at:end].split()[0].decode("ascii")
        found[name] = out[end + 1 : end + 1 + sizes[name]]
        at = end + 1 + sizes[name] + 1
    return found
