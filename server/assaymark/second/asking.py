"""
The second opinion of a run or of a folder: whether bandit is asked, on which terms, and by whom.

Invariants:
    Where nothing that bandit could find would be shown, it is not even imported.
    The same project, rules and settings give the same terms, in the editor and in a batch.
    What a project that is not trusted tells bandit is left out: all of it loosens, or may.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.engines.bandit.opinion import Opinion
from assaymark.engines.bandit.terms import (
    BanditTest,
    Configuration,
    Terms,
    asked_of,
    covered_by,
    left_over,
    rule_of,
)
from assaymark.finding import Level
from assaymark.lineage.trusting import Doubts, no_doubts
from assaymark.second.environment import bandit_version, on_the_road, plugins

if TYPE_CHECKING:
    from assaymark.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of bandit by who starts a check."""

    level: Level
    everything: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    honours_nosec: bool = True
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Second:
    """
    What is asked of bandit, for the project in the folder *project*.

    *plugins* are packages that bring tests of their own, *complaints* say what of the project's
    configuration was left out. It *knows_all* when the tests of the installed bandit are those of our table.
    """

    terms: Terms
    project: str
    plugins: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    knows_all: bool = False

    def may_find(self, content: bytes) -> bool:
        """Whether bandit can find anything in *content*; if not, it need not be started."""
        if self.plugins or self.terms.configuration.plugins or not self.knows_all:
            return True
        return bool(asked_of(content, map(_own, self.tests), self.terms))

    @property
    def tests(self) -> tuple[str, ...]:
        """The ids of bandit's own tests that are asked."""
        from assaymark.engines.bandit.words import WORDS

        return tuple(test.id for test in left_over(map(_own, WORDS), self.terms))

    @property
    def rules(self) -> frozenset[str]:
        """The rule ids of `tests`."""
        return frozenset(map(rule_of, self.tests))


def second_of(wish: Wish, rules: Sequence[Rule], project: str, doubts: Doubts = no_doubts) -> Second | None:
    """
    What to ask of bandit where *rules* are all that were loaded; None when nothing would come of it.

    *doubts* says what of the project's files is not honoured.
    """
    others = plugins(sys.path, (project,))
    if wish.level is Level.default and not others:
        return None
    if wish.select and not any(name.startswith(("bandit", "*", "?", "[")) for name in wish.select):
        return None
    # Late: most checks end above, and what reads the files takes long to import.
    from assaymark.second.configuration import Told, told_by

    told = told_by(project, doubts) if wish.trusted else Told(Configuration())
    terms = Terms(
        level=wish.level,
        everything=wish.everything,
        covered=covered_by(rules),
        select=wish.select,
        ignore=wish.ignore,
        configuration=told.configuration,
        honours_nosec=wish.honours_nosec,
    )
    from assaymark.engines.bandit.words import VERSIONS

    knows_all = bandit_version(sys.path, (project,)).startswith(VERSIONS)
    second = Second(terms, project, others, told.complaints, knows_all)
    return second if second.tests or others or told.configuration.plugins else None


def opinion_here(content: bytes, path: str, second: Second) -> Opinion:
    """
    What bandit says of *content*, the file *path* from the top of the project, asked in this process.

    Effect: the first time that it may find something, bandit is imported, from the environment alone.
    """
    if not second.may_find(content):
        return Opinion()
    with on_the_road((second.project,)):
        from assaymark.engines.bandit.asking import opinion
    return opinion(content, path, second.terms)


def _own(test: str) -> BanditTest:
    return BanditTest(test, "")
