"""
`assaymark doctor --settings`: each setting, its value, who gave it, and what was refused and why.

Invariant: it shows what `check` would go by for the same place; it checks nothing and writes nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

from assaymark.cli.output import say, style
from assaymark.cli.single import asked
from assaymark.cli.style import Style, harmless
from assaymark.cli.usage import WRONG_USAGE, UsageError
from assaymark.rules.loading import load
from assaymark.rules.pages import RulesNotFoundError
from assaymark.settings.declared import TOOLS
from assaymark.settings.deferring import setup_of
from assaymark.settings.layer import Layer
from assaymark.settings.resolving import Held
from assaymark.settings.standing import InForce, Lookup, Standing
from assaymark.settings.stored import plain_value


def settings_table(path: str, standing: Standing) -> int:
    """
    The exit code: 3 when a file of settings cannot be understood, as `check` would end.

    Effect: prints what holds for *path*, a file or a folder. Raises UsageError when it is not there.
    """
    if not os.path.lexists(path):
        msg = f"there is no file or folder {path!r}"
        raise UsageError(msg)
    place = os.path.abspath(path)  # noqa: PTH100 - paths stay strings
    lookup = Lookup(standing, os.path.abspath(os.curdir))  # noqa: PTH100 - as above
    found = lookup.at(place if os.path.isdir(place) else os.path.dirname(place))  # noqa: PTH112, PTH120 - as above
    say(_shown(place, found, lookup.excluding(place), standing, style()))
    return WRONG_USAGE if not_understood(found) else 0


def not_understood(found: InForce) -> list[str]:
    """What of the settings cannot be understood, names of rules that there are not included."""
    try:
        asked(found.settings, found.resolved)
    except UsageError as error:
        return [*map(str, found.resolved.wrong), str(error)]
    return [*map(str, found.resolved.wrong)]


def proposals(file: str, found: InForce) -> Iterator[tuple[str, int]]:
    """The tools that have checks enabled which rules of ours cover and are not deferred to, and how many."""
    try:
        covers = [rule.covers for rule in load().rules]
    except RulesNotFoundError:
        return
    for tool in TOOLS:
        setup = None if tool in found.settings.defer else setup_of(tool, file, found.top)
        if setup is None:
            continue
        checks = ([one for one in each if one.startswith(f"{tool}/")] for each in covers)
        n_rules = sum(any(setup.finds(one.partition("/")[2], file) for one in each) for each in checks)
        if n_rules:
            yield tool, n_rules


def advice(tool: str, n_rules: int) -> str:
    """What is proposed when *tool* has checks enabled that *n_rules* of ours cover."""
    many = "a rule of ours looks" if n_rules == 1 else f"{n_rules} rules of ours look"
    return f'checks what {many} for: defer = ["{tool}"] leaves those findings to it'


def _shown(place: str, found: InForce, excluding: str, standing: Standing, look: Style) -> Iterator[str]:
    yield f"{look('path', 'Settings')} for {harmless(place)}, in {harmless(found.top)}\n\n"
    yield from _files(found, standing)
    yield "\n"
    names = max(len(held.setting.name) for held in found.resolved.held)
    values = min(max(len(_value(held)) for held in found.resolved.held), 40)
    for held in found.resolved.held:
        name = f"{held.setting.name:{names}}"
        who = held.layer.value if held.layer is Layer.default else f"{held.layer.value}, {held.where}"
        loosens = look("medium", "  looser than what held before") if held.loosens else ""
        yield f"{look('path', name)}  {harmless(_value(held)):{values}}  {harmless(who)}{loosens}\n"
    if excluding:
        yield f"\nNot checked: {harmless(place)} is excluded by {harmless(excluding)}.\n"
    for title, lines in (("Not honoured", found.resolved.refused), ("Not understood", not_understood(found))):
        if lines:
            yield f"\n{look('mark', title)}:\n"
            yield from (f"  {harmless(str(line))}\n" for line in lines)
    if found.settings.defer and not standing.trusted:
        yield "\nNothing is left to other tools, since the code is not trusted.\n"
    file = os.path.join(place, "x.py") if os.path.isdir(place) else place  # noqa: PTH112, PTH118 - as above
    for tool, n_rules in proposals(file, found):
        yield f"\n{tool} {advice(tool, n_rules)}.\n"


def _files(found: InForce, standing: Standing) -> Iterator[str]:
    """The files, weakest first: later ones win, and what was typed stands before the managed one."""
    files = (
        ("user", standing.places.user),
        ("repository", found.file or ""),
        ("managed", standing.places.managed),
    )
    for who, file in files:
        is_there = bool(file) and os.path.lexists(file)
        yield f"  {who:10}  {harmless(file) or 'no file'}{'' if is_there or not file else ' (not there)'}\n"


def _value(held: Held) -> str:
    """The value as a file would write it."""
    return "none" if held.value is None else json.dumps(plain_value(held.value), ensure_ascii=False)
