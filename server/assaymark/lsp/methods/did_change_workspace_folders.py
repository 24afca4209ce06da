"""`workspace/didChangeWorkspaceFolders`: folders came or went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.methods.did_change_configuration import ask_for_settings
from assaymark.lsp.reconsidering import reconsider
from assaymark.lsp.refusal import Params, list_at, text_at

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, params: Params) -> None:
    """Effect: documents belong to the folders that are there now."""
    added = [text_at(folder, "uri") for folder in list_at(params, "event", "added")]
    removed = [text_at(folder, "uri") for folder in list_at(params, "event", "removed")]
    session.preferences.move(added, removed)
    session.closed_lines.clear()
    reconsider(session)
    ask_for_settings(session)
