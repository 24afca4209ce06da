"""
The places where some hits are: what has to agree with them is tried there only.

Invariants:
    Every node that touches one of the hits is there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from assaymark.rules.patterns import pattern as patterns
from assaymark.rules.patterns.binding import Hit
from assaymark.rules.patterns.find import span_of
from assaymark.rules.patterns.formula import All, Either, Formula, Inside, Leaf, Regex
from assaymark.rules.patterns.pattern import Anchor
from assaymark.rules.patterns.scene import Scene
from assaymark.rules.patterns.table import Table
from assaymark.syntax.node import Node
from assaymark.text import Span

# Beyond so many bytes, to look for nodes by their kind is cheaper than to walk over them.
_MAX_LENGTH = 8_000


class Near:
    """Some hits, as places; what is found out about them is kept."""

    __slots__ = ("_ends", "_hits", "_nodes", "_starts", "is_small")

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._hits = hits
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._nodes: list[Node] | None = None
        for start, end in sorted((hit.span.start, hit.span.end) for hit in hits):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)
        self.is_small = sum(self._ends) - sum(self._starts) <= _MAX_LENGTH

    def touches(self, span: Span) -> bool:
        """Whether *span* touches one of the hits."""
        index = bisect_right(self._starts, span.end) - 1
        return index >= 0 and self._ends[index] >= span.start

    def nodes(self, scene: Scene, kinds: frozenset[str]) -> Iterator[Node]:
        """The nodes of these kinds that touch one of the hits, in the order of the text."""
        if self._nodes is None:
            # What stands in a prefix is looked at where the prefix was copied from.
            walked = (node for node in self._walked(scene) if node.start >= node.viewed.base)
            self._nodes = sorted(walked, key=_place)
        return (node for node in self._nodes if node.kind in kinds)

    def _walked(self, scene: Scene) -> Iterable[Node]:
        """Each node once, a node before those in it."""
        found: dict[Node, None] = {}
        walked: dict[Node, None] = {}
        for hit in self._hits:
            top = _holder(hit)
            for node in reversed([*top.ancestors()]):
                scene.work.step()
                found[node] = None
                if node.kind == scene.table.decorated or node.kind in scene.table.clauses:
                    # Their children may be reported with what stands beside them.
                    found.update(dict.fromkeys(self._touched(scene, node)))
            self._walk(scene, top, walked, is_all=hit.span.start <= top.start and top.end <= hit.span.end)
        return [*found, *(node for node in walked if node not in found)]

    def _walk(self, scene: Scene, top: Node, walked: dict[Node, None], *, is_all: bool) -> None:
        """Effect: *walked* has what is below *top*; what touches no hit is left out, unless all do."""
        stack = [top]
        while stack:
            node = stack.pop()
            if node not in walked:
                scene.work.step()
                walked[node] = None
                stack.extend(node.named_children if is_all else self._touched(scene, node))

    def _touched(self, scene: Scene, node: Node) -> list[Node]:
        return [child for child in node.children if child.named and self.touches(span_of(scene, child))]


def by_cost(table: Table, parts: Sequence[Formula]) -> list[int]:
    """The places of *parts*, those first that a word leads to."""
    if len(parts) == 1:
        return [0]
    return sorted(range(len(parts)), key=lambda index: _cost(table, parts[index]))


def _cost(table: Table, formula: Formula) -> int:
    """0 for what words lead to, 1 for what words lead to that are everywhere, 2 for anything else."""
    match formula:
        case Leaf(pattern=patterns.Sequence(anchors=anchors)):
            return min((_cost_of(table, anchor) for anchor in anchors), default=2)
        case Leaf(anchor=anchor):
            return _cost_of(table, anchor)
        case Regex():
            return 1
        case Either(parts=parts):
            return max((_cost(table, part) for part in parts), default=2)
        case Inside(part=part):
            return _cost(table, part)
        case All(parts=parts):
            positive = (part for part in parts if isinstance(part, (Leaf, Regex, Either, All, Inside)))
            return min((_cost(table, part) for part in positive), default=2)
        case _:
            return 2


def _cost_of(table: Table, anchor: Anchor) -> int:
    if anchor.paths or not anchor.words <= table.reserved:
        return 0
    return 1 if anchor.words else 2


def _holder(hit: Hit) -> Node:
    """The innermost node known to hold all of the hit, decorators included."""
    node = hit.node
    while node.parent is not None and not (node.start <= hit.span.start and hit.span.end <= node.end):
        node = node.parent
    return node


def _place(node: Node) -> tuple[int, int]:
    return node.start, -node.end
