"""
What the last commit holds of the open files: asked of git beside the loop, and again when the commit changed.

Invariants:
    A file is asked for when somebody wants to know, and at most once for each state of its repository.
    The thread waits for git and does nothing else; its answer is taken on the loop.
    What has not been answered yet is not known: it is neither committed nor not.
"""

from __future__ import annotations

import contextlib
import enum
import os
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.lsp.head_lines import HeadLines
from assaymark.lsp.places import file_path
from assaymark.workspace.notebook import NotANotebookError, cells_of, joined

if TYPE_CHECKING:
    from assaymark.analysis.snapshot import Section
    from assaymark.lsp.document import Document
    from assaymark.repository.head import Stamp
    from assaymark.second.channel import Soon
    from assaymark.text import Place, Text


class Ignored(enum.Enum):
    """The answer of git of what it goes past."""

    yes = enum.auto()


Ask = Callable[[str, Callable[["bytes | Ignored | None"], None]], None]
Told = Callable[["Document"], None]

# Of what git does not look at.
_NOTHING = HeadLines(b"")


@dataclass(slots=True)
class _File:
    """A file that was asked for, and what is known of it."""

    stamp: Stamp | None
    lines: HeadLines | None = None


class Committed:
    """The last commits of the open files. *told* hears of each document of which something became known."""

    def __init__(self, soon: Soon | None, told: Told) -> None:
        self.ask: Ask | None = None if soon is None else _asking(soon)
        self._told = told
        self._files: dict[str, _File] = {}
        self._waiting: list[Callable[[], None]] = []

    def lines(self, document: Document) -> HeadLines | None:
        """
        The committed lines of *document*; None while nobody knows.

        Effect: git is asked, the first time.
        """
        if not document.uri.startswith("file:"):
            return _NOTHING
        if document.uri not in self._files:
            self._look(document, None)
        return self._files[document.uri].lines

    def known(self, document: Document) -> HeadLines | None:
        """What is known of *document* already."""
        file = self._files.get(document.uri)
        return None if file is None else file.lines

    def lacks(
        self, document: Document, text: Text[Section], place: Place[Section], lines: Iterable[int]
    ) -> bool:
        """
        Whether the last commit is known to lack any of *lines* of a section of *text*; of what git does not
        look at none does.

        Effect: git is asked, the first time.
        """
        known = self.lines(document)
        if known is None or known is _NOTHING:
            return False
        return not known.committed(text, place).issuperset(lines)

    @property
    def is_known(self) -> bool:
        """Whether git has answered all that it was asked."""
        return self.ask is None or all(file.lines is not None for file in self._files.values())

    def when_known(self, then: Callable[[], None]) -> None:
        """Effect: *then* is called once git has."""
        self._waiting.append(then)

    def look_again(self, document: Document) -> None:
        """Effect: git is asked again about *document* if the last commit may be another than it was."""
        known = self._files.get(document.uri)
        if known is not None and self._stamp(document) != known.stamp:
            self._look(document, known.lines)

    def forget(self, uri: str) -> None:
        self._files.pop(uri, None)
        self._tell_waiting()

    def _look(self, document: Document, lines: HeadLines | None) -> None:
        """Effect: git is asked about *document*; until it answers, its committed lines are *lines*."""
        stamp = self._stamp(document)
        file = self._files[document.uri] = _File(stamp, _NOTHING if stamp is None else lines)
        if stamp is not None and self.ask is not None:
            self.ask(_path(document), lambda content: self._answered(document, file, content))

    def _answered(self, document: Document, file: _File, content: bytes | Ignored | None) -> None:
        if self._files.get(document.uri) is not file:
            return
        before = file.lines
        if isinstance(content, Ignored):
            file.lines = _NOTHING
        else:
            there = _joined(content or b"") if document.notebook else content or b""
            # Most commits leave most files as they are.
            if before is None or before is _NOTHING or before.content != there:
                file.lines = HeadLines(there)
        if file.lines is not before:
            self._told(document)
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        if self.is_known:
            waiting, self._waiting = self._waiting, []
            for then in waiting:
                then()

    def _stamp(self, document: Document) -> Stamp | None:
        # Late: most texts hold nothing of an agent, and nobody asks.
        from assaymark.repository.head import stamp

        return stamp(_path(document))


def _asking(soon: Soon) -> Ask:
    def ask(path: str, then: Callable[[bytes | Ignored | None], None]) -> None:
        from assaymark.repository.head import content_at_head, is_ignored

        def wait() -> None:
            content = content_at_head(path)
            answer = Ignored.yes if content is None and is_ignored(path) else content
            with contextlib.suppress(RuntimeError):  # the loop has ended
                soon(lambda: then(answer))

        threading.Thread(target=wait, name="git", daemon=True).start()

    return ask


def _path(document: Document) -> str:
    return os.path.normpath(file_path(document.uri))


def _joined(ipynb: bytes) -> bytes:
    """The source of the notebook that *ipynb* spells; nothing when it spells none."""
    try:
        return joined([cell.source for cell in cells_of(ipynb)]).source
    except NotANotebookError:
        return b""
