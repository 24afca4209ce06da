"""
The rules where somebody compiled them before, for who cannot wait for that.

Invariant: nothing is imported here but what reads them.
"""
# Paths are texts: a hook waits for this.
# ruff: noqa: PTH111

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from assaymark.finding import Level
from assaymark.rules.cache import cache_place, shipped_rules, shipped_some, stored_rules, stored_some
from assaymark.rules.keys import bundled, kept_in, key_of, shipped_key
from assaymark.rules.needed import words_to_plain
from assaymark.rules.pages import pages_place
from assaymark.rules.patterns.ways import ALWAYS
from assaymark.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assaymark.rules.cache import Chosen, Entry
    from assaymark.rules.keys import Named
    from assaymark.rules.ruleset import RuleSet


class Some(NamedTuple):
    """Of the rules for Python those that are shown at *level* and to which one of *words* leads, if any."""

    level: Level
    words: frozenset[bytes] | None


def ready(extra: Sequence[Path] = (), some: Some | None = None) -> RuleSet | None:
    """
    What `load` gives, of the same *extra*; None where it has to be compiled first.

    With *some* only these: what no word of a file leads to cannot match there. Raises RulesNotFoundError.
    """
    pages = pages_place()
    shipped = _shipped(pages, some)
    if shipped is not None and not extra:
        return shipped
    folder = cache_place(os.environ, os.path.expanduser("~"), sys.platform)
    if folder is None:
        return None
    file, key = kept_in(folder, pages, [str(one) for one in extra]), key_of(_all(pages, extra))
    return stored_rules(file, key) if some is None else stored_some(file, key, _are(some))


def _shipped(pages: str, some: Some | None) -> RuleSet | None:
    def key() -> str:
        return shipped_key(pages)

    return shipped_rules(pages, key) if some is None else shipped_some(pages, key, _are(some))


def _are(some: Some) -> Chosen:
    """
    What chooses *some* of the rules.

    What is no pattern is asked of any text; a comment that silences what a rule speaks for silences the rule.
    """
    levels = {level.value for level in Level if level <= some.level}
    leads = None if some.words is None else {*words_to_plain(some.words | {ALWAYS})}

    def is_one(entry: Entry) -> bool:
        if entry["engine"] != "patterns":
            return True
        is_asked = entry["language"] == "python" and not entry["compares"]
        return is_asked and (leads is None or not leads.isdisjoint(entry["leads"]))

    def chosen(entries: Sequence[Entry]) -> set[str]:
        shown = {entry["id"]: entry for entry in entries if entry["level"] in levels}
        waiting = [entry for entry in shown.values() if is_one(entry)]
        found: set[str] = set()
        while waiting:
            entry = waiting.pop()
            if entry["id"] not in found:
                found.add(entry["id"])
                waiting += [shown[name] for name in entry["speaks_for"] if name in shown]
        return found

    return chosen


def _all(pages: str, extra: Sequence[Path]) -> list[Named]:
    if not extra:
        return list(bundled(pages))
    from assaymark.rules.loading import named_in

    return [*bundled(pages), *named_in(extra)]
