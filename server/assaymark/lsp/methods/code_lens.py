"""`textDocument/codeLens`: functions with findings in lines that an agent wrote and nobody reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.asides import Question
from assaymark.lsp.outbox import MessageId
from assaymark.lsp.refusal import Params, text_at

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, request: MessageId, params: Params) -> None:
    """Effect: *request* waits for its answer, until the input is drained."""
    session.asides.ask(request, Question(text_at(params, "textDocument", "uri")))
