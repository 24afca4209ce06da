"""
A pattern's text as a pattern tree.

Invariants:
    The text is parsed by the grammar that its targets are parsed by; what does not parse is a BadPattern.
    Metavariables and ellipses are found where the grammar lets an identifier stand.
"""

from __future__ import annotations

from collections.abc import Mapping

import tree_sitter

from assaymark.rules.patterns import declarations, expressions, scan
from assaymark.rules.patterns.anchor import anchor_of
from assaymark.rules.patterns.pattern import (
    Block,
    Deep,
    Definition,
    Many,
    Path,
    Pattern,
    Sequence,
    Token,
    Word,
)
from assaymark.rules.patterns.reading import Reading, placeholder, shape
from assaymark.rules.patterns.scan import BadPattern
from assaymark.rules.patterns.table import Table
from assaymark.rules.patterns.tables import table_of
from assaymark.rules.patterns.written import Written, written
from assaymark.syntax.languages import parser


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
    known = {**(imports or {}), **declarations.imported_names(table, module)}
    return _root(
        Reading(table, options.get("constant_propagation", True), commutative, known, _build), module
    )


def imports_of(text: str, language: str) -> Mapping[str, str]:
    """
    The names that a pattern imports at its top, with their dotted paths.

    Raises BadPattern.
    """
    table = table_of(language)
    return declarations.imported_names(table, _parsed(text, table))


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


def _root(reading: Reading, module: Written) -> Pattern:
    statements = module.named_children
    if not statements:
        msg = "the pattern is empty"
        raise BadPattern(msg)
    if len(statements) > 1:
        items = declarations.statements(reading, statements)
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


def _build(reading: Reading, node: Written) -> Pattern:
    """The pattern of any node."""
    table = reading.table
    while node.kind in table.wrappers and len(node.named_children) == 1:
        node = node.named_children[0]
    kind = node.kind
    if kind == table.identifier:
        path = reading.imports.get(node.text, node.text).split(".")
        return placeholder(node.text) or Path(tuple([Word(name) for name in path]))
    if kind == table.member[0]:
        return expressions.member(reading, node)
    if kind == table.call:
        return expressions.call(reading, node)
    if kind in table.literals or kind == table.signed:
        return expressions.literal(reading, node)
    if kind == table.arguments:
        return expressions.arguments(reading, node)
    if kind == table.keyword[0]:
        return expressions.keyword(reading, node)
    if kind in table.dictionaries or kind in table.sets:
        return expressions.dictionary(reading, node)
    if kind in table.unordered:
        return expressions.unordered(reading, node, frozenset((kind,)))
    if kind in table.assignments:
        return declarations.assignment(reading, node)
    if kind in table.parameters:
        return declarations.parameters(reading, node)
    if kind in table.imports:
        return declarations.imports(table, node)
    return _statement_or_shape(reading, node)


def _statement_or_shape(reading: Reading, node: Written) -> Pattern:
    table, kind = reading.table, node.kind
    if kind == table.decorated:
        return declarations.decorated(reading, node)
    if kind in table.functions or kind in table.classes:
        return Definition(declarations.definition(reading, node), ())
    if kind in table.clauses:
        return declarations.compound(reading, node)
    if kind == table.bodies:
        return Block(declarations.statements(reading, node.named_children))
    if not node.children:
        return Token(node.text)
    if kind in table.associative and (operands := expressions.operands(reading, node)) is not None:
        return operands
    return shape(reading, node)
