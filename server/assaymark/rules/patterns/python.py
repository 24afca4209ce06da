"""The table of Python, for the kinds of tree-sitter-python 0.25."""

from __future__ import annotations

import re

from assaymark.regex import regex
from assaymark.rules.patterns.pattern import Value
from assaymark.rules.patterns.table import Table

_PREFIX = regex(r"^[A-Za-z]*")
_COMPOUNDS = frozenset(
    [
        "if_statement",
        "elif_clause",
        "else_clause",
        "for_statement",
        "while_statement",
        "try_statement",
        "except_clause",
        "except_group_clause",
        "finally_clause",
        "with_statement",
        "match_statement",
        "case_clause",
        "function_definition",
        "class_definition",
        "decorated_definition",
        "ERROR",
    ]
)


def _value_of(text: str) -> Value:
    # Late: patterns are read when rules are compiled, and this table whenever they are asked.
    import ast

    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(text) from error
    if value is None or isinstance(value, (str, bytes, int, float)):
        return value
    raise ValueError(text)


def _is_formatted(text: str) -> bool:
    found = _PREFIX.match(text)
    return found is not None and bool({"f", "t"} & set(found[0].lower()))


PYTHON = Table(
    language="python",
    comment=regex(r"#[^\n]*"),
    string=regex(
        r"(?P<prefix>\b[A-Za-z]{1,2})?"
        r"('''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^\\'\n]|\\.)*'|\"(?:[^\\\"\n]|\\.)*\")",
        re.DOTALL,
    ),
    value_of=_value_of,
    is_formatted=_is_formatted,
    wrappers=frozenset(
        [
            "parenthesized_expression",
            "expression_statement",
            "type",
            "as_pattern_target",
            "with_item",
            "case_pattern",
            "dotted_name",
            "parenthesized_list_splat",
        ]
    ),
    groups={
        "expression_list": "tuple",
        "pattern_list": "tuple",
        "tuple_pattern": "tuple",
        "list_pattern": "list",
        "list_splat_pattern": "list_splat",
        "dictionary_splat_pattern": "dictionary_splat",
        "lambda_parameters": "parameters",
    },
    operators=frozenset(
        [
            "binary_operator",
            "boolean_operator",
            "comparison_operator",
            "unary_operator",
            "augmented_assignment",
            "slice",
            "yield",
        ]
    ),
    optional={
        "function_definition": frozenset(["return_type", "type_parameters"]),
        "class_definition": frozenset(["superclasses", "type_parameters"]),
        "raise_statement": frozenset(["cause"]),
    },
    modifiers=frozenset(["async"]),
    keywords={
        "return_statement": "return",
        "raise_statement": "raise",
        "assert_statement": "assert",
        "delete_statement": "del",
        "global_statement": "global",
        "nonlocal_statement": "nonlocal",
        "with_statement": "with",
        "for_statement": "for",
        "while_statement": "while",
        "try_statement": "try",
        "except_clause": "except",
        "finally_clause": "finally",
        "match_statement": "match",
        "function_definition": "def",
        "class_definition": "class",
        "lambda": "lambda",
        "await": "await",
        "yield": "yield",
        "break_statement": "break",
        "continue_statement": "continue",
        "pass_statement": "pass",
        "import_statement": "import",
        "import_from_statement": "import",
        "exec_statement": "exec",
        "print_statement": "print",
        "conditional_expression": "else",
        "not_operator": "not",
    },
    identifier="identifier",
    member=("attribute", "object", "attribute"),
    dotted="dotted_name",
    call="call",
    arguments="argument_list",
    keyword=("keyword_argument", "name", "value"),
    links={"attribute": "object", "call": "function", "subscript": "value"},
    splats=frozenset(["list_splat_pattern", "dictionary_splat_pattern"]),
    strings=frozenset(["string", "concatenated_string"]),
    string_open="string_start",
    string_content="string_content",
    interpolation="interpolation",
    literals=frozenset(["integer", "float", "true", "false", "none", "string", "concatenated_string"]),
    signed="unary_operator",
    dictionaries=frozenset(["dictionary"]),
    sets=frozenset(["set"]),
    blocks=frozenset(["block", "module", "ERROR"]),
    module="module",
    expression_statement="expression_statement",
    compounds=_COMPOUNDS,
    clauses={
        "if_statement": frozenset(["elif_clause", "else_clause"]),
        "elif_clause": frozenset(["elif_clause", "else_clause"]),
        "for_statement": frozenset(["else_clause"]),
        "while_statement": frozenset(["else_clause"]),
        "try_statement": frozenset(["except_clause", "except_group_clause", "else_clause", "finally_clause"]),
    },
    continuations={"elif_clause": "if_statement"},
    otherwise="else_clause",
    named_clauses={"except_clause": "as_pattern", "except_group_clause": "as_pattern"},
    assignments={"assignment": ("left", "right"), "named_expression": ("name", "value")},
    functions=frozenset(["function_definition"]),
    classes=frozenset(["class_definition"]),
    bodies="block",
    decorated="decorated_definition",
    decorator="decorator",
    parameters=frozenset(["parameters", "lambda_parameters"]),
    typed_parameters=frozenset(["default_parameter", "typed_parameter", "typed_default_parameter"]),
    imports={"import_statement": None, "import_from_statement": "module_name"},
    aliased=("aliased_import", "name", "alias"),
    star="wildcard_import",
    unordered=frozenset(["with_clause", "global_statement", "nonlocal_statement"]),
    commutative={"boolean_operator": "commutative_boolop", "comparison_operator": "commutative_compop"},
    associative=frozenset(["binary_operator", "boolean_operator"]),
    expressions=frozenset(
        [
            "identifier",
            "attribute",
            "call",
            "subscript",
            "string",
            "concatenated_string",
            "integer",
            "float",
            "true",
            "false",
            "none",
            "ellipsis",
            "list",
            "tuple",
            "set",
            "dictionary",
            "binary_operator",
            "boolean_operator",
            "comparison_operator",
            "not_operator",
            "unary_operator",
            "conditional_expression",
            "lambda",
            "await",
            "yield",
            "named_expression",
            "list_comprehension",
            "set_comprehension",
            "dictionary_comprehension",
            "generator_expression",
            "expression_list",
            "assignment",
            "augmented_assignment",
        ]
    ),
    names=frozenset(
        [
            ("attribute", "attribute"),
            ("keyword_argument", "name"),
            ("function_definition", "name"),
            ("class_definition", "name"),
            ("default_parameter", "name"),
            ("typed_default_parameter", "name"),
        ]
    ),
    name_parents=frozenset(
        [
            "parameters",
            "lambda_parameters",
            "typed_parameter",
            "dotted_name",
            "aliased_import",
            "list_splat_pattern",
            "dictionary_splat_pattern",
            "global_statement",
            "nonlocal_statement",
            "type_parameter",
            "keyword_pattern",
        ]
    ),
)
