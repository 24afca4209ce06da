"""`workspace/didChangeConfiguration`: settings changed; they come along, or are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assaymark.lsp.client import SECTION
from assaymark.lsp.reconsidering import reconsider
from assaymark.lsp.refusal import Params, value_at

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, params: Params) -> None:
    """Effect: the new settings hold; a client that can be asked says them for each folder."""
    if session.client.has_configuration:
        ask_for_settings(session)
        return
    given = value_at(params, "settings", SECTION)
    if isinstance(given, Mapping):
        session.preferences.configure({None: given})
        reconsider(session)


def ask_for_settings(session: Session) -> None:
    """Effect: if the client can be asked, its answer holds from when it comes."""
    if not session.client.has_configuration:
        return
    folders: list[str | None] = [None, *session.preferences.folders]
    items = [{"section": SECTION, **({"scopeUri": folder} if folder else {})} for folder in folders]

    def configure(result: object) -> None:
        if isinstance(result, list) and len(result) == len(folders):
            # null is what clients say that know none of our settings.
            given = zip(folders, result, strict=True)
            settings = {folder: value for folder, value in given if isinstance(value, Mapping)}
            session.preferences.configure(settings)
            reconsider(session)

    session.outbox.ask("workspace/configuration", {"items": items}, configure)
