"""`assaymark/status`: what became of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.outbox import MessageId
from assaymark.lsp.refusal import Params, text_at
from assaymark.lsp.status import status_of

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, request: MessageId, params: Params) -> None:
    """Effect: *request* is answered with the state of the file, of the newest text if it is open."""
    session.outbox.reply(request, status_of(session, text_at(params, "uri")))
