"""
Which Python expressions are constant, and of what they are made.

Literals, adjacent and added strings, f-strings, ``%`` and ``.format`` whose parts are constants or
names. What the names stand for is asked later, where the scopes are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.regex import regex
from assaymark.syntax.bindings import Constant, Expression, Joined, Reference

if TYPE_CHECKING:
    import re

    from tree_sitter import Node as RawNode

# A constant deeper or wider than this is not worth knowing, and must not cost a stack.
_DEEPEST = 40
_WIDEST = 400
# Numbers of up to so many signs are read here, since most files hold some: Python's own reader of literals
# takes longer to import than many files to check.
_PLAIN = 18
_WORDS: dict[str, Constant] = {"true": Constant(True), "false": Constant(False), "none": Constant(None)}
_PERCENT = regex(r"%%|%s|%d")
_BRACES = regex(r"\{\{|\}\}|\{\}")


def expression(node: RawNode, depth: int = 0) -> Expression | None:
    """The constant that *node* may stand for, in terms of names; None when it is none."""
    if depth > _DEEPEST or node.has_error:
        return None
    kind = node.type
    if kind in _WORDS:
        return _WORDS[kind]
    found = _READERS.get(kind)
    return found(node, depth + 1) if found is not None else None


def _number(node: RawNode, _depth: int) -> Expression | None:
    text = node.text or b""
    plain = _plain_number(text) if len(text) <= _PLAIN else None
    value = _evaluated(text) if plain is None else plain
    return Constant(value) if isinstance(value, int | float) else None


def _plain_number(text: bytes) -> int | float | None:
    """The number that *text* is, if it is digits, with a point or without."""
    if text.isdigit():
        return None if text[:1] == b"0" and len(text) > 1 else int(text)
    return float(text) if text.replace(b".", b"", 1).isdigit() else None


def _name(node: RawNode, _depth: int) -> Expression | None:
    return Reference((node.text or b"").decode())


def _string(node: RawNode, depth: int) -> Expression | None:
    children = node.named_children
    if any(child.type == "interpolation" for child in children):
        return _interpolated(children, depth)
    text = node.text or b""
    opening = (children[0].text or b"") if children else b""
    if b"\\" in text:
        return _escaped(text, opening)
    body = text[len(opening) : len(text) - len(opening.lstrip(b"rRbBuUfFtT"))]
    if b"b" in opening.lower():
        return Constant(body)
    return Constant(body.decode(errors="replace"))


def _escaped(text: bytes, opening: bytes) -> Expression | None:
    plain = text.lstrip(b"fFtT") if opening[:1] in b"fFtT" else text
    value = _evaluated(plain)
    return Constant(value) if isinstance(value, str | bytes) else None


def _evaluated(text: bytes) -> object:
    """What the literal *text* stands for; None where that is nothing."""
    # Late, as said above.
    import ast

    try:
        return ast.literal_eval(text.decode())
    except (ValueError, SyntaxError, MemoryError):
        return None


def _interpolated(children: list[RawNode], depth: int) -> Expression | None:
    parts: list[Expression | None] = []
    for child in children[:_WIDEST]:
        if child.type == "string_content":
            parts.append(
                Constant((child.text or b"").decode(errors="replace").replace("{{", "{").replace("}}", "}"))
            )
        elif child.type == "interpolation":
            value = child.child_by_field_name("expression")
            plain = value is not None and child.named_child_count == 1
            parts.append(expression(value, depth) if plain and value is not None else None)
    return _joined(parts)


def _adjacent(node: RawNode, depth: int) -> Expression | None:
    return _joined(
        [expression(child, depth) for child in node.named_children[:_WIDEST] if not child.is_extra]
    )


def _inner(node: RawNode, depth: int) -> Expression | None:
    inner = [child for child in node.named_children if not child.is_extra]
    return expression(inner[0], depth) if len(inner) == 1 else None


def _negative(node: RawNode, depth: int) -> Expression | None:
    operand = node.child_by_field_name("argument")
    value = expression(operand, depth) if operand is not None else None
    if isinstance(value, Constant) and isinstance(value.value, int | float) and node.children[0].type == "-":
        return Constant(-value.value)
    return None


def _operation(node: RawNode, depth: int) -> Expression | None:
    operator = node.child_by_field_name("operator")
    if operator is not None and operator.type == "%":
        return _percent(node, depth)
    parts: list[Expression | None] = []
    # A sum leans to the left: its spine is walked, not recursed into.
    current: RawNode | None = node
    while current is not None and current.type == "binary_operator":
        operator, right = current.child_by_field_name("operator"), current.child_by_field_name("right")
        if operator is None or operator.type != "+" or right is None or len(parts) > _WIDEST:
            return None
        parts.append(expression(right, depth))
        current = current.child_by_field_name("left")
    if current is None:
        return None
    parts.append(expression(current, depth))
    return _joined(parts[::-1])


def _percent(node: RawNode, depth: int) -> Expression | None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    template = expression(left, depth) if left is not None else None
    if right is None or not isinstance(template, Constant) or not isinstance(template.value, str):
        return None
    values = (
        [child for child in right.named_children if not child.is_extra] if right.type == "tuple" else [right]
    )
    return _filled(template.value, _PERCENT, [expression(value, depth) for value in values[:_WIDEST]])


def _formatted(node: RawNode, depth: int) -> Expression | None:
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or function.type != "attribute" or arguments is None:
        return None
    method, subject = function.child_by_field_name("attribute"), function.child_by_field_name("object")
    if method is None or method.text != b"format" or subject is None:
        return None
    template = expression(subject, depth)
    if not isinstance(template, Constant) or not isinstance(template.value, str):
        return None
    values = [child for child in arguments.named_children if not child.is_extra]
    return _filled(template.value, _BRACES, [expression(value, depth) for value in values[:_WIDEST]])


def _filled(template: str, marks: re.Pattern[str], values: list[Expression | None]) -> Expression | None:
    parts: list[Expression | None] = []
    left = list(values)
    at = 0
    for mark in marks.finditer(template):
        parts.append(Constant(template[at : mark.start()]))
        at = mark.end()
        if mark[0] in ("%%", "{{", "}}"):
            parts.append(Constant(mark[0][0]))
        elif left:
            parts.append(left.pop(0))
        else:
            return None
    rest = template[at:]
    if left or ("%" in rest and marks is _PERCENT) or (("{" in rest or "}" in rest) and marks is _BRACES):
        return None
    return _joined([*parts, Constant(rest)])


def _joined(parts: list[Expression | None]) -> Expression | None:
    known = tuple(part for part in parts if part is not None)
    if len(known) < len(parts) or not known:
        return None
    return known[0] if len(known) == 1 else Joined(known)


_READERS = {
    "integer": _number,
    "float": _number,
    "identifier": _name,
    "string": _string,
    "concatenated_string": _adjacent,
    "parenthesized_expression": _inner,
    "unary_operator": _negative,
    "binary_operator": _operation,
    "call": _formatted,
}
