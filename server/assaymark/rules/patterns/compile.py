"""
The patterns of a rule, as YAML gives them, compiled into a formula.

Invariants:
    What is not understood is a RuleError that names the key; nothing is left out in silence.
    Every metavariable that a condition or the focus is about is bound by a positive pattern.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable, Iterable, Mapping

from assaymark.dataclass import dataclass, replace
from assaymark.rules.patterns import compare, regexes
from assaymark.rules.patterns.anchor import anchor_of
from assaymark.rules.patterns.bound import (
    metavariables_as_written,
    metavariables_written_or_named,
    unbound,
)
from assaymark.rules.patterns.formula import (
    All,
    Either,
    Focus,
    Formula,
    Inside,
    Leaf,
    MetavariableComparison,
    MetavariablePattern,
    MetavariableRegex,
    Not,
    NotInside,
    NotRegex,
    Regex,
)
from assaymark.rules.patterns.literals import matches_no_name, required_texts, required_words
from assaymark.rules.patterns.parse import imports_of, parse_pattern
from assaymark.rules.patterns.scan import BadPattern
from assaymark.rules.patterns.skeleton import skeleton_of
from assaymark.rules.patterns.tables import table_of

POSITIVE = ("pattern", "patterns", "pattern-either", "pattern-regex")
OPTIONS = ("constant_propagation", "commutative_boolop", "commutative_compop")
_OPTIONS_KEY, _LANGUAGES_KEY = "options", "languages"
_MAX_DEPTH = 20


class RuleError(Exception):
    """What is wrong with a rule: under which *key*, and *near* which text."""

    def __init__(self, key: str, message: str, near: str | None = None) -> None:
        super().__init__(message)
        self.key = key
        self.message = message
        self.near = near


@dataclass(frozen=True, slots=True)
class _Compiling:
    language: str
    options: Mapping[str, bool]
    # What the patterns that stand together import.
    imports: Mapping[str, str]
    depth: int = 0

    def deeper(self, key: str) -> _Compiling:
        if self.depth >= _MAX_DEPTH:
            raise RuleError(key, f"operators may be nested {_MAX_DEPTH} deep")
        return replace(self, depth=self.depth + 1)


def compile_formula(rule: Mapping[str, object], language: str) -> Formula:
    """
    The formula of a rule's pattern keys and options.

    Raises RuleError.
    """
    try:
        table_of(language)
    except KeyError:
        msg = f"patterns for {language} are not understood"
        raise RuleError(_LANGUAGES_KEY, msg, language) from None
    compiling = _Compiling(language, _options(rule.get(_OPTIONS_KEY)), {})
    formula = _positive_of(
        compiling, {key: value for key, value in rule.items() if key != _OPTIONS_KEY}, "patterns"
    )
    _check_bound(formula)
    return formula


def _options(given: object) -> Mapping[str, bool]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise RuleError(_OPTIONS_KEY, "options are a mapping")
    for key, value in given.items():
        if key not in OPTIONS:
            raise RuleError(str(key), _unknown(str(key), OPTIONS))
        if not isinstance(value, bool):
            raise RuleError(str(key), f"{key} is true or false", str(value))
    return dict(given)


def _unknown(key: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(key, list(known), n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(sorted(known))}"
    return f"'{key}' is not a key that is understood here; {hint}"


def _positive_of(compiling: _Compiling, given: Mapping[str, object], key: str) -> Formula:
    """The formula under exactly one of the positive keys."""
    for name in given:
        if name not in POSITIVE:
            raise RuleError(str(name), _unknown(str(name), POSITIVE))
    if len(given) != 1:
        raise RuleError(key, f"exactly one of {', '.join(POSITIVE)} is expected here")
    name, value = next(iter(given.items()))
    return _operator(compiling, name, value)


def _operator(compiling: _Compiling, key: str, value: object) -> Formula:
    compiled = _OPERATORS.get(key)
    if compiled is None:
        raise RuleError(key, _unknown(key, _OPERATORS))
    return compiled(compiling.deeper(key), key, value)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise RuleError(key, f"{key} is a text", str(value))
    return value


def _leaf(compiling: _Compiling, key: str, value: object) -> Formula:
    text = _text(key, value)
    try:
        pattern = parse_pattern(text, compiling.language, compiling.options, compiling.imports)
    except BadPattern as error:
        raise RuleError(key, str(error), text) from None
    return Leaf(pattern, anchor_of(pattern, table_of(compiling.language)))


def _regex(key: str, value: object) -> str:
    text = _text(key, value)
    try:
        return regexes.checked(text)
    except ValueError as error:
        raise RuleError(key, str(error), text) from None


def _nested(compiling: _Compiling, key: str, value: object) -> Formula:
    """A pattern's text, or a mapping with one positive key."""
    if isinstance(value, Mapping):
        return _positive_of(compiling, value, key)
    return _leaf(compiling, key, value)


def _items(key: str, value: object) -> list[tuple[str, object]]:
    """The operators in a list of mappings with one key each."""
    if not isinstance(value, list) or not value:
        raise RuleError(key, f"{key} is a list of operators")
    for item in value:
        if not isinstance(item, Mapping) or len(item) != 1:
            raise RuleError(key, f"each item of {key} has one key, such as `- pattern: …`", str(item))
    return [next(iter(item.items())) for item in value]


def _parts(compiling: _Compiling, key: str, value: object) -> All:
    items = _items(key, value)
    together = _importing(compiling, items)
    return _with_texts(All(tuple([_operator(together, name, inner) for name, inner in items])))


def _with_texts(formula: All) -> All:
    """With what its conditions ask of the text of a view, so that most views need not be looked at."""
    if not any(isinstance(part, MetavariableRegex) for part in formula.parts):
        return formula
    written, named = metavariables_as_written(formula), metavariables_written_or_named(formula)

    def is_text(part: MetavariableRegex) -> bool:
        return part.name in written or (part.name in named and matches_no_name(part.regex))

    return All(
        tuple(
            [
                _with_words(part)
                if isinstance(part, MetavariableRegex) and not part.constant and is_text(part)
                else part
                for part in formula.parts
            ]
        )
    )


def _with_words(part: MetavariableRegex) -> MetavariableRegex:
    regex = part.regex
    words = required_words(regex, anchored=True)
    texts, sought = required_texts(regex), skeleton_of(regex)
    return MetavariableRegex(part.name, regex, part.constant, texts, words, sought)


def _importing(compiling: _Compiling, items: Iterable[tuple[str, object]]) -> _Compiling:
    """With what the positive patterns among *items* import: the others name things as these do."""
    imports = dict(compiling.imports)
    for key, value in items:
        if key in ("pattern", "pattern-inside") and isinstance(value, str) and "import" in value:
            with contextlib.suppress(BadPattern):
                imports.update(imports_of(value, compiling.language))
    return replace(compiling, imports=imports)


def _all(compiling: _Compiling, key: str, value: object) -> Formula:
    formula = _parts(compiling, key, value)
    if not any(isinstance(part, (Leaf, Regex, Either, All, Inside)) for part in formula.parts):
        raise RuleError(
            key, f"nothing says what to look for; add one of {', '.join(POSITIVE)}, pattern-inside"
        )
    return formula


def _either(compiling: _Compiling, key: str, value: object) -> Formula:
    items = _items(key, value)
    for name, inner in items:
        if name not in POSITIVE and name != "pattern-inside":
            raise RuleError(
                name, f"'{name}' does not stand in {key}; put both under 'patterns'", _near(inner)
            )
    return Either(tuple([_operator(compiling, name, inner) for name, inner in items]))


def _near(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _keys(key: str, value: object, needed: Iterable[str], possible: Iterable[str]) -> Mapping[str, object]:
    """The mapping under a metavariable operator, with the keys that it may have."""
    if not isinstance(value, Mapping):
        raise RuleError(key, f"{key} is a mapping with {' and '.join(needed)}")
    known = (*needed, *possible)
    for name in value:
        if name not in known:
            raise RuleError(str(name), _unknown(str(name), known))
    for name in needed:
        if name not in value:
            raise RuleError(key, f"{key} needs '{name}'")
    return value


def _metavariable(key: str, value: object) -> str:
    text = _text(key, value)
    if not text.startswith("$"):
        raise RuleError(key, f"a metavariable opens with $: ${text.upper()}", text)
    return text


def _flag(value: Mapping[str, object], key: str) -> bool:
    flag = value.get(key, False)
    if not isinstance(flag, bool):
        raise RuleError(key, f"{key} is true or false", str(flag))
    return flag


def _metavariable_regex(_: _Compiling, key: str, value: object) -> Formula:
    given = _keys(key, value, ("metavariable", "regex"), ("constant-propagation",))
    name = _metavariable("metavariable", given["metavariable"])
    return MetavariableRegex(name, _regex("regex", given["regex"]), _flag(given, "constant-propagation"))


def _metavariable_pattern(compiling: _Compiling, key: str, value: object) -> Formula:
    given = _keys(key, value, ("metavariable",), POSITIVE)
    name = _metavariable("metavariable", given["metavariable"])
    inner = {name: part for name, part in given.items() if name != "metavariable"}
    if set(inner) == {"patterns"}:
        # What only excludes is asked about the whole of what is bound.
        return MetavariablePattern(name, _parts(compiling.deeper(key), "patterns", inner["patterns"]))
    return MetavariablePattern(name, _positive_of(compiling, inner, key))


def _metavariable_comparison(_: _Compiling, key: str, value: object) -> Formula:
    given = _keys(key, value, ("comparison",), ("metavariable", "base", "strip"))
    base, name = given.get("base"), given.get("metavariable")
    if base is not None and (not isinstance(base, int) or not 2 <= base <= 36):
        raise RuleError(key, "base is a number from 2 to 36", str(base))
    if name is None and (base is not None or given.get("strip")):
        raise RuleError(key, "base and strip need 'metavariable'")
    return MetavariableComparison(
        _comparison("comparison", given["comparison"]),
        None if name is None else _metavariable("metavariable", name),
        base if isinstance(base, int) else None,
        _flag(given, "strip"),
    )


def _comparison(key: str, value: object) -> str:
    text = _text(key, value)
    try:
        return compare.checked_comparison(text)
    except ValueError as error:
        raise RuleError(key, str(error), text) from None


def _focus(_: _Compiling, key: str, value: object) -> Formula:
    names = value if isinstance(value, list) else [value]
    return Focus(tuple([_metavariable(key, name) for name in names]))


_OPERATORS: Mapping[str, Callable[[_Compiling, str, object], Formula]] = {
    "pattern": _leaf,
    "patterns": _all,
    "pattern-either": _either,
    "pattern-regex": lambda _, key, value: Regex(_regex(key, value)),
    "pattern-not": lambda compiling, key, value: Not(_nested(compiling, key, value)),
    "pattern-inside": lambda compiling, key, value: Inside(_nested(compiling, key, value)),
    "pattern-not-inside": lambda compiling, key, value: NotInside(_nested(compiling, key, value)),
    "pattern-not-regex": lambda _, key, value: NotRegex(_regex(key, value)),
    "metavariable-regex": _metavariable_regex,
    "metavariable-pattern": _metavariable_pattern,
    "metavariable-comparison": _metavariable_comparison,
    "focus-metavariable": _focus,
}


def _check_bound(formula: Formula) -> None:
    """Every condition is about something that a positive pattern binds."""
    for key, name in unbound(formula):
        raise RuleError(key, f"no pattern binds {name}", name)
