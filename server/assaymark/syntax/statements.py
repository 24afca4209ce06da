"""
Which statement a place in a chunk belongs to.

Invariant: the answer is a function of the chunk; broken code has statements like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node as RawNode

    from assaymark.syntax.reading import Reading

# What statements stand in, of any language here.
_BLOCKS = frozenset(("module", "block", "program", "statement_block", "class_body", "switch_body", "ERROR"))
_CLAUSES = ("_clause", "_case", "_default")


def statement_at(reading: Reading, offset: int) -> Span:
    """
    The smallest statement of a chunk that holds the byte *offset*, relative to the chunk.

    Of one that holds others it is the header, decorators included. Where there is none it is just that byte.
    """
    shift = len(reading.chunk.prefix)
    at = offset + shift
    node: RawNode | None = reading.tree.root_node.descendant_for_byte_range(at, at)
    while node is not None and not _is_statement(node):
        node = node.parent
    if node is None or node.type in _BLOCKS:
        return Span(offset, offset)
    node = _whole(node)
    start, end = max(node.start_byte - shift, 0), _end(node, at) - shift
    return Span(start, end) if start <= offset < end else Span(offset, offset)


def _is_statement(node: RawNode) -> bool:
    parent = node.parent
    return node.type in _BLOCKS or parent is None or parent.type in _BLOCKS or node.type.endswith(_CLAUSES)


def _whole(node: RawNode) -> RawNode:
    """*node* with what decorates it."""
    parent = node.parent
    return parent if parent is not None and parent.type == "decorated_definition" else node


def _end(node: RawNode, at: int) -> int:
    """Where the statement *node* ends, or the header of one that holds others."""
    inner = node
    while (definition := inner.child_by_field_name("definition")) is not None:
        inner = definition
    body = next((child for child in inner.children if child.type in _BLOCKS), None)
    head = body.prev_sibling if body is not None and at < body.start_byte else None
    return head.end_byte if head is not None else node.end_byte
