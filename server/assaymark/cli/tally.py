"""
What a report on a range of commits counts: added lines by evidence, review and origin, and their findings.

Invariants:
    Nothing is counted by person, and nothing is a score: there are counts, and what they are of.
    Every count is of a whole that is named, and what is unknown of that whole is counted too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from assaymark.dataclass import dataclass, field
from assaymark.lineage.reviews import Standing
from assaymark.lineage.words import name_of
from assaymark.origin import Author, Evidence

if TYPE_CHECKING:
    from assaymark.finding import Finding
    from assaymark.origin import Origin
    from assaymark.record.stood import Stood

UNKNOWN = "unknown"
EVIDENCE = {
    Evidence.typed.value: "typed in the editor",
    Evidence.hook.value: "an agent's edit hook",
    Evidence.accept.value: "the editor reported it",
    Evidence.digest.value: "the file is as a tool left it",
    Evidence.note.value: "a git note alone",
    Evidence.commit.value: "the commit names an agent, not the lines",
    Evidence.none.value: "none",
}
REVIEW = {
    Standing.unread.value: "reviewed by nobody",
    Standing.by_requester.value: "reviewed by who asked for them alone, or it is not known by whom",
    Standing.by_another.value: "reviewed by another person",
    Standing.written.value: "need no review: typed, a tool's, or without a word",
}


class Share(NamedTuple):
    """So many *of* so many, and how many of that whole are of unknown origin."""

    n: int
    of: int
    unknown: int

    @property
    def percent(self) -> float | None:
        """The share in percent; None of nothing."""
        return round(100 * self.n / self.of, 1) if self.of else None


class Added(NamedTuple):
    """A line that was added: the origin to name, and how it stands with it."""

    origin: Origin
    standing: Standing


class Flaw(NamedTuple):
    """A finding in added lines, and where it is, as paths from the top of the repository are written."""

    path: str
    place: str
    finding: Finding
    stood: Stood

    @property
    def is_unknown(self) -> bool:
        origin = self.stood.origin.first
        return origin is None or origin.author is Author.unknown


@dataclass(frozen=True, slots=True)
class Made:
    """How the report was made: what is needed to make it again."""

    typed: str
    first: str
    last: str
    n_commits: int
    version: str
    rules: str
    git: str
    record: str
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def again(self) -> str:
        """The command that makes it again, whatever names stand for by then."""
        return f"assaymark report {self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Tally:
    """
    The counts; *lacking* is what this clone does not have, *unchecked* what was not checked.

    *is_partial*: some of that should have been.
    """

    made: Made
    n_files: int
    n_lines: int
    by_evidence: Mapping[str, int]
    by_review: Mapping[str, int]
    by_origin: Mapping[tuple[str, str], int]
    flaws: tuple[Flaw, ...]
    lacking: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    is_partial: bool = False

    @property
    def n_unknown(self) -> int:
        """The lines of unknown origin."""
        return self.by_origin.get((UNKNOWN, ""), 0)

    def lines(self, count: int) -> Share:
        return Share(count, self.n_lines, self.n_unknown)

    def flaws_of(self, several: Iterable[Flaw]) -> Share:
        """The share that *several* are of all findings."""
        return Share(sum(1 for _ in several), len(self.flaws), sum(one.is_unknown for one in self.flaws))

    def reviewed(self, standing: Standing) -> tuple[Flaw, ...]:
        """The findings in lines that stand so."""
        return tuple(one for one in self.flaws if one.stood.standing is standing)


class Counts:
    """Counts the added lines of one file after the other."""

    def __init__(self) -> None:
        self.evidence: Counter[str] = Counter()
        self.review: Counter[str] = Counter()
        self.origin: Counter[tuple[str, str]] = Counter()

    def add(self, lines: Iterable[Added]) -> None:
        """Effect: *lines* are counted."""
        for origin, standing in lines:
            self.evidence[origin.evidence.value] += 1
            self.review[standing.value] += 1
            self.origin[_group(origin)] += 1

    @property
    def n_lines(self) -> int:
        return self.evidence.total()


def _group(origin: Origin) -> tuple[str, str]:
    """What *origin* is counted under: the tool and its model."""
    match origin.author:
        case Author.ai:
            return name_of(origin.tool) or "an AI that is not named", origin.model
        case Author.tool:
            return name_of(origin.tool) or "a tool", ""
        case Author.human:
            return "by hand", ""
        case _:
            return UNKNOWN, ""
