"""`workspace/diagnostic`: all that is known of the workspace, as soon as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.outbox import MessageId
from assaymark.lsp.refusal import Params, list_at, text_at, token_at, value_at
from assaymark.lsp.workspace_pull import WorkspacePull

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, request: MessageId, params: Params) -> None:
    """Effect: *request* is answered at the end of a check; partial results go before, if there is a token."""
    had = list_at(params, "previousResultIds") if value_at(params, "previousResultIds") is not None else []
    previous = {text_at(one, "uri"): text_at(one, "value") for one in had}
    pull = WorkspacePull(session.outbox, previous, token_at(params, "partialResultToken"))
    session.workspace.pull(request, pull, token_at(params, "workDoneToken"))
