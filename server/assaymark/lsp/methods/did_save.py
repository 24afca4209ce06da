"""`textDocument/didSave`: a pause in typing, whatever the clock says."""

from __future__ import annotations

from assaymark.lsp.refusal import Params, text_at
from assaymark.lsp.session import Session


def handle(session: Session, params: Params) -> None:
    """Effect: what was held back is shown."""
    session.save(text_at(params, "textDocument", "uri"))
