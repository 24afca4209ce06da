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

# By what help calls the value of an option.
_COMPLETED = {
    "FILE": shtab.FILE,
    "FILE|DIR": shtab.FILE,
    "PATH": shtab.FILE,
}
_OF_RULES = frozenset(("RULE", "RULES"))
_ZSH = '_assaymark_rules() { compadd -- ${(f)"$(assaymark rules --names)"} }'


def completion(shell: str) -> int:
    """The exit code. Effect: prints the script for *shell*."""
    say([script(shell)])
    return 0


def script(shell: str) -> str:
    """The script that makes *shell* complete what can be typed after `assaymark`."""
    whole, of_rules = parser(), _names_of_rules()
    for action in actions(whole):
        name = str(action.metavar)
        complete = of_rules if name in _OF_RULES else _COMPLETED.get(name)
        if complete is not None:
            action.complete = complete  # type: ignore[attr-defined]
    return shtab.complete(whole, shell).rstrip("\n") + "\n"


def _names_of_rules() -> shtab.CompleteType:
    names = shtab.cmd("assaymark rules --names")
    preamble = names["preamble"]
    # zsh would run the command where it reads the script, once for each option: there it is a function.
    functions = preamble | {"zsh": _ZSH} if isinstance(preamble, dict) else {}
    return names | {"zsh": "_assaymark_rules", "preamble": functions}


def actions(of: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All actions of a parser, and of the commands below it."""
    for action in of._actions:  # noqa: SLF001, argparse tells nobody else
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for inner in action.choices.values():
                yield from actions(inner)
