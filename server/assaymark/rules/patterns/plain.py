"""
Formulas as what JSON can hold, and back.

Invariants:
    from_plain(to_plain(formula)) equals the formula, also after a journey through JSON.
    Reading builds formula and pattern nodes only; anything else is a ValueError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assaymark.rules.patterns import formula as formulas
from assaymark.rules.patterns import pattern as patterns
from assaymark.rules.patterns.formula import Formula
from assaymark.rules.patterns.pattern import Anchor, Pattern

_FORMULAS: tuple[type[Formula], ...] = (
    formulas.Leaf,
    formulas.Regex,
    formulas.All,
    formulas.Either,
    formulas.Not,
    formulas.Inside,
    formulas.NotInside,
    formulas.NotRegex,
    formulas.MetavariableRegex,
    formulas.MetavariablePattern,
    formulas.MetavariableComparison,
    formulas.Focus,
)
_PATTERNS: tuple[type[Pattern | Anchor], ...] = (
    patterns.Meta,
    patterns.Many,
    patterns.Deep,
    patterns.Word,
    patterns.Path,
    patterns.Member,
    patterns.Literal,
    patterns.AnyString,
    patterns.Fragment,
    patterns.Formatted,
    patterns.Token,
    patterns.Shape,
    patterns.Operands,
    patterns.Keyword,
    patterns.Arguments,
    patterns.Unordered,
    patterns.Parameter,
    patterns.Assignment,
    patterns.Definition,
    patterns.Compound,
    patterns.Import,
    patterns.Imports,
    patterns.Anchor,
    patterns.Holding,
    patterns.Block,
    patterns.Members,
    patterns.Sequence,
)
_FIELDS: Mapping[type, tuple[str, ...]] = {kind: kind.__match_args__ for kind in (*_FORMULAS, *_PATTERNS)}
_KINDS: Mapping[str, Callable[..., object]] = {kind.__name__: kind for kind in (*_FORMULAS, *_PATTERNS)}
# A list opens with the name of a node, or with one of these.
_TUPLE = "()"
_SET = "{}"
_BYTES = "b"


def to_plain(formula: Formula) -> object:
    """The formula as lists, texts, numbers and None."""
    return _plain(formula)


def from_plain(plain: object) -> Formula:
    """
    The formula that *plain* was made from.

    Raises ValueError when *plain* was not made by to_plain.
    """
    built = _built(plain)
    if isinstance(built, _FORMULAS):
        return built
    msg = "not a stored formula"
    raise ValueError(msg)


def _plain(value: object) -> object:
    fields = _FIELDS.get(type(value))
    if fields is not None:
        return [type(value).__name__, *(_plain(getattr(value, name)) for name in fields)]
    if isinstance(value, tuple):
        return [_TUPLE, *(_plain(item) for item in value)]
    if isinstance(value, frozenset):
        return [_SET, *sorted(value)]
    if isinstance(value, bytes):
        return [_BYTES, value.hex()]
    return value


def _built(plain: object) -> object:
    if not isinstance(plain, list):
        return plain
    if not plain or not isinstance(plain[0], str):
        msg = "a stored node opens with its name"
        raise ValueError(msg)
    name, rest = plain[0], plain[1:]
    if name == _TUPLE:
        return tuple([_built(item) for item in rest])
    if name == _SET:
        return frozenset(rest)
    if name == _BYTES:
        return bytes.fromhex(rest[0])
    try:
        return _KINDS[name](*[_built(item) for item in rest])
    except (KeyError, TypeError) as error:
        msg = f"not a stored node: {name}"
        raise ValueError(msg) from error
