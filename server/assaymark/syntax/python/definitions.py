"""Functions and classes by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.syntax.adapter import Defined

if TYPE_CHECKING:
    from tree_sitter import Node as RawNode

DEFINING = frozenset(("class_definition", "function_definition"))


def defined(node: RawNode) -> Defined | None:
    """The function or class that *node* defines, decorators included."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None or name.text is None:
        return None
    above = node.parent
    whole = above if above is not None and above.type == "decorated_definition" else node
    behind = node.end_byte if body is None else body.start_byte
    text = name.text.decode(errors="replace")
    return Defined(text, whole.start_byte, whole.end_byte, name.start_byte, behind)
