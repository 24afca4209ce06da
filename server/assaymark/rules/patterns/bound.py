"""Which metavariables a formula binds, and which it asks about without binding them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

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
from assaymark.rules.patterns.pattern import AnyString, Many, Member, Meta, Path
from assaymark.rules.patterns.record import Record
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


def metavariables_as_written(formula: Formula) -> frozenset[str]:
    """
    Those of metavariables_of whose binding is always a text of the view.

    What a name stands for after imports, and the content of a string that a name has as its value, may be
    elsewhere.
    """
    return _apart_from(formula, _looked_up)


def metavariables_written_or_named(formula: Formula) -> frozenset[str]:
    """Those whose binding is a text of the view, or the dotted name that something has after imports."""
    return _apart_from(formula, _values)


def _apart_from(formula: Formula, elsewhere: Callable[[object], set[str]]) -> frozenset[str]:
    match formula:
        case All() | Either():
            parts = [part for part in formula.parts if metavariables_of(part)]
            others = [metavariables_of(part) - _apart_from(part, elsewhere) for part in parts]
            return metavariables_of(formula) - frozenset().union(*others)
        case Inside():
            return _apart_from(formula.part, elsewhere)
        case Leaf():
            return frozenset(_named(formula.pattern)) - frozenset(elsewhere(formula.pattern))
        case Regex():
            return metavariables_of(formula)
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
            # Late: few rules compare, and it brings along what reads Python's own trees.
            from assaymark.rules.patterns.compare import metavariables

            return [("metavariable-comparison", name) for name in sorted(metavariables(formula.comparison))]
        case Focus():
            return [("focus-metavariable", name) for name in formula.names]
        case _:
            return []


def _named(pattern: object) -> set[str]:
    """The names in any part of a pattern tree."""
    return {
        node.name
        for node in _parts(pattern)
        if isinstance(node, (Meta, Many, AnyString)) and node.name is not None
    }


def _values(pattern: object) -> set[str]:
    """The names that may be bound to the content of a string that stands elsewhere."""
    strings = (node for node in _parts(pattern) if isinstance(node, AnyString) and node.propagated)
    return {name for node in strings for name in _named(node)}


def _looked_up(pattern: object) -> set[str]:
    """The names that may be bound to what is no text of the view."""
    found = _values(pattern)
    for node in _parts(pattern):
        match node:
            case Path():
                found |= _named(node.parts)
            case Member(target=Meta()):
                found |= _named(node.target) | _named(node.name)
            case _:
                pass
    return found


def _parts(pattern: object) -> Iterator[object]:
    stack = [pattern]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, tuple):
            stack.extend(node)
        elif isinstance(node, Record):
            stack.extend(getattr(node, name) for name in node.__match_args__)
