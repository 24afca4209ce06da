"""Reading statements: sequences, assignments, parameters, definitions, clauses, imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assaymark.rules.patterns.anchor import anchor_of
from assaymark.rules.patterns.expressions import unordered
from assaymark.rules.patterns.pattern import (
    Assignment,
    Compound,
    Deep,
    Definition,
    Holding,
    Import,
    Imports,
    Many,
    Members,
    Meta,
    Parameter,
    Pattern,
    Shape,
    Word,
)
from assaymark.rules.patterns.reading import Reading, declared, given_in, placeholder, shape
from assaymark.rules.patterns.significant import significant
from assaymark.rules.patterns.table import Table
from assaymark.rules.patterns.written import Written


def statements(reading: Reading, nodes: Iterable[Written]) -> tuple[Pattern, ...]:
    return tuple([_statement(reading, node) for node in nodes])


def _statement(reading: Reading, node: Written) -> Pattern:
    pattern = reading.build(node)
    if node.kind != reading.table.expression_statement or isinstance(pattern, (Many, Meta)):
        return pattern
    inner = pattern.inner if isinstance(pattern, Deep) else pattern
    return Holding(inner, anchor_of(inner, reading.table))


def assignment(reading: Reading, node: Written) -> Pattern:
    target_field, value_field = reading.table.assignments[node.kind]
    target, type_, value = node.child(target_field), node.child("type"), node.child(value_field)
    if target is None:
        return shape(reading, node)
    return Assignment(
        reading.build(target),
        None if type_ is None else reading.build(type_),
        None if value is None else reading.build(value),
    )


def parameters(reading: Reading, node: Written) -> Pattern:
    parts = tuple([_parameter(reading, child) for child in node.named_children])
    if node.field == "parameters" and node.kind == "lambda_parameters" and parts == (Many(None),):
        return parts[0]
    return Shape(reading.table.canonical(node.kind), parts)


def _parameter(reading: Reading, node: Written) -> Pattern:
    if node.kind == reading.table.identifier:
        found = placeholder(node.text)
        return found if isinstance(found, Many) else Parameter(declared(node), None, None)
    if node.kind in reading.table.splats:
        return Parameter(_splat(reading, node), None, None)
    if node.kind not in reading.table.typed_parameters:
        return reading.build(node)
    name = node.child("name") or node.named_children[0]
    type_, default = node.child("type"), node.child("value")
    return Parameter(
        _splat(reading, name) if name.kind in reading.table.splats else declared(name),
        None if type_ is None else reading.build(type_),
        None if default is None else reading.build(default),
    )


def _splat(reading: Reading, node: Written) -> Pattern:
    names = tuple([declared(child) for child in node.named_children])
    return Shape(reading.table.canonical(node.kind), names)


def imports(table: Table, node: Written) -> Imports:
    module_field = table.imports[node.kind]
    module = node.child(module_field) if module_field else None
    names = [child for child in node.named_children if child.field != module_field or not module_field]
    return Imports(tuple([_imported(table, module, name) for name in names]))


def _imported(table: Table, module: Written | None, node: Written) -> Import:
    kind, name_field, alias_field = table.aliased
    name, alias = node, None
    if node.kind == kind:
        name, alias_node = node.child(name_field) or node, node.child(alias_field)
        alias = None if alias_node is None else declared(alias_node)
    if module is None:
        return Import(declared(name), None, alias)
    return Import(declared(module), Word("*") if node.kind == table.star else declared(name), alias)


def imported_names(table: Table, module: Written) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for node in module.named_children:
        pattern = imports(table, node) if node.kind in table.imports else Imports(())
        for item in pattern.items:
            found.update(_imported_name(item))
    return found


def _imported_name(item: Import) -> Mapping[str, str]:
    """What an import says about later names; `import a.b` says nothing new about `a`."""
    match item:
        case Import(module=Word(text=module), name=Word(text=name), alias=Word(text=alias)):
            return {alias: f"{module}.{name}"}
        case Import(module=Word(text=module), name=Word(text=name), alias=None) if name != "*":
            return {name: f"{module}.{name}"}
        case Import(module=Word(text=module), name=None, alias=Word(text=alias)):
            return {alias: module}
        case _:
            return {}


def decorated(reading: Reading, node: Written) -> Pattern:
    decorators = [child for child in node.named_children if child.kind == reading.table.decorator]
    built = [reading.build(child.named_children[0]) for child in decorators if child.named_children]
    inner = definition(reading, node.named_children[-1])
    return Definition(inner, tuple([item for item in built if not isinstance(item, Many)]))


def definition(reading: Reading, node: Written) -> Shape:
    table = reading.table
    given = given_in(table, node)
    parts: list[Pattern] = []
    for child in significant(table, node.kind, node.children, given):
        if child.field == "name":
            parts.append(declared(child))
        elif child.kind == table.bodies and node.kind in table.classes:
            parts.append(_members(reading, child))
        elif child.kind == table.arguments:
            bases = unordered(reading, child, frozenset((child.kind,)))
            if bases.items:
                parts.append(bases)
            else:
                given -= {child.field or ""}
        else:
            parts.append(reading.build(child))
    return Shape(node.kind, tuple(parts), given)


def _members(reading: Reading, node: Written) -> Members:
    items = statements(reading, node.named_children)
    return Members(tuple([item for item in items if not isinstance(item, Many)]))


def compound(reading: Reading, node: Written) -> Compound:
    table = reading.table
    kinds = table.clauses[node.kind]
    given = given_in(table, node)
    children = significant(table, node.kind, node.children, given)
    head = [reading.build(child) for child in children if child.kind not in kinds]
    clauses = [shape(reading, child) for child in children if child.kind in kinds]
    return Compound(Shape(node.kind, tuple(head), given), tuple(clauses))
