"""
The rules that a check asks, and what was left out of them.

Invariants:
    Rules are sorted by language and id, and no two of one language share an id.
    Equal rules give an equal digest, wherever and in whatever order they were read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from assaymark.dataclass import dataclass
from assaymark.hashes import blake

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assaymark.finding import Level
    from assaymark.rules.rule import Problem, Rule


@dataclass(frozen=True, slots=True)
class RuleSet:
    """
    Rules, the digest of their content, and the problems met in reading them.

    *left_out* are the ids of rules that there are, and that were not selected.
    """

    rules: tuple[Rule, ...]
    digest: str
    problems: tuple[Problem, ...] = ()
    left_out: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rules: Iterable[Rule], problems: Iterable[Problem] = ()) -> Self:
        """The set of these rules."""
        ordered = tuple(sorted(rules, key=lambda rule: (rule.language, rule.id)))
        return cls(ordered, _digest(ordered), tuple(problems))

    def for_language(self, language: str) -> tuple[Rule, ...]:
        """The rules of one language that are asked of a text."""
        return tuple(rule for rule in self.rules if rule.language == language and rule.removal is None)

    def removals(self, language: str) -> tuple[Rule, ...]:
        """The rules of one language that are asked of a text and the one before it."""
        return tuple(rule for rule in self.rules if rule.language == language and rule.removal is not None)

    def named(self, name: str) -> Rule | None:
        """The rule with the id *name*."""
        return next((rule for rule in self.rules if rule.id == name), None)

    def selected(self, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> RuleSet:
        """
        The rules whose ids one of *select* names and none of *ignore*; `*` in a name stands for anything.

        An empty *select* names every rule.
        """
        if not select and not ignore:
            return self
        kept = (
            rule
            for rule in self.rules
            if (not select or _names(select, rule.id)) and not _names(ignore, rule.id)
        )
        return self._with_only(kept)

    def up_to(self, level: Level) -> RuleSet:
        """The rules that are shown at *level*: what is not shown need not be asked."""
        shown = frozenset(one for one in type(level) if one <= level)
        kept = tuple([rule for rule in self.rules if rule.level in shown])
        return self if len(kept) == len(self.rules) else self._with_only(kept)

    def _with_only(self, kept: Iterable[Rule]) -> RuleSet:
        some = RuleSet.of(kept)
        dropped = {rule.id for rule in self.rules} - {rule.id for rule in some.rules}
        left_out = self.left_out | dropped
        # What is known by name decides what is said of comments that name it.
        digest = blake("\0".join((some.digest, *sorted(left_out))).encode(), 16)
        return RuleSet(some.rules, digest, self.problems, left_out)

    def without(self, left_out: frozenset[str]) -> RuleSet:
        """The same, where *left_out* are ids of rules that there are as well."""
        digest = blake("\0".join((self.digest, *sorted(left_out))).encode(), 16)
        return type(self)(self.rules, digest, self.problems, self.left_out | left_out)

    def unknown(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of *names*, as `selected` takes them, that name no rule."""
        return tuple(name for name in names if not any(_names((name,), rule.id) for rule in self.rules))


def _names(patterns: Iterable[str], rule: str) -> bool:
    # Late: most select nothing.
    from fnmatch import fnmatchcase

    return any(fnmatchcase(rule, pattern) for pattern in patterns)


def _digest(rules: tuple[Rule, ...]) -> str:
    content = "\0".join(f"{rule.language}\0{rule.id}\0{rule.digest}" for rule in rules)
    return blake(content.encode(), 16)
