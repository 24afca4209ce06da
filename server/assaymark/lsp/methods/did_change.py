"""`textDocument/didChange`: editor positions come in; byte edits go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.draft import Replacement
from assaymark.lsp.refusal import Params, list_at, text_at, value_at, whole_at
from assaymark.lsp.wire import Position

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, params: Params) -> None:
    """Effect: the changes wait to be applied, in the order given; all of them are read before any counts."""
    uri = text_at(params, "textDocument", "uri")
    version = whole_at(params, "textDocument", "version")
    session.change(uri, version, changes_at(params, "contentChanges"))


def changes_at(params: object, *names: str) -> list[Replacement | str]:
    """The changes of a text that stand at *names* in *params*; Refused when they are none."""
    return [_change(change) for change in list_at(params, *names)]


def _change(change: object) -> Replacement | str:
    new = text_at(change, "text")
    if value_at(change, "range") is None:
        return new
    return Replacement(_position(change, "start"), _position(change, "end"), new)


def _position(change: object, end: str) -> Position:
    return Position(whole_at(change, "range", end, "line"), whole_at(change, "range", end, "character"))
