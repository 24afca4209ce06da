"""
What of a text was not understood, so that flaws in it can be missed.

Invariant: of each kind the first place is named, and of the text no more than a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.cli.report import NOT_READ, Position
from assaymark.syntax.errors import first_error
from assaymark.text import LINE_END
from assaymark.workspace.reading import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assaymark.analysis.snapshot import Snapshot
    from assaymark.cli.single import Text
    from assaymark.workspace.notebook_file import Place


def disguised(text: Text) -> Iterator[str]:
    """Where a name begins that Python reads otherwise than it is written, so that rules miss it."""
    if text.language != "python" or text.content.isascii():
        return
    # Late: few files have a letter that is not of ASCII.
    from assaymark.syntax.disguised import first_disguised

    found = first_disguised(text.content)
    if found is not None:
        at = Position(len(LINE_END.findall(text.content, 0, found.start)) + 1, 1)
        if not isinstance(text.form, Source):
            at = in_cell(at, text.form.place(at.line - 1))
        yield f"{NOT_READ}{_line(at)}, where Python reads {found.written} as {found.read}"


def lost(snapshot: Snapshot, text: Text) -> Iterator[str]:
    """Where code begins that the grammar does not understand, so that flaws can be missed."""
    for place in snapshot.text.places():
        piece = place.leaf.piece
        # Where no tree was asked for, no rule had anything to look for.
        error = first_error(piece) if piece.is_parsed else None
        if error is not None:
            line = snapshot.text.line_of(place.start + error)
            at = Position(line + 1, 1)
            if not isinstance(text.form, Source):
                at = in_cell(at, text.form.place(line))
            yield NOT_READ + _line(at)
            return


def _line(at: Position) -> str:
    return f"{f'cell {at.cell}, ' if at.cell else ''}line {at.line}"


def in_cell(position: Position, place: Place) -> Position:
    """*position* of a notebook's text, whose line stands at *place*."""
    return Position(place.line, position.column, place.cell, place.row)
