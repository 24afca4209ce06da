"""
The names that Python binds, scope by scope (Python reference, section 4.2, "Naming and binding").

Invariants:
    What a function imports is bound in that function only.
    A name that a function declares global is bound where the module's names are.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tree_sitter import Query, QueryCursor

from assaymark.regex import regex
from assaymark.syntax.bindings import Binding, Bindings, Scopes
from assaymark.syntax.grammars import grammar_in
from assaymark.syntax.python.constants import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node as RawNode

SCOPES = frozenset(
    {
        "function_definition",
        "class_definition",
        "lambda",
        "list_comprehension",
        "set_comprehension",
        "dictionary_comprehension",
        "generator_expression",
    }
)
_BINDERS = (
    "import_statement",
    "import_from_statement",
    "assignment",
    "augmented_assignment",
    "named_expression",
    "for_statement",
    "for_in_clause",
    "as_pattern",
    "case_pattern",
    "delete_statement",
    "global_statement",
    "nonlocal_statement",
)
_VARIABLE = Binding("variable")
_DEFINITION = Binding("definition")
_PARAMETER = Binding("parameter")
_OUTER = Binding("global")
# Nested patterns deeper than this bind nothing: no one writes them, and they must not cost a stack.
_DEEPEST = 40
_SOUGHT = SCOPES.union(_BINDERS)
# A tree of so many nodes is walked through.
_FEW = 300
_COMPOUND = frozenset(
    {
        "if_statement",
        "try_statement",
        "with_statement",
        "for_statement",
        "while_statement",
        "match_statement",
        "delete_statement",
        "global_statement",
        "ERROR",
    }
)

_Found = list[tuple[str, Binding]]

# A definition with all that stands above it, up to where its name ends.
_DEFINED = regex(
    rb"(?=[@acd])(?>(?:(?:[@ \t#)\]}][^\n\r]*+)?[\n\r])*)"
    rb"(?:(?:async[ \t]+)?def|class)[ \t]+([A-Za-z_]\w*+)[ \t]*[(:\[]"
)
# Code at the margin, with line ends of one kind and of any.
_AT_MARGIN = regex(rb"\n[^ \t\n#)\]}]")
_AT_ANY_MARGIN = regex(rb"[\n\r][^ \t\n\r#)\]}]")


def stated(data: bytes, *, is_member: bool) -> Bindings | None:
    """
    The names that some bytes bind at the top, where that needs no tree; None elsewhere.

    A definition with nothing else at the margin binds its name, and what stands in a class nothing there.
    """
    if b"global" in data or b"\x0c" in data:
        return None
    head = None if is_member else _DEFINED.match(data)
    if not is_member and head is None:
        return None
    margin = _AT_ANY_MARGIN if b"\r" in data else _AT_MARGIN
    if margin.search(data, head.end() if head is not None else 0):
        return None
    return {} if head is None else {head[1].decode(): (_DEFINITION,)}


def top_level(root: RawNode, n_prefix: int) -> Bindings:
    """
    The names that the statements of *root* bind, without those of the first *n_prefix* bytes.

    Functions are not looked into: a tree that holds ``global`` wants ``scopes(…).of[0]``.
    """
    found: _Found = []
    for statement in root.children:
        if statement.start_byte >= n_prefix:
            found.extend(_of_statement(statement))
    return _grouped(found)


def scopes(root: RawNode, n_prefix: int) -> Scopes:
    """The bindings of every scope under *root* by the identity of its node; those of the top under 0."""
    tables: dict[int, _Found] = {0: []}
    outer: list[tuple[int, int]] = [(root.end_byte + 1, 0)]
    declared: dict[int, set[str]] = {}
    for node in _binders(root):
        while node.start_byte >= outer[-1][0]:
            outer.pop()
        here = outer[-1][1]
        kind = node.type
        if kind in ("function_definition", "class_definition") and node.start_byte >= n_prefix:
            tables[here].extend(_definition(node))
        if kind in SCOPES:
            tables[node.id] = list(_parameters(node))
            outer.append((node.end_byte, node.id))
        elif kind in ("global_statement", "nonlocal_statement"):
            names = {_text(child) for child in node.named_children}
            tables[here].extend((name, _OUTER) for name in names)
            if kind == "global_statement":
                declared.setdefault(here, set()).update(names)
            else:
                for _, scope in outer[1:-1]:
                    tables[scope].extend((name, _VARIABLE) for name in names)
        elif node.start_byte >= n_prefix:
            for name, binding in _bound(node):
                target = 0 if name in declared.get(here, ()) else here
                tables[target].append((name, binding))
    return Scopes({scope: _grouped(found) for scope, found in tables.items()})


@cache
def _query() -> Query:
    kinds = " ".join(f"({kind})" for kind in (*_BINDERS, *sorted(SCOPES)))
    return Query(grammar_in("tree_sitter_python"), f"[{kinds}] @binder")


def _binders(root: RawNode) -> list[RawNode]:
    few = root.descendant_count <= _FEW
    found = [*_walked(root)] if few else QueryCursor(_query()).captures(root).get("binder", [])
    return sorted(found, key=lambda node: (node.start_byte, -node.end_byte))


def _walked(node: RawNode) -> Iterator[RawNode]:
    """What the query finds, without it: to make it takes longer than to walk through a few statements."""
    if node.type in _SOUGHT and node.is_named:
        yield node
    for child in node.children:
        yield from _walked(child)


def _grouped(found: _Found) -> Bindings:
    table: dict[str, list[Binding]] = {}
    for name, binding in found:
        table.setdefault(name, []).append(binding)
    return {
        name: tuple(sorted(bindings, key=repr)) if len(bindings) > 1 else tuple(bindings)
        for name, bindings in table.items()
    }


def _of_statement(statement: RawNode) -> Iterator[tuple[str, Binding]]:
    kind = statement.type
    if kind in ("function_definition", "class_definition"):
        yield from _definition(statement)
    elif kind == "decorated_definition":
        definition = statement.child_by_field_name("definition")
        if definition is not None:
            yield from _definition(definition)
    elif kind in ("import_statement", "import_from_statement"):
        yield from _bound(statement)
    elif kind == "expression_statement":
        yield from _of_expressions(statement)
    elif kind in _BINDERS or kind in _COMPOUND:
        yield from _of_any(statement)


def _of_expressions(statement: RawNode) -> Iterator[tuple[str, Binding]]:
    assignment = statement.named_children[0] if statement.named_child_count == 1 else None
    if assignment is None or b":=" in (statement.text or b""):
        yield from _of_any(statement)
    elif assignment.type == "assignment":
        right = assignment.child_by_field_name("right")
        plain = right is None or right.type != "assignment"
        yield from _bound(assignment) if plain else _of_any(statement)
    elif assignment.type in _BINDERS:
        yield from _bound(assignment)


def _of_any(statement: RawNode) -> Iterator[tuple[str, Binding]]:
    for name, bindings in scopes(statement, 0).of[0].items():
        for binding in bindings:
            yield name, binding


def _definition(node: RawNode) -> Iterator[tuple[str, Binding]]:
    name = node.child_by_field_name("name")
    if name is not None:
        yield _text(name), _DEFINITION


def _parameters(scope: RawNode) -> Iterator[tuple[str, Binding]]:
    parameters = scope.child_by_field_name("parameters")
    if parameters is None or scope.type == "class_definition":
        return
    for parameter in parameters.named_children:
        named = parameter.child_by_field_name("name")
        name = named if named is not None else _first_name(parameter)
        if name is not None:
            for bound in _names(name):
                yield bound, _PARAMETER


def _first_name(parameter: RawNode) -> RawNode | None:
    if parameter.type in ("identifier", "list_splat_pattern", "dictionary_splat_pattern", "tuple_pattern"):
        return parameter
    return (
        parameter.named_children[0]
        if parameter.type == "typed_parameter" and parameter.named_children
        else None
    )


def _bound(node: RawNode) -> Iterator[tuple[str, Binding]]:
    kind = node.type
    if kind == "import_statement":
        yield from _imports(node, "")
    elif kind == "import_from_statement":
        module = node.child_by_field_name("module_name")
        if module is not None:
            yield from _imports(node, _text(module), module)
    elif kind == "assignment":
        yield from _assigned(node)
    else:
        for target in _targets(node):
            for name in _names(target):
                yield name, _VARIABLE


def _imports(node: RawNode, module: str, skip: RawNode | None = None) -> Iterator[tuple[str, Binding]]:
    stem = module if not module or module.endswith(".") else f"{module}."
    for child in node.named_children:
        if skip is not None and child.start_byte <= skip.start_byte:
            continue
        if child.type == "wildcard_import":
            yield "*", Binding("star", module)
        elif child.type == "dotted_name":
            dotted = _text(child)
            name = dotted.partition(".")[0]
            yield name, Binding("import", f"{stem}{dotted if module else name}")
        elif child.type == "aliased_import":
            path, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
            if path is not None and alias is not None:
                yield _text(alias), Binding("import", f"{stem}{_text(path)}")


def _assigned(node: RawNode) -> Iterator[tuple[str, Binding]]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    while right is not None and right.type == "assignment":
        right = right.child_by_field_name("right")
    if left.type == "identifier":
        value = expression(right) if right is not None else None
        yield _text(left), Binding("constant", value=value) if value is not None else _VARIABLE
    else:
        for name in _names(left):
            yield name, _VARIABLE


def _targets(node: RawNode) -> list[RawNode]:
    kind = node.type
    if kind == "named_expression":
        target = node.child_by_field_name("name")
    elif kind == "as_pattern":
        target = node.child_by_field_name("alias")
    elif kind in ("delete_statement", "case_pattern"):
        return node.named_children
    else:
        target = node.child_by_field_name("left")
    return [target] if target is not None else []


def _names(target: RawNode, depth: int = 0) -> Iterator[str]:
    """The names that a target binds; those of attributes and items are not bound by it."""
    if target.type == "identifier":
        yield _text(target)
    elif depth < _DEEPEST and target.type not in ("attribute", "subscript", "call"):
        for child in target.named_children:
            yield from _names(child, depth + 1)


def _text(node: RawNode) -> str:
    return "".join((node.text or b"").decode(errors="replace").split())
