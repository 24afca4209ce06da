"""
`assaymark completion`: what makes a shell complete commands, options, their values and names of rules.

Invariants:
    The script is made from the parser itself, so it knows every option that there is.
    Names of rules are asked for when they are wanted: rules that come with an update are known at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import shtab

from assaymark.cli.arguments import parser
from assaymark.cli.output import say

_RULES = shtab.cmd("assaymark rules --names")
# By what help calls the value of an option.
_COMPLETED = {
    "FILE": shtab.FILE,
    "FILE|DIR": shtab.FILE,
    "PATH": shtab.FILE,
    "RULE": _RULES,
    "RULES": _RULES,
}


def completion(shell: str) -> int:
    """The exit code. Effect: prints the script for *shell*."""
    say([script(shell)])
    return 0


def script(shell: str) -> str:
    """The script that makes *shell* complete what can be typed after `assaymark`."""
    whole = parser()
    for action in actions(whole):
        complete = _COMPLETED.get(str(action.metavar))
        if complete is not None:
            action.complete = complete  # type: ignore[attr-defined]
    return shtab.complete(whole, shell).rstrip("\n") + "\n"


def actions(of: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All actions of a parser, and of the commands below it."""
    for action in of._actions:  # noqa: SLF001, argparse tells nobody else
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for inner in action.choices.values():
                yield from actions(inner)
