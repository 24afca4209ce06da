"""
What a rule has to say about one place of a text.

Invariants:
    A finding has a place: it cannot be built without a span.
    Spans are relative to the chunk that the finding starts in, until `moved` makes them absolute.
    The fingerprint depends on the rule and the matched text only, so it survives moves and reindentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from assaymark.choices import Choice
from assaymark.dataclass import dataclass, field, replace
from assaymark.hashes import blake

if TYPE_CHECKING:
    from assaymark.text import Span


class _Scale(Choice):
    """Members in the order of their definition, smallest first; the value is the name users write."""

    @property
    def rank(self) -> int:
        """The position on the scale, from 0."""
        return list(type(self)).index(self)

    @classmethod
    def named(cls, name: str) -> Self:
        """The member called *name*; ValueError says which names there are."""
        try:
            return cls(name)
        except ValueError:
            names = ", ".join(member.value for member in cls)
            msg = f"{name!r} is not one of {names}"
            raise ValueError(msg) from None

    def __lt__(self, other: Self) -> bool:
        return self.rank < other.rank

    def __le__(self, other: Self) -> bool:
        return self.rank <= other.rank

    def __gt__(self, other: Self) -> bool:
        return self.rank > other.rank

    def __ge__(self, other: Self) -> bool:
        return self.rank >= other.rank


class Severity(_Scale):
    """How bad it is when the finding is true."""

    low = "low"
    medium = "medium"
    high = "high"
    critical = "critical"


class Confidence(_Scale):
    """How often a finding of this rule is true."""

    low = "low"
    medium = "medium"
    high = "high"


class Level(_Scale):
    """From which strictness on a rule is shown."""

    default = "default"
    strict = "strict"
    pedantic = "pedantic"


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes that a fix puts in the place of a span."""

    span: Span
    new: bytes

    def moved(self, by: int) -> Change:
        """The change, *by* bytes further on."""
        return replace(self, span=self.span.shifted(by))


@dataclass(frozen=True, slots=True)
class Fix:
    """A rewrite that ends the finding; safe when it cannot change what correct code does."""

    title: str
    changes: tuple[Change, ...]
    safe: bool

    def moved(self, by: int) -> Fix:
        """The fix, *by* bytes further on."""
        return replace(self, changes=tuple(change.moved(by) for change in self.changes))


@dataclass(frozen=True, slots=True)
class Step:
    """One station on the way from a source to a sink."""

    span: Span
    message: str

    def moved(self, by: int) -> Step:
        """The step, *by* bytes further on."""
        return replace(self, span=self.span.shifted(by))


@dataclass(frozen=True, slots=True)
class Finding:
    """
    A rule's claim about one span.

    *link* is where another tool explains what it found; a rule of ours has its page. *speaks_for* are the
    rules whose findings at the same place say no more than this one; findings that differ in it are equal.
    """

    rule: str
    span: Span
    message: str
    severity: Severity
    confidence: Confidence
    level: Level
    cwe: tuple[int, ...]
    fingerprint: str
    fixes: tuple[Fix, ...] = ()
    trace: tuple[Step, ...] = ()
    link: str = ""
    speaks_for: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    def moved(self, by: int) -> Finding:
        """The finding, *by* bytes further on: itself when *by* is 0."""
        if not by:
            return self
        return replace(
            self,
            span=self.span.shifted(by),
            fixes=tuple(fix.moved(by) for fix in self.fixes),
            trace=tuple(step.moved(by) for step in self.trace),
        )


def fingerprint(rule: str, matched: bytes) -> str:
    """Sixteen hex digits that name a finding of *rule* over the text *matched*, white space folded."""
    folded = b" ".join(matched.split())
    return blake(rule.encode() + b"\0" + folded)[:16]
