"""
A rule: what to look for, what to say about it, and where it holds.

Invariants:
    A rule is data; nothing in it is code.
    Equal content gives an equal digest, wherever the rule was read from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.rules.globs import named

if TYPE_CHECKING:
    from assaymark.finding import Confidence, Level, Severity
    from assaymark.rules.compiled import Compiled
    from assaymark.rules.needed import Needed
    from assaymark.rules.patterns.formula import Formula
    from assaymark.rules.patterns.need import Needs

# What our own rules are called by among the checks of other tools.
OWN = "assaymark/"


@dataclass(frozen=True, slots=True)
class FixTemplate:
    """
    A rewrite that a rule offers.

    It applies to a finding whose span a match of *formula* covers exactly; without a formula, to every
    finding of the rule. *with_* takes the metavariables of that match.
    """

    compiled: Compiled | None
    replace: str
    with_: str
    safe: bool
    title: str

    @property
    def formula(self) -> Formula | None:
        return None if self.compiled is None else self.compiled.formula


@dataclass(frozen=True, slots=True)
class Removal:
    """
    When what a rule names, and what was there before, counts as removed: `mode: removed`.

    It does not where *unless* came in the same scope. Where *leaves* is given, that has to have come there:
    what is left when the guard is gone. *keeps* is a metavariable whose text still stands there as often.
    """

    unless: Compiled | None
    leaves: Compiled | None
    keeps: str


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule, compiled for one language.

    *covers* names the checks of other tools (`bandit/B506`) that it, with the other rules that name them,
    replaces; *overlaps* those of whose findings it has only some, and the rules of ours that it speaks for
    (`assaymark/sql-string`). *engine* names what finds it: its patterns,
    or `silence`, which judges the comments that silence; such a rule holds for any language. A rule with a
    *removal* is asked of two texts, and never of one.
    """

    id: str
    language: str
    message: str
    severity: Severity
    confidence: Confidence
    level: Level
    compiled: Compiled
    needed: Needed
    digest: str
    cwe: tuple[int, ...] = ()
    owasp: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    fixes: tuple[FixTemplate, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    options: tuple[tuple[str, bool], ...] = ()
    why: str = ""
    remedy: str = ""
    source: str = ""
    engine: str = "patterns"
    removal: Removal | None = None

    @property
    def mode(self) -> str:
        """What its pattern has to be: `present` in a text, or `removed` from it."""
        return "present" if self.removal is None else "removed"

    @property
    def formula(self) -> Formula:
        """What the rule looks for."""
        return self.compiled.formula

    @property
    def needs(self) -> Needs:
        """When the rule has to be asked."""
        return self.needed.needs

    @property
    def speaks_for(self) -> frozenset[str]:
        """The ids of the rules whose findings it makes superfluous where its own are."""
        return frozenset(check.removeprefix(OWN) for check in self.overlaps if check.startswith(OWN))

    def applies_to(self, path: str) -> bool:
        """Whether the rule's `paths` let it judge the file *path*, relative to the project."""
        if not self.include and not self.exclude:
            return True
        path = path.replace("\\", "/")
        if self.include and not named(self.include, path):
            return False
        return not named(self.exclude, path)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a rule, or a whole file of rules, was left out."""

    path: str
    line: int
    message: str
    rule: str = ""
    key: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class BadRuleError(Exception):
    """What was read is not a rule."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
