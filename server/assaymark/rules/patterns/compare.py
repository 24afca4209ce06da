"""
The expressions of metavariable-comparison: parsed by Python's own parser, worked out over a small part of it.

Invariants:
    Nothing is run: what is not named here is refused when the rule is read.
    A comparison that cannot be worked out (an unknown value, a division by zero) is false.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias

from assaymark.regex import regex
from assaymark.rules.patterns.pattern import Value
from assaymark.rules.patterns.regexes import MAX_TEXT, checked, of_text

Result: TypeAlias = Value | list["Result"]

_META = regex(r"\$([A-Z_][A-Z_0-9]*|[0-9]+)")
_PREFIX = "meta_"
_MAX_LENGTH = 1_000
_MAX_NUMBER = 1 << 128

_COMPARE: Mapping[type[ast.cmpop], Callable[..., bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}
_BINARY: Mapping[type[ast.operator], Callable[..., int | float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_UNARY: Mapping[type[ast.unaryop], Callable[..., int | float]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
_SIGNS = frozenset((*_COMPARE, *_BINARY, *_UNARY, ast.Not))
_CALLS = frozenset(["int", "str", "len", "re.match"])
_NODES = (
    ast.Expression,
    ast.BoolOp,
    ast.boolop,
    ast.UnaryOp,
    ast.unaryop,
    ast.BinOp,
    ast.operator,
    ast.Compare,
    ast.cmpop,
    ast.Call,
    ast.Name,
    ast.Attribute,
    ast.expr_context,
    ast.Constant,
    ast.List,
    ast.Tuple,
)


class Unknown(Exception):
    """The comparison cannot be worked out."""


def metavariables(comparison: str) -> frozenset[str]:
    """The metavariables that *comparison* is about."""
    return frozenset(f"${name}" for name in _META.findall(comparison))


def checked_comparison(comparison: str) -> str:
    """
    The comparison as it was given.

    Raises ValueError, saying what is not understood.
    """
    try:
        tree = _parsed(comparison)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        msg = f"not a comparison: {getattr(error, 'msg', error)}"
        raise ValueError(msg) from error
    for node in ast.walk(tree):
        _check(node)
    return comparison


def holds_true(comparison: str, values: Mapping[str, Value], texts: Mapping[str, str]) -> bool:
    """
    Whether *comparison* is true, given what is known of its metavariables.

    *values* has those whose value is known; *texts*, for `str($X)`, has what stands for each in the code.
    """
    try:
        return bool(_result(_parsed(comparison).body, values, texts))
    except (Unknown, TypeError, ValueError, ArithmeticError, RecursionError):
        return False


@lru_cache(maxsize=1024)
def _parsed(comparison: str) -> ast.Expression:
    if len(comparison) > _MAX_LENGTH:
        msg = f"it is longer than {_MAX_LENGTH} characters"
        raise ValueError(msg)
    return ast.parse(_META.sub(rf"{_PREFIX}\1", comparison.strip()), mode="eval")


def _check(node: ast.AST) -> None:
    known = isinstance(node, _NODES)
    if isinstance(node, (ast.cmpop, ast.operator, ast.unaryop)):
        known = type(node) in _SIGNS
    if not known:
        msg = f"{type(node).__name__} is not understood in a comparison"
        raise ValueError(msg)
    if isinstance(node, ast.Call):
        _check_call(node)


def _check_call(node: ast.Call) -> None:
    called = ast.unparse(node.func)
    n_arguments = 2 if called == "re.match" else 1
    if called not in _CALLS or len(node.args) != n_arguments or node.keywords:
        msg = f"{called}(…) is not understood; there are {', '.join(f'{name}(…)' for name in sorted(_CALLS))}"
        raise ValueError(msg)
    if called == "re.match":
        match node.args[0]:
            case ast.Constant(value=str(regex)):
                checked(regex)
            case _:
                msg = "the first argument of re.match(…) is a text"
                raise ValueError(msg)


def _result(node: ast.expr, values: Mapping[str, Value], texts: Mapping[str, str]) -> Result:
    match node:
        case ast.Constant():
            return node.value if isinstance(node.value, (str, bytes, int, float)) else None
        case ast.Name():
            return _value(node.id, values)
        case ast.List() | ast.Tuple():
            return [_result(item, values, texts) for item in node.elts]
        case ast.BoolOp():
            results = (bool(_result(item, values, texts)) for item in node.values)
            return any(results) if isinstance(node.op, ast.Or) else all(results)
        case ast.UnaryOp():
            operand = _result(node.operand, values, texts)
            return not operand if isinstance(node.op, ast.Not) else _UNARY[type(node.op)](_number(operand))
        case ast.BinOp():
            left, right = _result(node.left, values, texts), _result(node.right, values, texts)
            return _number(_BINARY[type(node.op)](_number(left), _number(right)))
        case ast.Compare():
            return _compared(node, values, texts)
        case ast.Call():
            return _called(node, values, texts)
        case _:
            raise Unknown


def _value(name: str, values: Mapping[str, Value]) -> Value:
    meta = f"${name.removeprefix(_PREFIX)}"
    if meta not in values:
        raise Unknown
    return values[meta]


def _number(value: Result) -> int | float:
    # Texts are not multiplied, and numbers stay small: a rule cannot ask for memory.
    if not isinstance(value, (int, float)) or abs(value) > _MAX_NUMBER:
        raise Unknown
    return value


def _compared(node: ast.Compare, values: Mapping[str, Value], texts: Mapping[str, str]) -> bool:
    left = _result(node.left, values, texts)
    for sign, comparator in zip(node.ops, node.comparators, strict=True):
        right = _result(comparator, values, texts)
        if not _COMPARE[type(sign)](left, right):
            return False
        left = right
    return True


def _called(node: ast.Call, values: Mapping[str, Value], texts: Mapping[str, str]) -> Value:
    called, argument = ast.unparse(node.func), node.args[-1]
    if called == "str":
        return _as_text(argument, values, texts)
    value = _result(argument, values, texts)
    if called == "len" and isinstance(value, (str, bytes, list)):
        return len(value)
    if called == "int" and isinstance(value, (str, int, float)):
        return int(value, 0) if isinstance(value, str) else int(value)
    first = node.args[0]
    if called == "re.match" and isinstance(value, str) and isinstance(first, ast.Constant):
        return of_text(str(first.value)).match(value[:MAX_TEXT]) is not None
    raise Unknown


def _as_text(argument: ast.expr, values: Mapping[str, Value], texts: Mapping[str, str]) -> str:
    if isinstance(argument, ast.Name):
        meta = f"${argument.id.removeprefix(_PREFIX)}"
        if meta not in values and meta in texts:
            return texts[meta]
    return str(_result(argument, values, texts))
