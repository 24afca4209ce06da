"""
Matching nodes by their parts: any kind of node, calls, displays, parameters, assignments.

Invariants:
    Parts that a pattern may leave out, and does, are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

from assaymark.rules.patterns.binding import NO, Env, Envs
from assaymark.rules.patterns.pattern import (
    Arguments,
    Assignment,
    Deep,
    Keyword,
    Many,
    Meta,
    Operands,
    Parameter,
    Pattern,
    Shape,
    Token,
    Unordered,
)
from assaymark.rules.patterns.rows import distinct, in_any_order, in_row
from assaymark.rules.patterns.scene import Matchers, Scene
from assaymark.syntax.node import Node

_NOTHING: frozenset[str] = frozenset()


def _shape(scene: Scene, pattern: Shape, node: Node, env: Env) -> Envs:
    if scene.table.canonical(node.kind) != pattern.kind or not scene.whole(node):
        return NO
    nodes = scene.significant(node, pattern.given)
    found = in_row(scene, pattern.parts, nodes, env)
    if pattern.commutative and len(nodes) == 3:
        found = distinct([*found, *in_row(scene, pattern.parts[::-1], nodes, env)])
    return found


def _deep(scene: Scene, pattern: Deep, node: Node, env: Env) -> Envs:
    if node.kind == scene.table.keyword[0] or not _may_hold(node, pattern.inner):
        return NO
    found: list[Env] = []
    stack = [node]
    while stack:
        inner = stack.pop()
        scene.work.step()
        if inner.named:
            found.extend(scene.at(pattern.inner, inner, env))
            stack.extend(reversed(inner.children))
    return distinct(found)


def _may_hold(node: Node, inner: Pattern) -> bool:
    """A cheap answer first: whether the operators of *inner* are in the text of *node*."""
    if not isinstance(inner, Shape):
        return True
    tokens = [part.text for part in inner.parts if isinstance(part, Token)]
    # Between the words of `not in` may be anything.
    return all(token.encode() in node.text for token in tokens if " " not in token)


def _arguments(scene: Scene, pattern: Arguments, node: Node, env: Env) -> Envs:
    if not scene.whole(node):
        return NO
    given = node.named_children if node.kind == scene.table.arguments else (node,)
    if len(pattern.keywords) > len(given):
        return NO
    found: list[Env] = []
    for left, known in in_any_order(scene, pattern.keywords, given, env):
        items = _positional(scene, pattern, left)
        cut = _cut_apart(scene, pattern, given, items, known) if pattern.cuts else NO
        found.extend(cut or in_row(scene, pattern.items, items, known))
    return distinct(found)


def _cut_apart(
    scene: Scene, pattern: Arguments, given: Sequence[Node], left: Sequence[Node], env: Env
) -> Envs:
    """
    The ways in which items match just what stands on their side of the keywords between them.

    *left* is what no keyword took of *given*.
    """
    envs: Envs = (env,)
    n_behind = first = 0
    for n_items, number in (*pattern.cuts, (len(pattern.items), -1)):
        end = len(left)
        if number >= 0:
            keyword = pattern.keywords[number]
            taken = (node for node in given if node not in left and scene.at(keyword, node, env))
            at = next((node.start for node in taken), 0)
            end = len([node for node in left if node.start < at])
        part = left[first:end]
        envs = [one for known in envs for one in in_row(scene, pattern.items[n_behind:n_items], part, known)]
        n_behind, first = n_items, max(first, end)
    return envs


def _positional(scene: Scene, pattern: Arguments, left: Sequence[Node]) -> Sequence[Node]:
    """What is left for the items: `...` stands for keyword arguments wherever they are."""
    if not any(isinstance(item, Many) and item.name is None for item in pattern.items):
        return left
    return [node for node in left if node.kind != scene.table.keyword[0]]


def _operands(scene: Scene, pattern: Operands, node: Node, env: Env) -> Envs:
    parts = scene.significant(node, _NOTHING)
    if node.kind != pattern.kind or not _joined_by(pattern.operator, parts):
        return NO
    operands: list[Node] = []
    while node.kind == pattern.kind and scene.whole(node) and _joined_by(pattern.operator, parts):
        scene.work.step()
        operands.append(parts[2])
        node = scene.core(parts[0])
        parts = scene.significant(node, _NOTHING)
    operands.append(node)
    return in_row(scene, pattern.items, operands[::-1], env)


def _joined_by(operator: str, parts: Sequence[Node]) -> bool:
    return len(parts) == 3 and parts[1].kind == operator


def _keyword(scene: Scene, pattern: Keyword, node: Node, env: Env) -> Envs:
    kind, name_field, value_field = scene.table.keyword
    if node.kind != kind:
        return NO
    name, value = node.child(name_field), node.child(value_field)
    if name is None or value is None:
        return NO
    return [
        bound
        for known in scene.at(pattern.name, name, env)
        for bound in scene.at(pattern.value, value, known)
    ]


def _unordered(scene: Scene, pattern: Unordered, node: Node, env: Env) -> Envs:
    if node.kind not in pattern.kinds or not scene.whole(node):
        return NO
    ways = in_any_order(scene, pattern.items, node.named_children, env)
    return distinct(known for left, known in ways if pattern.open or not left)


def _parameter(scene: Scene, pattern: Parameter, node: Node, env: Env) -> Envs:
    name, type_, default = _declared(scene, node)
    if isinstance(pattern.name, Meta) and name.kind in scene.table.splats:
        return NO
    envs = scene.at(pattern.name, name, env)
    envs = _optional(scene, pattern.type, type_, envs)
    return _optional(scene, pattern.default, default, envs)


def _declared(scene: Scene, node: Node) -> tuple[Node, Node | None, Node | None]:
    """Name, type and default of a parameter."""
    if node.kind not in scene.table.typed_parameters:
        return node, None, None
    return node.child("name") or node.named_children[0], node.child("type"), node.child("value")


def _optional(scene: Scene, pattern: Pattern | None, node: Node | None, envs: Envs) -> Envs:
    """What a pattern leaves out is anything; what it gives must be there."""
    if pattern is None:
        return envs
    if node is None:
        return NO
    return [bound for known in envs for bound in scene.at(pattern, node, known)]


def _assignment(scene: Scene, pattern: Assignment, node: Node, env: Env) -> Envs:
    fields = scene.table.assignments.get(node.kind)
    if fields is None or not scene.whole(node):
        return NO
    type_ = node.child("type")
    targets, value = _chained(scene, node)
    if pattern.value is None and value is not None:
        return NO
    envs = _optional(scene, pattern.value, value, _optional(scene, pattern.type, type_, (env,)))
    return [
        bound for known in envs for target in targets for bound in scene.at(pattern.target, target, known)
    ]


def _chained(scene: Scene, node: Node) -> tuple[list[Node], Node | None]:
    """The targets of `a = b = value`, and the value."""
    targets: list[Node] = []
    current: Node | None = node
    while current is not None and current.kind in scene.table.assignments:
        scene.work.step()
        target_field, value_field = scene.table.assignments[current.kind]
        target = current.child(target_field)
        if target is not None:
            targets.append(target)
        current = current.child(value_field)
    return targets, current


MATCHERS: Matchers = {
    Shape: _shape,
    Deep: _deep,
    Operands: _operands,
    Arguments: _arguments,
    Keyword: _keyword,
    Unordered: _unordered,
    Parameter: _parameter,
    Assignment: _assignment,
}
