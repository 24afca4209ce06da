"""
What happened to files, as the programs that saw it report it.

Invariants:
    An event holds hashes, ranges and names: never a piece of a text, never a prompt.
    Of one writer, ids ascend; what reads them relies on no clock but to guess an order between writers.
"""

from __future__ import annotations

import os
import time

from assaymark.origin import Origin, Runs
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

# Events are tuples and no dataclasses: making ten of those takes longer than all else that a hook does.

Plain: TypeAlias = "dict[str, Any]"


class Stamp(NamedTuple):
    """What every event begins with: `Edited(*stamp("hook"), path, …)`."""

    id: str
    time: int
    by: str


class Change(NamedTuple):
    """Bytes *start* to *end* of the text before gave way to *n_new* others."""

    start: int
    end: int
    n_new: int


class Edited(NamedTuple):
    """
    A tool reported an edit of the file at *path*.

    *before* and *after* are digests of the whole file (`Secret.digest`), None where not known. *edits* are
    the changes in ascending order, each in coordinates of the text before. Where that is not known, *edits*
    is empty, and *ranges* are the bytes of the text after that are the tool's. *n_bytes* is the length of the
    text after and *lines* its outline (`Secret.outline`), as *lines_before* is that of the text before, by
    which lines are found again that somebody changed in between. *call* is the tool's own name of the edit.
    *cuts* are where those edits stand, in the text after, that left nothing to be read (`lineage/cuts`).
    """

    id: str
    time: int
    by: str
    path: str
    origin: Origin
    before: str | None
    after: str | None
    edits: tuple[Change, ...] = ()
    n_bytes: int = 0
    lines: bytes = b""
    call: str = ""
    ranges: tuple[tuple[int, int], ...] = ()
    lines_before: bytes = b""
    cuts: tuple[tuple[int, int], ...] = ()


class Saved(NamedTuple):
    """Where each byte of the file at *path* came from, as who saved it knew: the text had this *digest*."""

    id: str
    time: int
    by: str
    path: str
    digest: str
    runs: Runs
    lines: bytes = b""


class Session(NamedTuple):
    """A conversation with a tool began; *transcript* is where it keeps that on this machine."""

    id: str
    time: int
    by: str
    tool: str
    session: str
    model: str = ""
    transcript: str = ""


class Prompted(NamedTuple):
    """Something was asked: *prompt* is the tool's own name of that, *reference* the hash of its text."""

    id: str
    time: int
    by: str
    tool: str
    session: str
    prompt: str = ""
    reference: str = ""


class Unread(NamedTuple):
    """A tool sent something that was not understood: *what* names its fields and never their content."""

    id: str
    time: int
    by: str
    tool: str
    what: str = ""


class Gap(NamedTuple):
    """Something was not recorded, and why; of one file, or of all where there is no *path*."""

    id: str
    time: int
    by: str
    reason: str
    path: str = ""


class Outside(NamedTuple):
    """A tool wrote the file *path*, an absolute one, which is of no work tree of this repository."""

    id: str
    time: int
    by: str
    tool: str
    session: str
    path: str


class Committed(NamedTuple):
    """A commit was made, and its note says where its lines in *paths* came from."""

    id: str
    time: int
    by: str
    commit: str
    paths: tuple[str, ...] = ()


class Moved(NamedTuple):
    """The file at *path* is now at *to*."""

    id: str
    time: int
    by: str
    path: str
    to: str


class Reviewed(NamedTuple):
    """
    Somebody said that they had read *ranges* of bytes of the content of *path* with this *digest*.

    *n_bytes* and *lines* are its length and outline. *channel* is by which way (`editor`, `terminal`,
    `pull-request`, `trailer`), *relation* whether who asked for the code (`requester`) or `another` person
    read it, else `unknown`; *who* is `Name <e-mail>`. *signature* is git's SSH signature of *signed*, which
    says all this; both are empty where it was not signed. The event's id is the review's.
    """

    id: str
    time: int
    by: str
    path: str
    digest: str
    ranges: tuple[tuple[int, int], ...]
    channel: str
    relation: str = "unknown"
    who: str = ""
    n_bytes: int = 0
    lines: bytes = b""
    signed: str = ""
    signature: str = ""


class Withdrawn(NamedTuple):
    """A *review* was taken back."""

    id: str
    time: int
    by: str
    review: str


class Told(NamedTuple):
    """
    An agent was told of a finding on lines that it had written.

    *fingerprint* is the finding's (`finding.fingerprint`), *line* where it stood then, from 1.
    """

    id: str
    time: int
    by: str
    tool: str
    session: str
    path: str
    rule: str
    fingerprint: str
    line: int
    severity: str


class Fixed(NamedTuple):
    """A finding that an agent was told of was gone when the file was looked at next."""

    id: str
    time: int
    by: str
    tool: str
    session: str
    path: str
    rule: str
    fingerprint: str
    line: int
    severity: str


class Other(NamedTuple):
    """What is none of the others, as it was written."""

    id: str
    time: int
    by: str
    plain: Plain


Event: TypeAlias = (
    Edited
    | Saved
    | Session
    | Prompted
    | Unread
    | Gap
    | Outside
    | Committed
    | Moved
    | Reviewed
    | Withdrawn
    | Told
    | Fixed
    | Other
)


def stamp(by: str) -> Stamp:
    """A new id, the time in seconds, and the program that speaks: `hook`, `server`, `git`, `cli`."""
    now = time.time_ns()
    return Stamp(_next_id(now // 1_000_000), now // 1_000_000_000, by)


class _Clock:
    """What the last id of this process was made of."""

    def __init__(self) -> None:
        self.pid = 0
        self.writer = ""
        self.at = 0
        self.n = 0


_CLOCK = _Clock()


def _next_id(now: int) -> str:
    """An id greater than all that this process made, whatever the clock does: milliseconds, count, writer."""
    clock = _CLOCK
    # A forked process is another writer.
    if clock.pid != os.getpid():
        clock.pid, clock.writer = os.getpid(), os.urandom(6).hex()
    if now > clock.at:
        clock.at, clock.n = now, 0
    else:
        clock.n += 1
    return f"{clock.at:012x}-{clock.n:06x}-{clock.writer}"
