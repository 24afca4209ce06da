"""Edits that the client is asked to make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol.converters import get_converter

from assaymark.lsp.methods.code_action_resolve import workspace_edit
from assaymark.lsp.verdicts import all_fixed

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def apply_all_fixes(session: Session, uri: str) -> int:
    """How many edits make all safe fixes in the document *uri*. Effect: the client is asked to make them."""
    part = session.part(uri)
    edits = all_fixed(part) if part is not None else ()
    if part is not None and edits:
        edit = get_converter().unstructure(workspace_edit(session, part, edits))
        session.outbox.ask("workspace/applyEdit", {"label": "Make all safe fixes", "edit": edit})
    return len(edits)
