"""
A pattern's text as a pattern tree.

Invariants:
    The text is parsed by the grammar that its targets are parsed by; what does not parse is a BadPattern.
    Metavariables and ellipses are found where the grammar lets an identifier stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import tree_sitter

from assaymark.rules.patterns import scan
from assaymark.rules.patterns.anchor import anchor_of
from assaymark.rules.patterns.pattern import (
    AnyString,
    Arguments,
    Assignment,
    Block,
    Compound,
    Deep,
    Definition,
    Formatted,
    Fragment,
    Holding,
    Import,
    Imports,
    Keyword,
    Literal,
    Many,
    Member,
    Members,
    Meta,
    Operands,
    Parameter,
    Path,
    Pattern,
    Sequence,
    Shape,
    Token,
    Unordered,
    Word,
)
from assaymark.rules.patterns.scan import BadPattern
from assaymark.rules.patterns.table import Table
from assaymark.rules.patterns.tables import table_of
from assaymark.rules.patterns.written import Written, significant, written
from assaymark.syntax.languages import parser


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a pattern is read with."""

    table: Table
    propagated: bool
    commutative: frozenset[str]
    imports: Mapping[str, str]


def parse_pattern(
    text: str, language: str, options: Mapping[str, bool], imports: Mapping[str, str] | None = None
) -> Pattern:
    """
    The pattern that *text* says; *imports* says what the rule's other patterns import under a name.

    Raises BadPattern, saying what to write instead.
    """
    table = table_of(language)
    commutative = frozenset(kind for kind, option in table.commutative.items() if options.get(option, False))
    module = _parsed(text, table)
    known = {**(imports or {}), **_imported_names(table, module)}
    return _root(_Reading(table, options.get("constant_propagation", True), commutative, known), module)


def imports_of(text: str, language: str) -> Mapping[str, str]:
    """
    The names that a pattern imports at its top, with their dotted paths.

    Raises BadPattern.
    """
    table = table_of(language)
    return _imported_names(table, _parsed(text, table))


def _imported_names(table: Table, module: Written) -> Mapping[str, str]:
    reading = _Reading(table, propagated=True, commutative=frozenset(), imports={})
    found: dict[str, str] = {}
    for node in module.named_children:
        pattern = _imports(reading, node) if node.kind in table.imports else Imports(())
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


def _parsed(text: str, table: Table) -> Written:
    trees = [parser(table.language).parse(source.encode()) for source in scan.sources(text, table)]
    tree = next((tree for tree in trees if not tree.root_node.has_error), None)
    if tree is None:
        msg = f"the pattern does not parse as {table.language}{_where(trees[0].root_node)}"
        raise BadPattern(msg)
    return written(tree.root_node)


def _where(root: tree_sitter.Node) -> str:
    """The line of the first error, for patterns of several lines."""
    node = root
    while inner := next((child for child in node.children if child.has_error), None):
        node = inner
    n_lines = root.end_point.row + 1
    return f" (line {node.start_point.row + 1} of it)" if n_lines > 1 else ""


def _root(reading: _Reading, module: Written) -> Pattern:
    statements = module.named_children
    if not statements:
        msg = "the pattern is empty"
        raise BadPattern(msg)
    if len(statements) > 1:
        items = _statements(reading, statements)
        if all(isinstance(item, Many) for item in items):
            msg = "`...` alone matches everything"
            raise BadPattern(msg)
        return Sequence(items, tuple([anchor_of(item, reading.table) for item in items]))
    pattern = _build(reading, statements[0])
    if isinstance(pattern, (Many, Deep)):
        msg = "an ellipsis alone matches everything; write what stands around it"
        raise BadPattern(msg)
    if isinstance(pattern, Token):
        msg = "the pattern is no expression and no statement"
        raise BadPattern(msg)
    return pattern


def _statements(reading: _Reading, nodes: Iterable[Written]) -> tuple[Pattern, ...]:
    return tuple([_statement(reading, node) for node in nodes])


def _statement(reading: _Reading, node: Written) -> Pattern:
    pattern = _build(reading, node)
    if node.kind != reading.table.expression_statement or isinstance(pattern, (Many, Meta)):
        return pattern
    inner = pattern.inner if isinstance(pattern, Deep) else pattern
    return Holding(inner, anchor_of(inner, reading.table))


def _build(reading: _Reading, node: Written) -> Pattern:
    """The pattern of any node."""
    table = reading.table
    while node.kind in table.wrappers and len(node.named_children) == 1:
        node = node.named_children[0]
    kind = node.kind
    if kind == table.identifier:
        path = reading.imports.get(node.text, node.text).split(".")
        return _placeholder(node.text) or Path(tuple([Word(name) for name in path]))
    if kind == table.member[0]:
        return _member(reading, node)
    if kind == table.call:
        return _call(reading, node)
    if kind in table.literals or kind == table.signed:
        return _literal(reading, node)
    if kind == table.arguments:
        return _arguments(reading, node)
    if kind == table.keyword[0]:
        return _keyword(reading, node)
    if kind in table.dictionaries or kind in table.sets:
        return _dictionary(reading, node)
    if kind in table.unordered:
        return _unordered(reading, node, frozenset((kind,)))
    if kind in table.assignments:
        return _assignment(reading, node)
    if kind in table.parameters:
        return _parameters(reading, node)
    if kind in table.imports:
        return _imports(reading, node)
    return _statement_or_shape(reading, node)


def _statement_or_shape(reading: _Reading, node: Written) -> Pattern:
    table, kind = reading.table, node.kind
    if kind == table.decorated:
        return _decorated(reading, node)
    if kind in table.functions or kind in table.classes:
        return Definition(_definition(reading, node), ())
    if kind in table.clauses:
        return _compound(reading, node)
    if kind == table.bodies:
        return Block(_statements(reading, node.named_children))
    if not node.children:
        return Token(node.text)
    if kind in table.associative and (operands := _operands(reading, node)) is not None:
        return operands
    return _shape(reading, node)


def _operands(reading: _Reading, node: Written) -> Operands | None:
    """`a + ... + b`; None when no ellipsis is among the operands."""
    found: list[Written] = []
    kind, operator = node.kind, node.children[1].text
    while node.kind == kind and len(node.children) == 3 and node.children[1].text == operator:
        found.append(node.children[2])
        node = node.children[0]
    built = [_build(reading, operand) for operand in (node, *reversed(found))]
    return Operands(kind, operator, tuple(built)) if any(isinstance(item, Many) for item in built) else None


def _placeholder(identifier: str) -> Meta | Many | None:
    meta = scan.meta_name(identifier)
    if meta is not None:
        return Meta(meta or None)
    many = scan.many_name(identifier)
    return None if many is None else Many(many or None)


def _name(node: Written) -> Word | Meta:
    """What stands where a name is declared or chosen: nothing is looked up."""
    found = _placeholder(node.text)
    return Meta(found.name) if isinstance(found, (Meta, Many)) else Word("".join(node.text.split()))


def _member(reading: _Reading, node: Written) -> Pattern:
    _, object_field, name_field = reading.table.member
    target, name = node.child(object_field), node.child(name_field)
    if target is None or name is None:
        return _shape(reading, node)
    inner = target.child(name_field) if target.kind == node.kind else None
    if inner is not None and inner.text == scan.DOTS:
        before = target.child(object_field)
        return Member(_build(reading, before or target), _name(name), hops=True)
    built = _build(reading, target)
    if isinstance(built, Path):
        return Path((*built.parts, _name(name)))
    return Member(built, _name(name), hops=False)


def _call(reading: _Reading, node: Written) -> Pattern:
    children = significant(reading.table, node.kind, node.children, frozenset())
    if len(children) != 2:
        return _shape(reading, node)
    if children[0].text == scan.DEEP:
        inside = children[1].named_children
        if len(inside) != 1:
            msg = "`<... e ...>` holds one expression"
            raise BadPattern(msg)
        return Deep(_build(reading, inside[0]))
    given = _build(reading, children[1])
    arguments = given if isinstance(given, Arguments) else Arguments((given,), ())
    return Shape(node.kind, (_build(reading, children[0]), arguments))


def _literal(reading: _Reading, node: Written) -> Pattern:
    table = reading.table
    if node.kind in table.strings:
        special = _string(reading, node)
        if special is not None:
            return special
    try:
        value = table.value_of(node.text)
    except ValueError:
        return _shape(reading, node) if node.children else Token(node.text)
    return Literal(value, reading.propagated)


def _string(reading: _Reading, node: Written) -> Pattern | None:
    """What is no mere value: `"..."`, `"$X"` and formatted strings."""
    table = reading.table
    if table.is_formatted(node.text):
        return _formatted(reading, node)
    content = [child.text for child in node.children if child.kind == table.string_content]
    if len(content) != 1:
        return None
    if content[0] == "...":
        return AnyString(None, reading.propagated)
    if content[0].startswith("=~/"):
        msg = 'a regular expression in a string is not understood; write "$X" and metavariable-regex'
        raise BadPattern(msg)
    meta = scan.meta_in_string(content[0])
    return None if meta is None else AnyString(None if meta == "$_" else meta, reading.propagated)


def _formatted(reading: _Reading, node: Written) -> Pattern:
    parts: list[Pattern] = []
    for child in node.children:
        if child.kind == reading.table.string_content:
            parts.append(Many(None) if child.text == "..." else Fragment(child.text))
        elif child.kind == reading.table.interpolation and child.named_children:
            parts.append(_build(reading, child.named_children[0]))
    return Formatted(tuple(parts))


def _arguments(reading: _Reading, node: Written) -> Arguments:
    built = [_build(reading, child) for child in node.named_children]
    return Arguments(
        items=tuple([item for item in built if not isinstance(item, Keyword)]),
        keywords=tuple([item for item in built if isinstance(item, Keyword)]),
    )


def _keyword(reading: _Reading, node: Written) -> Pattern:
    _, name_field, value_field = reading.table.keyword
    name, value = node.child(name_field), node.child(value_field)
    if name is None or value is None:
        return _shape(reading, node)
    return Keyword(_name(name), _build(reading, value))


def _dictionary(reading: _Reading, node: Written) -> Pattern:
    kinds = frozenset((node.kind,))
    # `{...}` alone says neither set nor dictionary.
    if [child.text for child in node.named_children] == [scan.DOTS]:
        kinds = reading.table.dictionaries | reading.table.sets
    return _unordered(reading, node, kinds)


def _unordered(reading: _Reading, node: Written, kinds: frozenset[str]) -> Unordered:
    built = [_entry(reading, child) for child in node.named_children]
    items = tuple([item for item in built if not isinstance(item, Many)])
    is_open = len(items) < len(built) or not kinds & (reading.table.dictionaries | reading.table.sets)
    return Unordered(kinds, items, is_open)


def _entry(reading: _Reading, node: Written) -> Pattern:
    """An entry of a display; `**...`, which stands for `...` there, is unwrapped."""
    inner = node.named_children
    if len(inner) == 1 and (many := scan.many_name(inner[0].text)) is not None and not node.child("key"):
        return Many(many or None)
    return _build(reading, node)


def _assignment(reading: _Reading, node: Written) -> Pattern:
    target_field, value_field = reading.table.assignments[node.kind]
    target, type_, value = node.child(target_field), node.child("type"), node.child(value_field)
    if target is None:
        return _shape(reading, node)
    return Assignment(
        _build(reading, target),
        None if type_ is None else _build(reading, type_),
        None if value is None else _build(reading, value),
    )


def _parameters(reading: _Reading, node: Written) -> Pattern:
    parts = tuple([_parameter(reading, child) for child in node.named_children])
    if node.field == "parameters" and node.kind == "lambda_parameters" and parts == (Many(None),):
        return parts[0]
    return Shape(reading.table.canonical(node.kind), parts)


def _parameter(reading: _Reading, node: Written) -> Pattern:
    if node.kind == reading.table.identifier:
        found = _placeholder(node.text)
        return found if isinstance(found, Many) else Parameter(_name(node), None, None)
    if node.kind in reading.table.splats:
        return Parameter(_splat(reading, node), None, None)
    if node.kind not in reading.table.typed_parameters:
        return _build(reading, node)
    name = node.child("name") or node.named_children[0]
    type_, default = node.child("type"), node.child("value")
    return Parameter(
        _splat(reading, name) if name.kind in reading.table.splats else _name(name),
        None if type_ is None else _build(reading, type_),
        None if default is None else _build(reading, default),
    )


def _splat(reading: _Reading, node: Written) -> Pattern:
    names = tuple([_name(child) for child in node.named_children])
    return Shape(reading.table.canonical(node.kind), names)


def _imports(reading: _Reading, node: Written) -> Imports:
    module_field = reading.table.imports[node.kind]
    module = node.child(module_field) if module_field else None
    names = [child for child in node.named_children if child.field != module_field or not module_field]
    return Imports(tuple([_imported(reading, module, name) for name in names]))


def _imported(reading: _Reading, module: Written | None, node: Written) -> Import:
    kind, name_field, alias_field = reading.table.aliased
    name, alias = node, None
    if node.kind == kind:
        name, alias_node = node.child(name_field) or node, node.child(alias_field)
        alias = None if alias_node is None else _name(alias_node)
    if module is None:
        return Import(_name(name), None, alias)
    return Import(_name(module), Word("*") if node.kind == reading.table.star else _name(name), alias)


def _decorated(reading: _Reading, node: Written) -> Pattern:
    decorators = [child for child in node.named_children if child.kind == reading.table.decorator]
    built = [_build(reading, child.named_children[0]) for child in decorators if child.named_children]
    shape = _definition(reading, node.named_children[-1])
    return Definition(shape, tuple([item for item in built if not isinstance(item, Many)]))


def _definition(reading: _Reading, node: Written) -> Shape:
    table = reading.table
    given = _given(table, node)
    parts: list[Pattern] = []
    for child in significant(table, node.kind, node.children, given):
        if child.field == "name":
            parts.append(_name(child))
        elif child.kind == table.bodies and node.kind in table.classes:
            parts.append(_members(reading, child))
        elif child.kind == table.arguments:
            bases = _unordered(reading, child, frozenset((child.kind,)))
            if bases.items:
                parts.append(bases)
            else:
                given -= {child.field or ""}
        else:
            parts.append(_build(reading, child))
    return Shape(node.kind, tuple(parts), given)


def _members(reading: _Reading, node: Written) -> Members:
    items = _statements(reading, node.named_children)
    return Members(tuple([item for item in items if not isinstance(item, Many)]))


def _compound(reading: _Reading, node: Written) -> Compound:
    table = reading.table
    kinds = table.clauses[node.kind]
    given = _given(table, node)
    children = significant(table, node.kind, node.children, given)
    head = [_build(reading, child) for child in children if child.kind not in kinds]
    clauses = [_shape(reading, child) for child in children if child.kind in kinds]
    return Compound(Shape(node.kind, tuple(head), given), tuple(clauses))


def _shape(reading: _Reading, node: Written) -> Shape:
    table = reading.table
    given = _given(table, node)
    children = significant(table, node.kind, node.children, given)
    parts = tuple([_part(reading, child) for child in children])
    return Shape(table.canonical(node.kind), parts, given, node.kind in reading.commutative)


def _part(reading: _Reading, node: Written) -> Pattern:
    part = _build(reading, node)
    # A body that is one expression cannot be none or two.
    return Meta(None) if part == Many(None) and node.field == "body" else part


def _given(table: Table, node: Written) -> frozenset[str]:
    """The optional fields and tokens that the pattern has."""
    fields = {child.field for child in node.children if child.field} & table.optional_of(node.kind)
    return frozenset(fields | {child.kind for child in node.children if child.kind in table.modifiers})
