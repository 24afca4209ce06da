"""`textDocument/didOpen`: from now on the editor holds the truth about this text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.refusal import Params, text_at, value_at, whole_at

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, params: Params) -> None:
    """Effect: the document is open and analysed."""
    document = value_at(params, "textDocument")
    uri, version = text_at(document, "uri"), whole_at(document, "version")
    session.open(uri, text_at(document, "languageId"), version, text_at(document, "text"))
