"""
Which fixes hold in the newest text: those alone are offered.

A menu of fixes is asked for at every move of the caret, so what was tried once is remembered for its text.
"""

from __future__ import annotations

from assaymark.analysis.fixing import Choice, fixed, with_fixes
from assaymark.analysis.snapshot import Snapshot
from assaymark.finding import Finding, Fix
from assaymark.lsp.part import Part
from assaymark.text import Edit, Span


class Verdicts:
    """What was tried in one text."""

    __slots__ = ("_held", "_snapshot")

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self._held: dict[tuple[str, Span, Fix], bool] = {}

    def holds(self, part: Part, finding: Finding, fix: Fix) -> bool:
        """Whether *fix* ends *finding*, breaks nothing, and stays in its document."""
        snapshot = part.entry.snapshot
        if snapshot is not self._snapshot:
            self._snapshot, self._held = snapshot, {}
        key = (finding.rule, finding.span, fix)
        if key not in self._held:
            makes = part.edits(fix.changes) is not None
            self._held[key] = makes and with_fixes(snapshot, [(finding, fix)]) is not None
        return self._held[key]

    def can_fix(self, part: Part) -> bool:
        """Whether a safe fix holds anywhere in the document."""
        return any(self.holds(part, *choice) for choice in _safe(part, part.entry.snapshot))


def all_fixed(part: Part) -> tuple[Edit, ...]:
    """The edits that make all safe fixes of the shown findings of a document, in its order."""
    outcome = fixed(part.entry.snapshot, lambda snapshot: _safe(part, snapshot))
    return outcome.edits if part.takes(outcome.edits) else ()


def _safe(part: Part, snapshot: Snapshot) -> list[Choice]:
    """The safe fixes in the document, in *snapshot*, to which edits of the document alone have led."""
    first = part.entry.snapshot
    span = Span(part.span.start, part.span.end + snapshot.text.n_bytes - first.text.n_bytes)
    shown = (
        finding.moved(place.start)
        for place in snapshot.sections_with_findings()
        for finding in part.document.shown_in(place.leaf, snapshot)
    )
    return [
        (finding, fix)
        for finding in shown
        if (fix := next((fix for fix in finding.fixes if fix.safe), None)) is not None
        and all(span.covers(change.span) for change in fix.changes)
        and (snapshot is not first or part.edits(fix.changes) is not None)
    ]
