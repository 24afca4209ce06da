"""
What JavaScript defines, by the names that people call it by: functions, classes, methods, and routes.

A function without a name of its own is called like the variable, the property or the key that it is given to,
also through calls that wrap it. A route, `app.get("/users", …)`, is a scope of its own, called by its verb
and path: what stands before its last argument guards it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.syntax.adapter import Defined

if TYPE_CHECKING:
    from tree_sitter import Node as RawNode

_NAMED = frozenset(
    ("class_declaration", "function_declaration", "generator_function_declaration", "method_definition")
)
_UNNAMED = frozenset(("arrow_function", "class", "function_expression", "generator_function"))
DEFINING = _NAMED | _UNNAMED | {"call_expression"}
# What stands between a function and the name that it is given to, where a call wraps it.
_BETWEEN = frozenset(("arguments", "await_expression", "call_expression", "parenthesized_expression"))
# Where the name stands in what gives it.
_GIVING = {
    "variable_declarator": "name",
    "assignment_expression": "left",
    "pair": "key",
    "field_definition": "property",
}
_VERBS = frozenset((b"all", b"delete", b"get", b"head", b"options", b"patch", b"post", b"put", b"use"))
_STRINGS = frozenset(("string", "template_string"))
_FURTHEST = 6


def defined(node: RawNode) -> Defined | None:
    """The function, class or route that *node* defines."""
    if node.type == "call_expression":
        return _route(node)
    if node.type in _NAMED:
        name = node.child_by_field_name("name")
        return None if name is None else _defined(_text(name), node, node, name)
    giving = _giving(node)
    name = None if giving is None else giving.child_by_field_name(_GIVING[giving.type])
    return None if giving is None or name is None else _defined(_last(_text(name)), giving, node, name)


def _defined(name: str, whole: RawNode, function: RawNode, named: RawNode) -> Defined | None:
    body = function.child_by_field_name("body")
    behind = whole.end_byte if body is None else body.start_byte
    return Defined(name, whole.start_byte, whole.end_byte, named.start_byte, behind) if name else None


def _giving(node: RawNode) -> RawNode | None:
    """What gives a name to the function *node*: never a call that is a route."""
    above = node.parent
    for _ in range(_FURTHEST):
        if above is None or above.type not in _BETWEEN:
            break
        if above.type == "call_expression" and _route(above) is not None:
            return None
        above = above.parent
    return above if above is not None and above.type in _GIVING else None


def _route(call: RawNode) -> Defined | None:
    function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is None or arguments is None or function.type != "member_expression":
        return None
    verb = function.child_by_field_name("property")
    if verb is None or verb.text not in _VERBS:
        return None
    given = arguments.named_children
    chained = _path_of(function)
    path = chained or (given[0] if len(given) > 1 and given[0].type in _STRINGS else None)
    if path is None or not given:
        return None
    name = f"{_text(verb)} {_text(path)[1:-1]}"
    # In a chain, what stands before the verb is another route.
    start = call.start_byte if chained is None else verb.start_byte
    return Defined(name, start, call.end_byte, verb.start_byte, arguments.start_byte)


def _path_of(function: RawNode) -> RawNode | None:
    """The path in `app.route("/users").get`, further verbs between them included."""
    for _ in range(_FURTHEST):
        inner = function.child_by_field_name("object")
        if inner is None or inner.type != "call_expression":
            return None
        called, arguments = inner.child_by_field_name("function"), inner.child_by_field_name("arguments")
        name = None if called is None else called.child_by_field_name("property")
        if called is None or name is None or arguments is None:
            return None
        if name.text == b"route":
            first = next(iter(arguments.named_children), None)
            return first if first is not None and first.type in _STRINGS else None
        function = called
    return None


def _last(name: str) -> str:
    return name.rpartition(".")[2].strip("\"'#")


def _text(node: RawNode) -> str:
    return (node.text or b"").decode(errors="replace")
