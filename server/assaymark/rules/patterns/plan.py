"""
How what stands together under `patterns` is gone about: made once for a formula, whatever it is asked of.

Invariants:
    A plan follows from its formula and table alone.
    A guard takes nothing that the formula would find: each of its hits lies in a match of every guard.
"""

from __future__ import annotations

from collections.abc import Iterator

from assaymark.dataclass import dataclass
from assaymark.rules.patterns.bound import metavariables_of
from assaymark.rules.patterns.formula import (
    All,
    Either,
    Focus,
    Formula,
    Inside,
    Leaf,
    MetavariableComparison,
    MetavariableRegex,
    Regex,
)
from assaymark.rules.patterns.near import by_cost
from assaymark.rules.patterns.pattern import Definition
from assaymark.rules.patterns.table import Table

_MAX_PLANS = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """
    What every hit lies in a match of, cheaply looked for: a definition that has decorators.

    *conditions* are on what nothing else binds.
    """

    outer: Leaf
    conditions: tuple[MetavariableRegex, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """
    The parts of *formula* by what they are for.

    Of each of *texts*, one is in every view where it matches. *sought* are the parts that are looked for, and
    *by_cost* their places, the cheapest first; *outer* is what hits have to lie in.
    """

    formula: All
    texts: tuple[frozenset[str], ...]
    sought: tuple[Formula, ...]
    by_cost: tuple[int, ...]
    outer: tuple[Inside, ...]
    guards: tuple[Guard, ...]
    conditions: tuple[Formula, ...]
    focuses: tuple[Focus, ...]


_PLANS: dict[int, Plan] = {}


def plan_of(formula: All, table: Table) -> Plan:
    """The plan of *formula*, a formula of the language of *table*."""
    known = _PLANS.get(id(formula))
    if known is None:
        if len(_PLANS) >= _MAX_PLANS:
            _PLANS.clear()
        # It holds the formula, so that no other comes to have its identity.
        known = _PLANS[id(formula)] = _made(formula, table)
    return known


def _made(formula: All, table: Table) -> Plan:
    parts = formula.parts
    sought = _sought(formula)
    outer = [part for part in parts if isinstance(part, Inside)] if _looks_for(formula) else []
    return Plan(
        formula,
        tuple([part.texts for part in parts if isinstance(part, MetavariableRegex) and part.texts]),
        tuple(sought),
        tuple(by_cost(table, sought)),
        tuple(outer),
        tuple(_guards(formula, outer)),
        tuple(sorted(parts, key=_order)),
        tuple([part for part in parts if isinstance(part, Focus)]),
    )


def _sought(formula: All) -> list[Formula]:
    """The parts that are looked for; what others are inside is, where nothing else is."""
    return _looks_for(formula) or [part for part in formula.parts if isinstance(part, Inside)]


def _looks_for(formula: All) -> list[Formula]:
    return [part for part in formula.parts if isinstance(part, (Leaf, Regex, Either, All))]


def _order(condition: Formula) -> int:
    """Conditions on what is bound are cheap and come first."""
    return 0 if isinstance(condition, (MetavariableRegex, MetavariableComparison)) else 1


def _guards(formula: All, outer: list[Inside]) -> Iterator[Guard]:
    for inside in outer:
        leaf = inside.part
        if isinstance(leaf, Leaf) and isinstance(leaf.pattern, Definition) and leaf.pattern.decorators:
            others = [metavariables_of(part) for part in formula.parts if part is not inside]
            own = metavariables_of(leaf).difference(*others)
            conditions = [part for part in formula.parts if isinstance(part, MetavariableRegex)]
            yield Guard(leaf, tuple([part for part in conditions if part.name in own]))
