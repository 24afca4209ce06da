"""
What runs behind a place: the statements that a check at that place guards.

Invariant: the answer is a function of the chunk's bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assaymark.syntax import languages
from assaymark.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node as RawNode

    from assaymark.syntax.cut import Piece

# The same fields hold the parts of these in the grammars of all languages that are compared.
_BRANCHES = frozenset(("elif_clause", "if_statement"))
_BLOCKS = frozenset(("block", "module", "program", "statement_block"))
# What ends a branch that refuses.
_ENDS = frozenset(
    ("break_statement", "continue_statement", "raise_statement", "return_statement", "throw_statement")
)
_DECORATED = "decorated_definition"


class Following(NamedTuple):
    """The statement that a place is part of, and what that guards: a branch, or what follows in its block."""

    statement: Span
    guarded: Span


def following(piece: Piece, span: Span, language: str) -> Following | None:
    """What is behind *span* of the chunk; None where it is the last, or over a definition's body."""
    shift, defined = len(piece.chunk.prefix), languages.adapter(language).defined
    inner = node = piece.tree.root_node.named_descendant_for_byte_range(span.start + shift, span.end + shift)
    while node is not None and inner is not None and node.type != _DECORATED:
        branch = _branch(node, inner)
        if branch is not None:
            return _following(node, branch, branch, shift)
        behind = _behind(node)
        if behind:
            return _following(node, behind[0], behind[-1], shift)
        if defined(node) is not None:
            return None
        inner, node = node, node.parent
    return None


def _following(statement: RawNode, first: RawNode, last: RawNode, shift: int) -> Following:
    def place(start: int, end: int) -> Span:
        return Span(max(start - shift, 0), max(end - shift, 0))

    # The branch is no part of what is checked.
    end = min(statement.end_byte, first.start_byte)
    return Following(place(statement.start_byte, end), place(first.start_byte, last.end_byte))


def _branch(node: RawNode, inner: RawNode) -> RawNode | None:
    """The branch that runs where *inner*, the condition of *node*, holds; None where it refuses."""
    condition = node.child_by_field_name("condition") if node.type in _BRANCHES else None
    consequence = node.child_by_field_name("consequence")
    if condition is None or condition.id != inner.id or consequence is None:
        return None
    text, last = condition.text or b"", next(reversed(consequence.named_children), consequence)
    is_refused = last.type in _ENDS or consequence.type in _ENDS
    return None if is_refused or b"not " in text or b"!" in text else consequence


def _behind(node: RawNode) -> list[RawNode]:
    above = node.parent
    if above is None or above.type not in _BLOCKS:
        return []
    return [one for one in above.named_children if one.start_byte >= node.end_byte and not one.is_extra]
