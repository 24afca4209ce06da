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

from assaymark.rules.cache import cache_place, shipped_rules, stored_rules
from assaymark.rules.keys import bundled, kept_in, key_of, shipped_key
from assaymark.rules.pages import pages_place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assaymark.rules.keys import Named
    from assaymark.rules.ruleset import RuleSet


def ready(extra: Sequence[Path] = ()) -> RuleSet | None:
    """
    What `load` gives, of the same *extra*; None where it has to be compiled first.

    Raises RulesNotFoundError.
    """
    pages = pages_place()
    shipped = shipped_rules(pages, lambda: shipped_key(pages))
    if shipped is not None and not extra:
        return shipped
    folder = cache_place(os.environ, os.path.expanduser("~"), sys.platform)
    if folder is None:
        return None
    return stored_rules(kept_in(folder, pages, [str(one) for one in extra]), key_of(_all(pages, extra)))


def _all(pages: str, extra: Sequence[Path]) -> list[Named]:
    if not extra:
        return list(bundled(pages))
    from assaymark.rules.loading import named_in

    return [*bundled(pages), *named_in(extra)]
