"""
What people and programs are told of bandit: what it answers, what it did not check, and one test of its.

Invariants:
    What bandit did not check is said for each file.
    Bandit is imported only where one of its tests is described.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assaymark.cli.style import harmless
from assaymark.engines.bandit.opinion import NOT_CHECKED
from assaymark.engines.bandit.terms import covered_by, rule_of, test_of
from assaymark.engines.bandit.words import PEDANTIC, WORDS
from assaymark.second.environment import on_the_road

if TYPE_CHECKING:
    from assaymark.cli.as_json import Value
    from assaymark.cli.report import Report
    from assaymark.engines.bandit.terms import BanditTest
    from assaymark.rules.ruleset import RuleSet
    from assaymark.second.asking import Second

_MOST_NAMED = 12
_MOST_FILES = 3


def summary(report: Report) -> Iterator[str]:
    """The lines on bandit below a report; none when it was not asked."""
    second = report.second
    if second is None:
        return
    yield from (f"{harmless(complaint)}\n" for complaint in second.complaints)
    if second.tests or second.plugins:
        yield f"Bandit was asked for {_named(second)}.\n"
    told = second.terms.configuration
    loosening = [
        *([f"asks only {', '.join(told.tests)}"] if told.tests else []),
        *([f"skips {', '.join(told.skips)}"] if told.skips else []),
        *([f"leaves out {', '.join(told.exclude)}"] if told.exclude else []),
        *([f"knows {len(told.known):,} findings"] if told.known else []),
    ]
    if loosening:
        yield f"The project's configuration of bandit {harmless('; '.join(loosening))}.\n"
    noted = [
        f"{harmless(file.path)} ({harmless(note.removeprefix(NOT_CHECKED))})"
        for file in report.files
        for note in file.notes
        if note.startswith(NOT_CHECKED)
    ]
    if noted:
        more = f" and {len(noted) - _MOST_FILES:,} more" if len(noted) > _MOST_FILES else ""
        files = f"{len(noted):,} file{'' if len(noted) == 1 else 's'}"
        yield f"Not all of {files} was checked by bandit: {'; '.join(noted[:_MOST_FILES])}{more}.\n"


def plain(second: Second | None) -> Value:
    """What bandit was asked, as JSON values."""
    if second is None:
        return None
    return {
        "tests": [*second.tests],
        "plugins": [_package(plugin) for plugin in second.plugins],
        "problems": [*second.complaints],
    }


def left(rules: RuleSet) -> tuple[str, ...]:
    """The tests that no page covers, by id."""
    return tuple(sorted(set(WORDS) - set(covered_by(rules.rules))))


def described(rules: RuleSet) -> list[Mapping[str, object]]:
    """The tests that are left to bandit, as JSON values. Effect: imports bandit."""
    return [
        {
            "id": rule_of(test.id),
            "name": test.name,
            "language": "python",
            "answered_by": "bandit",
            "references": [test.link] if test.link else [],
        }
        for test in _installed()
        if test.foreign or test.id in left(rules)
    ]


def explained(name: str, rules: RuleSet) -> Iterator[str] | None:
    """What bandit's test *name* looks for; None when it has no such test. Effect: imports bandit."""
    test = next((test for test in _installed() if test.id == test_of(name)), None)
    return None if test is None else _explained(test, rules)


def known() -> list[str]:
    """The rule ids of what bandit finds."""
    return [rule_of(test) for test in WORDS]


def _explained(test: BanditTest, rules: RuleSet) -> Iterator[str]:
    rule = rule_of(test.id)
    yield f"{rule} · {test.name}\npython · answered by bandit{', with a plugin' if test.foreign else ''}\n\n"
    yield f"{test.text}\n\n"
    covering = [one.id for one in rules.rules if rule in one.covers]
    overlapping = [one.id for one in rules.rules if rule in one.overlaps]
    if covering:
        yield f"Covered by {', '.join(covering)}: bandit is asked only with --deep.\n"
    if overlapping:
        yield f"Some of what it finds is said by {', '.join(overlapping)} instead.\n"
    level = "default" if test.foreign else "strict when both are at least medium, else pedantic"
    level = "pedantic" if test.id in PEDANTIC else level
    yield f"Severity and confidence are bandit's own for each finding; the level is {level}.\n"
    yield f"To silence one finding: # nosec {test.id}\n"
    yield f"To turn the test off: --ignore {rule}, or skips in bandit's own configuration\n"
    if test.link:
        yield f"\nRead more:\n  {test.link}\n"


def _installed() -> tuple[BanditTest, ...]:
    with on_the_road((str(Path.cwd()),)):
        from assaymark.engines.bandit.asking import installed
    return installed()


def _named(second: Second) -> str:
    tests = second.tests
    if second.terms.everything:
        parts = ["all of its tests"]
    elif len(tests) > _MOST_NAMED:
        parts = [f"{', '.join(tests[: _MOST_NAMED - 1])} and {len(tests) - _MOST_NAMED + 1} more"]
    else:
        parts = [", ".join(tests)] if tests else []
    plugins = [_package(plugin) for plugin in second.plugins]
    parts += [f"the tests of {', '.join(plugins)}"] if plugins else []
    them = "it" if len(tests) == 1 else "them"
    which = "" if second.terms.everything or not tests else f" (no page covers {them})"
    return " and ".join(parts) + which


def _package(plugin: str) -> str:
    return plugin.partition(" ")[0]
