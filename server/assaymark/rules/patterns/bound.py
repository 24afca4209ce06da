"""Which metavariables a formula binds, and which it asks about without binding them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from assaymark.rules.patterns import compare
from assaymark.rules.patterns.formula import (
    All,
    Either,
    Focus,
    Formula,
    Inside,
    Leaf,
    MetavariableComparison,
    MetavariablePattern,
    MetavariableRegex,
    Not,
    NotInside,
    Regex,
)
from assaymark.rules.patterns.pattern import AnyString, Many, Meta
from assaymark.rules.patterns.regexes import of_text


def metavariables_of(formula: Formula) -> frozenset[str]:
    """The metavariables that a match of *formula* may bind: those of its positive parts."""
    match formula:
        case All() | Either():
            return frozenset().union(*(metavariables_of(part) for part in formula.parts))
        case Inside():
            return metavariables_of(formula.part)
        case Leaf():
            return frozenset(_named(formula.pattern))
        case Regex():
            compiled = of_text(formula.regex)
            numbers = range(1, compiled.groups + 1)
            return frozenset(
                [*(f"${name}" for name in compiled.groupindex), *(f"${number}" for number in numbers)]
            )
        case _:
            return frozenset()


def unbound(formula: Formula, around: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """Operator and metavariable of every condition on what is bound neither in *formula* nor *around* it."""
    match formula:
        case All() | Either():
            bound = around | metavariables_of(formula)
            for part in formula.parts:
                yield from unbound(part, bound)
        case Not() | Inside() | NotInside():
            yield from unbound(formula.part, around | metavariables_of(formula.part))
        case _:
            yield from ((key, name) for key, name in _conditions(formula) if name not in around)
    if isinstance(formula, MetavariablePattern):
        yield from unbound(formula.part, around)


def _conditions(formula: Formula) -> Iterable[tuple[str, str]]:
    match formula:
        case MetavariableRegex():
            return [("metavariable-regex", formula.name)]
        case MetavariablePattern():
            return [("metavariable-pattern", formula.name)]
        case MetavariableComparison():
            asked = sorted(compare.metavariables(formula.comparison))
            return [("metavariable-comparison", name) for name in asked]
        case Focus():
            return [("focus-metavariable", name) for name in formula.names]
        case _:
            return []


def _named(pattern: object) -> set[str]:
    """The names in any part of a pattern tree."""
    found: set[str] = set()
    stack: list[object] = [pattern]
    while stack:
        node = stack.pop()
        if isinstance(node, (Meta, Many, AnyString)) and node.name is not None:
            found.add(node.name)
        if isinstance(node, tuple):
            stack.extend(node)
        elif dataclasses.is_dataclass(node) and not isinstance(node, type):
            stack.extend(getattr(node, field.name) for field in dataclasses.fields(node))
    return found
