"""
Messages in, answers out: the life of a connection, and who answers which method.

Invariants:
    Every request is answered: with a result, or with an error that says why.
    Before `initialize` nothing is served, after `shutdown` nothing but `exit`.
    An exception in one message ends neither the server nor the message after it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from assaymark.lsp.capabilities import initialize_result
from assaymark.lsp.client import client_of
from assaymark.lsp.methods import (
    did_change,
    did_change_configuration,
    did_change_watched_files,
    did_change_workspace_folders,
    did_close,
    did_open,
    did_save,
    initialized,
    work_done_progress_cancel,
)
from assaymark.lsp.methods.diagnostic import previous_of, uri_of
from assaymark.lsp.outbox import MessageId, Outbox
from assaymark.lsp.refusal import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    NOT_INITIALIZED,
    PARSE_ERROR,
    Params,
    Refused,
)
from assaymark.lsp.typed import METHODS, lane

if TYPE_CHECKING:
    from assaymark.lsp.document import Later
    from assaymark.lsp.session import Session
    from assaymark.second.channel import Soon

# Notifications whose parameters are read raw: the hot ones, and those that
# come before pygls is imported.
_NOTIFICATIONS: Mapping[str, Callable[[Session, Params], None]] = {
    "initialized": initialized.handle,
    "textDocument/didOpen": did_open.handle,
    "textDocument/didChange": did_change.handle,
    "textDocument/didClose": did_close.handle,
    "textDocument/didSave": did_save.handle,
    "workspace/didChangeConfiguration": did_change_configuration.handle,
    "workspace/didChangeWatchedFiles": did_change_watched_files.handle,
    "window/workDoneProgress/cancel": work_done_progress_cancel.handle,
    "workspace/didChangeWorkspaceFolders": did_change_workspace_folders.handle,
}

# The same, by module and function: these import what takes longer than the reply to `initialize` may.
_LATE_NOTIFICATIONS: Mapping[str, tuple[str, str]] = {
    "notebookDocument/didOpen": ("notebook", "open_"),
    "notebookDocument/didChange": ("notebook", "change"),
    "notebookDocument/didSave": ("notebook", "save"),
    "notebookDocument/didClose": ("notebook", "close"),
    "assaymark/origin": ("origin", "handle"),
}
# Requests whose parameters are read raw, and that are answered when they are done, which may be long after.
_REQUESTS: Mapping[str, tuple[str, str]] = {
    "workspace/diagnostic": ("workspace_diagnostic", "handle"),
    "workspace/executeCommand": ("execute_command", "handle"),
    "textDocument/inlayHint": ("inlay_hint", "handle"),
    "textDocument/codeLens": ("code_lens", "handle"),
    "assaymark/session": ("session", "handle"),
    "assaymark/status": ("status", "handle"),
    "assaymark/unreviewed": ("unreviewed", "handle"),
}


class Door:
    """One connection."""

    def __init__(
        self,
        write: Callable[[bytes], None],
        later: Later,
        soon: Soon | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.outbox = Outbox(write)
        self.session: Session | None = None
        self.exit_code: int | None = None
        self._later = later
        self._soon = soon
        self._clock = clock
        self._shut = False
        self._typed: Callable[[Mapping[str, Any]], None] | None = None

    @property
    def has_documents(self) -> bool:
        return self.session is not None and any(True for _ in self.session.desk)

    @property
    def folders(self) -> tuple[str, ...]:
        """The URIs of the workspace's folders, as far as they are known."""
        return () if self.session is None else tuple(self.session.preferences.folders)

    @property
    def abandoned_code(self) -> int:
        """The exit code when the client leaves without `exit`."""
        return 0 if self._shut else 1

    def close(self) -> None:
        """Effect: what was started for the session is ended."""
        if self.session is not None:
            self.session.second.end()
            self.session.recording.end()

    def receive(self, body: bytes) -> None:
        """Effect: the message *body* is served; a pull only waits, until `settle`."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            self.outbox.refuse(None, Refused(PARSE_ERROR, "the message is not JSON"))
            return
        if not isinstance(message, dict):
            self.outbox.refuse(None, Refused(INVALID_REQUEST, "a message is an object"))
            return
        self._guarded(message)

    def settle(self) -> None:
        """Effect: once the input is drained, pulls are answered and changes published."""
        if self.session is None or not self.session.is_waiting:
            return
        try:
            self.session.settle()
        except Exception as error:  # noqa: BLE001 - nothing that fails here may end the server
            self.outbox.fault(error, "a publish")

    def _guarded(self, message: Mapping[str, Any]) -> None:
        method = message.get("method")
        try:
            self._serve(message, method)
        except Refused as refused:
            self._refuse(message, refused)
        except Exception as error:  # noqa: BLE001 - an exception in one message never ends the server
            self.outbox.fault(error, str(method))
            if "id" in message:
                self._refuse(message, Refused(INTERNAL_ERROR, f"{method} failed; the log says where"))

    def _refuse(self, message: Mapping[str, Any], refused: Refused) -> None:
        if "id" in message:
            self.outbox.refuse(message["id"], refused)
        else:
            self.outbox.warn(f"{message.get('method')} was ignored: {refused.message}")

    def _serve(self, message: Mapping[str, Any], method: object) -> None:
        if method is None and ("result" in message or "error" in message):
            self.outbox.answered(message)
        elif not isinstance(method, str):
            raise Refused(INVALID_REQUEST, "a method is needed")
        elif "id" in message:
            self._request(message, method, message["id"])
        else:
            self._notification(method, _params(message))

    def _request(self, message: Mapping[str, Any], method: str, to: MessageId) -> None:
        if self._shut:
            raise Refused(INVALID_REQUEST, "the server was shut down")
        if method == "initialize":
            self._initialize(_params(message), to)
            return
        session = self._running()
        if method == "shutdown":
            self.settle()
            session.workspace.stop()
            self._shut = True
            self.outbox.reply(to, None)
        elif method == "textDocument/diagnostic":
            params = _params(message)
            session.pull(to, uri_of(params), previous_of(params))
        elif method in _REQUESTS:
            _late(*_REQUESTS[method])(session, to, _params(message))
        elif method in METHODS:
            if self._typed is None:
                self._typed = lane(session, self.outbox)
            self._typed(message)
        else:
            raise Refused(METHOD_NOT_FOUND, f"{method} is not a method of this server")

    def _initialize(self, params: Params, to: MessageId) -> None:
        if self.session is not None:
            raise Refused(INVALID_REQUEST, "initialize comes once")
        if not isinstance(params.get("capabilities"), Mapping):
            raise Refused(INVALID_PARAMS, "capabilities: an object is needed")
        client = client_of(params)
        self.outbox.reply(to, initialize_result(client))
        # The analysis takes longer to import than the reply to write, so the editor has that first.
        from assaymark.lsp.session import Session

        self.session = Session(client, self.outbox, self._later, self._soon, self._clock)

    def _notification(self, method: str, params: Params) -> None:
        if method == "exit":
            self.exit_code = self.abandoned_code
        elif self.session is None or self._shut:
            return  # the specification drops them
        elif method == "$/cancelRequest":
            request = params.get("id")
            self.session.cancel(request if isinstance(request, (int, str)) else None)
        elif method in _NOTIFICATIONS:
            _NOTIFICATIONS[method](self.session, params)
        elif method in _LATE_NOTIFICATIONS:
            _late(*_LATE_NOTIFICATIONS[method])(self.session, params)

    def _running(self) -> Session:
        if self.session is None:
            raise Refused(NOT_INITIALIZED, "initialize comes first")
        return self.session


def _late(module: str, function: str) -> Callable[..., None]:
    handle: Callable[..., None] = getattr(import_module(f"assaymark.lsp.methods.{module}"), function)
    return handle


def _params(message: Mapping[str, Any]) -> Params:
    params = message.get("params")
    return params if isinstance(params, dict) else {}
