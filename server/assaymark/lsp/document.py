"""An open document as one client sees it, and what waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from assaymark.analysis.snapshot import Section
from assaymark.finding import Finding
from assaymark.lsp.draft import Draft
from assaymark.lsp.options import Options
from assaymark.lsp.pause import Held
from assaymark.lsp.report import Sheet
from assaymark.policy import is_shown


class Timer(Protocol):
    """Something that will happen unless it is cancelled."""

    def cancel(self) -> object: ...


# Calls a function, on the loop, after that many seconds.
Later = Callable[[float, Callable[[], None]], Timer]


@dataclass(slots=True)
class Document:
    """
    What belongs to an open document, besides its text.

    *told* are the diagnostics that the client has, *failure* says why there is no analysis at all.
    """

    uri: str
    language_id: str
    path: str
    options: Options
    sheet: Sheet
    version: int
    draft: Draft | None = None
    held: Held | None = None
    timer: Timer | None = None
    told: bytes | None = None
    result_id: str = ""
    state: str = ""
    failure: str = ""

    def shown_in(self, section: Section) -> Iterator[Finding]:
        """The findings of *section* that are not held back and that the settings show, relative to it."""
        held = self.held.findings if self.held is not None and self.held.section is section else ()
        settings = self.options.settings
        for index, finding in enumerate(section.findings):
            if index not in held and is_shown(finding, settings.severity, settings.level):
                yield finding


@dataclass(frozen=True, slots=True)
class Pull:
    """A request for a document's diagnostics that waits for its answer."""

    document: Document
    previous: str | None
