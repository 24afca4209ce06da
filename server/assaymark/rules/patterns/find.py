"""
Where a pattern may match: the places that its words lead to.

Invariants:
    Every node that the pattern matches is found; cost follows the occurrences of one word, not the size of
    the view.
"""

from __future__ import annotations

from collections.abc import Iterator

from assaymark.rules.patterns.binding import EMPTY, Envs
from assaymark.rules.patterns.paths import STAR, last_of
from assaymark.rules.patterns.pattern import Anchor, Assignment, Member, Meta, Path, Pattern
from assaymark.rules.patterns.scene import Scene
from assaymark.syntax.node import Node
from assaymark.text import Span


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


def span_of(scene: Scene, node: Node) -> Span:
    """What is reported for *node*: a definition with its decorators, `elif` with the clauses after it."""
    parent = node.parent
    if parent is None:
        return Span(node.start, node.end)
    if parent.kind == scene.table.decorated:
        return Span(parent.start, parent.end) if parent.children[-1] is node else Span(node.start, node.end)
    return Span(node.start, parent.end if node.kind in scene.table.continuations else node.end)


def holds(scene: Scene, anchor: Anchor) -> bool:
    """Whether the words that *anchor* asks for are in the view at all."""
    known = scene.held.get(id(anchor))
    if known is None:
        known = scene.held[id(anchor)] = anchor, _holds(scene, anchor)
    return known[1]


def _holds(scene: Scene, anchor: Anchor) -> bool:
    words = scene.view.words
    return all(word.encode() in words for word in anchor.words) and all(
        _may_be_named(scene, path) for path in anchor.paths
    )


def _may_be_named(scene: Scene, path: str) -> bool:
    """Whether something in the view may stand for *path*."""
    known = scene.named.get(path)
    if known is None:
        known = scene.named[path] = _is_named(scene, path)
    return known


def _is_named(scene: Scene, path: str) -> bool:
    words, aliases = scene.view.words, scene.view.aliases
    if not words.isdisjoint(aliases(path)):
        return True
    if path.endswith("."):
        return last_of(path) in words or STAR in aliases(path)
    head, dot, last = path.rpartition(".")
    if last.encode() not in words:
        return False
    # What leads to the last name is spelled, imported, or imported together with everything beside it.
    while dot:
        if not words.isdisjoint(aliases(head)):
            return True
        head, dot, _ = head.rpartition(".")
    return all(name.encode() in words for name in path.split(".")) or scene.has_stars


def _places(scene: Scene, anchor: Anchor) -> Iterator[Node]:
    if not holds(scene, anchor):
        return
    # The word that the view seldom holds.
    names = min(_ways(scene, anchor), key=lambda names: sum(map(scene.count, names)), default=None)
    if names is None:
        yield from scene.view.of_kinds(anchor.kinds)
        return
    seen: set[Node] = set()
    for name in names:
        for leaf in scene.view.occurrences(name):
            yield from _above(scene, leaf, anchor.kinds, seen)


def _ways(scene: Scene, anchor: Anchor) -> Iterator[list[bytes]]:
    """Words of which every match holds one: for each path, and for each word."""
    for path in sorted(anchor.paths):
        names = {last_of(path), *scene.view.aliases(path)}
        # Any name may come from a star import.
        if STAR not in names:
            yield sorted(names)
    # Keywords are everywhere.
    for word in sorted(anchor.words - scene.table.reserved or (() if anchor.paths else anchor.words)):
        yield [word.encode()]


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
