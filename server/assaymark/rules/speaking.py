"""
Which rules speak for others: what `overlaps: [assaymark/…]` of a page may say.

Invariants:
    A rule that is named is there, and no rule speaks for itself, not by way of others either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from assaymark.rules.rule import Rule


def misspoken(rule: Rule, rules: Mapping[str, Rule], names: Collection[str]) -> tuple[str, str] | None:
    """
    The name in `overlaps` that *rule* must not speak for, and why; None when all is well.

    *rules* are those that were read, by id, *names* those of all that there are.
    """
    for name in sorted(rule.speaks_for):
        if name not in names:
            return name, f"no rule is called {name!r}{_did_you_mean(name, names)}"
        if rule.id == name:
            return name, "a rule does not speak for itself; take this out"
        if rule.id in _spoken_for(name, rules):
            return name, f"{name} speaks for {rule.id}; take one of the two out"
    return None


def _spoken_for(name: str, rules: Mapping[str, Rule]) -> set[str]:
    """All that the rule *name* speaks for, by way of others too."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        rule = rules.get(waiting.pop())
        new = rule.speaks_for - found if rule is not None else frozenset()
        found |= new
        waiting += new
    return found


def _did_you_mean(name: str, names: Collection[str]) -> str:
    # Late: few pages are wrong.
    from difflib import get_close_matches

    like = get_close_matches(name, sorted(names), n=1)
    return f"; did you mean {like[0]!r}?" if like else "; `assaymark rules` lists them"
