"""
What a rule needs, read from its stored text when one of the words that lead to it is met.

Invariants:
    The text is what JSON can hold, so that no reading of it can run anything.
    Needed.of(needs, keywords).needs equals the needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.quickjson import dumps, loads
from assaymark.rules.patterns.need import Alternative, Needs
from assaymark.rules.patterns.ways import Leads, leads_of, ways_of
from assaymark.tables import TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from assaymark.rules.patterns.need import Reach
    from assaymark.rules.patterns.ways import Way


class _Plain(TypedDict):
    """Needs, stored: sorted words instead of sets."""

    alternatives: list[tuple[list[str], list[str], list[list[str]], list[str], list[str]]]
    vocabulary: list[str] | None
    aliased: list[str]


class Needed:
    """
    The text that needs are stored as, and the needs. Equal when the texts are.

    *reach* and *leads* are known before the text is read.
    """

    __slots__ = ("_needs", "_ways", "leads", "reach", "text")

    def __init__(self, text: str, reach: Reach, leads: Leads) -> None:
        self.text = text
        self.reach = reach
        self.leads = leads
        self._needs: Needs | None = None
        self._ways: Mapping[bytes | str, tuple[Way, ...]] | None = None

    @classmethod
    def of(cls, needs: Needs, keywords: AbstractSet[str]) -> Needed:
        """*needs* of a rule whose language has these *keywords*."""
        leads = leads_of(needs.alternatives, frozenset(word.encode() for word in keywords))
        return cls(dumps(_to_plain(needs), separators=(",", ":")), needs.reach, leads)

    @property
    def needs(self) -> Needs:
        """The needs; any exception means that the text is not of them."""
        if self._needs is None:
            self._needs = _from_plain(loads(self.text), self.reach)
        return self._needs

    @property
    def ways(self) -> Mapping[bytes | str, tuple[Way, ...]]:
        """The ways to match, under the words and paths that lead to them."""
        if self._ways is None:
            self._ways = ways_of(self.needs.alternatives, self.leads)
        return self._ways

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Needed) and (self.text, self.reach) == (other.text, other.reach)

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Needed({self.text!r}, {self.reach!r})"


def words_to_plain(words: AbstractSet[bytes]) -> list[str]:
    """Words as sorted texts; a word may be the first byte of a character."""
    return sorted(word.decode(errors="surrogateescape") for word in words)


def words_from_plain(words: list[str]) -> frozenset[bytes]:
    """The words that these texts were made from."""
    return frozenset([word.encode(errors="surrogateescape") for word in words])


def _to_plain(needs: Needs) -> _Plain:
    return _Plain(
        alternatives=[
            (
                words_to_plain(one.words),
                sorted(one.paths),
                sorted(words_to_plain(texts) for texts in one.texts),
                sorted(one.sought),
                sorted(one.in_bytes),
            )
            for one in needs.alternatives
        ],
        vocabulary=None if needs.vocabulary is None else words_to_plain(needs.vocabulary),
        aliased=sorted(needs.aliased),
    )


def _from_plain(plain: _Plain, reach: Reach) -> Needs:
    words = plain["vocabulary"]
    return Needs(
        alternatives=tuple(
            [
                Alternative(
                    words_from_plain(words),
                    frozenset(paths),
                    frozenset(map(words_from_plain, texts)),
                    frozenset(sought),
                    frozenset(in_bytes),
                )
                for words, paths, texts, sought, in_bytes in plain["alternatives"]
            ]
        ),
        reach=reach,
        vocabulary=None if words is None else words_from_plain(words),
        aliased=frozenset(plain["aliased"]),
    )
