"""
The lines of a text that an agent wrote, found once for each section.

Invariant: a section in which nothing is an agent's costs a look at its origins, and is not remembered.
"""

from __future__ import annotations

from typing import NamedTuple

from assaymark.analysis.snapshot import Section
from assaymark.lineage.lines import LineOrigin, line_origins
from assaymark.lsp.kept import Kept
from assaymark.origin import Author, Runs
from assaymark.text import Text


class AgentLine(NamedTuple):
    """A line, counted from its section's first, that is an agent's."""

    number: int
    origin: LineOrigin


class _Read(NamedTuple):
    runs: Runs
    lines: tuple[AgentLine, ...]
    filled: tuple[int, ...]


_NOTHING = _Read((), (), ())


class AgentLines:
    """Those of one text."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: Kept[_Read] = Kept()

    def of(self, text: Text[Section], section: Section) -> tuple[AgentLine, ...]:
        """The agent's lines in *section*, which stands in *text*."""
        return self._read(text, section).lines

    def counted(self, text: Text[Section], section: Section, first: int, last: int) -> tuple[int, int]:
        """How many of the lines *first* to *last* are an agent's, and how many are not blank."""
        read = self._read(text, section)
        return (
            sum(first <= line.number <= last for line in read.lines),
            sum(first <= number <= last for number in read.filled),
        )

    def _read(self, text: Text[Section], section: Section) -> _Read:
        runs = section.origins
        if not any(run.origin.author is Author.ai for run in runs):
            return _NOTHING
        read = self._kept.of(section.chunk)
        if read is None or read.runs is not runs:
            read = _read_of(section)
            self._kept.keep(text, section.chunk, read)
        return read


def _read_of(section: Section) -> _Read:
    lines = list(enumerate(line_origins(section.chunk.data, section.origins)))
    return _Read(
        section.origins,
        tuple(AgentLine(number, line) for number, line in lines if line.is_ai),
        tuple(number for number, line in lines if line.parts),
    )
