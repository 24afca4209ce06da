"""How much of a text its grammar does not understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assaymark.syntax.cut import Piece


def first_error(piece: Piece) -> int | None:
    """The byte of *piece*'s chunk from which on its grammar lost the thread; None when it lost it nowhere."""
    node = piece.tree.root_node
    if not node.has_error:
        return None
    while not (node.is_error or node.is_missing):
        within = next((child for child in node.children if child.has_error or child.is_missing), None)
        if within is None:
            break
        node = within
    return max(node.start_byte - len(piece.chunk.prefix), 0)


def n_errors(pieces: Iterable[Piece]) -> int:
    """How many places of *pieces* are errors, or lack something."""
    nodes = [piece.tree.root_node for piece in pieces if piece.tree.root_node.has_error]
    n_found = 0
    while nodes:
        node = nodes.pop()
        n_found += node.is_error or node.is_missing
        nodes += (child for child in node.children if child.has_error or child.is_missing)
    return n_found
