"""`textDocument/didClose`: what is on disk is the truth again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.refusal import Params, text_at

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, params: Params) -> None:
    """Effect: the document is forgotten and its diagnostics withdrawn."""
    session.close(text_at(params, "textDocument", "uri"))
