"""
Texts of which a regular expression needs one, to leave out what it cannot match.

Invariants:
    Sound: what the expression matches holds one of the texts, upper and lower case aside. Where that is not
    plain from how it is written, there are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_MIN_LENGTH = 3
_MAX_TEXTS = 32
_TOKEN = re.compile(
    r"""(?P<open>\((?:\?:|\?P<\w+>|(?!\?)))   # a group that matches what it holds
      | (?P<other>\(\?)                       # one that says something else
      | (?P<close>\))
      | (?P<bar>\|)
      | (?P<repeat>[*?+]|\{\d*,?\d*\})
      | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
      | \\(?P<plain>[^A-Za-z0-9])
      | (?P<class>\\.|[.^$])
      | (?P<letter>[A-Za-z0-9_ \-/:=@<>!"'%&,;~`#])
      | (?P<strange>.)""",
    re.VERBOSE | re.DOTALL,
)
_FLAGS = re.compile(r"\(\?[aimsu]+\)")

Texts = frozenset[str]
_NONE: Texts = frozenset()


def required_texts(regex: str) -> Texts:
    """Lower-case texts of which every match of *regex* holds one; none when that is not known."""
    flags = _FLAGS.match(regex)
    tokens = list(_TOKEN.finditer(regex, flags.end() if flags else 0))
    # Look-arounds, flags inside and verbose expressions are not read.
    if any(token["other"] or token["strange"] for token in tokens):
        return _NONE
    found, end = _alternatives(tokens, 0)
    return found if end == len(tokens) and len(found) <= _MAX_TEXTS else _NONE


def _alternatives(tokens: list[re.Match[str]], at: int) -> tuple[Texts, int]:
    """What the alternatives up to the closing bracket need, and where that is."""
    needed: list[Texts] = []
    while True:
        found, at = _row(tokens, at)
        needed.append(found)
        if at == len(tokens) or tokens[at]["close"]:
            return (frozenset().union(*needed) if all(needed) else _NONE), at
        at += 1


def _row(tokens: list[re.Match[str]], at: int) -> tuple[Texts, int]:
    """What one alternative needs: the best of what stands in a row."""
    found: list[Texts] = []
    run = ""
    while at < len(tokens) and not tokens[at]["close"] and not tokens[at]["bar"]:
        token = tokens[at]
        letter = token["letter"] or token["plain"] or ""
        inner = _NONE
        if token["open"]:
            inner, at = _alternatives(tokens, at + 1)
        at += 1
        repeat = tokens[at]["repeat"] if at < len(tokens) else None
        may_be_none = repeat is not None and repeat != "+"
        if letter and not may_be_none:
            run += letter
        if not letter or repeat is not None:
            found.append(frozenset((run.lower(),)))
            run = ""
        if not may_be_none:
            found.append(inner)
    found.append(frozenset((run.lower(),)))
    return _best(found), at


def _best(found: Iterable[Texts]) -> Texts:
    """The texts that are the longest, if long enough to say something."""
    best = max((texts for texts in found if texts), key=_shortest, default=_NONE)
    return best if best and _shortest(best) >= _MIN_LENGTH else _NONE


def _shortest(texts: Texts) -> int:
    return min(map(len, texts))
