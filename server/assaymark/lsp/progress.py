"""
How far something long has come, shown by the client, which can also ask to stop it.

Invariants:
    What was begun is ended, once; what the client did not take is never begun.
    A report is sent when the percentage changes, so at most a hundred times.
Source: LSP 3.18, "Work Done Progress".
"""

from __future__ import annotations

from collections.abc import Callable

from assaymark.lsp.outbox import Outbox

Token = int | str


class Progress:
    """One run of something long; *stop* is what happens when the user does not want it any longer."""

    def __init__(self, outbox: Outbox, token: Token, title: str, stop: Callable[[], None]) -> None:
        self.token = token
        self.stop = stop
        self._outbox = outbox
        self._title = title
        self._percentage = -1
        self._open = False
        self._over = False

    def begin(self) -> None:
        """Effect: the client shows it, unless it is over."""
        if not self._over:
            self._open = True
            self._send({"kind": "begin", "title": self._title, "cancellable": True, "percentage": 0})

    def report(self, n_done: int, n_all: int) -> None:
        """Effect: the client shows the count, if it changed enough."""
        percentage = 100 * n_done // max(n_all, 1)
        if self._open and percentage > self._percentage:
            self._percentage = percentage
            message = f"{n_done:,} of {n_all:,} files"
            self._send({"kind": "report", "message": message, "percentage": percentage})

    def end(self, message: str) -> None:
        """Effect: the client shows *message*, and then nothing more."""
        if self._open:
            self._send({"kind": "end", "message": message})
        self._open, self._over = False, True

    def _send(self, value: dict[str, object]) -> None:
        self._outbox.notify("$/progress", {"token": self.token, "value": value})


class Progresses:
    """Those that are under way, by their tokens."""

    def __init__(self, outbox: Outbox, *, may_create: bool) -> None:
        self._outbox = outbox
        self._may_create = may_create
        self._by_token: dict[Token, Progress] = {}
        self._n_created = 0

    def begun(self, token: Token | None, title: str, stop: Callable[[], None]) -> Progress:
        """
        The progress that the client wants to see under *token*; without one it is asked to take ours.

        Effect: the client begins to show it, if it can.
        """
        if token is not None:
            progress = self._kept(token, title, stop)
            progress.begin()
            return progress
        self._n_created += 1
        progress = self._kept(f"assaymark-progress-{self._n_created}", title, stop)
        if self._may_create:
            created = {"token": progress.token}
            self._outbox.ask("window/workDoneProgress/create", created, lambda _: progress.begin())
        return progress

    def end(self, progress: Progress, message: str) -> None:
        """Effect: *progress* is over."""
        self._by_token.pop(progress.token, None)
        progress.end(message)

    def cancel(self, token: Token) -> None:
        """Effect: what goes on under *token*, if anything does, is stopped."""
        progress = self._by_token.get(token)
        if progress is not None:
            progress.stop()

    def _kept(self, token: Token, title: str, stop: Callable[[], None]) -> Progress:
        progress = self._by_token[token] = Progress(self._outbox, token, title, stop)
        return progress
