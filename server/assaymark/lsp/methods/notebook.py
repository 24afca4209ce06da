"""
`notebookDocument/did…`: a notebook is opened, changed, saved or closed; its cells are one text.

Invariant: all of a message is read before any of it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assaymark.lsp.document import Document, Outlet
from assaymark.lsp.methods.did_change import changes_at
from assaymark.lsp.notebook import CODE, CellText, Listed, Notebook
from assaymark.lsp.refusal import Params, list_at, text_at, value_at, whole_at
from assaymark.lsp.sheets import sheet_of
from assaymark.lsp.wire import utf8
from assaymark.text import Edit
from assaymark.workspace.notebook import known_as

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


class _Edits:
    """Edits of a joined text that wait."""

    def __init__(self, edits: list[Edit], versions: list[int]) -> None:
        self.edits = edits
        self.versions = versions


def open_(session: Session, params: Params) -> None:
    """Effect: the notebook is open, and the text that its cells are is analysed."""
    uri, version = text_at(params, "notebookDocument", "uri"), whole_at(params, "notebookDocument", "version")
    listed = [_listed(cell) for cell in list_at(params, "notebookDocument", "cells")]
    items = list_at(params, "cellTextDocuments")
    texts, outlets = [_text(item) for item in items], _outlets(items)
    notebook = Notebook(listed, texts)
    options = session.preferences.options(uri)
    path = known_as(session.preferences.path(uri, ""))
    sheet = sheet_of(session, options, "", uri)
    document = Document(uri, "", path, options, sheet, version, outlets, notebook)
    session.enter(document, notebook.source())


def change(session: Session, params: Params) -> None:
    """Effect: what changed in cells, and in the list of cells, waits to be applied."""
    uri, version = text_at(params, "notebookDocument", "uri"), whole_at(params, "notebookDocument", "version")
    document = session.document(uri)
    if document is None or document.notebook is None or document.uri != uri:
        session.outbox.warn("a change came for a notebook that is not open; it was ignored")
        return
    _change_structure(session, document, value_at(params, "change", "cells", "structure"), version)
    recast = [_listed(cell) for cell in _list(params, "change", "cells", "data")]
    _wait(session, document, document.notebook.recast({cell.uri: cell for cell in recast}), version)
    for content in _list(params, "change", "cells", "textContent"):
        _change_text(session, document, content, version)


def save(session: Session, params: Params) -> None:
    """Effect: what was held back is shown."""
    session.save(text_at(params, "notebookDocument", "uri"))


def close(session: Session, params: Params) -> None:
    """Effect: the notebook is forgotten, and the diagnostics of its cells are withdrawn."""
    session.close(text_at(params, "notebookDocument", "uri"))


def _change_structure(session: Session, document: Document, structure: object, version: int) -> None:
    notebook = document.notebook
    if structure is None or notebook is None:
        return
    start, n_removed = whole_at(structure, "array", "start"), whole_at(structure, "array", "deleteCount")
    new = [_listed(cell) for cell in _list(structure, "array", "cells")]
    items = _list(structure, "didOpen")
    texts, opened = [_text(item) for item in items], _outlets(items)
    closed = [text_at(cell, "uri") for cell in _list(structure, "didClose")]
    edits = notebook.restructure(start, n_removed, new, texts)
    edits += notebook.drop([uri for uri in closed if uri not in opened])
    _wait(session, document, edits, version)
    kept = {uri: outlet for uri, outlet in document.outlets.items() if uri not in closed}
    session.exchange_outlets(document, kept | opened)


def _change_text(session: Session, document: Document, content: object, version: int) -> None:
    notebook = document.notebook
    uri, cell_version = text_at(content, "document", "uri"), whole_at(content, "document", "version")
    changes = changes_at(content, "changes")
    if notebook is None or notebook.text(uri) is None or uri not in document.outlets:
        session.outbox.warn("a change came for a cell that is not open; it was ignored")
        return
    document.outlets[uri].version = cell_version
    document.touched.add(uri)
    edits = notebook.change(uri, changes, session.client.encoding)
    _wait(session, document, edits, version, cell_version)


def _wait(
    session: Session, document: Document, edits: list[Edit], version: int, made_for: int | None = None
) -> None:
    """Effect: *edits* wait; they are made for the notebook's *version*, or for a cell's."""
    if document.failure:
        return
    before = document.draft
    versions = [version if made_for is None else made_for] * len(edits)
    waiting = (
        _Edits([*before.edits, *edits], [*before.versions, *versions]) if before else _Edits(edits, versions)
    )
    session.wait(document, waiting, version)


def _listed(cell: object) -> Listed:
    return Listed(text_at(cell, "document"), whole_at(cell, "kind") == CODE)


def _text(item: object) -> CellText:
    is_python = text_at(item, "languageId") == "python"
    return CellText(text_at(item, "uri"), is_python, utf8(text_at(item, "text")))


def _outlets(items: Sequence[object]) -> dict[str, Outlet]:
    outlets = (Outlet(text_at(item, "uri"), whole_at(item, "version")) for item in items)
    return {outlet.uri: outlet for outlet in outlets}


def _list(params: object, *names: str) -> list[object]:
    """The list at *names*; empty when nothing stands there, or null."""
    return list_at(params, *names) if value_at(params, *names) is not None else []
