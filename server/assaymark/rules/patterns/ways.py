"""
By which words a rule is found: each way to match stands under one word that it needs.

Invariants:
    Where a way holds, a word that leads to it is there, or a name that an import binds to a path that does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.rules.patterns.paths import last_of, names_of
from assaymark.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assaymark.rules.patterns.need import Alternative

# What leads to a way that needs neither words nor paths.
ALWAYS = b""


class Leads(NamedTuple):
    """
    The words that lead to the ways of a rule, and the paths.

    For each of *paths*, its last name is one of *words*.
    """

    words: frozenset[bytes]
    paths: frozenset[str]


class Way(NamedTuple):
    """
    One alternative of a rule's needs.

    *in_file* are the words that it needs anywhere in the file; *path* leads to it, where no word does.
    """

    words: frozenset[bytes]
    paths: tuple[str, ...]
    needed: Alternative
    in_file: frozenset[bytes]
    path: str


def leads_of(alternatives: Iterable[Alternative], keywords: frozenset[bytes]) -> Leads:
    """
    What leads to *alternatives*: their longest words that are no *keywords*.

    To one that needs only paths, and keywords, its longest path leads.
    """
    words: set[bytes] = set()
    paths: set[str] = set()
    for one in alternatives:
        seldom = one.words - keywords
        if seldom or (one.words and not one.paths):
            words.add(max(seldom or one.words, key=_rareness))
        elif one.paths:
            path = max(one.paths, key=_depth)
            paths.add(path)
            words.add(last_of(path))
        else:
            words.add(ALWAYS)
    return Leads(frozenset(words), frozenset(paths))


def ways_of(alternatives: Iterable[Alternative], leads: Leads) -> Mapping[bytes | str, tuple[Way, ...]]:
    """The ways under each word and path that leads to them."""
    table: dict[bytes | str, list[Way]] = {}
    for one in alternatives:
        way = _way(one, leads)
        if way.path:
            table.setdefault(way.path, []).append(way)
        table.setdefault(_word(way, leads), []).append(way)
    return {lead: tuple(ways) for lead, ways in table.items()}


def _way(one: Alternative, leads: Leads) -> Way:
    # Any of its words leads to it: where it holds, all of them are there.
    has_word = one.words & leads.words
    path = "" if has_word else max(one.paths & leads.paths, key=_depth, default="")
    return Way(one.words, tuple(sorted(one.paths)), one, one.words.union(*map(names_of, one.paths)), path)


def _word(way: Way, leads: Leads) -> bytes:
    if way.path:
        return last_of(way.path)
    return max(way.words & leads.words, key=_rareness, default=ALWAYS)


def _depth(path: str) -> tuple[int, int, str]:
    return path.count("."), len(path), path


def _rareness(word: bytes) -> tuple[int, bytes]:
    return len(word), word
