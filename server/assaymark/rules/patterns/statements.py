"""
Matching statements: definitions, compound statements and their clauses, bodies, imports.

Invariants:
    A body without `...` is matched whole; with `...`, up to what its last item matches, nested blocks
    included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assaymark.rules.patterns.binding import NO, Env, Envs
from assaymark.rules.patterns.find import candidates
from assaymark.rules.patterns.pattern import (
    Assignment,
    Block,
    Compound,
    Definition,
    Holding,
    Import,
    Imports,
    Members,
    Meta,
    Pattern,
    Shape,
    Word,
)
from assaymark.rules.patterns.rows import distinct, in_any_order, in_row
from assaymark.rules.patterns.scene import Matchers, Scene
from assaymark.rules.patterns.sequences import in_block, statement_of
from assaymark.syntax.node import Node


def _definition(scene: Scene, pattern: Definition, node: Node, env: Env) -> Envs:
    table = scene.table
    if node.kind == table.decorated and node.named_children:
        node = node.named_children[-1]
    if node.kind != pattern.shape.kind:
        return NO
    if not pattern.decorators:
        return scene.at(pattern.shape, node, env)
    decorators = _decorators(scene, node)
    # Few definitions have the decorators; what else a definition is made of is dear to match.
    if not _decorated(scene, pattern.decorators, decorators, env):
        return NO
    found = scene.at(pattern.shape, node, env)
    return distinct(
        bound for known in found for bound in _decorated(scene, pattern.decorators, decorators, known)
    )


def _decorators(scene: Scene, node: Node) -> Sequence[Node]:
    table, parent = scene.table, node.parent
    given = parent.named_children if parent is not None and parent.kind == table.decorated else ()
    return [
        child.named_children[0] for child in given if child.kind == table.decorator and child.named_children
    ]


def _decorated(scene: Scene, patterns: Sequence[Pattern], nodes: Sequence[Node], env: Env) -> Envs:
    """Each pattern matches a decorator of its own; one without arguments also matches a call of it."""
    if not patterns:
        return (env,)
    found: list[Env] = []
    for index, node in enumerate(nodes):
        envs = scene.at(patterns[0], node, env)
        called = node.child(scene.table.links[scene.table.call]) if node.kind == scene.table.call else None
        if not envs and called is not None:
            envs = scene.at(patterns[0], called, env)
        left = (*nodes[:index], *nodes[index + 1 :])
        found.extend(bound for known in envs for bound in _decorated(scene, patterns[1:], left, known))
    return found


def _compound(scene: Scene, pattern: Compound, node: Node, env: Env) -> Envs:
    table = scene.table
    if table.continuations.get(node.kind, node.kind) != pattern.shape.kind or not scene.whole(node):
        return NO
    kinds = table.clauses[node.kind]
    parts = scene.significant(node, pattern.shape.given)
    head = [part for part in parts if part.kind not in kinds]
    clauses = [part for part in parts if part.kind in kinds]
    if node.kind in table.continuations:
        clauses = _following(node, kinds)
    envs = in_row(scene, pattern.shape.parts, head, env)
    return _clauses(scene, pattern.clauses, clauses, envs) if envs else NO


def _following(node: Node, kinds: frozenset[str]) -> list[Node]:
    siblings = node.parent.named_children if node.parent is not None else ()
    return [sibling for sibling in siblings if sibling.start >= node.end and sibling.kind in kinds]


def _clauses(scene: Scene, patterns: Sequence[Shape], clauses: Sequence[Node], envs: Envs) -> Envs:
    """Each pattern matches a clause, in their order; the target may have more."""
    states = [(0, env) for env in envs]
    for pattern in patterns:
        states = [
            (index + 1, bound)
            for start, env in states
            for index in range(start, len(clauses))
            for bound in _clause(scene, pattern, clauses[index], env)
        ]
    return distinct(env for _, env in states)


def _clause(scene: Scene, pattern: Shape, node: Node, env: Env) -> Envs:
    table = scene.table
    if node.kind in table.continuations and pattern.kind == table.otherwise:
        # `elif` is an `else` that holds one `if`.
        body = pattern.parts[-1]
        return in_block(scene, body.items, (node,), env) if isinstance(body, Block) else NO
    if node.kind != pattern.kind or not scene.whole(node):
        return NO
    return in_row(
        scene, pattern.parts, [_unnamed(scene, pattern, node, part) for part in node.named_children], env
    )


def _unnamed(scene: Scene, pattern: Shape, clause: Node, part: Node) -> Node:
    """`except E as e` is also `except E`."""
    wrapper = scene.table.named_clauses.get(clause.kind)
    if part.kind != wrapper or any(
        isinstance(given, Shape) and given.kind == wrapper for given in pattern.parts
    ):
        return part
    return part.named_children[0]


def _block(scene: Scene, pattern: Block, node: Node, env: Env) -> Envs:
    if node.kind not in scene.table.blocks:
        return NO
    return in_block(scene, pattern.items, node.named_children, env)


def _members(scene: Scene, pattern: Members, node: Node, env: Env) -> Envs:
    if node.kind not in scene.table.blocks:
        return NO
    return distinct(bound for _, bound in in_any_order(scene, pattern.items, node.named_children, env))


def _holding(scene: Scene, pattern: Holding, node: Node, env: Env) -> Envs:
    if not pattern.anchor.words and not pattern.anchor.paths:
        return _anywhere(scene, pattern, node, env)
    found: list[Env] = []
    for inner in _holders(scene, pattern).get(node, ()):
        found.extend(scene.at(pattern.inner, inner, env))
    return distinct(found)


def _holders(scene: Scene, pattern: Holding) -> dict[Node, list[Node]]:
    """For each statement, what in it *pattern* may be about."""
    number = scene.number(pattern)
    known = scene.holders.get(number)
    if known is None:
        known = {}
        for node in candidates(scene, pattern.inner, pattern.anchor):
            known.setdefault(scene.core(statement_of(scene, node)), []).append(node)
        scene.holders[number] = known
    return known


def _anywhere(scene: Scene, pattern: Holding, node: Node, env: Env) -> Envs:
    """What no word leads to is looked for in all expressions of the statement."""
    if isinstance(pattern.inner, Assignment):
        return scene.at(pattern.inner, node, env)
    found: list[Env] = []
    stack = [node]
    while stack:
        inner = stack.pop()
        scene.work.step()
        if inner.kind in pattern.anchor.kinds:
            found.extend(scene.at(pattern.inner, inner, env))
        stack.extend(
            child
            for child in reversed(inner.children)
            if child.named and child.kind not in scene.table.blocks
        )
    return distinct(found)


def _imports(scene: Scene, pattern: Imports, node: Node, env: Env) -> Envs:
    if node.kind not in scene.table.imports or not scene.whole(node):
        return NO
    brought = list(_brought(scene, node))
    envs: Envs = (env,)
    for item in pattern.items:
        envs = distinct(
            bound for known in envs for one in brought for bound in _import(scene, item, one, known)
        )
    return envs


# Module, name and alias of one imported thing; a name that is None is a module's own import.
_Brought = tuple[Node | None, Node | None, Node | None]


def _brought(scene: Scene, node: Node) -> Iterator[_Brought]:
    """What an import statement imports."""
    field = scene.table.imports[node.kind]
    module = node.child(field) if field is not None else None
    kind, name_field, alias_field = scene.table.aliased
    for child in node.named_children:
        if child is module:
            continue
        aliased = child.kind == kind
        name = child.child(name_field) if aliased else child
        alias = child.child(alias_field) if aliased else None
        yield (name, None, alias) if field is None else (module, name, alias)


def _import(scene: Scene, pattern: Import, brought: _Brought, env: Env) -> Envs:
    module, name, alias = brought
    if module is None:
        return NO
    if pattern.name is not None:
        envs = _spelled(scene, pattern.module, module, env)
        envs = [bound for known in envs for bound in _spelled(scene, pattern.name, name, known)]
    elif isinstance(pattern.module, Meta):
        envs = scene.bind(env, pattern.module.name, module)
    else:
        envs = (env,) if _is_of(pattern.module.text, module, name, exact=pattern.alias is not None) else NO
    if pattern.alias is None:
        return envs
    return [bound for known in envs for bound in _spelled(scene, pattern.alias, alias, known)]


def _spelled(scene: Scene, pattern: Word | Meta, node: Node | None, env: Env) -> Envs:
    if node is None or (isinstance(pattern, Meta) and node.kind == scene.table.star):
        return NO
    if isinstance(pattern, Meta):
        return scene.bind(env, pattern.name, node)
    return (env,) if _text(node) == pattern.text else NO


def _is_of(wanted: str, module: Node, name: Node | None, *, exact: bool) -> bool:
    """Whether what is imported is the wanted module or, unless *exact*, something in it."""
    full = _text(module) if name is None else f"{_text(module)}.{_text(name)}"
    return full == wanted or (not exact and full.startswith(f"{wanted}."))


def _text(node: Node) -> str:
    return "".join(node.text.decode(errors="replace").split())


MATCHERS: Matchers = {
    Definition: _definition,
    Compound: _compound,
    Block: _block,
    Members: _members,
    Holding: _holding,
    Imports: _imports,
}
