"""How much of a text its grammar does not understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assaymark.syntax.cut import Piece


def n_errors(pieces: Iterable[Piece]) -> int:
    """How many places of *pieces* are errors, or lack something."""
    nodes = [piece.tree.root_node for piece in pieces if piece.tree.root_node.has_error]
    n_found = 0
    while nodes:
        node = nodes.pop()
        n_found += node.is_error or node.is_missing
        nodes += (child for child in node.children if child.has_error or child.is_missing)
    return n_found
