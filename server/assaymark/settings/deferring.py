"""
Findings that are left to other tools: which are hidden, because a tool that speaks for itself finds them too.

A finding is left to a tool when its rule *covers* a check of the tool (`covers: [ruff/S506]`: the page finds
all that the check finds) and the repository has that check enabled for the file. What bandit found as the
second opinion is left to bandit where that is deferred to.

Invariants:
    Nothing is hidden because of a tool that is not set up, or of a check that is not surely enabled.
    Equal set-ups are equal values, so that a change of them is seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from assaymark.dataclass import dataclass


class Setup(Protocol):
    """How a tool is set up."""

    def finds(self, check: str, place: str) -> bool:
        """Whether *check* is enabled for the file *place*."""


@dataclass(frozen=True, slots=True)
class Deferral:
    """The tools that are deferred to for one file, by their names, and how each is set up."""

    place: str = ""
    setups: tuple[tuple[str, Setup], ...] = ()

    def tool_for(self, rule: str, covers: Iterable[str]) -> str:
        """The tool that findings of *rule*, which *covers* these checks, are left to, if any."""
        for tool, setup in self.setups:
            for check in (*covers, rule):
                name, _, test = check.partition("/")
                if name == tool and test and setup.finds(test, self.place):
                    return tool
        return ""


NOTHING_DEFERRED = Deferral()


def deferral_for(tools: Iterable[str], place: str, top: str) -> Deferral:
    """
    What is deferred to *tools* for the file *place* in the repository at *top*.

    Effect: reads their settings.
    """
    setups = ((tool, setup_of(tool, place, top)) for tool in tools)
    found = tuple((tool, setup) for tool, setup in setups if setup is not None)
    return Deferral(place, found) if found else NOTHING_DEFERRED


def setup_of(tool: str, place: str, top: str) -> Setup | None:
    """How *tool* is set up for the file *place*; None when it is not."""
    # Late: most repositories defer to nobody.
    match tool:
        case "ruff":
            from assaymark.settings.tools.ruff import ruff_for

            return ruff_for(place, top)
        case "bandit":
            from assaymark.settings.tools.bandit import bandit_at

            return bandit_at(top)
        case _:
            from assaymark.settings.tools.semgrep import semgrep_at

            return semgrep_at(top)
