"""
A formula's hits: what its patterns match, joined by its operators.

Invariants:
    Semgrep's meaning: of two patterns that both have to match, the inner match is kept, with the bindings of
    both; `pattern-not` drops what is matched exactly, `pattern-not-inside` what is inside; metavariables
    agree.
    What only filters is looked at for the hits that are left, not for the whole view.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assaymark.dataclass import dataclass
from assaymark.rules.patterns.binding import Hit, merged
from assaymark.rules.patterns.conditions import binds_what_is_compared, compares, fits_regex
from assaymark.rules.patterns.find import candidates, holds
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
    NotRegex,
    Regex,
)
from assaymark.rules.patterns.hits import (
    hits_above,
    hits_at,
    hits_below,
    hits_near,
    leaf_hits,
    may_be_in,
    regex_hits,
)
from assaymark.rules.patterns.inner import intersected
from assaymark.rules.patterns.near import Near
from assaymark.rules.patterns.pattern import Sequence as StatementSequence
from assaymark.rules.patterns.pattern import Shape
from assaymark.rules.patterns.plan import Guard, Plan, plan_of
from assaymark.rules.patterns.scene import Scene
from assaymark.syntax.node import Node
from assaymark.text import Span


@dataclass(frozen=True, slots=True, eq=False)
class _Where:
    """
    Where hits are looked for: below *roots*, if there are any.

    Those that touch no hit of *near*, or lie in nothing that one of *guards* asks for, may be left out.
    """

    roots: Sequence[Node] | None = None
    near: Near | None = None
    guards: tuple[Guard, ...] = ()


_ANYWHERE = _Where()


def hits_of(scene: Scene, formula: Formula) -> list[Hit]:
    """Every hit of *formula* in the view."""
    return _hits(scene, formula, _ANYWHERE)


def _hits(scene: Scene, formula: Formula, where: _Where) -> list[Hit]:
    match formula:
        case Leaf():
            return list(_of_leaf(scene, formula, where))
        case Regex():
            roots = where.roots
            return [hit for hit in regex_hits(scene, formula) if roots is None or _in(hit, roots)]
        case Either():
            return [hit for part in formula.parts for hit in _hits(scene, part, where)]
        case Inside():
            return _hits(scene, formula.part, where)
        case All():
            return _joined(scene, formula, where)
        case _:
            return []


def _of_leaf(scene: Scene, leaf: Leaf, where: _Where) -> Iterable[Hit]:
    if where.roots is not None:
        return hits_below(scene, leaf, where.roots)
    if leaf.anchor.kinds and not holds(scene, leaf.anchor):
        return ()
    if where.near is not None:
        return hits_near(scene, leaf, where.near)
    # No expression holds a definition, so it is in what the hit that it is part of is in.
    if not where.guards or not leaf.anchor.kinds or not leaf.anchor.kinds <= scene.table.expressions:
        return leaf_hits(scene, leaf)
    nodes = candidates(scene, leaf.pattern, leaf.anchor)
    guarded = (node for node in nodes if all(_is_guarded(scene, guard, node) for guard in where.guards))
    return (hit for node in guarded for hit in hits_at(scene, leaf, node))


def _is_guarded(scene: Scene, guard: Guard, node: Node) -> bool:
    """Whether *node* is in what *guard* asks for; what it is itself is not known yet."""
    return any(
        all(fits_regex(scene, condition, around) for condition in guard.conditions)
        for around in hits_above(scene, guard.outer, node)
    )


def _in(hit: Hit, roots: Iterable[Node]) -> bool:
    return any(root.start <= hit.span.start and hit.span.end <= root.end for root in roots)


def _joined(scene: Scene, formula: All, where: _Where) -> list[Hit]:
    """What all parts agree on."""
    plan = plan_of(formula, scene.table)
    if not all(map(scene.mentions, plan.texts)):
        return []
    hits = _positive(scene, plan, where)
    for condition in plan.conditions:
        if hits and _is_about(condition, hits[0]):
            hits = _filtered(scene, condition, hits)
    for outer in plan.outer:
        hits = [within for hit in hits for within in _within(scene, outer.part, hit)]
    for condition in plan.conditions:
        if not hits:
            return []
        hits = _filtered(scene, condition, hits)
    for index, focus in enumerate(plan.focuses):
        hits = [
            focused for hit in hits for focused in _focused(focus, hit) if not index or _nested(focused, hit)
        ]
    return hits


def _positive(scene: Scene, plan: Plan, where: _Where) -> list[Hit]:
    """What the positive parts agree on; where there is none, the roots themselves."""
    if not plan.sought:
        return [Hit(Span(root.start, root.end), {}, root) for root in where.roots or ()]
    # What is focused on may be elsewhere than what was found.
    near, guards = (None, ()) if plan.focuses else (where.near, where.guards)
    guards = (*guards, *plan.guards)
    found: dict[int, list[Hit]] = {}
    for index in plan.by_cost:
        hits = found[index] = _hits(scene, plan.sought[index], _Where(where.roots, near, guards))
        if not hits:
            return []
        # All have what is found at last in common, so what is dear is tried where the cheap ones are.
        near = Near(hits)
    hits = found[0]
    for index in range(1, len(plan.sought)):
        hits = intersected(hits, found[index])
    return hits


def _is_about(condition: Formula, hit: Hit) -> bool:
    """Whether a cheap condition can be asked before what is around is looked for: most hits end here."""
    match condition:
        case MetavariableRegex():
            return condition.name in hit.env
        case MetavariableComparison():
            return binds_what_is_compared(condition, hit)
        case _:
            return False


def _within(scene: Scene, outer: Formula, hit: Hit) -> Iterator[Hit]:
    """The hit once for every way in which it lies in *outer*, with the bindings of that."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    for other in _around(scene, outer, hit):
        if not other.span.covers(hit.span):
            continue
        env = merged(hit.env, other.env)
        if env is None:
            continue
        said = tuple((name, bound.text) for name, bound in sorted(env.items()))
        if said not in seen:
            seen.add(said)
            yield Hit(hit.span, env, hit.node)


def _around(scene: Scene, outer: Formula, hit: Hit) -> Iterable[Hit]:
    """The hits of *outer* that *hit* may lie in: above it in the tree where that is known to be enough."""
    if isinstance(outer, Either):
        return (other for part in outer.parts for other in _around(scene, part, hit))
    if isinstance(outer, Leaf) and not isinstance(outer.pattern, StatementSequence):
        return hits_above(scene, outer, hit.node)
    return _remembered(scene, outer)


def _remembered(scene: Scene, formula: Formula) -> list[Hit]:
    """All hits of a formula that filters; every hit that is left asks for them."""
    known = scene.hits.get(id(formula))
    if known is None:
        known = scene.hits[id(formula)] = formula, hits_of(scene, formula)
    return known[1]


def _filtered(scene: Scene, condition: Formula, hits: list[Hit]) -> list[Hit]:
    match condition:
        case Not():
            return [hit for hit in hits if not _is_exactly(scene, condition.part, hit)]
        case NotInside():
            return [hit for hit in hits if next(_within(scene, condition.part, hit), None) is None]
        case NotRegex():
            others = _remembered(scene, Regex(condition.regex))
            return [hit for hit in hits if not any(_overlap(hit, other) for other in others)]
        case MetavariableRegex():
            return [hit for hit in hits if fits_regex(scene, condition, hit)]
        case MetavariablePattern():
            return [hit for hit in hits if _fits_pattern(scene, condition, hit)]
        case MetavariableComparison():
            return [hit for hit in hits if compares(scene, condition, hit)]
        case _:
            return hits


def _overlap(hit: Hit, other: Hit) -> bool:
    return other.span.start < hit.span.end and hit.span.start < other.span.end


def _is_exactly(scene: Scene, formula: Formula, hit: Hit) -> bool:
    """Whether *formula* has a hit of the same span that agrees with *hit*."""
    return any(
        other.span == hit.span and merged(hit.env, other.env) is not None
        for other in _exactly(scene, formula, hit)
    )


def _exactly(scene: Scene, formula: Formula, hit: Hit) -> Iterable[Hit]:
    """The hits of *formula* that may have the span of *hit*."""
    if isinstance(formula, Either):
        return (other for part in formula.parts for other in _exactly(scene, part, hit))
    if isinstance(formula, Leaf) and not isinstance(formula.pattern, StatementSequence):
        if not may_be_in(scene, formula.anchor, hit.node):
            return ()
        nodes: Iterable[Node] = _of_span(scene, hit)
        if isinstance(formula.pattern, Shape):
            kinds = formula.anchor.kinds | scene.table.wrappers
            nodes = (node for node in nodes if node.kind in kinds)
        return (other for node in nodes for other in hits_at(scene, formula, node))
    return _remembered(scene, formula)


def _of_span(scene: Scene, hit: Hit) -> Iterator[Node]:
    """The nodes whose span is that of the hit, or its node; of those that mean the same, the innermost."""
    node: Node | None = hit.node
    while node is not None and node.parent is not None and _same(node, node.parent):
        node = node.parent
    while node is not None:
        inner = next((child for child in node.children if _same(child, node)), None)
        if inner is None or scene.core(node) is not scene.core(inner):
            yield node
        node = inner


def _same(node: Node, other: Node) -> bool:
    return node.start == other.start and node.end == other.end


def _focused(focus: Focus, hit: Hit) -> Iterator[Hit]:
    for name in focus.names:
        bound = hit.env.get(name)
        if bound is not None and bound.span is not None:
            yield Hit(bound.span, hit.env, bound.nodes[0] if len(bound.nodes) == 1 else hit.node)


def _nested(focused: Hit, hit: Hit) -> bool:
    """Whether a further focus lies in the one before."""
    return hit.span.covers(focused.span)


def _fits_pattern(scene: Scene, condition: MetavariablePattern, hit: Hit) -> bool:
    bound = hit.env.get(condition.name)
    if bound is None or not bound.nodes:
        return False
    return any(
        merged(hit.env, other.env) is not None for other in _hits(scene, condition.part, _Where(bound.nodes))
    )
