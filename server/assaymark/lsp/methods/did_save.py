"""`textDocument/didSave`: a pause in typing, whatever the clock says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.refusal import Params, text_at

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, params: Params) -> None:
    """Effect: what was held back is shown."""
    session.save(text_at(params, "textDocument", "uri"))
