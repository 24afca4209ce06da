"""The terms where a file sets something: all of the settings are read, as `assaymark check` reads them."""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH111, PTH120

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from assaymark.policy import is_shown
from assaymark.record.doubting import Doubting
from assaymark.settings.places import places
from assaymark.settings.standing import Lookup, Standing
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from assaymark.finding import Finding
    from assaymark.rules.ruleset import RuleSet
    from assaymark.settings.values import Settings


def settings_of(file: str, top: str) -> tuple[Settings, tuple[Path, ...], str] | None:
    """
    What holds for *file*, the rules that the user adds to ours, and the top of its repository.

    None where it is excluded. Raises ValueError where settings cannot be understood.
    """
    everywhere, folder = places(os.environ, os.path.expanduser("~"), sys.platform), os.path.dirname(file)
    lookup = Lookup(Standing(everywhere, doubts=Doubting(today())), top)
    if lookup.excluding(file):
        return None
    found = lookup.at(folder)
    if found.resolved.wrong:
        msg = "the settings cannot be understood"
        raise ValueError(msg)
    # Nothing of what comes with the code counts here that costs something, its rules among it.
    own = Lookup(Standing(everywhere, trusted=False), top).at(folder).settings.rules
    return found.settings, own, found.top


def shown_by(
    settings: Settings, file: str, top: str, rules: RuleSet
) -> Callable[[Sequence[Finding]], list[Finding]]:
    """What leaves of the findings in *file*, all of them, those that a check would show."""

    def shown(found: Sequence[Finding]) -> list[Finding]:
        wanted = [one for one in found if is_shown(one, settings.severity, settings.level)]
        if wanted and settings.baseline is not None:
            wanted = _unknown(wanted, file, str(settings.baseline))
        return _not_left(wanted, settings, file, top, rules) if wanted and settings.defer else wanted

    return shown


def _unknown(found: list[Finding], file: str, baseline: str) -> list[Finding]:
    """*found* without what the *baseline* knows: the first ones of each, in the order of the text."""
    from collections import Counter

    from assaymark.workspace.baseline import read

    # An entry that an agent made hides nothing.
    known = read(baseline, Doubting(today()))
    path = known.path_of(file)
    hidden = known.hidden({path: [(one.rule, one.fingerprint) for one in found]})
    left = Counter(hidden.allowed.get(path, {}))
    kept: list[Finding] = []
    for one in found:
        mark = (one.rule, one.fingerprint)
        if left[mark] > 0:
            left[mark] -= 1
        else:
            kept.append(one)
    return kept


def _not_left(found: list[Finding], settings: Settings, file: str, top: str, rules: RuleSet) -> list[Finding]:
    """*found* without what is left to other tools."""
    from assaymark.settings.deferring import deferral_for

    deferral = deferral_for(settings.defer, file, top)
    known = {rule.id: rule.covers for rule in rules.rules}
    return [one for one in found if not deferral.tool_for(one.rule, known.get(one.rule, ()))]
