"""
Conditions on what one metavariable is bound to.

Invariants:
    What a condition says follows from the hit and what is known of its values; nothing is looked for.
"""

from __future__ import annotations

from assaymark.rules.patterns.binding import Bound, Hit
from assaymark.rules.patterns.formula import MetavariableComparison, MetavariableRegex
from assaymark.rules.patterns.pattern import Value
from assaymark.rules.patterns.regexes import MAX_TEXT, of_text
from assaymark.rules.patterns.scene import Scene


def fits_regex(scene: Scene, condition: MetavariableRegex, hit: Hit) -> bool:
    bound = hit.env.get(condition.name)
    if bound is None:
        return False
    value = _known(scene, bound) if condition.constant else None
    text = value[0] if value is not None and isinstance(value[0], str) else bound.text
    return of_text(condition.regex).match(text[:MAX_TEXT]) is not None


def binds_what_is_compared(condition: MetavariableComparison, hit: Hit) -> bool:
    from assaymark.rules.patterns.compare import metavariables

    return metavariables(condition.comparison) <= hit.env.keys()


def compares(scene: Scene, condition: MetavariableComparison, hit: Hit) -> bool:
    # Late, like above: few rules compare, and it brings along what reads Python's own trees.
    from assaymark.rules.patterns.compare import holds_true, metavariables

    values: dict[str, Value] = {}
    texts: dict[str, str] = {}
    for name in metavariables(condition.comparison):
        bound = hit.env.get(name)
        if bound is None:
            return False
        texts[name] = bound.text
        converts = name == condition.name and (condition.strip or condition.base is not None)
        value = _converted(condition, bound) if converts else _known(scene, bound)
        if value is not None:
            values[name] = value[0]
    return holds_true(condition.comparison, values, texts)


def _known(scene: Scene, bound: Bound) -> tuple[Value] | None:
    """The value that is known for what is bound; the content of a string is its own."""
    if len(bound.nodes) != 1 or bound.nodes[0].kind == scene.table.string_content:
        return (bound.text,)
    constant = scene.view.names.constant(bound.nodes[0])
    return None if constant is None else (constant.value,)


def _converted(condition: MetavariableComparison, bound: Bound) -> tuple[Value] | None:
    """The number that is written, in the base that the condition names."""
    text = bound.text.strip("\"'`") if condition.strip else bound.text
    try:
        return (int(text, condition.base if condition.base is not None else 0),)
    except ValueError:
        return None
