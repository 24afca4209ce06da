"""
A node of a tree, seen from a view.

Invariants:
    One node of a tree is one object in a view: identity can be compared and used as a key.
    Comments and other extras are no children; the children of an error are children like any other's.
    Offsets are the view's bytes. What stands in a chunk's prefix starts before the chunk does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node as RawNode

    from assaymark.syntax.view import Viewed


class Node:
    """A syntax node; its parent and its children are made when they are first asked for."""

    __slots__ = ("_children", "_field", "_parent", "_text", "end", "kind", "raw", "start", "viewed")

    def __init__(self, raw: RawNode, viewed: Viewed) -> None:
        self.raw = raw
        self.viewed = viewed
        self.kind: str = raw.type
        self.start: int = raw.start_byte + viewed.offset
        self.end: int = raw.end_byte + viewed.offset
        self._parent: Node | Literal["unknown"] | None = "unknown"
        self._children: tuple[Node, ...] | None = None
        self._field: str | None = ""
        self._text: bytes | None = None

    @property
    def parent(self) -> Node | None:
        if self._parent == "unknown":
            raw = self.raw.parent
            self._parent = None if raw is None else self.viewed.node(raw)
        return self._parent

    def under(self, parent: Node) -> Self:
        """Effect: the node need not look for its parent."""
        self._parent = parent
        return self

    @property
    def named(self) -> bool:
        return self.raw.is_named

    @property
    def children(self) -> tuple[Node, ...]:
        if self._children is None:
            self.viewed.count.n_nodes += 1
            node = self.viewed.node
            self._children = tuple(
                [
                    node(raw).under(self)
                    for raw in self.raw.children
                    if not raw.is_extra or raw.type == "ERROR"
                ]
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
