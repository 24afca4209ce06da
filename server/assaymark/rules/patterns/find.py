"""
Where a pattern may match: the places that its words lead to.

Invariants:
    Every node that the pattern matches is found; cost follows the occurrences of one word, not the size of
    the view.
"""

from __future__ import annotations

from collections.abc import Iterator

from assaymark.rules.patterns.binding import EMPTY, Envs
from assaymark.rules.patterns.pattern import Anchor, Assignment, Member, Meta, Path, Pattern
from assaymark.rules.patterns.scene import Scene
from assaymark.syntax.node import Node


def candidates(scene: Scene, pattern: Pattern, anchor: Anchor) -> list[Node]:
    """The nodes that *pattern* may match, in no particular order."""
    number = scene.number(pattern)
    known = scene.found.get(number)
    if known is None:
        known = scene.found[number] = [
            node for node in _places(scene, anchor) if is_place(scene, pattern, node)
        ]
    return known


def rooted(scene: Scene, pattern: Pattern, node: Node) -> Envs:
    """Every way in which *pattern* matches exactly *node*."""
    key = (scene.number(pattern), node)
    known = scene.rooted.get(key)
    if known is None:
        known = scene.rooted[key] = scene.at(pattern, node, EMPTY)
    return known


def is_place(scene: Scene, pattern: Pattern, node: Node) -> bool:
    """
    Whether *node* stands where *pattern* is looked for: a name that is declared or chosen is no expression.
    """
    parent = node.parent
    if parent is None:
        return True
    if isinstance(pattern, Assignment):
        # The inner assignments of `a = b = c` are targets of the outer one.
        return parent.kind not in scene.table.assignments
    if not isinstance(pattern, (Path, Member, Meta)) or node.kind != scene.table.identifier:
        return True
    table = scene.table
    return parent.kind not in table.name_parents and (parent.kind, node.field) not in table.names


def holds(scene: Scene, anchor: Anchor) -> bool:
    """Whether the words that *anchor* asks for are in the view at all."""
    words = scene.view.words
    return all(word.encode() in words for word in anchor.words) and all(
        _last_of(path) in words or not words.isdisjoint(scene.view.aliases(path)) for path in anchor.paths
    )


def _last_of(path: str) -> bytes:
    return path.rpartition(".")[2].encode()


def _places(scene: Scene, anchor: Anchor) -> Iterator[Node]:
    if not holds(scene, anchor):
        return
    if not anchor.words and not anchor.paths:
        yield from scene.view.of_kinds(anchor.kinds)
        return
    seen: set[Node] = set()
    for leaf in _occurrences(scene, anchor):
        yield from _above(scene, leaf, anchor.kinds, seen)


def _occurrences(scene: Scene, anchor: Anchor) -> Iterator[Node]:
    """The leaves that hold the longest word, which is likely to be the rarest."""
    path = max(anchor.paths, key=lambda path: len(path.rpartition(".")[2]), default="")
    word = max(sorted(anchor.words - scene.table.reserved), key=len, default="")
    if path:
        names = sorted({_last_of(path), *scene.view.aliases(path)})
    else:
        names = [(word or max(sorted(anchor.words), key=len)).encode()]
    for name in names:
        yield from scene.view.occurrences(name)


def _above(scene: Scene, leaf: Node, kinds: frozenset[str], seen: set[Node]) -> Iterator[Node]:
    """*leaf* and the nodes around it that are of these kinds and were not seen yet."""
    is_expression = kinds <= scene.table.expressions
    node: Node | None = leaf
    while node is not None and node not in seen:
        scene.work.step()
        seen.add(node)
        if node.kind in kinds:
            yield node
        node = node.parent
        # No expression holds a statement.
        if is_expression and node is not None and node.kind in scene.table.blocks:
            return
