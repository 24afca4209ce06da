"""`textDocument/inlayHint`: which lines an agent wrote and nobody reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.asides import Question
from assaymark.lsp.hints import Range
from assaymark.lsp.outbox import MessageId
from assaymark.lsp.refusal import Params, text_at, whole_at

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, request: MessageId, params: Params) -> None:
    """Effect: *request* waits for its answer, until the input is drained."""
    first, last = whole_at(params, "range", "start", "line"), whole_at(params, "range", "end", "line")
    session.asides.ask(request, Question(text_at(params, "textDocument", "uri"), Range(first, last)))
