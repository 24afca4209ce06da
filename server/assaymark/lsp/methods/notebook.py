"""
`notebookDocument/did…`: a notebook is opened, changed, saved or closed; its cells are one text.

Invariant: all of a message is read before any of it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from assaymark.lsp.document import Document, Outlet
from assaymark.lsp.methods.did_change import changes_at
from assaymark.lsp.notebook import CODE, CellText, Listed, Notebook
from assaymark.lsp.refusal import Params, list_at, text_at, value_at, whole_at
from assaymark.lsp.sheets import sheet_of
from assaymark.lsp.wire import utf8
from assaymark.text import Edit
from assaymark.workspace.notebook import known_as

if TYPE_CHECKING:
    from assaymark.lsp.draft import Replacement
    from assaymark.lsp.session import Session


class _Edits:
    """Edits of a joined text that wait."""

    def __init__(self, edits: list[Edit], versions: list[int]) -> None:
        self.edits = edits
        self.versions = versions


class _Structure(NamedTuple):
    """What changed in the list of cells."""

    start: int
    n_removed: int
    new: Sequence[Listed]
    texts: Sequence[CellText]
    opened: dict[str, Outlet]
    closed: Sequence[str]


class _Content(NamedTuple):
    """What changed in the text of a cell, which has *version* then."""

    uri: str
    version: int
    changes: Sequence[Replacement | str]


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
    structure = _structure(value_at(params, "change", "cells", "structure"))
    recast = [_listed(cell) for cell in _list(params, "change", "cells", "data")]
    contents = [_content(one) for one in _list(params, "change", "cells", "textContent")]
    if structure is not None:
        _change_structure(session, document, structure, version)
    _wait(session, document, document.notebook.recast({cell.uri: cell for cell in recast}), version)
    for content in contents:
        _change_text(session, document, content, version)


def save(session: Session, params: Params) -> None:
    """Effect: what was held back is shown."""
    session.save(text_at(params, "notebookDocument", "uri"))


def close(session: Session, params: Params) -> None:
    """Effect: the notebook is forgotten, and the diagnostics of its cells are withdrawn."""
    session.close(text_at(params, "notebookDocument", "uri"))


def _structure(told: object) -> _Structure | None:
    if told is None:
        return None
    start, n_removed = whole_at(told, "array", "start"), whole_at(told, "array", "deleteCount")
    new = [_listed(cell) for cell in _list(told, "array", "cells")]
    items = _list(told, "didOpen")
    closed = [text_at(cell, "uri") for cell in _list(told, "didClose")]
    return _Structure(start, n_removed, new, [_text(item) for item in items], _outlets(items), closed)


def _content(told: object) -> _Content:
    where = text_at(told, "document", "uri"), whole_at(told, "document", "version")
    return _Content(*where, changes_at(told, "changes"))


def _change_structure(session: Session, document: Document, told: _Structure, version: int) -> None:
    notebook = document.notebook
    if notebook is None:
        return
    edits = notebook.restructure(told.start, told.n_removed, told.new, told.texts)
    edits += notebook.drop([uri for uri in told.closed if uri not in told.opened])
    _wait(session, document, edits, version)
    kept = {uri: outlet for uri, outlet in document.outlets.items() if uri not in told.closed}
    session.exchange_outlets(document, kept | told.opened)


def _change_text(session: Session, document: Document, told: _Content, version: int) -> None:
    notebook = document.notebook
    if notebook is None or notebook.text(told.uri) is None or told.uri not in document.outlets:
        session.outbox.warn("a change came for a cell that is not open; it was ignored")
        return
    document.outlets[told.uri].version = told.version
    document.touched.add(told.uri)
    edits = notebook.change(told.uri, told.changes, session.client.encoding)
    _wait(session, document, edits, version, told.version)


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
