"""
What an edit says by itself of who made it.

Invariant: only what a single key can bring counts as typed. Everything else that nobody reported is of
unknown origin, however little or much it is: size is no evidence.
"""

from __future__ import annotations

import re

from assaymark.origin import Arrival, Author, Evidence, Origin, Runs, covering, unknown

# A key brings a character, a closed pair, or a line end with what the editor puts before the next line.
_KEY = re.compile(
    r"""[^\r\n]|\(\)|\[\]|\{\}|""|''|``|[ \t]+|(?:\r\n|\r|\n)[ \t]*(?:(?:\#|//|\*)[ \t]?)?""", re.DOTALL
)
# Return between brackets: the line in the middle, and the closing bracket's.
_SPREAD = re.compile(r"(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)[ \t]*")
_LONGEST = 256
_DAY = 86_400


def is_typed(new: bytes) -> bool:
    """Whether one key can have brought *new*."""
    if len(new) > _LONGEST:
        return False
    text = new.decode(errors="replace")
    return bool(_KEY.fullmatch(text) or _SPREAD.fullmatch(text))


def came(new: bytes, time: int) -> Runs:
    """The origins of the bytes of an edit that nobody reported, made at *time* (seconds since 1970)."""
    return covering(len(new), typed(time) if is_typed(new) else unknown(Arrival.bulk, day_of(time)))


def typed(time: int) -> Origin:
    """The origin of what was typed on the day of *time*: one for the day, so that it makes one run."""
    return Origin(Author.human, Evidence.typed, time=day_of(time))


def day_of(time: int) -> int:
    """The start of the day of *time*, both in seconds since 1970."""
    return time - time % _DAY
