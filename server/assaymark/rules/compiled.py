"""
A formula that is read from its stored text when it is first asked for.

Most rules are asked in few files: reading a hundred formulas that nobody needs would cost a start more than
all else that loading does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.quickjson import dumps, loads
from assaymark.rules.patterns.plain import from_plain, to_plain

if TYPE_CHECKING:
    from assaymark.rules.patterns.formula import Formula


class Compiled:
    """The text that a formula is stored as, and the formula. Equal when the texts are."""

    __slots__ = ("_formula", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._formula: Formula | None = None

    @classmethod
    def of(cls, formula: Formula) -> Compiled:
        return cls(dumps(to_plain(formula), separators=(",", ":")))

    @property
    def formula(self) -> Formula:
        """The formula; ValueError when the text is not of one."""
        if self._formula is None:
            self._formula = from_plain(loads(self.text))
        return self._formula

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Compiled) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Compiled({self.text!r})"
