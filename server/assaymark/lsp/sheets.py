"""
The sheets of documents, and what stands on them for each outlet.

Invariant: what was not checked is said in the first outlet, and no outlet looks clean for want of rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.report import Sheet, Style, not_checked
from assaymark.lsp.shelf import page_uri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assaymark.finding import Finding
    from assaymark.lsp.document import Document
    from assaymark.lsp.options import Options
    from assaymark.lsp.session import Session


def sheet_of(session: Session, options: Options, uri: str, shown_in: str = "") -> Sheet:
    """
    A sheet for the text *uri*, which is shown in the document of that name.

    It is shown in cells of a notebook, whose URI is *shown_in*, when *uri* is empty.
    """

    def page(finding: Finding) -> str | None:
        if not session.client.describes_codes:
            return None
        rule = session.shelf.rule(finding.rule)
        return page_uri(rule.source) if rule is not None else finding.link or None

    style = Style(session.client.encoding, page, session.shelf.shows(options), session.client.relates, uri)
    return Sheet(style, session.baselines.known(options.settings.baseline, uri or shown_in))


def items_of(session: Session, document: Document) -> Mapping[str, bytes]:
    """The diagnostics of each outlet of *document*."""
    problem = document.failure or session.shelf.problem(document.options)
    entry = session.desk.at(document.uri)
    if problem or entry is None:
        said = not_checked(f"this file was not checked ({problem}). This is not a pass.")
        return {uri: b"" if number else said for number, uri in enumerate(document.outlets)}
    snapshot, note = entry.snapshot, session.second.note(document)
    if document.notebook is None:
        items = document.sheet.items(snapshot, document.held)
        return {document.uri: b",".join(filter(None, (note, items)))}
    cells = [cell.uri for cell in document.notebook.cells()]
    placed = list(zip(cells, document.notebook.starts(), strict=True))
    each = document.sheet.items_by_cell(snapshot, document.held, placed)
    each[:1] = [b",".join(filter(None, (note, first))) for first in each[:1]]
    # A cell of another language is shown too: it may become Python.
    return dict.fromkeys(document.outlets, b"") | dict(zip(cells, each, strict=True))
