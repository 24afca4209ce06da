"""
The offer to be pulled for the whole workspace, made when it is to be checked, so that nobody pulls unasked.

Invariant: it is made to who pulls and can be told later; all others were told at the start.
"""

from __future__ import annotations

from typing import Any

from assaymark.lsp.client import Client
from assaymark.lsp.outbox import Outbox

# Pulls of the workspace, and of no document: those are offered from the start.
_OFFER: dict[str, Any] = {
    "id": "assaymark-workspace",
    "method": "textDocument/diagnostic",
    "registerOptions": {
        "documentSelector": [{"scheme": "assaymark-workspace"}],
        "identifier": "assaymark-workspace",
        "interFileDependencies": False,
        "workspaceDiagnostics": True,
    },
}


class Offer:
    """The offer to one client."""

    def __init__(self, client: Client, outbox: Outbox) -> None:
        self._can = client.pulls and client.registers_diagnostics
        self._outbox = outbox
        self._is_made = False

    def make(self) -> None:
        """Effect: the client pulls the workspace from now on."""
        if self._can and not self._is_made:
            self._is_made = True
            self._outbox.ask("client/registerCapability", {"registrations": [_OFFER]})

    def withdraw(self) -> None:
        """Effect: the client pulls it no longer."""
        if self._is_made:
            self._is_made = False
            gone = [{"id": _OFFER["id"], "method": _OFFER["method"]}]
            # The specification spells it so.
            self._outbox.ask("client/unregisterCapability", {"unregisterations": gone})
