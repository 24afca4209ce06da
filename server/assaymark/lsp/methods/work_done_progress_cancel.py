"""`window/workDoneProgress/cancel`: the user does not want it any longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.refusal import Params, token_at

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, params: Params) -> None:
    """Effect: what goes on under that token stops."""
    token = token_at(params, "token")
    if token is not None:
        session.workspace.cancel_progress(token)
