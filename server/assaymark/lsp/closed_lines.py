"""
Files that are not open, with lines that an agent wrote, or cut, and nobody reviewed.

Invariants:
    They are those that the ledger heard of last, as it alone knows them: no git is asked, and no rule.
    Only files of the work tree are read, under the names that they have there.
    A file is read again only when it, or what is recorded of it, is another; at most so many are read in all.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from assaymark.analysis.advance import opened
from assaymark.lineage.lines import line_origin
from assaymark.lsp.agent_lines import AgentLines
from assaymark.origin import has_agent
from assaymark.repository.place import place_of
from assaymark.rules.ruleset import RuleSet
from assaymark.workspace.reading import Unreadable, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from assaymark.ledger.store import Ledger
    from assaymark.lineage.lines import LineOrigin
    from assaymark.lineage.reviews import Reviews
    from assaymark.origin import Runs

# Of what was recorded last; a view that names more is read by nobody.
MOST_RECORDED = 200
MOST_READ = 50
_MOST_BYTES = 1_000_000
_NO_RULES = RuleSet.of(())
_NONE: frozenset[int] = frozenset()


class Lines(NamedTuple):
    """Lines *first* to *last* of a file, from 0, and of the first of them whose doing they are."""

    first: int
    last: int
    origin: LineOrigin


class _Read(NamedTuple):
    """What was read, and what it rests on."""

    stamp: tuple[int, int, int]
    reviews: Reviews
    lines: tuple[Lines, ...]


class ClosedLines:
    """Those of one work tree at *top*."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self._kept: dict[str, _Read] = {}

    def found(
        self, ledger: Ledger, reviews: Reviews, wanted: Callable[[Path], bool]
    ) -> dict[Path, tuple[Lines, ...]]:
        """The *wanted* files and their lines, what was recorded last first. Raises Unavailable."""
        kept, self._kept = self._kept, {}
        for path, event, runs in ledger.newest(MOST_RECORDED):
            if len(self._kept) == MOST_READ:
                break
            file = self._top / path
            # What a record names may be a link, or lie elsewhere.
            if not has_agent(runs) or not wanted(file) or place_of(str(file)).path != path:
                continue
            read_now = _again(kept.get(path), ledger, file, path, event, reviews)
            if read_now is not None:
                self._kept[path] = read_now
        return {self._top / path: one.lines for path, one in self._kept.items() if one.lines}


def _again(
    known: _Read | None, ledger: Ledger, file: Path, path: str, event: int, reviews: Reviews
) -> _Read | None:
    """What is read of *file* by now; None where it is gone."""
    try:
        status = os.stat(file)  # noqa: PTH116 - one call
    except OSError:
        return None
    stamp = status.st_mtime_ns, status.st_size, event
    if known is not None and known.stamp == stamp and known.reviews is reviews:
        return known
    content = read(str(file), _MOST_BYTES)
    if isinstance(content, Unreadable):
        return None
    runs = ledger.state(path, content)
    return _Read(stamp, reviews, tuple(_lines(content, path, runs, reviews)) if runs else ())


def _lines(content: bytes, path: str, runs: Runs, reviews: Reviews) -> Iterator[Lines]:
    text = opened(content, path, _NO_RULES, origins=runs).text
    agents = AgentLines(lambda: reviews)
    for place in text.flagged_places(0):
        for run in agents.near(text, place.leaf, _NONE):
            origin = line_origin(place.leaf.chunk, place.leaf.origins, run.first)
            yield Lines(place.line + run.first, place.line + run.last, origin)
