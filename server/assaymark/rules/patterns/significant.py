"""
Which children of a node carry meaning: of a pattern's and of a target's alike.

By itself, since targets are looked at where nothing of a pattern is read any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from assaymark.rules.patterns.table import Table


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
