"""
Matching statements in a row: sequences anywhere, and the bodies of compound statements.

Invariants:
    `...` skips any number of statements and may go into the blocks nested in them; statements without `...`
    between them follow one another in one block.
    A sequence ends with the statement of its own block that holds its last match; one that ends in `...`,
    with the block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assaymark.rules.patterns import pattern as patterns
from assaymark.rules.patterns.binding import EMPTY, Env, Envs
from assaymark.rules.patterns.find import candidates, holds
from assaymark.rules.patterns.pattern import Anchor, Many, Pattern
from assaymark.rules.patterns.rows import distinct
from assaymark.rules.patterns.scene import Row, Scene
from assaymark.syntax.node import Node

# How many statements of a row are behind, whether the next may come later, and the environment.
_State = tuple[int, bool, Env]
Run = tuple[Node, Node, Env]


def runs(scene: Scene, sequence: patterns.Sequence) -> Iterator[Run]:
    """First statement, last statement and environment of every match of *sequence*."""
    if not all(holds(scene, anchor) for anchor in sequence.anchors):
        return
    for start in _starts(scene, sequence):
        yield from _from(scene, sequence.items, start)


def in_block(scene: Scene, items: Sequence[Pattern], statements: Sequence[Node], env: Env) -> Envs:
    """Every way in which *items* match a body that is these statements."""
    if all(isinstance(item, Many) and item.name is None for item in items):
        return (env,)
    if not any(isinstance(item, Many) for item in items):
        found = _matched(scene, items, statements, 0, env) if len(items) == len(statements) else []
        return distinct(known for _, known in found)
    flat = _flattened(scene, statements)
    rows = (statements, flat) if len(flat) > len(statements) else (statements,)
    return distinct(known for row in rows for _, known in _matched(scene, items, row, 0, env))


def statement_of(scene: Scene, node: Node) -> Node:
    """The innermost statement that holds *node*."""
    blocks = scene.table.blocks
    while node.parent is not None and node.parent.kind not in blocks:
        node = node.parent
    return node


def _from(scene: Scene, items: Sequence[Pattern], start: Node) -> Iterator[Run]:
    block = start.parent
    if block is None:
        return
    rows = [_row(scene, block, nested=False)]
    if any(isinstance(item, Many) for item in items):
        rows.append(_row(scene, block, nested=True))
    end = rows[0][0][-1] if isinstance(items[-1], Many) else None
    seen: set[tuple[Node, int]] = set()
    for row, places in rows:
        for n_behind, env in _matched(scene, items, row, places[start], EMPTY):
            last = end or _in_block(row[n_behind - 1], block)
            if (last, id(env)) not in seen:
                seen.add((last, id(env)))
                yield start, last, env


def _row(scene: Scene, block: Node, *, nested: bool) -> Row:
    """The statements of a block, or those *nested* in them too."""
    known = scene.rows.get((block, nested))
    if known is None:
        statements: Sequence[Node] = block.named_children
        row = _flattened(scene, statements) if nested else statements
        known = scene.rows[block, nested] = row, {node: index for index, node in enumerate(row)}
    return known


def _in_block(node: Node, block: Node) -> Node:
    while node.parent is not None and node.parent is not block:
        node = node.parent
    return node


def _matched(
    scene: Scene, items: Sequence[Pattern], row: Sequence[Node], start: int, env: Env
) -> list[tuple[int, Env]]:
    """How many statements of *row* are behind when all *items* have matched, from its *start* on."""
    states: list[_State] = [(start, False, env)]
    for index, item in enumerate(items):
        if not isinstance(item, Many):
            states = list(_advanced(scene, item, row, states))
        elif item.name is None:
            states = [(n_behind, True, known) for n_behind, _, known in states]
        else:
            states = list(_bound(scene, item, row, states, to_end=index == len(items) - 1))
        if not states:
            return []
    return [(n_behind, known) for n_behind, _, known in states]


def _advanced(scene: Scene, item: Pattern, row: Sequence[Node], states: Iterable[_State]) -> Iterator[_State]:
    seen: set[tuple[int, int]] = set()
    for n_behind, is_open, env in states:
        for index in range(n_behind, len(row) if is_open else min(n_behind + 1, len(row))):
            for known in scene.at(item, row[index], env):
                if (index, id(known)) not in seen:
                    seen.add((index, id(known)))
                    yield index + 1, False, known


def _bound(
    scene: Scene, many: Many, row: Sequence[Node], states: Iterable[_State], *, to_end: bool
) -> Iterator[_State]:
    for n_behind, _, env in states:
        scene.work.step(len(row) - n_behind + 1)
        for end in range(len(row) if to_end else n_behind, len(row) + 1):
            yield from ((end, False, known) for known in scene.bind_row(env, many.name, row[n_behind:end]))


def _starts(scene: Scene, sequence: patterns.Sequence) -> Iterator[Node]:
    """The statements that a match may start with."""
    first, anchor = sequence.items[0], sequence.anchors[0]
    if not isinstance(first, Many) and (anchor.words or anchor.paths):
        yield from dict.fromkeys(statement_of(scene, node) for node in _of_item(scene, first, anchor))
        return
    for block, until in _blocks(scene, sequence).items():
        statements = block.named_children
        for statement in statements[:1] if isinstance(first, Many) else statements:
            if until is not None and statement.start > until:
                break
            yield statement


def _of_item(scene: Scene, item: Pattern, anchor: Anchor) -> list[Node]:
    if isinstance(item, patterns.Holding):
        return candidates(scene, item.inner, item.anchor)
    return candidates(scene, item, anchor)


def _blocks(scene: Scene, sequence: patterns.Sequence) -> dict[Node, int | None]:
    """The blocks that a match may be in, and where in each it starts at the latest."""
    anchored = [
        (item, anchor)
        for item, anchor in zip(sequence.items, sequence.anchors, strict=True)
        if anchor.words or anchor.paths
    ]
    if not anchored:
        return dict.fromkeys([scene.view.module, *scene.view.of_kinds(scene.table.blocks)])
    found: dict[Node, int | None] = {}
    for node in _of_item(scene, *anchored[0]):
        for block in node.ancestors():
            if block.kind in scene.table.blocks:
                found[block] = max(found.get(block) or 0, node.start)
    return found


def _flattened(scene: Scene, statements: Sequence[Node]) -> list[Node]:
    """The statements, each followed by those that are nested in it."""
    table = scene.table
    found: list[Node] = []
    stack = list(reversed(statements))
    while stack:
        node = stack.pop()
        scene.work.step()
        parent = node.parent
        if parent is None or parent.kind in table.blocks:
            found.append(node)
        is_block = node.kind in table.blocks
        if is_block or node.kind in table.compounds:
            stack.extend(
                child
                for child in reversed(node.named_children)
                if is_block or child.kind in table.compounds or child.kind in table.blocks
            )
    return found
