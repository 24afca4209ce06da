"""
The ledgers of the work trees in which somebody edits.

Invariants:
    A ledger is open only as long as it is used, and for a while.
    Without one everything goes on, and that is said once. To look at files makes none.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from assaymark.ledger.events import Event
    from assaymark.ledger.store import Ledger
    from assaymark.lsp.document import Later
    from assaymark.lsp.outbox import Outbox
    from assaymark.repository.place import Place

# When it is looked whether hooks that were installed are gone: behind all that somebody waits for.
_LOOKED = 2.0
# A ledger is closed when nobody has used it for so long: most who close a file open another one.
_IDLE = 60.0


class Ledgers:
    """Those that are open, by where they lie."""

    def __init__(self, outbox: Outbox, later: Later, is_used: Callable[[str], bool]) -> None:
        """*is_used* says of a store whether a document of it is open."""
        self._outbox = outbox
        self._later = later
        self._is_used = is_used
        # None where there is none to be had.
        self._open: dict[str, Ledger | None] = {}

    def at(self, place: Place, *, makes: bool = False) -> Ledger | None:
        """
        The ledger of a work tree, if there is one, or if this *makes* one.

        Effect: opens it when it is first asked for.
        """
        if place.store not in self._open:
            if not makes and not Path(place.store).is_dir():
                return None
            # Late: SQLite is not needed before the first diagnostics.
            from assaymark.ledger.store import Unavailable, opened

            try:
                self._open[place.store] = opened(place.store, "server")
                self.look_for_hooks(place)
                # It may have been opened for files that are not.
                self.left(place.store)
            except (OSError, Unavailable) as problem:
                self._open[place.store] = None
                self._tell(str(problem))
        return self._open[place.store]

    def append(self, ledger: Ledger, event: Event) -> None:
        """Effect: *event* is recorded, or it is said why not."""
        from assaymark.ledger.store import Unavailable

        try:
            ledger.record([event])
        except (OSError, Unavailable) as problem:
            self.lose(ledger, str(problem))

    def lose(self, ledger: Ledger, problem: str) -> None:
        """Effect: *ledger* is not used any more, for that *problem*."""
        self._open[ledger.store] = None
        ledger.close()
        self._tell(problem)

    def look_for_hooks(self, place: Place) -> None:
        """Effect: soon, hooks that were installed and are gone are a gap in the record."""
        self._later(_LOOKED, lambda: self._note_absence(place))

    def left(self, store: str) -> None:
        """Effect: in a while the ledger in *store* is closed, unless it is used."""
        self._later(_IDLE, lambda: self._give_back(store))

    def end(self) -> None:
        """Effect: every ledger is closed."""
        for ledger in self._open.values():
            if ledger is not None:
                ledger.close()
        self._open.clear()

    def _note_absence(self, place: Place) -> None:
        from assaymark.ledger.store import Unavailable
        from assaymark.record.absence import noted

        ledger = self._open.get(place.store)
        if ledger is not None:
            try:
                noted(ledger, "server", place)
            except (OSError, Unavailable) as problem:
                self.lose(ledger, str(problem))

    def _give_back(self, store: str) -> None:
        ledger = self._open.get(store)
        if ledger is not None and not self._is_used(store):
            del self._open[store]
            ledger.close()

    def _tell(self, problem: str) -> None:
        self._outbox.warn(f"where code comes from is not recorded: {problem}")
