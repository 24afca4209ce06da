"""
The lines of a text that an agent wrote, or cut, and nobody reviewed, found once for each chunk.

What nobody known cut is left out, as what is of unknown origin is: it is to be read where something is found
in it (`lsp/due`), and to name the rest would be noise.

Invariant: a section in which nothing is an agent's doing costs a look at its origins, and is not remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from assaymark.analysis.reviewing import section_standing
from assaymark.analysis.snapshot import Section
from assaymark.lineage.cuts import has_word
from assaymark.lineage.lines import line_origins
from assaymark.lineage.reviewed import has_reviews
from assaymark.lineage.reviews import NO_REVIEWS, Reviews, Standing
from assaymark.lsp.kept import Kept
from assaymark.origin import Author, Runs
from assaymark.text import Chunk, Text

# So many lines between two runs are none.
NEAR = 3


class Near(NamedTuple):
    """Lines *first* to *last*, counted from their section's first, none far from the next."""

    first: int
    last: int


class _Read(NamedTuple):
    """
    What was read of a chunk's lines: those of an agent's doing that are not reviewed, those of them that it
    only cut, and those not blank.
    """

    runs: Runs
    reviews: Reviews = NO_REVIEWS
    agents: tuple[int, ...] = ()
    cut: frozenset[int] = frozenset()
    filled: tuple[int, ...] = ()


_NOTHING = _Read(())


class AgentLines:
    """Those of one text."""

    __slots__ = ("_kept", "_near", "_reviews")

    def __init__(self, reviews: Callable[[], Reviews]) -> None:
        self._reviews = reviews
        self._kept: Kept[_Read] = Kept()
        self._near: Kept[tuple[_Read, frozenset[int], tuple[Near, ...]]] = Kept()

    def of(self, text: Text[Section], section: Section) -> tuple[int, ...]:
        """The agent's lines in *section* of *text* that are not reviewed: the same object until they are."""
        return self._read(text, section).agents

    def near(self, text: Text[Section], section: Section, but: frozenset[int]) -> tuple[Near, ...]:
        """The agent's lines without those of *but*, together where fewer than three others part them."""
        read = self._read(text, section)
        if not read.agents:
            return ()
        known = self._near.of(section.chunk)
        if known is None or known[0] is not read or known[1] is not but:
            known = read, but, _together(number for number in read.agents if number not in but)
            self._near.keep(text, section.chunk, known)
        return known[2]

    def counted(self, text: Text[Section], section: Section, lines: range) -> tuple[int, int, int]:
        """How many of *lines* an agent wrote, how many it only cut, and how many are not blank."""
        read = self._read(text, section)
        n_agents, n_filled = (sum(at in lines for at in several) for several in (read.agents, read.filled))
        n_cut = sum(at in lines and at in read.cut for at in read.agents)
        return n_agents - n_cut, n_cut, n_filled

    def _read(self, text: Text[Section], section: Section) -> _Read:
        if not section.flagged:
            return _NOTHING
        runs, reviews = section.origins, self._reviews()
        read = self._kept.of(section.chunk)
        if read is None or read.runs is not runs or read.reviews is not reviews:
            read = _only_unread(section, _read_of(section.chunk, runs), reviews)
            self._kept.keep(text, section.chunk, read)
        return read


def _read_of(chunk: Chunk, runs: Runs) -> _Read:
    if len(runs) == 1 and runs[0].origin.author is Author.ai:
        # As nearly always where an agent writes whole functions.
        ends = (*chunk.line_starts[1:], chunk.n_bytes)
        pieces = [chunk.data[start:end].strip() for start, end in zip(chunk.line_starts, ends, strict=True)]
        agents = tuple(number for number, piece in enumerate(pieces) if has_word(piece))
        filled = tuple(number for number, piece in enumerate(pieces) if piece)
        return _Read(runs, agents=agents, filled=filled)
    lines = list(enumerate(line_origins(chunk.data, runs)))
    cut = frozenset(number for number, line in lines if not line.is_ai and line.cut and line.cut.tool)
    agents = tuple(number for number, line in lines if line.is_ai or number in cut)
    return _Read(runs, agents=agents, cut=cut, filled=tuple(number for number, line in lines if line.parts))


def _only_unread(section: Section, read: _Read, reviews: Reviews) -> _Read:
    """*read* without lines that were read; a cut may be of no account, which takes a tree to tell."""
    are_reviewed = has_reviews(read.runs)

    def is_unread(number: int) -> bool:
        if not are_reviewed and number not in read.cut:
            return True
        return section_standing(section, number, reviews) is Standing.unread

    return read._replace(reviews=reviews, agents=tuple(filter(is_unread, read.agents)))


def _together(numbers: Iterable[int]) -> tuple[Near, ...]:
    found: list[Near] = []
    for number in numbers:
        if found and number - found[-1].last <= NEAR:
            found[-1] = Near(found[-1].first, number)
        else:
            found.append(Near(number, number))
    return tuple(found)
