"""
A pattern's parse tree, without comments and as plain values.

Invariants:
    `Written` offers what patterns and their targets have in common, so that `significant` reads both alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import tree_sitter

from assaymark.rules.patterns.pattern import MAX_DEPTH
from assaymark.rules.patterns.record import record
from assaymark.rules.patterns.scan import BadPattern
from assaymark.rules.patterns.table import Table

# A wrapper or two stand between most nodes of a pattern.
_MAX_TREE_DEPTH = 2 * MAX_DEPTH


class Treelike(Protocol):
    """A node of a syntax tree, of a pattern or of what it is matched with."""

    @property
    def kind(self) -> str: ...
    @property
    def named(self) -> bool: ...
    @property
    def field(self) -> str | None: ...
    @property
    def children(self) -> Sequence[Treelike]: ...


T = TypeVar("T", bound=Treelike)


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


def significant(table: Table, kind: str, children: Sequence[T], given: frozenset[str]) -> list[T]:
    """
    The children of a node of *kind* that carry meaning, for a pattern that gives these optional fields and
    tokens.
    """
    optional = table.optional_of(kind)
    tokens = kind in table.operators
    kept = []
    for child in children:
        if child.named:
            if child.field not in optional or child.field in given:
                kept.append(child)
        elif (tokens and child.kind not in "()[]{},") or (
            child.kind in table.modifiers and child.kind in given
        ):
            kept.append(child)
    return kept
