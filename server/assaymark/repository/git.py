"""
What git says: the index's content, and an older state of the files.

Invariants:
    Argument lists only; whatever a user typed is resolved to an object id first.
    Nothing that a repository configures is run: no hook, pager, monitor, filter, text conversion or fetch.
    Git never reads the work tree: only objects and the index.
"""
# Paths stay strings: a commit waits for what is imported.
# ruff: noqa: PTH113, PTH117, PTH118

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping

from assaymark.dataclass import dataclass

_SAFE = (
    "--no-pager",
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "submodule.recurse=false"),
)
_OFFLINE = ("-c", "protocol.allow=never")
# A remote whose address is a command stays one that is not run.
_ONLINE = ("-c", "protocol.ext.allow=never")
_SAFE_ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
_OFFLINE_ENVIRONMENT = {
    **_SAFE_ENVIRONMENT,
    "GIT_TERMINAL_PROMPT": "0",
    # A repository's protocol.<name>.allow outranks protocol.allow, but not this.
    "GIT_ALLOW_PROTOCOL": "none",
}
_SECONDS, _SECONDS_ONLINE = 60, 600
_REGULAR = frozenset(("100644", "100755"))
# The kinds of objects whose content is asked for.
_READ = frozenset(("blob", "commit"))


class GitError(Exception):
    """Git is not there, or could not answer; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file's content in git: its object id, and its absolute place in the work tree."""

    id: str
    place: str


def program() -> str | None:
    """Git on PATH; never one in the current folder, where Windows would look first."""
    names = ("git.exe",) if os.name == "nt" else ("git",)
    for folder in os.get_exec_path():
        for name in names:
            place = os.path.join(folder, name)
            if os.path.isabs(place) and os.access(place, os.X_OK) and os.path.isfile(place):
                return place
    return None


def run(arguments: tuple[str, ...], here: str | None = None, given: bytes = b"") -> bytes:
    """What git answers to *arguments* in the folder *here*, with *given* on its input. Raises GitError."""
    return _answered(arguments, here, given, online=False)


def run_online(arguments: tuple[str, ...], here: str) -> bytes:
    """
    What git answers to *arguments* in the folder *here*. Raises GitError.

    Effect: git may speak to another machine, and ask for a password; so only what was asked for by name may
    lead here.
    """
    return _answered(arguments, here, b"", online=True)


def _answered(arguments: tuple[str, ...], here: str | None, given: bytes, *, online: bool) -> bytes:
    git = program()
    if git is None:
        msg = "git was not found on PATH"
        raise GitError(msg)
    environment = {name: value for name, value in os.environ.items() if name != "GIT_EXTERNAL_DIFF"}
    try:
        done = subprocess.run(
            (git, *_SAFE, *(_ONLINE if online else _OFFLINE), *arguments),
            cwd=here,
            env=environment | (_SAFE_ENVIRONMENT if online else _OFFLINE_ENVIRONMENT),
            input=given,
            capture_output=True,
            timeout=_SECONDS_ONLINE if online else _SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        msg = f"git {arguments[0]} did not answer: {type(error).__name__}"
        raise GitError(msg) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        msg = f"git {arguments[0]}: {said[0] if said else f'exit status {done.returncode}'}"
        raise GitError(msg)
    return done.stdout


def version() -> str | None:
    """What `git --version` says; None without git."""
    try:
        return run(("--version",)).decode("utf-8", "replace").strip()
    except GitError:
        return None


def top(here: str) -> str:
    """The top of the work tree around *here*."""
    out = run(("rev-parse", "--show-toplevel"), here)
    return os.path.normpath(os.fsdecode(out.rstrip(b"\r\n")))


def staged(here: str) -> tuple[Blob, ...]:
    """The files whose content in the index differs from the last commit's."""
    base = _tree("HEAD", here)
    root = top(here)
    # Without any commit yet, everything in the index is new.
    rows = _index(here) if base is None else _changed(base, here)
    return tuple(Blob(blob, _place(root, path)) for mode, blob, path in rows if mode in _REGULAR)


def tracked_though_ignored(here: str) -> tuple[str, ...]:
    """The places below *here* of files that git tracks although an ignore file names them."""
    out = run(("ls-files", "--cached", "--ignored", "--exclude-standard", "-z"), here)
    return tuple(_place(here, path) for path in out.split(b"\0") if path)


def at(reference: str, here: str) -> Mapping[str, str]:
    """The object ids of the files of *reference* (a commit, branch, tag) by their places. Raises GitError."""
    tree = _tree(reference, here)
    if tree is None:
        msg = f"git does not know {reference!r} here"
        raise GitError(msg)
    root = top(here)
    out = run(("ls-tree", "-r", "-z", "--full-tree", tree), here)
    rows = (row.split(b"\t", 1) for row in out.split(b"\0") if row)
    entries = ((facts.decode("ascii").split(), path) for facts, path in rows)
    return {_place(root, path): blob for (mode, _kind, blob), path in entries if mode in _REGULAR}


def contents(ids: Iterable[str], here: str | None, max_bytes: int) -> dict[str, bytes | None]:
    """What each blob or commit holds, None for those too large; what the repository lacks is left out."""
    several = sorted(set(ids))
    if not several:
        return {}
    asked = "".join(f"{one}\n" for one in several).encode("ascii")
    rows = [
        line.split() for line in run(("cat-file", "--batch-check"), here, asked).decode("ascii").splitlines()
    ]
    sizes = {row[0]: int(row[2]) for row in rows if len(row) == 3 and row[1] in _READ}
    return held(sizes, here, max_bytes)


def held(sizes: Mapping[str, int], here: str | None, max_bytes: int) -> dict[str, bytes | None]:
    """What each object, whose *sizes* are known, holds; None for those too large."""
    found: dict[str, bytes | None] = dict.fromkeys(sizes)
    if not found:
        return found
    asked = "".join(f"{blob}\n" for blob, size in sizes.items() if size <= max_bytes).encode("ascii")
    out, at_byte = run(("cat-file", "--batch"), here, asked), 0
    while at_byte < len(out):
        end = out.index(b"\n", at_byte)
        blob = out[at_byte:end].split()[0].decode("ascii")
        found[blob] = out[end + 1 : end + 1 + sizes[blob]]
        at_byte = end + 1 + sizes[blob] + 1
    return found


def blob_id(content: bytes, like: str) -> str:
    """The object id of *content*, by the hash with which *like* was made."""
    # Late: a commit waits for what is imported.
    import hashlib

    new = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return new(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _tree(reference: str, here: str) -> str | None:
    top(here)
    try:
        out = run(("rev-parse", "--verify", "--quiet", "--end-of-options", reference + "^{tree}"), here)
    except GitError:
        return None
    return out.decode("ascii").strip()


def _changed(tree: str, here: str) -> list[tuple[str, str, bytes]]:
    options = (
        "--cached",
        "--raw",
        "-z",
        "--no-renames",
        "--full-index",
        "--no-ext-diff",
        "--ignore-submodules=all",
    )
    parts = run(("diff-index", *options, tree, "--"), here).split(b"\0")
    rows = zip(parts[::2], parts[1::2], strict=False)
    # :<mode before> <mode after> <id before> <id after> <status>; a deleted file has no mode after.
    return [
        (facts[1], facts[3], path)
        for facts, path in ((row.decode("ascii").split(), path) for row, path in rows)
    ]


def _index(here: str) -> list[tuple[str, str, bytes]]:
    rows = (row.split(b"\t", 1) for row in run(("ls-files", "-s", "-z"), top(here)).split(b"\0") if row)
    return [
        (facts.split()[0].decode("ascii"), facts.split()[1].decode("ascii"), path) for facts, path in rows
    ]


def _place(root: str, path: bytes) -> str:
    return os.path.normpath(os.path.join(root, os.fsdecode(path)))
