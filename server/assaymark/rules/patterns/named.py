"""
Whether something in a text may stand for a path, as far as its words and the imports of its file tell.

Invariants:
    Sound: where a name or a chain of names means the path, the answer is yes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.rules.patterns.paths import STAR, heads_of, last_of, names_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_NONE: frozenset[bytes] = frozenset()


class Named:
    """Whether something may stand for a path where these words are, and imports bind these names."""

    __slots__ = ("_aliases", "_known", "_words")

    def __init__(self, words: frozenset[bytes], aliases: Mapping[str, frozenset[bytes]]) -> None:
        self._words = words
        self._aliases = aliases
        self._known: dict[str, bool] = {}

    def __call__(self, path: str) -> bool:
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = _may_be_named(path, self._words, self._aliases)
        return known


def _may_be_named(path: str, words: frozenset[bytes], aliases: Mapping[str, frozenset[bytes]]) -> bool:
    if is_met(aliases.get(path, _NONE), words):
        return True
    if last_of(path) not in words:
        return False
    # What leads to the last name is spelled, imported, or imported together with everything beside it.
    return (
        path.endswith(".")
        or names_of(path) <= words
        or any(
            is_met(aliases.get(head, _NONE), words) or STAR in aliases.get(f"{head}.", _NONE)
            for head in heads_of(path)
        )
    )


def is_met(aliases: frozenset[bytes], words: frozenset[bytes]) -> bool:
    """Whether one of these names is there; any name may come from a star import."""
    return not words.isdisjoint(aliases) or STAR in aliases
