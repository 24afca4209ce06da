"""
A node of a tree, seen from a view.

Invariants:
    One node of a tree is one object in a view: identity can be compared and used as a key.
    Comments and other extras are no children; the children of an error are children like any other's.
    Offsets are the view's bytes. What stands in a chunk's prefix starts before the chunk does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node as RawNode

    from assaymark.syntax.view import Viewed


class Node:
    """A syntax node with its parent; children are made when they are first asked for."""

    __slots__ = ("_children", "_field", "_text", "end", "kind", "named", "parent", "raw", "start", "viewed")

    def __init__(self, raw: RawNode, viewed: Viewed, parent: Node | None) -> None:
        self.raw = raw
        self.viewed = viewed
        self.parent = parent
        self.kind: str = raw.type
        self.named: bool = raw.is_named
        self.start: int = raw.start_byte + viewed.offset
        self.end: int = raw.end_byte + viewed.offset
        self._children: tuple[Node, ...] | None = None
        self._field: str | None = ""
        self._text: bytes | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        if self._children is None:
            self.viewed.count.n_nodes += 1
            self._children = tuple(
                Node(child, self.viewed, self)
                for child in self.raw.children
                if not child.is_extra or child.type == "ERROR"
            )
        return self._children

    @property
    def named_children(self) -> tuple[Node, ...]:
        return tuple(child for child in self.children if child.named)

    def child(self, field: str) -> Node | None:
        """The first child in *field*."""
        raw = self.raw.child_by_field_name(field)
        if raw is None:
            return None
        start, end, kind = raw.start_byte + self.viewed.offset, raw.end_byte + self.viewed.offset, raw.type
        for child in self.children:
            if child.start == start and child.end == end and child.kind == kind:
                return child
        return None

    @property
    def field(self) -> str | None:
        """The name of the field in which it stands in its parent."""
        if self._field == "":
            self._field = self._find_field()
        return self._field

    def _find_field(self) -> str | None:
        parent = self.parent
        if parent is None:
            return None
        for index, raw in enumerate(parent.raw.children):
            if raw.id == self.raw.id and raw.start_byte == self.raw.start_byte:
                return parent.raw.field_name_for_child(index)
        return None

    @property
    def text(self) -> bytes:
        if self._text is None:
            self._text = self.raw.text or b""
        return self._text

    @property
    def has_error(self) -> bool:
        return self.raw.has_error

    @property
    def is_error(self) -> bool:
        return self.kind == "ERROR"

    @property
    def is_missing(self) -> bool:
        return self.raw.is_missing

    def ancestors(self) -> Iterator[Node]:
        """Its parent, that one's parent, and so on up to the module."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def __repr__(self) -> str:
        return f"<{self.kind} {self.start}..{self.end}>"
