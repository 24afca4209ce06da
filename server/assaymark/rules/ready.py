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

from assaymark.rules.cache import cache_place, shipped_rules, shipped_some, stored_rules, stored_some
from assaymark.rules.keys import bundled, kept_in, key_of, shipped_key
from assaymark.rules.needed import words_to_plain
from assaymark.rules.pages import pages_place
from assaymark.rules.patterns.ways import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from assaymark.rules.keys import Named
    from assaymark.rules.ruleset import RuleSet
    from assaymark.rules.stored import PlainRule


def ready(extra: Sequence[Path] = (), words: frozenset[bytes] | None = None) -> RuleSet | None:
    """
    What `load` gives, of the same *extra*; None where it has to be compiled first.

    With *words* only the rules of Python that one of these leads to: what no word of a file leads to cannot
    match there. Raises RulesNotFoundError.
    """
    pages = pages_place()
    shipped = _shipped(pages, words)
    if shipped is not None and not extra:
        return shipped
    folder = cache_place(os.environ, os.path.expanduser("~"), sys.platform)
    if folder is None:
        return None
    file, key = kept_in(folder, pages, [str(one) for one in extra]), key_of(_all(pages, extra))
    return stored_rules(file, key) if words is None else stored_some(file, key, _led_to_by(words))


def _shipped(pages: str, words: frozenset[bytes] | None) -> RuleSet | None:
    def key() -> str:
        return shipped_key(pages)

    return shipped_rules(pages, key) if words is None else shipped_some(pages, key, _led_to_by(words))


def _led_to_by(words: frozenset[bytes]) -> Callable[[PlainRule], bool]:
    """What tells whether a rule may be led to by one of *words*; one on comments always is."""
    texts = {*words_to_plain(words), *words_to_plain(frozenset((ALWAYS,)))}

    def is_led_to(plain: PlainRule) -> bool:
        if plain["engine"] != "patterns":
            return True
        asked = plain["language"] == "python" and plain["removal"] is None
        return asked and not texts.isdisjoint(plain["leads"][0])

    return is_led_to


def _all(pages: str, extra: Sequence[Path]) -> list[Named]:
    if not extra:
        return list(bundled(pages))
    from assaymark.rules.loading import named_in

    return [*bundled(pages), *named_in(extra)]
