"""
The formula of a rule: patterns joined by the operators of Semgrep's rule syntax, as frozen plain data.

Invariants:
    An All has a positive operand (Leaf, Regex, Either, All or Inside), unless it is that of a
    MetavariablePattern: then it is about the whole of what is bound.
    Either holds positive formulas only.
"""

from __future__ import annotations

from typing import TypeAlias

from assaymark.rules.patterns.pattern import Anchor, Pattern
from assaymark.rules.patterns.record import record


@record
class Leaf:
    """`pattern`"""

    pattern: Pattern
    anchor: Anchor


@record
class Regex:
    """`pattern-regex`; its groups are bound as `$1`, `$2` and by their names."""

    regex: str


@record
class All:
    """`patterns`"""

    parts: tuple[Formula, ...]


@record
class Either:
    """`pattern-either`"""

    parts: tuple[Formula, ...]


@record
class Not:
    """`pattern-not`: nothing of exactly the same span."""

    part: Formula


@record
class Inside:
    """`pattern-inside`"""

    part: Formula


@record
class NotInside:
    """`pattern-not-inside`"""

    part: Formula


@record
class NotRegex:
    """`pattern-not-regex`: no match of it touches the span."""

    regex: str


@record
class MetavariableRegex:
    """
    `metavariable-regex`, anchored on the left; with *constant* on the value that the metavariable is known to
    have.
    """

    name: str
    regex: str
    constant: bool
    # Lower-case texts of which the view holds one where this is true; none when nothing is known.
    texts: frozenset[str] = frozenset()
    # Words that the view holds where this is true.
    words: frozenset[str] = frozenset()
    # A regular expression that is found in the text of the view where this is true; empty when there is none.
    sought: str = ""


@record
class MetavariablePattern:
    """`metavariable-pattern`: the formula matches somewhere in what the metavariable is bound to."""

    name: str
    part: Formula


@record
class MetavariableComparison:
    """`metavariable-comparison`; *base* and *strip* concern the metavariable *name*."""

    comparison: str
    name: str | None
    base: int | None
    strip: bool


@record
class Focus:
    """`focus-metavariable`: the finding is what one of these is bound to."""

    names: tuple[str, ...]


Formula: TypeAlias = (
    Leaf
    | Regex
    | All
    | Either
    | Not
    | Inside
    | NotInside
    | NotRegex
    | MetavariableRegex
    | MetavariablePattern
    | MetavariableComparison
    | Focus
)
