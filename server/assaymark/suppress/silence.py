"""
What a comment says: which findings it takes away, until when, and why.

Invariants:
    Spans are relative to the chunk that the comment stands in; a silence that was left pending for the next
    chunk is relative to that one, so that its span lies before 0.
    A silence that is not honoured takes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.choices import Choice
from assaymark.dataclass import dataclass, field, replace

if TYPE_CHECKING:
    from assaymark.finding import Finding
    from assaymark.origin import Origin
    from assaymark.text import Span


# What the names of the rules on silences start with; their findings no comment silences.
ABOUT_SILENCES = "ignore-"


class Tool(Choice):
    """Whose comment it is, by the word that opens it."""

    own = "assaymark"
    bandit = "nosec"
    ruff = "noqa"
    semgrep = "nosemgrep"


class Fault(Choice):
    """Why a comment of ours is not honoured; the value is the rule that says so."""

    unreadable = "ignore-unknown-rule"
    bad_day = "ignore-expired"


@dataclass(frozen=True, slots=True)
class Name:
    """
    One name in a comment, and where it stands.

    *stands_for* are the names of rules, ours and others', that it means: `noqa: S602` means ruff's S602 and
    bandit's B602.
    """

    text: str
    span: Span
    stands_for: frozenset[str]


@dataclass(frozen=True, slots=True)
class Silence:
    """
    A comment that silences.

    *names* is empty when it is for everything. *until* is the last day that it holds, as a proleptic ordinal.
    *fault* says that it cannot be honoured, *remedy* what to write instead. *by* are the origins of its bytes
    that decide whether it is: an agent's, and those that are unknown.
    """

    tool: Tool
    span: Span
    names: tuple[Name, ...] = ()
    until: int | None = None
    reason: str = ""
    fault: Fault | None = None
    remedy: str = ""
    by: tuple[Origin, ...] = ()

    def holds_on(self, today: int | None) -> bool:
        """Whether it is honoured *today*; when the day is not known, nothing has expired."""
        return self.fault is None and not self.is_expired(today)

    def is_expired(self, today: int | None) -> bool:
        return self.until is not None and today is not None and self.until < today

    def moved(self, by: int) -> Silence:
        """The silence, *by* bytes further on."""
        names = tuple(replace(name, span=name.span.shifted(by)) for name in self.names)
        return replace(self, span=self.span.shifted(by), names=names)


@dataclass(frozen=True, slots=True)
class Placed:
    """A silence, the line of its chunk that it stands on, and the line of code that it holds for, if any."""

    silence: Silence
    line: int
    target: int | None


@dataclass(frozen=True, slots=True)
class Heard:
    """
    The silences of a chunk, in its order.

    *pending* are those that wait for the first line of the next chunk, which is what their spans are relative
    to; in *placed* they come last, and in the same order.
    """

    placed: tuple[Placed, ...] = ()
    pending: tuple[Silence, ...] = ()


@dataclass(frozen=True, slots=True)
class Silenced:
    """A finding that was taken away, and what took it."""

    finding: Finding
    silence: Silence


# Which names of pending silences were used: the silence's number and the name's (-1 when it has none).
Used = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What is left of the findings *of* a chunk, what was taken, and which pending silences did it.

    *incoming* and *behind* are what was pending before the chunk, and what of its own was used behind it:
    with *of* they are all that the verdict rests on, beside the chunk's own comments.
    """

    of: tuple[Finding, ...] = ()
    incoming: tuple[Silence, ...] = ()
    behind: Used = frozenset()
    left: tuple[Finding, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    used: Used = field(default=frozenset())
