"""The parts of a rule that every kind of rule file writes alike: its patterns, its options and its paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.rules.patterns.compile import RuleError, compile_formula

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assaymark.rules.fields import Fields
    from assaymark.rules.patterns.formula import Formula
    from assaymark.rules.rule import BadRuleError

# A rule has exactly one of these at its top.
PATTERN_KEYS = ("pattern", "patterns", "pattern-either", "pattern-regex")
_EITHER = "pattern-either"


def formula_of(fields: Fields, language: str) -> Formula:
    """What the rule in *fields* looks for, compiled for *language*."""
    present = [key for key in PATTERN_KEYS if fields.values.get(key) is not None]
    if not present:
        fields.refuse("", f"nothing to look for; write one of {', '.join(PATTERN_KEYS)}")
    if len(present) > 1:
        fields.refuse(present[1], f"{present[1]!r} stands beside {present[0]!r}; put both under 'patterns'")
    try:
        return compile_formula(
            {key: fields.values[key] for key in (*present, *_options_key(fields))}, language
        )
    except RuleError as error:
        raise _located(fields, error) from None


def formula_of_pattern(fields: Fields, key: str, language: str) -> Formula:
    """The pattern that stands as a text under *key*, compiled for *language*."""
    try:
        return compile_formula({"pattern": fields.text(key)}, language)
    except RuleError as error:
        raise fields.error(key, error.message) from None


def formula_under(fields: Fields, key: str, language: str) -> Formula | None:
    """What stands under *key*, compiled: a pattern, a list of which any will do, or a mapping of patterns."""
    value = fields.values.get(key)
    if value is None:
        return None
    given = value if isinstance(value, dict) else {_EITHER if isinstance(value, list) else "pattern": value}
    try:
        return compile_formula(given, language)
    except RuleError as error:
        raise fields.error(key, f"{key!r}: {error.message}") from None


def options_of(fields: Fields) -> tuple[tuple[str, bool], ...]:
    """The options of the rule, sorted; each is on or off."""
    options = fields.inner("options")
    return tuple(sorted((key, options.flag(key)) for key in options.values))


def paths_of(fields: Fields, key: str) -> tuple[str, ...]:
    """The globs under `paths` and *key*: "include" or "exclude"."""
    paths = fields.inner("paths")
    paths.only(("include", "exclude"))
    return paths.texts(key)


def _options_key(fields: Fields) -> Iterable[str]:
    return ("options",) if fields.values.get("options") is not None else ()


def _located(fields: Fields, error: RuleError) -> BadRuleError:
    """The compiler's *error* with the line of the key that it names."""
    trail = fields.find(error.key, error.near) or fields.find(error.key, None)
    return fields.error(error.key, error.message, *trail) if not trail else _at(fields, error, trail)


def _at(fields: Fields, error: RuleError, trail: tuple[str | int, ...]) -> BadRuleError:
    first, *rest = trail
    found = fields.error(str(first), error.message, *rest)
    found.problem = type(found.problem)(
        found.problem.path, found.problem.line, found.problem.message, found.problem.rule, error.key
    )
    return found
