"""The table of JavaScript, for the kinds of tree-sitter-javascript 0.25: what rules about changes ask for."""

from __future__ import annotations

import re

from assaymark.rules.patterns.table import Table
from assaymark.syntax.javascript.values import value_of

_COMPOUNDS = frozenset(
    [
        "if_statement",
        "else_clause",
        "for_statement",
        "for_in_statement",
        "while_statement",
        "do_statement",
        "try_statement",
        "catch_clause",
        "finally_clause",
        "switch_statement",
        "function_declaration",
        "generator_function_declaration",
        "class_declaration",
        "ERROR",
    ]
)

JAVASCRIPT = Table(
    language="javascript",
    comment=re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL),
    string=re.compile(
        r"(?P<prefix>(?!))?"
        r"('(?:[^\\'\n]|\\.)*'|\"(?:[^\\\"\n]|\\.)*\"|`(?:[^\\`]|\\.)*`)",
        re.DOTALL,
    ),
    value_of=value_of,
    is_formatted=lambda text: text.startswith("`"),
    wrappers=frozenset(["parenthesized_expression", "expression_statement"]),
    groups={},
    operators=frozenset(
        [
            "binary_expression",
            "unary_expression",
            "update_expression",
            "augmented_assignment_expression",
        ]
    ),
    optional={},
    modifiers=frozenset(["async"]),
    keywords={
        "return_statement": "return",
        "throw_statement": "throw",
        "if_statement": "if",
        "for_statement": "for",
        "for_in_statement": "for",
        "while_statement": "while",
        "try_statement": "try",
        "catch_clause": "catch",
        "finally_clause": "finally",
        "await_expression": "await",
        "new_expression": "new",
    },
    identifier="identifier",
    member=("member_expression", "object", "property"),
    dotted="nested_identifier",
    call="call_expression",
    arguments="arguments",
    keyword=("keyword_argument", "name", "value"),
    links={"member_expression": "object", "call_expression": "function", "subscript_expression": "object"},
    splats=frozenset(["rest_pattern"]),
    strings=frozenset(["string", "template_string"]),
    string_open='"',
    string_content="string_fragment",
    interpolation="template_substitution",
    literals=frozenset(["number", "true", "false", "null", "string"]),
    signed="unary_expression",
    dictionaries=frozenset(["object"]),
    sets=frozenset(),
    blocks=frozenset(["statement_block", "program", "ERROR"]),
    module="program",
    expression_statement="expression_statement",
    compounds=_COMPOUNDS,
    clauses={
        "if_statement": frozenset(["else_clause"]),
        "try_statement": frozenset(["catch_clause", "finally_clause"]),
    },
    continuations={},
    otherwise="else_clause",
    named_clauses={},
    assignments={"assignment_expression": ("left", "right"), "variable_declarator": ("name", "value")},
    # Definitions are compared by their outline; a pattern of one is read as any other node.
    functions=frozenset(),
    classes=frozenset(),
    bodies="statement_block",
    decorated="decorated_definition",
    decorator="decorator",
    parameters=frozenset(["formal_parameters"]),
    typed_parameters=frozenset(),
    imports={},
    aliased=("import_specifier", "name", "alias"),
    star="namespace_import",
    unordered=frozenset(),
    commutative={},
    associative=frozenset(["binary_expression"]),
    expressions=frozenset(
        [
            "identifier",
            "member_expression",
            "call_expression",
            "new_expression",
            "subscript_expression",
            "string",
            "template_string",
            "number",
            "true",
            "false",
            "null",
            "undefined",
            "this",
            "array",
            "object",
            "regex",
            "binary_expression",
            "unary_expression",
            "ternary_expression",
            "await_expression",
            "arrow_function",
            "function_expression",
            "assignment_expression",
            "augmented_assignment_expression",
            "sequence_expression",
        ]
    ),
    names=frozenset(
        [
            ("variable_declarator", "name"),
            ("function_declaration", "name"),
            ("class_declaration", "name"),
            ("assignment_pattern", "left"),
        ]
    ),
    name_parents=frozenset(["formal_parameters", "import_specifier", "import_clause", "namespace_import"]),
)
