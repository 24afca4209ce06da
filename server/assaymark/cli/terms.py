"""
On what terms each file of a run is checked: the settings in force for it, and the rules that they ask for.

Invariants:
    What holds for a file depends on its folder, not on the one that a run was started in.
    Settings that cannot be understood end the run before it checks anything: wrong usage.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from assaymark.cli.single import Asked, asked
from assaymark.cli.usage import UsageError
from assaymark.dataclass import replace
from assaymark.finding import Severity
from assaymark.lineage.trusting import no_doubts
from assaymark.rules.ruleset import RuleSet
from assaymark.second.asking import Second
from assaymark.settings.resolving import Held, Refused, Resolved
from assaymark.settings.standing import Lookup, Standing
from assaymark.settings.values import Settings
from assaymark.workspace.ignoring import with_separator
from assaymark.workspace.walking import File

if TYPE_CHECKING:
    from assaymark.settings.deferring import Deferral

_DEFAULT = Settings()


class Terms:
    """The terms of one run, looked up once for each folder."""

    def __init__(self, standing: Standing, *, everybody: bool = False) -> None:
        """
        Raises UsageError when the settings of the current folder cannot be understood.

        *everybody*: who loosened something is said of people too, and not of repositories alone.
        """
        self._everybody = everybody
        self._here = os.path.abspath(os.curdir)  # noqa: PTH100 - paths stay strings
        self._lookup = Lookup(standing, self._here)
        self._trusted = standing.trusted
        self.doubts = standing.doubts
        self._asked: dict[Settings, Asked] = {}
        self._used: dict[Resolved, None] = {}
        self._deferrals: dict[str, Deferral] = {}
        self.here = self._in(self._here).settings

    def settings(self, place: str) -> Settings:
        """What holds for the file *place*. Raises UsageError, as the others do."""
        return self._in(os.path.dirname(place)).settings  # noqa: PTH120 - as above

    def asked(self, place: str) -> Asked:
        """What the file *place* is checked with."""
        resolved = self._in(os.path.dirname(place))  # noqa: PTH120 - as above
        wanted = _what_is_asked(resolved.settings)
        ours = self._asked.get(wanted)
        if ours is None:
            ours = self._asked[wanted] = asked(
                wanted,
                resolved,
                trusted=self._trusted,
                doubts=None if self.doubts is no_doubts else self.doubts,
            )
        return ours

    def excluding(self, place: str) -> str:
        """The glob that excludes *place*, a file or a folder; "" if none does."""
        self._in(os.path.dirname(place))  # noqa: PTH120 - as above
        return self._lookup.excluding(place)

    def tool_for(self, place: str, rule: str) -> str:
        """The tool that findings of *rule* in the file *place* are left to; "" when they are shown."""
        tools = self.settings(place).defer
        # What says which checks a tool has enabled comes with the code.
        if not tools or not self._trusted:
            return ""
        # Late: most repositories defer to nobody.
        from assaymark.settings.deferring import deferral_for

        folder = os.path.dirname(place)  # noqa: PTH120 - as above
        if folder not in self._deferrals:
            self._deferrals[folder] = deferral_for(tools, place, self._lookup.at(folder).top)
        known = self.asked(place).rules.named(rule)
        return replace(self._deferrals[folder], place=place).tool_for(rule, known.covers if known else ())

    def groups(self, files: Sequence[File]) -> list[tuple[Asked, list[File]]]:
        """*files* by what they are checked with, nearly always one group."""
        groups: dict[int, tuple[Asked, list[File]]] = {}
        for file in files:
            ours = self.asked(file.place)
            groups.setdefault(id(ours), (ours, []))[1].append(file)
        return list(groups.values())

    def rules(self) -> RuleSet:
        """Every rule that some file was asked about."""
        if not self._asked:
            self.asked(os.path.join(self._here, ""))  # noqa: PTH118 - as above
        sets = [ours.rules for ours in self._asked.values()]
        if len(sets) == 1:
            return sets[0]
        rules = {(rule.language, rule.id): rule for each in sets for rule in each.rules}
        united = RuleSet.of(rules.values(), dict.fromkeys(one for each in sets for one in each.problems))
        left_out = frozenset().union(*(each.left_out for each in sets))
        return replace(united, left_out=left_out - {rule.id for rule in united.rules})

    def gates(self, files: Iterable[File]) -> dict[str, Severity]:
        """The gates of the files whose gate is not that of the current folder, by path."""
        gates = ((file.path, self.settings(file.place).gate) for file in files)
        return {path: gate for path, gate in gates if gate is not self.here.gate}

    @property
    def second(self) -> Second | None:
        """What bandit was asked; where folders differ, that of the first for which it was."""
        return next((ours.second for ours in self._asked.values() if ours.second is not None), None)

    @property
    def loosened(self) -> tuple[Held, ...]:
        """What repositories, or everybody, loosened for the files that were looked at."""
        several = (one.looser if self._everybody else one.loosened for one in self._used)
        return tuple(dict.fromkeys(held for some in several for held in some))

    @property
    def refused(self) -> tuple[Refused, ...]:
        """What was not honoured of the settings that were looked at."""
        of_settings = (one for resolved in self._used for one in resolved.refused)
        of_rules = (one for ours in self._asked.values() for one in ours.refused)
        return tuple(dict.fromkeys((*of_settings, *of_rules)))

    def _in(self, folder: str) -> Resolved:
        resolved = self._lookup.at(folder).resolved
        if resolved.wrong:
            raise UsageError("\n           ".join(map(str, resolved.wrong)))
        # A walk begins by asking what excludes its root; nothing of the folder around that is checked.
        if not self._lookup.at(self._here).top.startswith(with_separator(folder)):
            self._used[resolved] = None
        return resolved


def _what_is_asked(settings: Settings) -> Settings:
    """*settings* without what only decides which files are looked at, and what is shown and blocks."""
    return replace(
        settings,
        severity=_DEFAULT.severity,
        gate=_DEFAULT.gate,
        exclude=(),
        defer=(),
        baseline=None,
        workspace_diagnostics=_DEFAULT.workspace_diagnostics,
        typing_delay_ms=_DEFAULT.typing_delay_ms,
        bandit_delay_ms=_DEFAULT.bandit_delay_ms,
        hints=_DEFAULT.hints,
        hints_name_model=_DEFAULT.hints_name_model,
        quiet=_DEFAULT.quiet,
        before_commit=_DEFAULT.before_commit,
        agent_answer=_DEFAULT.agent_answer,
    )
