"""
What the client is told of the open documents: answers to its pulls, or publishes.

Invariants:
    Nothing is sent twice, and no version after a newer one.
    A pull is answered exactly once: with a report, or as cancelled.
    A client that pulls is never published to.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping

from assaymark.dataclass import dataclass
from assaymark.lsp.client import Client
from assaymark.lsp.document import Document, Later, Outlet
from assaymark.lsp.outbox import MessageId, Outbox
from assaymark.lsp.refreshing import Refresh
from assaymark.lsp.refusal import INTERNAL_ERROR, REQUEST_CANCELLED, SERVER_CANCELLED, Refused


@dataclass(frozen=True, slots=True)
class Pull:
    """A request for the diagnostics of one of the client's documents, that waits for its answer."""

    document: Document
    outlet: Outlet
    previous: str | None


class Delivery:
    """The pulls that wait, and the way to the client; *items_of* gives the diagnostics of each outlet."""

    def __init__(
        self,
        client: Client,
        outbox: Outbox,
        items_of: Callable[[Document], Mapping[str, bytes]],
        later: Later,
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._items_of = items_of
        self._refresh = Refresh("workspace/diagnostic/refresh", outbox, later)
        self._pulls: dict[MessageId, Pull] = {}
        self._n_results = 0

    @property
    def is_waited_for(self) -> bool:
        return bool(self._pulls)

    def pull(self, request: MessageId, pull: Pull) -> None:
        """Effect: *request* waits for `answer`."""
        self._pulls[request] = pull

    def cancel(self, request: MessageId) -> None:
        """Effect: if *request* still waits, it waits no longer."""
        if self._pulls.pop(request, None) is not None:
            self._outbox.refuse(request, Refused(REQUEST_CANCELLED, "cancelled"))

    def answer(self) -> None:
        """Effect: every pull that waits is answered."""
        pulls, self._pulls = self._pulls, {}
        for request, pull in pulls.items():
            self._answer(request, pull)

    def tell(self, document: Document) -> None:
        """Effect: a client that is pushed to hears of *document* what it has not heard."""
        if self._client.pulls:
            self._tell_of_other_cells(document)
            return
        for uri, items in self._items_of(document).items():
            outlet = document.outlets[uri]
            if items != outlet.told:
                outlet.told = items
                self.publish(outlet, items)

    def tell_anew(self, *documents: Document) -> None:
        """Effect: the client hears of what changed in *documents* without a change of their text."""
        if self._client.pulls:
            self._outbox.ask("workspace/diagnostic/refresh", None)
            return
        for document in documents:
            self.tell(document)

    def tell_news(self, document: Document) -> None:
        """Effect: as `tell_anew`, but a client that pulls hears only of what it would show differently."""
        if not self._client.pulls:
            self.tell(document)
        elif self._is_news(document):
            self._refresh.wish()

    def _is_news(self, document: Document) -> bool:
        """Whether a client that has asked for *document* shows something else than what is known."""
        told = {uri: outlet.told for uri, outlet in document.outlets.items()}
        return any(
            told[uri] is not None and items != told[uri] for uri, items in self._items_of(document).items()
        )

    def withdraw(self, *outlets: Outlet) -> None:
        """Effect: a client that is pushed to shows nothing more in *outlets*."""
        for outlet in outlets:
            if outlet.told and not self._client.pulls:
                self.publish(outlet, b"")

    def publish(self, outlet: Outlet, items: bytes) -> None:
        """Effect: the client shows *items*, and nothing else, in *outlet*."""
        uri = json.dumps(outlet.uri).encode()
        version = b"" if outlet.version is None else b'"version":%d,' % outlet.version
        start = b'{"uri":%b,%b"diagnostics":[' % (uri, version)
        self._outbox.notify_encoded("textDocument/publishDiagnostics", start, items, b"]}")

    def forget(self, document: Document, *uris: str) -> None:
        """Effect: nobody waits for *document* any longer, or for those of its outlets that *uris* name."""
        for request, pull in tuple(self._pulls.items()):
            if pull.document is document and (not uris or pull.outlet.uri in uris):
                del self._pulls[request]
                gone = Refused(SERVER_CANCELLED, "the document was closed", {"retriggerRequest": False})
                self._outbox.refuse(request, gone)

    def report(self, pull: Pull) -> tuple[bytes, ...]:
        """The report that answers *pull*, in pieces of JSON."""
        outlet, items = pull.outlet, self._items_of(pull.document)[pull.outlet.uri]
        if items != outlet.told:
            self._n_results += 1
            # The number of this run, so that no id of an earlier one is taken for ours.
            outlet.told, outlet.result_id = items, f"{os.getpid()}-{self._n_results}"
        result_id = outlet.result_id.encode()
        if pull.previous == outlet.result_id:
            return (b'{"kind":"unchanged","resultId":"%b"}' % result_id,)
        return b'{"kind":"full","resultId":"%b","items":[' % result_id, items, b"]}"

    def _answer(self, request: MessageId, pull: Pull) -> None:
        try:
            report = self.report(pull)
        except Exception as error:  # noqa: BLE001 - the other pulls are answered whatever happens to one
            self._outbox.fault(error, "a report")
            self._outbox.refuse(request, Refused(INTERNAL_ERROR, "the report failed; the log says where"))
        else:
            self._outbox.reply_encoded(request, *report)

    def _tell_of_other_cells(self, document: Document) -> None:
        """
        Effect: a client that pulls is told to ask again when cells changed that were not typed in.

        It asks again by itself for the cell that was.
        """
        touched, document.touched = document.touched, set()
        if document.notebook is None:
            return
        for uri, items in self._items_of(document).items():
            told = document.outlets[uri].told
            if uri not in touched and told is not None and items != told:
                self._outbox.ask("workspace/diagnostic/refresh", None)
                return
