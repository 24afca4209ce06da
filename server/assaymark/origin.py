"""
Who wrote each byte, and on what evidence.

Invariants:
    Nothing is guessed: without evidence the author is unknown, and a commit that names an agent is none.
    Runs cover what they are of exactly: none is empty, and neighbours differ.
"""

from __future__ import annotations

from assaymark.choices import Choice
from assaymark.dataclass import dataclass
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from assaymark.text import Span


class Author(Choice):
    """What kind of author wrote something; never which person."""

    human = "human"
    ai = "ai"
    tool = "tool"
    unknown = "unknown"


class Evidence(Choice):
    """
    What an origin rests on.

    *typed*: the editor saw it come one character at a time. *hook*: an agent's hook reported it. *accept*:
    the editor reported that something offered was accepted. *digest*: the text after a change is the one that
    a tool reported. *note*: a git note. *commit*: a trailer or the author of a commit, which says nothing of
    lines.
    """

    typed = "typed"
    hook = "hook"
    accept = "accept"
    digest = "digest"
    note = "note"
    commit = "commit"
    none = "none"


class Arrival(Choice):
    """How something came whose author is unknown."""

    standing = "standing"  # before recording began
    bulk = "bulk"  # at once, and no tool reported it
    pasted = "pasted"
    disk = "disk"  # the file changed on the disk
    committed = "committed"  # with a commit of which nothing is recorded


_OF_AUTHOR = {
    Author.human: frozenset((Evidence.typed, Evidence.note)),
    Author.ai: frozenset((Evidence.hook, Evidence.accept, Evidence.digest, Evidence.note)),
    Author.tool: frozenset((Evidence.hook, Evidence.accept, Evidence.digest, Evidence.note)),
    Author.unknown: frozenset((Evidence.commit, Evidence.none)),
}


class Cut(NamedTuple):
    """
    An edit that took something out of a line, or changed signs in it: nothing that it brought need be read.

    *tool* is the agent, empty where nobody knows who it was, *session* its name of the conversation; *time*
    the day, in seconds since 1970. *between*: whole lines went beside this one, which changes the statement
    that they were in, and no other.
    """

    tool: str = ""
    time: int | None = None
    between: bool = False
    session: str = ""

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """Which of several cuts is told: one of the line itself, an agent's, the last."""
        return not self.between, bool(self.tool), self.time or 0


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where something comes from.

    *session* is the tool's own name of a conversation, *prompt* a reference to what was asked there and never
    its text, *time* in seconds since 1970. *named* is the agent that a commit names. Raises ValueError for
    evidence that its author cannot have.

    *reviews* are the ids, in ascending order, of the reviews that these bytes were part of: they move with
    the bytes, as the origin does (`lineage/reviews` says what they are). So does *cut*, of bytes that nobody
    would have to read for their author: what an agent, or nobody known, did to their line last.
    """

    author: Author
    evidence: Evidence
    tool: str = ""
    model: str = ""
    session: str = ""
    prompt: str = ""
    time: int | None = None
    arrival: Arrival | None = None
    named: str = ""
    reviews: tuple[str, ...] = ()
    cut: Cut | None = None

    def __post_init__(self) -> None:
        if self.evidence not in _OF_AUTHOR[self.author]:
            msg = f"no evidence for {self.author.value}: {self.evidence.value}"
            raise ValueError(msg)


def unknown(arrival: Arrival, time: int | None = None) -> Origin:
    """The origin of what came in this way and has no known author."""
    return Origin(Author.unknown, Evidence.none, arrival=arrival, time=time)


STANDING = unknown(Arrival.standing)


class Run(NamedTuple):
    """So many bytes of one origin."""

    n_bytes: int
    origin: Origin


Runs: TypeAlias = tuple[Run, ...]


def covering(n_bytes: int, origin: Origin) -> Runs:
    """Runs of *origin* alone."""
    return (Run(n_bytes, origin),) if n_bytes else ()


def n_bytes_of(runs: Runs) -> int:
    return sum(run.n_bytes for run in runs)


def has_agent(runs: Runs) -> bool:
    """Whether any of *runs* is of an agent's doing: it wrote it, or cut it."""
    if len(runs) == 1:
        # As nearly always, and asked of every section of a text.
        return _is_agents(runs[0].origin)
    return any(_is_agents(run.origin) for run in runs)


def _is_agents(origin: Origin) -> bool:
    return origin.author is Author.ai or (origin.cut is not None and bool(origin.cut.tool))


def sliced(runs: Runs, start: int, end: int) -> Runs:
    """The part of *runs* from byte *start* to byte *end*."""
    found: list[Run] = []
    at = 0
    for n_bytes, origin in runs:
        first, last = max(at, start), min(at + n_bytes, end)
        if first < last:
            found.append(Run(last - first, origin))
        at += n_bytes
        if at >= end:
            break
    return tuple(found)


def joined(several: Iterable[Runs]) -> Runs:
    """Runs one behind the other."""
    found: list[Run] = []
    for runs in several:
        for run in runs:
            if found and found[-1].origin == run.origin:
                found[-1] = Run(found[-1].n_bytes + run.n_bytes, run.origin)
            elif run.n_bytes:
                found.append(run)
    return tuple(found)


def spliced(runs: Runs, span: Span, new: Runs) -> Runs:
    """*runs* after the bytes of *span* gave way to those of *new*: the others keep their origins."""
    return joined((sliced(runs, 0, span.start), new, sliced(runs, span.end, n_bytes_of(runs))))
