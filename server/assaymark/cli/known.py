"""
What baselines hide in a run.

Invariants:
    A baseline is read once a run; one that is broken ends the run before it says anything: wrong usage.
    An entry counts as no longer found only where it would have been: its file was checked in full, and its
    rule was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from assaymark.analysis.snapshot import State
from assaymark.cli.report import BASELINE, Checked, Reported, Withheld
from assaymark.cli.usage import UsageError
from assaymark.dataclass import replace
from assaymark.lineage.trusting import Doubts
from assaymark.rules.ruleset import RuleSet
from assaymark.settings.refusing import not_honoured
from assaymark.settings.resolving import Refused
from assaymark.workspace.baseline import BadBaselineError, Baseline, Hidden, Mark, read

_WHOLE = frozenset((State.clean, State.findings))
# What bandit finds is asked for apart, and not of every file.
_ASKED_APART = "bandit/"


class Known:
    """
    The findings of *results* that baselines hide.

    *baseline_of* tells the baseline's file for a path, if it has one, *doubts* what of that is not honoured.
    Raises UsageError for a broken one.
    """

    def __init__(
        self, results: Sequence[Checked], baseline_of: Callable[[str], str | None], doubts: Doubts
    ) -> None:
        self._baseline_of = baseline_of
        by_baseline: dict[str, list[Checked]] = {}
        for result in results:
            file = baseline_of(result.path)
            if file is not None:
                by_baseline.setdefault(file, []).append(result)
        self._baselines = {file: _read(file, doubts) for file in by_baseline}
        self._hidden: dict[str, Hidden] = {}
        self._whole: dict[str, frozenset[str]] = {}
        for file, its in by_baseline.items():
            baseline = self._baselines[file]
            self._hidden[file] = baseline.hidden(
                {baseline.path_of(result.path): _marks(result.findings) for result in its}
            )
            self._whole[file] = frozenset(
                baseline.path_of(result.path) for result in its if result.state in _WHOLE
            )

    def without(self, result: Checked) -> Checked:
        """*result* with the known findings withheld."""
        file = self._baseline_of(result.path)
        baseline = self._baselines.get(file) if file is not None else None
        if baseline is None or file is None:
            return result
        numbers = self._hidden[file].of(baseline.path_of(result.path), _marks(result.findings))
        if not numbers:
            return result
        withheld = [Withheld(one, BASELINE) for at, one in enumerate(result.findings) if at in numbers]
        shown = result.with_findings(one for at, one in enumerate(result.findings) if at not in numbers)
        return replace(shown, withheld=(*result.withheld, *withheld))

    @property
    def refused(self) -> list[Refused]:
        """The entries that are not honoured, the first of each baseline by themselves."""
        baselines = self._baselines.values()
        return [one for baseline in baselines for one in not_honoured(baseline.place, baseline.doubted)]

    def no_longer_found(self, rules: RuleSet, *, everything: bool) -> dict[str, int]:
        """
        By baseline, how many of its entries are no longer found.

        *everything* says that the run looked at all files, so that what is in none of them is nowhere.
        """
        counts = {}
        for file, hidden in self._hidden.items():
            left = [hidden.unmatched[path] for path in hidden.unmatched.keys() & self._whole[file]]
            if everything:
                left.append(hidden.gone)
            n = sum(count for marks in left for mark, count in marks.items() if _was_asked(mark, rules))
            if n:
                counts[file] = n
        return counts


def marks_of(results: Iterable[Checked], baseline: Baseline) -> dict[str, list[Mark]]:
    """The findings of *results* as *baseline* would hold them."""
    return {baseline.path_of(result.path): _marks(result.findings) for result in results if result.findings}


def _was_asked(mark: Mark, rules: RuleSet) -> bool:
    rule = mark[0]
    return rule not in rules.left_out and not rule.startswith(_ASKED_APART)


def _marks(findings: Iterable[Reported]) -> list[Mark]:
    return [(one.finding.rule, one.finding.fingerprint) for one in findings]


def _read(file: str, doubts: Doubts) -> Baseline:
    try:
        return read(file, doubts)
    except BadBaselineError as error:
        raise UsageError(str(error)) from error
