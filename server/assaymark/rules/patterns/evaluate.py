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

from assaymark.rules.patterns.binding import Hit, merged
from assaymark.rules.patterns.compare import metavariables
from assaymark.rules.patterns.conditions import compares, fits_regex
from assaymark.rules.patterns.find import holds
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
from assaymark.rules.patterns.near import Near, by_cost
from assaymark.rules.patterns.pattern import Sequence as StatementSequence
from assaymark.rules.patterns.scene import Scene
from assaymark.syntax.node import Node
from assaymark.text import Span


def hits_of(
    scene: Scene, formula: Formula, roots: Sequence[Node] | None = None, near: Near | None = None
) -> list[Hit]:
    """
    Every hit of *formula* in the view, or below *roots*.

    Where *near* is given, those that touch none of its hits may be left out.
    """
    match formula:
        case Leaf():
            return list(_of_leaf(scene, formula, roots, near))
        case Regex():
            return [hit for hit in regex_hits(scene, formula) if roots is None or _in(hit, roots)]
        case Either():
            return [hit for part in formula.parts for hit in hits_of(scene, part, roots, near)]
        case Inside():
            return hits_of(scene, formula.part, roots, near)
        case All():
            return _joined(scene, formula, roots, near)
        case _:
            return []


def _of_leaf(scene: Scene, leaf: Leaf, roots: Sequence[Node] | None, near: Near | None) -> Iterable[Hit]:
    if roots is not None:
        return hits_below(scene, leaf, roots)
    if leaf.anchor.kinds and not holds(scene, leaf.anchor):
        return ()
    return leaf_hits(scene, leaf) if near is None else hits_near(scene, leaf, near)


def _in(hit: Hit, roots: Iterable[Node]) -> bool:
    return any(root.start <= hit.span.start and hit.span.end <= root.end for root in roots)


def _joined(scene: Scene, formula: All, roots: Sequence[Node] | None, near: Near | None) -> list[Hit]:
    """What all parts agree on."""
    if any(isinstance(part, MetavariableRegex) and not scene.mentions(part.texts) for part in formula.parts):
        return []
    focuses = [part for part in formula.parts if isinstance(part, Focus)]
    # What is focused on may be elsewhere than what was found.
    hits = _positive(scene, formula, roots, None if focuses else near)
    conditions = sorted(formula.parts, key=_order)
    for condition in conditions:
        if hits and _is_about(condition, hits[0]):
            hits = _filtered(scene, condition, hits)
    for outer in _outer(formula):
        hits = [within for hit in hits for within in _within(scene, outer.part, hit)]
    for condition in conditions:
        if not hits:
            return []
        hits = _filtered(scene, condition, hits)
    for index, focus in enumerate(focuses):
        hits = [
            focused for hit in hits for focused in _focused(focus, hit) if not index or _nested(focused, hit)
        ]
    return hits


def _positive(scene: Scene, formula: All, roots: Sequence[Node] | None, near: Near | None) -> list[Hit]:
    """What the positive parts agree on; where there is none, the roots themselves."""
    parts = _sought(formula)
    if not parts:
        return [Hit(Span(root.start, root.end), {}, root) for root in roots or ()]
    found: dict[int, list[Hit]] = {}
    for index in by_cost(scene.table, parts):
        hits = found[index] = hits_of(scene, parts[index], roots, near)
        if not hits:
            return []
        # All have what is found at last in common, so what is dear is tried where the cheap ones are.
        near = Near(hits)
    hits = found[0]
    for index in range(1, len(parts)):
        hits = _intersected(hits, found[index])
    return hits


def _sought(formula: All) -> list[Formula]:
    """The parts that are looked for; what others are inside is, where nothing else is."""
    sought = [part for part in formula.parts if isinstance(part, (Leaf, Regex, Either, All))]
    return [*sought] or [part for part in formula.parts if isinstance(part, Inside)]


def _outer(formula: All) -> list[Inside]:
    """What hits have to lie in."""
    inside = [part for part in formula.parts if isinstance(part, Inside)]
    return [] if inside and isinstance(_sought(formula)[0], Inside) else inside


def _is_about(condition: Formula, hit: Hit) -> bool:
    """Whether a cheap condition can be asked before what is around is looked for: most hits end here."""
    match condition:
        case MetavariableRegex():
            return condition.name in hit.env
        case MetavariableComparison():
            return metavariables(condition.comparison) <= hit.env.keys()
        case _:
            return False


def _intersected(some: Sequence[Hit], others: Sequence[Hit]) -> list[Hit]:
    """Hits that lie in a hit of the other side, with the bindings of both."""
    return [*_inner(some, others), *_inner(others, some)]


def _inner(inner: Sequence[Hit], outer: Sequence[Hit]) -> Iterator[Hit]:
    """The hits of *inner* that lie in one of *outer*."""
    events = sorted(outer, key=_start)
    open_hits: list[Hit] = []
    at = 0
    for hit in sorted(inner, key=_start):
        while at < len(events) and events[at].span.start <= hit.span.start:
            open_hits.append(events[at])
            at += 1
        open_hits = [other for other in open_hits if other.span.end > hit.span.start]
        for other in open_hits:
            env = merged(hit.env, other.env) if other.span.covers(hit.span) else None
            if env is not None:
                yield Hit(hit.span, env, hit.node)


def _start(hit: Hit) -> int:
    return hit.span.start


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


def _order(condition: Formula) -> int:
    """Conditions on what is bound are cheap and come first."""
    return 0 if isinstance(condition, (MetavariableRegex, MetavariableComparison)) else 1


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
        nodes = _of_span(hit) if may_be_in(scene, formula.anchor, hit.node) else ()
        return (other for node in nodes for other in hits_at(scene, formula, node))
    return _remembered(scene, formula)


def _of_span(hit: Hit) -> Iterator[Node]:
    """The nodes whose span is that of the hit, or its node."""
    node: Node | None = hit.node
    while node is not None and node.parent is not None and _same(node, node.parent):
        node = node.parent
    while node is not None:
        yield node
        node = next((child for child in node.children if _same(child, node)), None)


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
        merged(hit.env, other.env) is not None for other in hits_of(scene, condition.part, bound.nodes)
    )
