"""
Who wrote the comments that silenced something: an agent's that nobody reviewed do not count.

Results are made, and kept, without asking who wrote what. A file in which a comment took something is looked
up afterwards, and checked again where that matters, by the code that an editor uses.

Invariant: a file in which no comment takes anything costs nothing here.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from assaymark.cli.report import BASELINE, Checked
from assaymark.cli.single import Asked, Text, checked
from assaymark.dataclass import replace
from assaymark.lineage.trusting import doubtful
from assaymark.origin import STANDING, Run, Runs, covering, joined, sliced
from assaymark.record.doubting import has_records, told
from assaymark.repository.place import place_of
from assaymark.text import LINE_END
from assaymark.workspace.reading import Source, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from assaymark.lineage.trusting import MayLoosen
    from assaymark.repository.place import Place

    # The origins of what a file holds, and whose of them may loosen anything.
    Told = Callable[[Place, bytes], tuple[Runs, MayLoosen]]


def heeded(
    results: Iterable[Checked],
    place_at: Callable[[str], str],
    asked: Callable[[str], Asked],
    raw_of: Callable[[str], bytes | Unreadable],
    told_by: Told | None = None,
) -> list[Checked]:
    """
    *results* without what comments took that may not; the functions tell about a file by its path.

    *told_by* tells whose it is in a way of its own, also where nothing is recorded.
    """
    return [
        _heeded(result, place_at(result.path), asked, raw_of, told_by) if _has_silenced(result) else result
        for result in results
    ]


def with_authors(asked: Asked, place: str) -> Asked:
    """*asked*, by which texts of the file *place* are checked that were never stored."""
    where = place_of(place)
    if not has_records(where):
        return asked
    known: list[MayLoosen] = []

    def lines(text: Text) -> Runs:
        if not isinstance(text.form, Source):
            return covering(len(text.content), STANDING)
        runs, may_loosen = told(where, text.content)
        known[:] = [may_loosen]
        return runs

    return replace(asked, lines=lines, may_loosen=lambda origin: not known or known[0](origin))


def _has_silenced(result: Checked) -> bool:
    return any(one.by != BASELINE for one in result.withheld)


def _heeded(
    result: Checked,
    place: str,
    asked: Callable[[str], Asked],
    raw_of: Callable[[str], bytes | Unreadable],
    told_by: Told | None,
) -> Checked:
    where = place_of(place)
    if told_by is None and not has_records(where):
        return result
    raw = raw_of(result.path)
    if isinstance(raw, Unreadable):
        return result
    runs, may_loosen = (told_by or told)(where, raw)
    if next(doubtful(raw, runs, may_loosen), None) is None:
        return result
    ours = replace(asked(place), lines=lambda text: _in_text(text, raw, runs), may_loosen=may_loosen)
    return checked(raw, result.path, ours)


def _in_text(text: Text, raw: bytes, runs: Runs) -> Runs:
    """The origins of *text* by those of the file *raw*, which spells it in another way or in the same."""
    if text.content == raw:
        return runs
    if isinstance(text.form, Source) and raw.endswith(text.content):
        return sliced(runs, len(raw) - len(text.content), len(raw))
    starts = _starts(raw)
    lines = enumerate(_lines(text.content))
    return joined(_of_line(runs, starts, _row(text, line), n_bytes) for line, n_bytes in lines)


def _lines(content: bytes) -> Iterator[int]:
    """How many bytes each line of *content* has."""
    for start, end in pairwise((*_starts(content), len(content))):
        yield end - start


def _row(text: Text, line: int) -> int:
    """The line of the file (from 0) that spells *line* of *text*."""
    return line if isinstance(text.form, Source) else text.form.place(line).row - 1


def _of_line(runs: Runs, starts: list[int], row: int, n_bytes: int) -> Runs:
    """What is known of line *row* of the file, for as many bytes: an agent's, if one wrote any of it."""
    if not 0 <= row < len(starts):
        return covering(n_bytes, STANDING)
    end = starts[row + 1] if row + 1 < len(starts) else sum(run.n_bytes for run in runs)
    its = sliced(runs, starts[row], end)
    return covering(n_bytes, min(its, key=_doubt).origin if its else STANDING)


def _doubt(run: Run) -> int:
    return ("ai", "unknown", "tool", "human").index(run.origin.author.value)


def _starts(data: bytes) -> list[int]:
    return [0, *(found.end() for found in LINE_END.finditer(data))]
