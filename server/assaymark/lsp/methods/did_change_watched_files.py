"""`workspace/didChangeWatchedFiles`: files changed on the disk, whoever changed them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.places import file_path
from assaymark.lsp.reconsidering import files_changed
from assaymark.lsp.refusal import Params, list_at, text_at

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, params: Params) -> None:
    """Effect: settings and rules among them are read again, and closed files that were checked."""
    uris = [text_at(change, "uri") for change in list_at(params, "changes")]
    files_changed(session, [file_path(uri) for uri in uris if uri.startswith("file:")])
