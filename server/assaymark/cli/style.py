"""
How text is written to a terminal: colours, widths, and what may not reach it.

Invariants:
    Nothing that came from a checked file can steer the terminal or turn the order of its letters.
"""

from __future__ import annotations

import re
import unicodedata

from assaymark.dataclass import dataclass

# Control characters, and those that reorder or hide text (Unicode's bidirectional controls and zero widths).
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_CODES = {
    "critical": "1;35",
    "high": "1;31",
    "medium": "33",
    "low": "36",
    "path": "1",
    "faint": "2",
    "mark": "1;31",
    "good": "32",
    "gone": "31",
}


@dataclass(frozen=True, slots=True)
class Style:
    """What the output can show, and whether it is a terminal's."""

    colour: bool = False
    bar: str = "│"
    width: int = 100
    is_terminal: bool = False

    def __call__(self, role: str, text: str) -> str:
        """*text* in the colour of *role*."""
        return f"\x1b[{_CODES[role]}m{text}\x1b[0m" if self.colour and text else text


def harmless(text: str) -> str:
    """*text* with what steers a terminal spelled out; a tab is four spaces."""
    return _STEERING.sub(_spelled, text)


def width(text: str) -> int:
    """How many columns *text* takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_width(letter) for letter in text)


def _spelled(found: re.Match[str]) -> str:
    letter = found[0]
    if letter == "\t":
        return "    "
    number = ord(letter)
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
