"""`initialized`: the client is ready to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.methods.did_change_configuration import ask_for_settings
from assaymark.lsp.refusal import Params

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, params: Params) -> None:
    """Effect: the client is asked for our settings, and to say when they change, if it can."""
    if session.client.registers_configuration:
        wish = {
            "id": "assaymark-settings",
            "method": "workspace/didChangeConfiguration",
            "registerOptions": {"section": "assaymark"},
        }
        session.outbox.ask("client/registerCapability", {"registrations": [wish]})
    session.watching.start()
    ask_for_settings(session)
    session.watching.follow()
    session.workspace.follow()
