"""
A document of the client's as a part of the text that is analysed: all of it, or a cell of a notebook.

Invariant: what is looked up or edited through a part lies in it; a part knows nothing of its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable

from assaymark.analysis.fixing import edits_of
from assaymark.analysis.snapshot import Section
from assaymark.dataclass import dataclass
from assaymark.desk import Entry
from assaymark.finding import Change, Finding
from assaymark.lsp.document import Document
from assaymark.lsp.wire import Encoding, Position, offset_of, position_of
from assaymark.text import Edit, Place, Span


@dataclass(frozen=True, slots=True)
class Part:
    """
    A document at its newest version; *span* is where it stands in the text, *line* is its first line there.

    *source* is what the client has there, byte for byte as long as the text there.
    """

    uri: str
    version: int | None
    document: Document
    entry: Entry
    span: Span
    line: int
    encoding: Encoding
    source: bytes | None = None

    def offset(self, position: Position) -> int:
        """The byte of the text at *position* of the document."""
        at = offset_of(
            self.entry.snapshot.text, Position(position.line + self.line, position.column), self.encoding
        )
        return min(max(at, self.span.start), self.span.end)

    def position(self, offset: int) -> Position:
        """The position in the document of a byte of the text."""
        at = position_of(self.entry.snapshot.text, offset, self.encoding)
        return Position(at.line - self.line, at.column)

    def visible(self, span: Span) -> list[Finding]:
        """The shown findings in the document that touch *span* of the text, with spans in the whole text."""
        text = self.entry.snapshot.text
        found: list[Finding] = []
        place: Place[Section] | None = text.place_of_byte(span.start)
        while place is not None and place.start <= span.end:
            found += (
                finding.moved(place.start)
                for finding in self.document.shown_in(place.leaf, self.entry.snapshot)
            )
            place = text.after(place)
        return [finding for finding in found if finding.span.touches(span) and self.holds(finding.span)]

    def holds(self, span: Span) -> bool:
        """Whether *span* starts in this document: a border between two cells belongs to the first."""
        return self.span.start <= span.start <= self.span.end

    def edits(self, changes: Iterable[Change]) -> list[Edit] | None:
        """
        The edits of the text that *changes* are, the last one first; None when they cannot be made here.

        They would reach into another cell, or take away what is no Python (`%magic`) and blank in the text.
        """
        edits = edits_of(self.entry.snapshot, changes)
        return edits if self.takes(edits) else None

    def takes(self, edits: Iterable[Edit]) -> bool:
        """Whether *edits* of the text can be made in this document."""
        return all(self.span.covers(edit.span) and self._is_python(edit.span) for edit in edits)

    def _is_python(self, span: Span) -> bool:
        if self.source is None:
            return True
        theirs = self.source[span.start - self.span.start : span.end - self.span.start]
        return theirs == self.entry.snapshot.text.slice(span)


def part_of(document: Document, entry: Entry, uri: str, encoding: Encoding) -> Part | None:
    """The outlet *uri* of *document* in its text; None for a cell that is no part of that."""
    version = document.outlets[uri].version
    if document.notebook is None:
        whole = Span(0, entry.snapshot.text.n_bytes)
        return Part(uri, version, document, entry, whole, 0, encoding)
    cell, where = document.notebook.text(uri), document.notebook.where(uri)
    if cell is None or where is None:
        return None
    return Part(uri, version, document, entry, *where, encoding, cell.source)
