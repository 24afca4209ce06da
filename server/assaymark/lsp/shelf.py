"""
The rules that documents are checked with, loaded when the first is opened.

Invariant: rules that cannot be loaded are told as such; a file is then not checked, never clean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from assaymark.finding import Finding, Level
from assaymark.lsp.options import Options
from assaymark.policy import is_shown
from assaymark.rules.rule import Rule
from assaymark.rules.ruleset import RuleSet
from assaymark.settings.guess import did_you_mean

_MOST_SELECTED = 32
# What was selected of which rules: asked for at every opening, and for every file of a workspace.
_SELECTED: dict[tuple[object, ...], RuleSet] = {}


class Shelf:
    """Rule sets by the files that they come from and what is selected of them."""

    __slots__ = ("_broken", "_loaded", "_named", "_problems")

    def __init__(self) -> None:
        self._loaded: dict[tuple[Path, ...], RuleSet] = {}
        self._broken: dict[tuple[Path, ...], str] = {}
        self._problems: list[str] = []
        # The names of rules that settings hold, and that were looked for.
        self._named: set[tuple[str, ...]] = set()

    def rules(self, options: Options) -> RuleSet:
        """
        The rules that *options* ask for.

        Effect: reads them, the first time; `problem` says why there are none, `taken_problems` what not.
        """
        settings, rules = options.settings, self._all(options)
        if not self.problem(options):
            self._look_for((*settings.select, *settings.ignore), rules)
        return _selected(rules, settings.select, settings.ignore, settings.level)

    def all_rules(self, options: Options) -> Sequence[Rule]:
        """The rules that *options* choose from."""
        return self._all(options).rules

    def shows(self, options: Options) -> Callable[[Finding], bool]:
        """Whether a finding is shown: loud enough for *options*, and left to no other tool."""
        severity, level = options.settings.severity, options.settings.level
        if not options.deferral.setups:
            return lambda finding: is_shown(finding, severity, level)
        tool_for = self._tool_for(options)
        return lambda finding: is_shown(finding, severity, level) and not tool_for(finding)

    def deferred(self, options: Options, findings: Iterable[Finding]) -> Counter[str]:
        """How many of *findings* are hidden since they are left to a tool, by tool."""
        if not options.deferral.setups:
            return Counter()
        severity, level = options.settings.severity, options.settings.level
        loud = (finding for finding in findings if is_shown(finding, severity, level))
        return Counter(filter(None, map(self._tool_for(options), loud)))

    def names(self) -> list[str]:
        """The names of all rules that are loaded."""
        return sorted({rule.id for rules in self._loaded.values() for rule in rules.rules})

    def reread(self, paths: Iterable[Path]) -> None:
        """Effect: sets that were read from *paths*, which changed, are read again when next asked for."""
        changed = list(paths)
        for files in tuple(self._loaded):
            if any(path == file or file in path.parents for file in files for path in changed):
                del self._loaded[files]

    def taken_problems(self) -> list[str]:
        """What was left out of the rules, and is not told yet."""
        taken, self._problems = self._problems, []
        return taken

    def rule(self, name: str) -> Rule | None:
        """The rule called *name*, from whatever set."""
        return next((rule for rules in self._loaded.values() if (rule := rules.named(name))), None)

    def problem(self, options: Options) -> str:
        """Why there are no rules for *options*; nothing when there are."""
        return "" if options.settings.limits.excluded else self._broken.get(options.settings.rules, "")

    def _tool_for(self, options: Options) -> Callable[[Finding], str]:
        covers = {rule.id: rule.covers for rule in self.rules(options).rules}
        return lambda finding: options.deferral.tool_for(finding.rule, covers.get(finding.rule, ()))

    def _all(self, options: Options) -> RuleSet:
        files = options.settings.rules
        loaded = self._loaded.get(files)
        if loaded is None:
            loaded = self._loaded[files] = self._load(files)
        return loaded

    def _look_for(self, names: tuple[str, ...], rules: RuleSet) -> None:
        """Effect: those of *names* that name no rule are a problem, told once."""
        if not names or names in self._named:
            return
        self._named.add(names)
        # What bandit finds has the names of its tests, and more of them when it has plugins.
        for name in rules.unknown(name for name in names if not name.startswith("bandit/")):
            guess = did_you_mean(name, [rule.id for rule in rules.rules])
            self._problems.append(f"no rule is called {name!r}{guess}")

    def _load(self, files: tuple[Path, ...]) -> RuleSet:
        try:
            rules = self._read(files)
        except Exception as error:  # noqa: BLE001 - whatever it was, the server goes on and says so
            self._broken[files] = f"its rules could not be loaded: {error}"
            return RuleSet.of(())
        self._broken.pop(files, None)
        self._problems += map(str, rules.problems)
        return rules

    def _read(self, files: tuple[Path, ...]) -> RuleSet:
        """The rules in *files*. Effect: what of them is not honoured is a problem."""
        if not files:
            from assaymark.rules.loading import load

            return load(files)
        # Late: few repositories have rules of their own.
        from assaymark.record.doubting import Doubting
        from assaymark.record.rules import loaded
        from assaymark.workspace.today import today

        found = loaded(files, Doubting(today()))
        self._problems += map(str, found.refused)
        return found.rules


@lru_cache(maxsize=1024)
def page_uri(source: str) -> str | None:
    """The URI of the page that a rule was read from: on this machine, so that no network is asked."""
    from assaymark.rules.pages import page_of

    page = page_of(source)
    return page.resolve().as_uri() if page is not None else None


def _selected(rules: RuleSet, select: tuple[str, ...], ignore: tuple[str, ...], level: Level) -> RuleSet:
    # By the digest: the hash of a set of rules goes through all of their patterns.
    key = (rules.digest, rules.problems, select, ignore, level)
    known = _SELECTED.get(key)
    if known is None:
        if len(_SELECTED) >= _MOST_SELECTED:
            _SELECTED.clear()
        known = _SELECTED[key] = rules.selected(select, ignore).up_to(level)
    return known
