"""
The function around a place.

Invariant: the answer is a function of the chunk's bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.text import Span

if TYPE_CHECKING:
    from assaymark.syntax.cut import Piece

# The kinds of the nodes that are functions, and of those that hold a function and what is written over it.
_FUNCTIONS = {"python": frozenset(("function_definition",))}
_WITH_DECORATORS = frozenset(("decorated_definition",))


def function_over(piece: Piece, span: Span, language: str) -> Span | None:
    """The innermost function around *span* of the chunk, decorators included; None outside of all."""
    kinds, shift = _FUNCTIONS.get(language, frozenset()), len(piece.chunk.prefix)
    node = piece.tree.root_node.descendant_for_byte_range(span.start + shift, span.end + shift)
    while node is not None and node.type not in kinds:
        node = node.parent
    if node is None:
        return None
    if node.parent is not None and node.parent.type in _WITH_DECORATORS:
        node = node.parent
    return Span(max(node.start_byte - shift, 0), max(node.end_byte - shift, 0))
