"""
What the patterns of a formula match, before its operators join that.

Invariants:
    A hit's node holds its span. A hit of a formula covers no more and no less than what would be reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assaymark.rules.patterns.binding import Bound, Env, Hit
from assaymark.rules.patterns.find import candidates, holds, is_place, rooted, span_of
from assaymark.rules.patterns.formula import Leaf, Regex
from assaymark.rules.patterns.near import Near
from assaymark.rules.patterns.paths import STAR, last_of
from assaymark.rules.patterns.pattern import Anchor, Sequence
from assaymark.rules.patterns.regexes import of_bytes
from assaymark.rules.patterns.scene import Scene
from assaymark.rules.patterns.sequences import runs
from assaymark.syntax.node import Node
from assaymark.text import Span


def leaf_hits(scene: Scene, leaf: Leaf) -> Iterator[Hit]:
    """Every match of one pattern in the view."""
    if isinstance(leaf.pattern, Sequence):
        for first, last, env in runs(scene, leaf.pattern):
            yield Hit(Span(first.start, last.end), env, first.parent or first)
        return
    for node in candidates(scene, leaf.pattern, leaf.anchor):
        yield from hits_at(scene, leaf, node)


def hits_at(scene: Scene, leaf: Leaf, node: Node) -> Iterator[Hit]:
    """The matches of one pattern that are *node*."""
    envs = rooted(scene, leaf.pattern, node)
    if envs:
        span = span_of(scene, node)
        yield from (Hit(span, env, node) for env in envs)


def hits_near(scene: Scene, leaf: Leaf, near: Near) -> Iterator[Hit]:
    """The matches of one pattern that touch those hits, and maybe others."""
    anchor = leaf.anchor
    if isinstance(leaf.pattern, Sequence):
        yield from leaf_hits(scene, leaf)
    elif anchor.paths or not anchor.words <= scene.table.reserved or not near.is_small:
        for node in candidates(scene, leaf.pattern, anchor):
            if near.touches(span_of(scene, node)):
                yield from hits_at(scene, leaf, node)
    elif holds(scene, anchor):
        for node in near.nodes(scene, anchor.kinds):
            if is_place(scene, leaf.pattern, node):
                yield from hits_at(scene, leaf, node)


def may_be_in(scene: Scene, anchor: Anchor, node: Node) -> bool:
    """A cheap answer first: whether what a match of exactly *node* holds is in its text."""
    if not anchor.kinds <= scene.table.expressions:
        return True
    text = node.text
    return all(word.encode() in text for word in anchor.words) and all(
        last_of(path) in text or any(name in text or name == STAR for name in scene.view.aliases(path))
        for path in anchor.paths
    )


def hits_above(scene: Scene, leaf: Leaf, node: Node) -> Iterator[Hit]:
    """The matches of one pattern that *node* is in."""
    # A prefix is around the chunk, and no part of the view.
    if not node.viewed.piece.chunk.prefix and not holds(scene, leaf.anchor):
        return
    kinds = leaf.anchor.kinds
    inner: Node | None = node
    while inner is not None:
        scene.work.step()
        if inner.kind in kinds and is_place(scene, leaf.pattern, inner):
            yield from hits_at(scene, leaf, inner)
        inner = inner.parent


def hits_below(scene: Scene, leaf: Leaf, roots: Iterable[Node]) -> Iterator[Hit]:
    """The matches of one pattern in *roots*; a literal is also found where a name has its value."""
    if isinstance(leaf.pattern, Sequence):
        inside = [(root.start, root.end) for root in roots]
        for hit in leaf_hits(scene, leaf):
            if any(start <= hit.span.start and hit.span.end <= end for start, end in inside):
                yield hit
        return
    kinds = leaf.anchor.kinds
    is_value = kinds <= scene.table.literals | {scene.table.signed}
    stack = list(roots)
    while stack:
        node = stack.pop()
        scene.work.step()
        if (node.kind in kinds or (is_value and node.kind in scene.table.expressions)) and is_place(
            scene, leaf.pattern, node
        ):
            yield from hits_at(scene, leaf, node)
        stack.extend(child for child in reversed(node.children) if child.named)


def regex_hits(scene: Scene, regex: Regex) -> Iterator[Hit]:
    """Every match of a regular expression in the text of the view."""
    for region, text in scene.view.regions():
        scene.work.step(1 + len(text) // 64)
        for found in of_bytes(regex.regex).finditer(text):
            span = Span(region.start + found.start(), region.start + found.end())
            if span.length:
                yield Hit(span, _groups(found, region.start), _holder(scene, span))


def _groups(found: re.Match[bytes], offset: int) -> Env:
    named = {f"${name}": found.span(name) for name in found.groupdict()}
    numbered = {f"${number}": found.span(number) for number in range(1, len(found.groups()) + 1)}
    return {
        name: Bound(found.string[start:end].decode(errors="replace"), Span(offset + start, offset + end), ())
        for name, (start, end) in {**numbered, **named}.items()
        if start >= 0
    }


def _holder(scene: Scene, span: Span) -> Node:
    """The innermost node that holds *span*."""
    node = scene.view.module
    while True:
        scene.work.step()
        inner = next(
            (child for child in node.children if child.start <= span.start and span.end <= child.end), None
        )
        if inner is None:
            return node
        node = inner
