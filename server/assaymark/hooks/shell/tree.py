"""
What git says of a work tree, within a time: which files differ from an index, and what its objects hold.

Invariants:
    Git writes nothing, and fetches nothing.
    An answer that takes too long is given up, and its process ended.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH112, PTH118, PTH123

from __future__ import annotations

import os
import subprocess
import time

from assaymark.repository.git import program
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from assaymark.repository.place import Place

_SAFE = ("--no-pager", "--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false")
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_ELSEWHERE = frozenset(
    (
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_EXTERNAL_DIFF",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_WORK_TREE",
    )
)


class GaveUpError(Exception):
    """What was asked for takes too long, or cannot be answered; the text says which."""


class Tree(NamedTuple):
    """A work tree: its root, its own git directory, the one that it shares, and the end of our patience."""

    top: str
    git: str
    common: str
    until: float

    @property
    def index_file(self) -> str:
        return os.path.join(self.git, "index")

    @property
    def log(self) -> str:
        """Where git notes what moved HEAD."""
        return os.path.join(self.git, "logs", "HEAD")


class Differing(NamedTuple):
    """Paths that differ from an index and the blobs that it has for them, those gone, those not in it."""

    changed: dict[str, str]
    gone: dict[str, str]
    untracked: tuple[str, ...]


def tree_of(place: Place, seconds: float) -> Tree | None:
    """The work tree around *place*, with so much patience; None where there is none."""
    if place.common is None or place.top == place.common:
        return None
    return Tree(
        place.top, _own_directory(place.top) or place.common, place.common, time.monotonic() + seconds
    )


def differing(tree: Tree, index: str) -> Differing:
    """How the work tree differs from *index*. Raises GaveUpError."""
    listing = _started(tree, ("ls-files", "-z", "--others", "--exclude-standard"), index)
    arguments = ("diff-files", "-z", "--raw", "--no-abbrev", "--no-renames", "--ignore-submodules=all")
    try:
        rows = _answer(tree, _started(tree, arguments, index)).split(b"\0")
    except GaveUpError:
        _end(listing)
        raise
    changed, gone = dict[str, str](), dict[str, str]()
    # ":100644 100644 <blob> <zeros> M", path, …
    for row, path in zip(rows[::2], rows[1::2], strict=False):
        _, _, blob, _, status = row.decode("ascii", "replace").split(" ")
        (gone if status == "D" else changed)[os.fsdecode(path)] = blob
    others = (path for path in _answer(tree, listing).split(b"\0") if path and not path.endswith(b"/"))
    return Differing(changed, gone, tuple(map(os.fsdecode, others)))


def blobs(tree: Tree, ids: Iterable[str]) -> dict[str, bytes]:
    """What the objects *ids* hold; those that are not there are left out. Raises GaveUpError."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    started = _started(tree, ("cat-file", "--batch"), None, given=True)
    out = _answer(tree, started, "\n".join([*wanted, ""]).encode("ascii"))
    found: dict[str, bytes] = {}
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        head = out[at:end].split(b" ")
        at = end + 1
        if len(head) == 3:
            found[head[0].decode("ascii")] = out[at : at + int(head[2])]
            at += int(head[2]) + 1
    return found


def existing(tree: Tree, ids: Iterable[str]) -> frozenset[str]:
    """Those of *ids* that are objects of the repository. Raises GaveUpError."""
    wanted = sorted(set(ids))
    if not wanted:
        return frozenset()
    started = _started(tree, ("cat-file", "--batch-check=%(objectname) %(objecttype)"), None, given=True)
    out = _answer(tree, started, "\n".join([*wanted, ""]).encode("ascii"))
    rows = (row.split(" ") for row in out.decode("ascii", "replace").splitlines())
    return frozenset(name for name, kind in rows if kind == "blob")


def written_since(tree: Tree, blob: str, time_ns: int) -> bool:
    """Whether an object was made since then; one in a pack counts as older."""
    try:
        made = os.stat(os.path.join(tree.common, "objects", blob[:2], blob[2:]))  # noqa: PTH116
    except OSError:
        return False
    return made.st_mtime_ns >= time_ns


def moved_head(tree: Tree, since: int) -> tuple[str, ...]:
    """What moved HEAD since its log had that many bytes: `commit`, `checkout`, `pull`, …"""
    try:
        with open(tree.log, "rb") as opened:
            opened.seek(since)
            lines = opened.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ()
    whats = (line.partition("\t")[2] for line in lines)
    return tuple(what.partition(":")[0].split(" ")[0] for what in whats)


def _own_directory(top: str) -> str:
    """The git directory of a work tree itself: another than the repository's where it was added later."""
    git = os.path.join(top, ".git")
    if os.path.isdir(git):
        return git
    try:
        with open(git, encoding="utf-8", errors="surrogateescape") as opened:
            said = opened.read(8192)
    except OSError:
        return ""
    named = said.removeprefix("gitdir:").strip()
    return os.path.join(top, named) if said.startswith("gitdir:") else ""


def _started(
    tree: Tree, arguments: tuple[str, ...], index: str | None, *, given: bool = False
) -> subprocess.Popen[bytes]:
    git = program()
    if git is None:
        msg = "git was not found on PATH"
        raise GaveUpError(msg)
    # What an agent's shell or a hook of git sets would lead elsewhere.
    kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    at = {"GIT_INDEX_FILE": index} if index else {}
    try:
        return subprocess.Popen(
            (git, *_SAFE, *arguments),
            cwd=tree.top,
            env=kept | _ENVIRONMENT | at,
            stdin=subprocess.PIPE if given else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        msg = f"git did not start: {type(error).__name__}"
        raise GaveUpError(msg) from error


def _answer(tree: Tree, started: subprocess.Popen[bytes], given: bytes | None = None) -> bytes:
    try:
        out, _ = started.communicate(given, timeout=max(0.0, tree.until - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        _end(started)
        msg = "git took too long"
        raise GaveUpError(msg) from error
    if started.returncode:
        msg = f"git answered with exit code {started.returncode}"
        raise GaveUpError(msg)
    return out


def _end(started: subprocess.Popen[bytes]) -> None:
    started.kill()
    started.communicate()
