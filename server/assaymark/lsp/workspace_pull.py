"""
`workspace/diagnostic`: one request, its partial results and its answer.

Invariants:
    A report is given of each file that has diagnostics, and of each that the client has some of; once.
    With a token for partial results, all of them go that way and the answer holds none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass, field
from assaymark.lsp.document import Outlet
from assaymark.lsp.outbox import MessageId, Outbox
from assaymark.lsp.progress import Token

if TYPE_CHECKING:
    from assaymark.lsp.closed_file import ClosedFile

# Reports in one partial result.
_AT_ONCE = 50


@dataclass(slots=True)
class WorkspacePull:
    """A request that waits: what the client has, by URI, and what it was sent."""

    outbox: Outbox
    previous: Mapping[str, str]
    token: Token | None
    _taken: set[str] = field(default_factory=set)
    _reports: list[bytes] = field(default_factory=list)

    def take(self, uri: str, file: ClosedFile) -> None:
        """Effect: the client hears of the closed file *uri*, if there is anything to hear."""
        if uri in self._taken or (not file.items and uri not in self.previous):
            return
        if self.previous.get(uri) == file.result_id:
            report = b'{"kind":"unchanged","resultId":"%b"}' % file.result_id.encode()
        else:
            report = b'{"kind":"full","resultId":"%b","items":[%b]}' % (file.result_id.encode(), file.items)
        self._add(uri, None, report)

    def take_open(self, outlet: Outlet, report: bytes) -> None:
        """Effect: the client hears of its open document."""
        self._add(outlet.uri, outlet.version, report)

    def answer(self, outbox: Outbox, request: MessageId) -> None:
        """Effect: *request* is answered; files that are gone have nothing any more."""
        for uri in [uri for uri in self.previous if uri not in self._taken]:
            self._add(uri, None, b'{"kind":"full","items":[]}')
        if self.token is not None:
            self._flush()
        outbox.reply_encoded(request, b'{"items":[%b]}' % b",".join(self._reports))

    def _add(self, uri: str, version: int | None, report: bytes) -> None:
        self._taken.add(uri)
        place = b'{"uri":%b,"version":%b,' % (json.dumps(uri).encode(), json.dumps(version).encode())
        self._reports.append(place + report[1:])
        if self.token is not None and len(self._reports) >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        reports, self._reports = self._reports, []
        if reports:
            start = b'{"token":%b,"value":{"items":[' % json.dumps(self.token).encode()
            self.outbox.notify_encoded("$/progress", start, b",".join(reports), b"]}}")
