"""
Baselines in the editor: read once, again when they change, and asked which findings of a text are known.

Invariants:
    A baseline that is broken is told, and hides nothing.
    What is hidden is a function of the text and the baseline: the first findings of each kind, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assaymark.lineage.trusting import Doubts, no_doubts
from assaymark.lsp.places import file_path

if TYPE_CHECKING:
    from assaymark.analysis.snapshot import Section, Snapshot
    from assaymark.lsp.outbox import Outbox
    from assaymark.workspace.baseline import Baseline

Indices = Mapping["Section", frozenset[int]]


class Known:
    """What a baseline knows of one document, called *path* in it."""

    __slots__ = ("_hidden", "_path", "_snapshot", "baseline")

    def __init__(self, baseline: Baseline, path: str) -> None:
        self.baseline = baseline
        self._path = path
        self._snapshot: Snapshot | None = None
        self._hidden: Indices = {}

    def hidden(self, snapshot: Snapshot) -> Indices:
        """By section, the numbers of its findings that are known."""
        if snapshot is not self._snapshot:
            self._snapshot, self._hidden = snapshot, self._found(snapshot)
        return self._hidden

    def _found(self, snapshot: Snapshot) -> Indices:
        if not self.baseline.gone and self._path not in self.baseline.marks:
            return {}
        places = [
            (place.leaf, index, (finding.rule, finding.fingerprint))
            for place in snapshot.sections_with_findings()
            for index, finding in enumerate(place.leaf.findings)
        ]
        marks = [mark for _, _, mark in places]
        numbers = self.baseline.hidden({self._path: marks}).of(self._path, marks)
        table: dict[Section, set[int]] = {}
        for number in numbers:
            section, index, _ = places[number]
            table.setdefault(section, set()).add(index)
        return {section: frozenset(indices) for section, indices in table.items()}


class Baselines:
    """The baselines that settings name."""

    __slots__ = ("_doubts", "_outbox", "_read")

    def __init__(self, outbox: Outbox, doubts: Doubts = no_doubts) -> None:
        self._outbox = outbox
        self._doubts = doubts
        self._read: dict[Path, tuple[tuple[object, ...], Baseline | None]] = {}

    def known(self, file: Path | None, uri: str) -> Known | None:
        """What the baseline *file* knows of the document *uri*; None when there is none. Effect: reads it."""
        baseline = self.at(file)
        if baseline is None or not uri.startswith("file:"):
            return None
        return Known(baseline, baseline.path_of(file_path(uri)))

    def at(self, file: Path | None) -> Baseline | None:
        """The baseline *file*. Effect: reads it, the first time, and tells what is wrong with it."""
        if file is None:
            return None
        if file not in self._read:
            self._read[file] = (_stamp(file), self._tried(file))
        return self._read[file][1]

    def stamp(self, file: Path | None) -> str:
        """What is another once the baseline *file* was read anew."""
        self.at(file)
        return "" if file is None else repr(self._read[file][0])

    def reread(self) -> bool:
        """Whether any changed on the disk. Effect: those are read anew when next asked for."""
        stale = [file for file, (stamp, _) in self._read.items() if _stamp(file) != stamp]
        for file in stale:
            del self._read[file]
        return bool(stale)

    def _tried(self, file: Path) -> Baseline | None:
        # Late: most workspaces have none.
        from assaymark.workspace.baseline import BadBaselineError, read

        try:
            found = read(str(file), self._doubts)
        except BadBaselineError as error:
            self._outbox.warn(f"{error}. Until then nothing is hidden.")
            return None
        # Late too: an agent's entries are seldom.
        from assaymark.settings.refusing import not_honoured

        for one in not_honoured(str(file), found.doubted):
            self._outbox.warn(str(one))
        return found


def _stamp(file: Path) -> tuple[object, ...]:
    from assaymark.record.doubting import stamp as stamp_of_records
    from assaymark.repository.place import place_of
    from assaymark.workspace.baseline import stamp

    # What is recorded of the file decides which of its entries count.
    return (*stamp(str(file)), *stamp_of_records(place_of(str(file))))
