"""
On which terms bandit is asked: which of its tests, and what the project tells it.

Invariants:
    Terms are data: they go to another process as they are, and equal terms find the same in the same text.
    A test whose settings the project changed is asked even where a page covers it: the page knows only
    bandit's own.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass, field
from assaymark.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assaymark.rules.rule import Rule

TOOL = "bandit"


@dataclass(frozen=True, slots=True)
class BanditTest:
    """
    One of bandit's tests, as it is installed.

    *setting* is the key of its configuration, *foreign* says that it comes from another package.
    """

    id: str
    name: str
    setting: str = ""
    foreign: bool = False
    text: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """
    What a project tells bandit.

    *tests* and *skips* are ids, *exclude* are its patterns of paths, *plugins* the settings of its
    tests. *known* are the findings of its baseline: path, test, text, severity and confidence.
    """

    tests: tuple[str, ...] = ()
    skips: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    plugins: Mapping[str, object] = field(default_factory=dict)
    ignores_nosec: bool = False
    known: tuple[tuple[str, ...], ...] = ()

    def excludes(self, path: str) -> bool:
        """Whether bandit passes over the file *path*, from the top of the project."""
        place = f"./{path}"
        return any(pattern in place or fnmatchcase(place, pattern) for pattern in self.exclude)


@dataclass(frozen=True, slots=True)
class Terms:
    """
    What is wanted of bandit.

    *everything*: all of its tests on every file; else those that no page covers, on files with their words.
    *covered* are the tests that pages cover.
    """

    level: Level = Level.pedantic
    everything: bool = False
    covered: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    configuration: Configuration = field(default_factory=Configuration)
    honours_nosec: bool = True

    def wants(self, test: BanditTest) -> bool:
        """Whether *test* is asked at all."""
        name = rule_of(test.id)
        if (self.select and not _is_named(name, self.select)) or _is_named(name, self.ignore):
            return False
        if not test.foreign and not _is_shown(test.id, self.level):
            return False
        told = self.configuration
        if (told.tests and test.id not in told.tests) or test.id in told.skips:
            return False
        return self.everything or test.id not in self.covered or test.setting in told.plugins


def left_over(tests: Iterable[BanditTest], terms: Terms) -> tuple[BanditTest, ...]:
    """Those of *tests* that bandit is asked."""
    return tuple(test for test in tests if terms.wants(test))


def asked_of(content: bytes, tests: Iterable[BanditTest], terms: Terms) -> frozenset[str]:
    """Those of *tests*, by id, that bandit is asked of a file that holds *content*."""
    # Late, as below: a check at the default level does without the table.
    from assaymark.engines.bandit.words import folded, may_find

    text = folded(content)
    return frozenset(
        test.id
        for test in left_over(tests, terms)
        if terms.everything or test.setting in terms.configuration.plugins or may_find(test.id, text)
    )


def covered_by(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The tests, by id, that *rules* cover."""
    return tuple(sorted({test for rule in rules for test in map(test_of, rule.covers) if test}))


def rule_of(test: str) -> str:
    """The rule id of what *test* finds."""
    return f"{TOOL}/{test}"


def test_of(rule: str) -> str:
    """The test that the rule id *rule* stands for; nothing when it is none of bandit's."""
    tool, _, test = rule.partition("/")
    return test if tool == TOOL else ""


def _is_shown(test: str, level: Level) -> bool:
    """Whether anything that bandit's own *test* finds is shown at *level*."""
    if level is not Level.strict:
        return level is Level.pedantic
    from assaymark.engines.bandit.words import PEDANTIC

    return test not in PEDANTIC


def _is_named(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
