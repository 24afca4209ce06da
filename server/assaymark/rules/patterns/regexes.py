"""
The regular expressions of rules.

Invariants:
    Steps inside a regular expression cannot be counted. So one whose repeats can repeat nothing but a repeat,
    such as `(a+)+`, is refused, and what one is asked about is cut at MAX_TEXT characters where it is a
    metavariable.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

from assaymark.regex import regex as seldom_asked

MAX_TEXT = 4_000

# An unbounded repeat whose group is nothing but an unbounded repeat, as text: (a+)+, (?:[^x]*)*, ([a-z]{2,})+
_NESTED = seldom_asked(
    r"""\( (?:\?:|\?P<\w+>)?
        (?: \\. | \[ (?:\\.|[^\]\\])+ \] | [^()\[\]\\|*+?{}^$] )
        (?: [*+] | \{\d*,\} ) [?]?
        \) (?: [*+] | \{\d*,\} )""",
    re.VERBOSE,
)


def checked(regex: str) -> str:
    """
    The regular expression as it was given.

    Raises ValueError, saying why, when it cannot be used.
    """
    if _NESTED.search(regex):
        msg = "a repeat of nothing but a repeat takes exponential time; write one of the two"
        raise ValueError(msg)
    try:
        of_text(regex)
        of_bytes(regex)
    except (re.error, OverflowError, RecursionError) as error:
        msg = f"not a regular expression: {error}"
        raise ValueError(msg) from error
    return regex


@lru_cache(maxsize=4096)
def of_text(regex: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(regex)


@lru_cache(maxsize=4096)
def of_bytes(regex: str) -> re.Pattern[bytes]:
    """For the text of a file, where `^` and `$` are those of lines."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(regex.encode(), re.MULTILINE)
