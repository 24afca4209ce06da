"""An open text as one client sees it, and what waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from assaymark.analysis.snapshot import Section, Snapshot
from assaymark.dataclass import dataclass, field
from assaymark.finding import Finding
from assaymark.lsp.options import Options
from assaymark.lsp.pause import Held
from assaymark.lsp.report import Sheet
from assaymark.text import Edit

if TYPE_CHECKING:
    from assaymark.lsp.notebook import Notebook


class Timer(Protocol):
    """Something that will happen unless it is cancelled."""

    def cancel(self) -> object: ...


# Calls a function, on the loop, after that many seconds.
Later = Callable[[float, Callable[[], None]], Timer]


class Waiting(Protocol):
    """Edits that have arrived and are not applied yet."""

    @property
    def edits(self) -> list[Edit]: ...

    @property
    def versions(self) -> list[int]:
        """The version that each edit was made for."""
        ...


@dataclass(slots=True)
class Outlet:
    """
    A document of the client's, and the diagnostics that the client has of it: None before the first.

    What is not open has no version.
    """

    uri: str
    version: int | None
    told: bytes | None = None
    result_id: str = ""


@dataclass(slots=True)
class Document:
    """
    What belongs to an open text, besides the text.

    Its *outlets* are the documents in which the client shows it, by URI: itself, or the cells of a notebook.
    *failure* says why there is no analysis at all.
    """

    uri: str
    language_id: str
    path: str
    options: Options
    sheet: Sheet
    version: int
    outlets: dict[str, Outlet]
    notebook: Notebook | None = None
    draft: Waiting | None = None
    held: Held | None = None
    timer: Timer | None = None
    state: str = ""
    failure: str = ""
    # The cells whose text changed since the client was last told of the notebook.
    touched: set[str] = field(default_factory=set)

    def shown_in(self, section: Section, snapshot: Snapshot) -> Iterator[Finding]:
        """
        The findings of *section*, in *snapshot*, that are shown, relative to it.

        That are those that are not held back, that no baseline knows and that the settings show.
        """
        held = self.held.findings if self.held is not None and self.held.section is section else frozenset()
        skipped = held.union(self.sheet.hidden(snapshot).get(section, ()))
        for index, finding in enumerate(section.findings):
            if index not in skipped and self.sheet.shows(finding):
                yield finding
