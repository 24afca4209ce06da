"""
Where a scope stands after a change, and whether a guard that it lost stands elsewhere.

Invariants:
    A scope that is gone lost nothing; one that was renamed or moved is known by its name or by its lines.
    A guard counts as moved only to a place that the scope's name or text leads to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assaymark.syntax.outline import MODULE
from assaymark.syntax.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assaymark.analysis.compared import Hit, Side
    from assaymark.rules.rule import Rule
    from assaymark.text import Span

# The share of its lines by which a scope is known under another name, or at another place under its own.
_SAME_LINES = 0.8
_SAME_NAME_LINES = 0.5


class Pair(NamedTuple):
    """The two texts of one file."""

    before: Side
    after: Side


def counterpart(pair: Pair, scope: str, pairs: Sequence[Pair]) -> tuple[Side, str] | None:
    """Where *scope* stands after the change; None when it is gone."""
    if scope in pair.after.outline.names and not pair.after.is_blank:
        return pair.after, scope
    if scope == MODULE:
        return None
    fresh = list(_fresh(pair, pairs))
    named = [one for one in fresh if _last(one[1]) == _last(scope)]
    alike = [one for one in named if _share(pair.before, scope, one) >= _SAME_NAME_LINES]
    if not named:
        alike = [one for one in fresh if _share(pair.before, scope, one) >= _SAME_LINES]
    return alike[0] if len(alike) == 1 else None


def is_elsewhere(
    rule: Rule, gone: Sequence[Hit], pair: Pair, there: tuple[Side, str], pairs: Sequence[Pair]
) -> bool:
    """Whether the matches that are *gone* from a scope stand where it leads to."""
    scope, texts = gone[0].scope, {hit.text for hit in gone}
    side, name = there
    for other, their, grew in _guarded(rule, pair, pairs):
        same_file = other is side
        if same_file and their == name:
            continue
        hits = family(other, rule, their).values()
        if grew and MODULE in {scope, their} and any(hit.text in texts for hit in hits):
            return True
        if scope == MODULE:
            continue
        if grew and same_file and (their in side.outline.around(name) or their.startswith(f"{name}.")):
            return True
        if grew and their == MODULE and any(_last(scope).encode() in words_of(hit.text) for hit in hits):
            return True
        if _is_used(their, pair, scope, there, grew=grew):
            return True
    return False


def family(side: Side, rule: Rule, scope: str) -> dict[Span, Hit]:
    """The guards in *scope* that the rule takes for equivalent, by their place; part of one is none."""
    unless = None if rule.removal is None else rule.removal.unless
    guards = {hit.match.span: hit for hit in side.hits(rule.compiled).get(scope, ())}
    others = {hit.match.span: hit for hit in side.hits(unless).get(scope, ())}
    return guards | {
        span: hit for span, hit in others.items() if not any(guard.covers(span) for guard in guards)
    }


def _guarded(rule: Rule, pair: Pair, pairs: Sequence[Pair]) -> Iterator[tuple[Side, str, bool]]:
    """The scopes that hold a guard of the rule now, and whether they hold more than before."""
    for one in pairs:
        if one.after.language == pair.before.language:
            names = {*_names(one.after, rule)}
            for name in names:
                n_before = len(family(one.before, rule, name))
                yield one.after, name, len(family(one.after, rule, name)) > n_before


def _names(side: Side, rule: Rule) -> Iterator[str]:
    yield from side.hits(rule.compiled)
    if rule.removal is not None:
        yield from side.hits(rule.removal.unless)


def _is_used(guarded: str, pair: Pair, scope: str, there: tuple[Side, str], *, grew: bool) -> bool:
    """Whether the scope calls, is decorated with, or inherits from what is *guarded*, and did not before."""
    if guarded == MODULE:
        return False
    side, name = there
    above = side.heads_around(name)
    outer, _, own = guarded.rpartition(".")
    owner = _last(outer).encode()
    if grew and outer and owner in above and not name.startswith(f"{outer}."):
        return True
    # A method is called through its object, and only a class around it or inherited from says of which class.
    is_own = not outer or name.startswith(f"{outer}.") or owner in above
    called = own if is_own else outer.partition(".")[0]
    if called == _last(name):
        return False
    if grew and called.encode() in above - {part.encode() for part in name.split(".")}:
        return True
    n_then = 0 if grew else pair.before.n_uses(called, scope)
    return side.n_uses(called, name) > n_then


def _fresh(pair: Pair, pairs: Sequence[Pair]) -> Iterator[tuple[Side, str]]:
    """The scopes that no text of their path had before."""
    for one in pairs:
        if one.after.language == pair.before.language and not one.after.is_blank:
            for name in one.after.outline.names - one.before.outline.names:
                yield one.after, name


def _share(before: Side, scope: str, there: tuple[Side, str]) -> float:
    """How much of the lines of *scope* stands *there* now, its head left out: that may be the guard."""
    side, name = there
    old, new = before.lines(scope), side.lines(name)
    return (old & new).total() / max(old.total(), 1)


def _last(scope: str) -> str:
    return scope.rpartition(".")[2]
