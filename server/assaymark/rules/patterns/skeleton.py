"""
The part of a regular expression that can be looked for in a whole text, before anything is parsed.

Invariants:
    Sound: a text that holds what the expression matches holds a match of its skeleton.
    A search takes time in proportion to the text: a skeleton opens with letters, and repeats nothing
    without bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from operator import itemgetter

from assaymark.rules.patterns.literals import Token, alternatives_of, elements_of, flags_of, tokens_of

_MIN_LETTERS = 3
_ANCHORS = frozenset(["^", "$", r"\b", r"\B", r"\A", r"\Z"])
_NO_WORD = re.compile(r"\W")
_BOUNDED = re.compile(r"\?|\{\d*,?\d+\}")


def skeleton_of(regex: str) -> str:
    """The longest searchable part of *regex*; empty when there is none that says more than a word."""
    tokens, flags = tokens_of(regex), flags_of(regex)
    if tokens is None or "i" in flags:
        return ""
    longest = max((_from_letters(run) for run in _runs(tokens)), key=len, default="")
    return flags + longest if _NO_WORD.search(longest) else ""


# One thing of the outermost row: how it is written, and whether it is a letter that must be there.
_Part = tuple[str, bool]


def _runs(tokens: list[Token]) -> Iterator[list[_Part]]:
    """What stands side by side in every match, piece by piece."""
    elements = list(elements_of(tokens))
    if any(tokens[start]["bar"] for start, _ in elements):
        return
    run: list[_Part] = []
    for number, (start, end) in enumerate(elements):
        inside = tokens[start:end]
        if inside[0]["repeat"]:
            continue
        repeats = list(takewhile(itemgetter("repeat"), (tokens[at] for at, _ in elements[number + 1 :])))
        if _is_searchable(inside, repeats):
            is_letter = (inside[0]["letter"] or inside[0]["plain"]) is not None and not repeats
            run.append(("".join(token[0] for token in (*inside, *repeats)), is_letter))
            continue
        if inside[0]["open"] and not repeats:
            run.append((_beginning(inside), False))
        yield run
        run = []
    yield run


def _beginning(group: list[Token]) -> str:
    """A group of how each alternative of *group* begins; empty when one of them could begin with anything."""
    begun: list[str] = []
    for alternative in alternatives_of(group[1:-1]):
        # What comes after the first run is not beside it any more.
        first = next(_runs(alternative), [])
        begun.append("".join(text for text, _ in first))
    return f"(?:{'|'.join(begun)})" if all(begun) else ""


def _is_searchable(inside: list[Token], repeats: list[Token]) -> bool:
    """Whether it looks at nothing beside it, and ends."""
    if any(token["look"] or token[0] in _ANCHORS for token in inside):
        return False
    # The second of two repeats only says how the first one goes about it.
    repeated = [*repeats[:1], *(token for token in inside if token["repeat"])]
    return all(_BOUNDED.fullmatch(token[0]) for token in repeated)


def _from_letters(run: Sequence[_Part]) -> str:
    """The run from its first few letters that must be there; empty when there are none."""
    for first in range(len(run) - _MIN_LETTERS + 1):
        if all(is_letter for _, is_letter in run[first : first + _MIN_LETTERS]):
            return "".join(text for text, _ in run[first:])
    return ""
