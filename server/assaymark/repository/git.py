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

from assaymark.dataclass import dataclass
from assaymark.repository.child import CAN_START, Child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

_SAFE = (
    "--no-pager",
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    # Else a setting outranks the variable below, in git before 2.42.
    *("-c", "core.useReplaceRefs=false"),
    *("-c", "submodule.recurse=false"),
    # That we say where no grafts are (below) is not to be said among what git has to complain of.
    *("-c", "advice.graftFileDeprecated=false"),
)
_OFFLINE = ("-c", "protocol.allow=never")
# A remote whose address is a command stays one that is not run.
_ONLINE = ("-c", "protocol.ext.allow=never")
_SAFE_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    # A commit is what its id says, whatever refs/replace and info/grafts put in its place.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "LC_ALL": "C",
}
_OFFLINE_ENVIRONMENT = {
    **_SAFE_ENVIRONMENT,
    "GIT_TERMINAL_PROMPT": "0",
    # A repository's protocol.<name>.allow outranks protocol.allow, but not this.
    "GIT_ALLOW_PROTOCOL": "none",
}
# What is done while git works.
Meanwhile: TypeAlias = "Callable[[], None]"

_SECONDS, _SECONDS_ONLINE = 60, 600
_REGULAR = frozenset(("100644", "100755"))
_LINK = "120000"
_NO_REPOSITORY, _NOT_OURS = "not a git repository", "dubious ownership"


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
    # What `os.get_exec_path` says, without the warnings that it imports.
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        for name in names:
            place = os.path.join(folder, name)
            if os.path.isabs(place) and os.access(place, os.X_OK) and os.path.isfile(place):
                return place
    return None


def run(
    arguments: tuple[str, ...],
    here: str | None = None,
    given: bytes = b"",
    meanwhile: Meanwhile = lambda: None,
) -> bytes:
    """
    What git answers to *arguments* in the folder *here*, with *given* on its input. Raises GitError.

    Effect: what is to be done *meanwhile* is done while git works.
    """
    return _answered(arguments, here, given, meanwhile, online=False)


def run_online(arguments: tuple[str, ...], here: str) -> bytes:
    """
    What git answers to *arguments* in the folder *here*. Raises GitError.

    Effect: git may speak to another machine, and ask for a password; so only what was asked for by name may
    lead here.
    """
    return _answered(arguments, here, b"", lambda: None, online=True)


def asked(arguments: tuple[str, ...], here: str | None) -> Child:
    """
    Git, started in the folder *here* with these *arguments*, to be heard later; only where `CAN_START`.

    Raises GitError.
    """
    words, environment = _words(arguments, here, online=False)
    try:
        return Child(words, environment, _SECONDS)
    except OSError as error:
        raise _unanswered(arguments, error) from error


def through(
    arguments: tuple[str, ...], child: Child, given: bytes, meanwhile: Meanwhile = lambda: None
) -> bytes:
    """As `run`, by a git that was *asked* before. Effect: that git ends."""
    try:
        return _out_of(arguments, *_heard(child, given, meanwhile))
    except OSError as error:
        raise _unanswered(arguments, error) from error


def refusal(arguments: tuple[str, ...], status: int, complaint: bytes) -> GitError:
    """What to say when git ended with that *status*."""
    said = complaint.decode("utf-8", "replace").strip().splitlines()
    if said and _NO_REPOSITORY in said[0]:
        return GitError("this folder is not a git repository, nor in one")
    # Whose repository it is, git minds; what to type then, it says last.
    remedy = f"; if you trust it: {said[-1].strip()}" if said and _NOT_OURS in said[0] else ""
    return GitError(f"git {arguments[0]}: {said[0] if said else f'exit status {status}'}{remedy}")


def _answered(
    arguments: tuple[str, ...], here: str | None, given: bytes, meanwhile: Meanwhile, *, online: bool
) -> bytes:
    words, environment = _words(arguments, here, online=online)
    ask = _by_child if CAN_START else _by_subprocess
    try:
        status, out, complaint = ask(
            words, environment, given, meanwhile, _SECONDS_ONLINE if online else _SECONDS
        )
    except OSError as error:
        raise _unanswered(arguments, error) from error
    return _out_of(arguments, status, out, complaint)


def _out_of(arguments: tuple[str, ...], status: int, out: bytes, complaint: bytes) -> bytes:
    if status:
        raise refusal(arguments, status, complaint)
    return out


def _words(
    arguments: tuple[str, ...], here: str | None, *, online: bool
) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """The words that start git, and its environment."""
    git = program()
    if git is None:
        msg = "git was not found on PATH"
        raise GitError(msg)
    environment = {name: value for name, value in os.environ.items() if name != "GIT_EXTERNAL_DIFF"}
    there = () if here is None else ("-C", here)
    return (
        (git, *there, *_SAFE, *(_ONLINE if online else _OFFLINE), *arguments),
        environment | (_SAFE_ENVIRONMENT if online else _OFFLINE_ENVIRONMENT),
    )


def _by_child(
    words: tuple[str, ...],
    environment: Mapping[str, str],
    given: bytes,
    meanwhile: Meanwhile,
    seconds: float,
) -> tuple[int, bytes, bytes]:
    """Exit status, output and complaint of a program. Raises OSError, of which TimeoutError is one."""
    return _heard(Child(words, environment, seconds), given, meanwhile)


def _heard(child: Child, given: bytes, meanwhile: Meanwhile) -> tuple[int, bytes, bytes]:
    try:
        child.give(given, is_all=True)
        meanwhile()
        out = child.rest()
        return child.end(), out, child.complaint
    finally:
        child.stop()


def _by_subprocess(
    words: tuple[str, ...],
    environment: Mapping[str, str],
    given: bytes,
    meanwhile: Meanwhile,
    seconds: float,
) -> tuple[int, bytes, bytes]:
    # Late: importing it takes longer than most of what git is asked for.
    import subprocess

    meanwhile()
    try:
        done = subprocess.run(
            words, env=environment, input=given, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error
    return done.returncode, done.stdout, done.stderr


def _unanswered(arguments: tuple[str, ...], error: OSError) -> GitError:
    return GitError(f"git {arguments[0]} did not answer: {type(error).__name__}")


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


def tracked(here: str) -> tuple[str, ...]:
    """The places below *here* of the files that git tracks."""
    return tuple(_place(here, path) for path in run(("ls-files", "-z"), here).split(b"\0") if path)


def at(reference: str, here: str) -> Mapping[str, str]:
    """The object ids of the files of *reference* (a commit, branch, tag) by their places. Raises GitError."""
    return held(reference, here)[0]


def held(reference: str | None, here: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The object ids of files, and of links, in *reference*, or the index, by place. Raises GitError."""
    rows = _index(here) if reference is None else _listed(reference, here)
    root = top(here)
    places = [(mode, blob, _place(root, path)) for mode, blob, path in rows]
    files = {place: blob for mode, blob, place in places if mode in _REGULAR}
    return files, {place: blob for mode, blob, place in places if mode == _LINK}


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


def _listed(reference: str, here: str) -> list[tuple[str, str, bytes]]:
    tree = _tree(reference, here)
    if tree is None:
        is_new = reference == "HEAD"
        msg = "there is no commit here yet" if is_new else f"git does not know {reference!r} here"
        raise GitError(msg)
    out = run(("ls-tree", "-r", "-z", "--full-tree", tree), here)
    rows = (row.split(b"\t", 1) for row in out.split(b"\0") if row)
    entries = ((facts.decode("ascii").split(), path) for facts, path in rows)
    return [(mode, blob, path) for (mode, _kind, blob), path in entries]


def _index(here: str) -> list[tuple[str, str, bytes]]:
    rows = (row.split(b"\t", 1) for row in run(("ls-files", "-s", "-z"), top(here)).split(b"\0") if row)
    return [
        (facts.split()[0].decode("ascii"), facts.split()[1].decode("ascii"), path) for facts, path in rows
    ]


def _place(root: str, path: bytes) -> str:
    return os.path.normpath(os.path.join(root, os.fsdecode(path)))
