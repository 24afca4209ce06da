"""`textDocument/diagnostic`: what the request says; the session answers it once the input is drained."""

from __future__ import annotations

from assaymark.lsp.refusal import Params, text_at, value_at


def uri_of(params: Params) -> str:
    """The document that is asked about."""
    return text_at(params, "textDocument", "uri")


def previous_of(params: Params) -> str | None:
    """The report that the client still has."""
    previous = value_at(params, "previousResultId")
    return previous if isinstance(previous, str) else None
