"""
A pattern's parse tree, without comments and as plain values.

Invariants:
    `Written` offers what patterns and their targets have in common, so that `significant` reads both alike.
"""

from __future__ import annotations

import tree_sitter

from assaymark.rules.patterns.pattern import MAX_DEPTH
from assaymark.rules.patterns.record import record
from assaymark.rules.patterns.scan import BadPattern

# A wrapper or two stand between most nodes of a pattern.
_MAX_TREE_DEPTH = 2 * MAX_DEPTH


@record
class Written:
    """One node of a pattern's parse tree."""

    kind: str
    named: bool
    field: str | None
    text: str
    children: tuple[Written, ...]

    @property
    def named_children(self) -> tuple[Written, ...]:
        return tuple([child for child in self.children if child.named])

    def child(self, field: str) -> Written | None:
        return next((child for child in self.children if child.field == field), None)


def written(node: tree_sitter.Node, field: str | None = None, depth: int = 0) -> Written:
    """
    The plain tree under *node*.

    Raises BadPattern when it is too deep.
    """
    if depth > _MAX_TREE_DEPTH:
        msg = f"a pattern may be nested {MAX_DEPTH} deep"
        raise BadPattern(msg)
    children = [
        written(child, node.field_name_for_child(index), depth + 1)
        for index, child in enumerate(node.children)
        if not child.is_extra
    ]
    return Written(node.type, node.is_named, field, (node.text or b"").decode(), tuple(children))
