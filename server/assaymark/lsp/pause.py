"""
Findings that wait for a pause: those that appeared in the statement that is being typed.

Invariants:
    Only what was not shown before is held back; what disappears is never held.
    What comes in bulk (pasted, accepted, a whole new text) is judged at once.
    All that is held lies in one section, the one with the caret.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.text import Edit, Span

if TYPE_CHECKING:
    from assaymark.analysis.snapshot import Section, Snapshot
    from assaymark.finding import Finding

# Editors that wait before they send (Neovim 150 ms) join some characters; an
# editor may close a bracket or a pair of quotes by itself.
_TYPED_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Held:
    """The findings of *section*, by index, that are not shown yet."""

    section: Section
    findings: frozenset[int]


def held_after(before: Snapshot, after: Snapshot, edits: Sequence[Edit], was: Held | None) -> Held | None:
    """
    What to hold back once *edits* have led from *before* to *after*.

    A finding is held when it is on the lines of the statement that is typed in and no finding of its rule
    was shown there.
    """
    if not edits or not all(map(_is_typed, edits)):
        return None
    caret = after.text.line_of(edits[-1].landed.end)
    place = after.text.place_of_line(caret)
    line = caret - place.line
    findings = frozenset(
        index
        for index, finding in enumerate(place.leaf.findings)
        if _is_on(place.leaf, finding, line)
        and not _was_shown(before, finding.rule, _carried_back(finding.span.shifted(place.start), edits), was)
    )
    return Held(place.leaf, findings) if findings else None


def carried(held: Held | None, after: Snapshot) -> Held | None:
    """*held* in the snapshot *after*, whose text is the same and of which more, or less, is known."""
    if held is None:
        return None
    waiting = {held.section.findings[index] for index in held.findings}
    for place in after.sections_with_findings():
        if place.leaf.piece is held.section.piece:
            found = enumerate(place.leaf.findings)
            return Held(place.leaf, frozenset(index for index, finding in found if finding in waiting))
    return None


def _is_typed(edit: Edit) -> bool:
    """Whether one key, or a few, can have made *edit*: a line end may bring the indentation along."""
    if b"\n" in edit.new or b"\r" in edit.new:
        return not edit.new.strip()
    return len(edit.new.decode("utf-8", "replace")) <= _TYPED_AT_ONCE


def _is_on(section: Section, finding: Finding, line: int) -> bool:
    return section.chunk.line_of(finding.span.start) <= line <= section.chunk.line_of(finding.span.end)


def _was_shown(before: Snapshot, rule: str, span: Span, was: Held | None) -> bool:
    place = before.text.place_of_byte(span.start)
    held: frozenset[int] = frozenset()
    if was is not None and was.section is place.leaf:
        held = was.findings
    return any(
        finding.rule == rule and index not in held and finding.span.shifted(place.start).touches(span)
        for index, finding in enumerate(place.leaf.findings)
    )


def _carried_back(span: Span, edits: Sequence[Edit]) -> Span:
    """Where *span* was before *edits*; what they brought shrinks to where they were made."""
    start, end = span.start, span.end
    for edit in reversed(edits):
        start, end = _offset_before(start, edit), _offset_before(end, edit)
    return Span(min(start, end), end)


def _offset_before(offset: int, edit: Edit) -> int:
    if offset <= edit.span.start:
        return offset
    if offset >= edit.landed.end:
        return offset - edit.growth
    return edit.span.start
