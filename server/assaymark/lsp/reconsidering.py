"""
What is found out anew when something else than a text changed: settings, rules, baselines, folders.

Invariant: a document is judged again only where what it is judged by is another than it was.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assaymark.lsp.watching import is_of_git
from assaymark.workspace.notebook import known_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assaymark.lsp.document import Document
    from assaymark.lsp.session import Session

_SOURCES = (".py", ".pyi", ".pyw")


def reconsider(session: Session) -> None:
    """Effect: every document is judged by the preferences that hold now, and the client hears of it."""
    # Late: the reply to `initialize` waits for this module, and needs no analysis.
    from assaymark.analysis.attributing import runs_of
    from assaymark.lsp.sheets import sheet_of

    stale = [document for document in session.documents() if _is_stale(session, document)]
    for document in stale:
        entry = session.read(document.uri)
        if entry is None:
            continue  # it failed, and is judged when it is opened again
        document.options = session.preferences.options(document.uri)
        document.path = _path(session, document)
        shown_in = "" if document.notebook else document.uri
        document.sheet = sheet_of(session, document.options, shown_in, document.uri)
        text = entry.snapshot.text
        session.analyse(document, text.whole(), runs_of(text))
        session.recording.reconsidered(document)
    if stale:
        session.tell_anew(*stale)
    session.watching.follow()
    session.workspace.reconsider()


def files_changed(session: Session, paths: Sequence[str]) -> None:
    """Effect: what was read from the files *paths* is read again, and what rests on it is judged anew."""
    ours = [path for path in paths if not is_of_git(path)]
    # A file of Python holds neither settings nor rules, and one of them is saved often.
    others = [Path(path) for path in ours if not path.endswith(_SOURCES)]
    if others:
        session.shelf.reread(others)
        session.baselines.reread()
        reconsider(session)
        session.second.files_changed(paths)
    session.workspace.changed(ours)
    session.asides.look_again(session.documents())


def _is_stale(session: Session, document: Document) -> bool:
    options = session.preferences.options(document.uri)
    if options != document.options or _path(session, document) != document.path:
        return True
    if document.sheet.baseline is not session.baselines.at(options.settings.baseline):
        return True
    entry = session.desk.at(document.uri)
    return entry is not None and entry.snapshot.rules.digest != session.shelf.rules(options).digest


def _path(session: Session, document: Document) -> str:
    path = session.preferences.path(document.uri, document.language_id)
    return path if document.notebook is None else known_as(path)
