"""
Which bundled rules each level adds, for help: told by the pages' own words, without reading the rules.

Invariants:
    It says what the rules say (a test compares them), and costs a look at the head of each page.
"""

from __future__ import annotations

import re
from pathlib import Path

from assaymark.finding import Level
from assaymark.rules.pages import PAGE, RulesNotFoundError, pages_folder, rule_files

_MEANINGS = {
    Level.default: "likely flaws, worth the time to look",
    Level.strict: "adds rules that are often right, and often in the way",
    Level.pedantic: "adds all other rules, for a first look at a program",
}
_LEVEL = re.compile(r"^level:[ \t]*(\w+)", re.MULTILINE)


def levels() -> tuple[tuple[str, str], ...]:
    """What each level means, and how many rules it asks."""
    added = rules_by_level()
    rows = []
    n_rules = 0
    for level, meaning in _MEANINGS.items():
        names = added.get(level, ())
        n_rules += len(names)
        such_as = f", such as {' or '.join(names[:2])}" if names else ""
        rows.append((level.value, f"{meaning}{such_as} ({n_rules} rules in all)"))
    return tuple(rows)


def rules_by_level() -> dict[Level, tuple[str, ...]]:
    """The names of the rules that each level adds to the one before it."""
    added: dict[Level, list[str]] = {}
    try:
        files = [file for file in rule_files(pages_folder()) if file.suffix == PAGE]
    except RulesNotFoundError:
        files = []
    for file in files:
        added.setdefault(_level(file), []).append(file.stem)
    return {level: tuple(sorted(names)) for level, names in added.items()}


def _level(file: Path) -> Level:
    head = file.read_text(encoding="utf-8", errors="replace").split("\n---", 1)[0]
    found = _LEVEL.search(head)
    return Level.named(found[1]) if found else Level.default
