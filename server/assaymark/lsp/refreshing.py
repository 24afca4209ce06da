"""
Telling a client that what it shows changed without an edit, so that it asks again.

Invariant: at most once a second; what changes in between is told at its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assaymark.lsp.document import Later
    from assaymark.lsp.outbox import Outbox

_BETWEEN = 1.0


class Refresh:
    """The request *method* to one client."""

    __slots__ = ("_is_cooling", "_is_wanted", "_later", "_method", "_outbox")

    def __init__(self, method: str, outbox: Outbox, later: Later) -> None:
        self._method = method
        self._outbox = outbox
        self._later = later
        self._is_cooling = self._is_wanted = False

    def wish(self) -> None:
        """Effect: the client is asked to ask again, now or when the second is over."""
        if self._is_cooling:
            self._is_wanted = True
            return
        self._outbox.ask(self._method, None)
        self._is_cooling = True
        self._later(_BETWEEN, self._cooled)

    def _cooled(self) -> None:
        wanted, self._is_cooling, self._is_wanted = self._is_wanted, False, False
        if wanted:
            self.wish()
