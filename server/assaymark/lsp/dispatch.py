"""
pygls, as far as it is used: parameters become types, a method is called, its result becomes a reply.

What is replaced, and watched by tests/test_lsp_pygls.py:
    Its reader and document store are never started. Parameters that do not fit are answered (pygls does
    not answer them at all). Its log, which quotes parameters, is silent. What a handler raises reaches
    the client as a name, without the text of the exception.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter

from assaymark.lsp.methods import code_action, code_action_resolve, hover
from assaymark.lsp.outbox import Outbox
from assaymark.lsp.refusal import INTERNAL_ERROR, INVALID_PARAMS, Refused
from assaymark.lsp.session import Session

_HANDLERS: Mapping[str, Callable[[Session, Any], object]] = {
    types.TEXT_DOCUMENT_HOVER: hover.handle,
    types.TEXT_DOCUMENT_CODE_ACTION: code_action.handle,
    types.CODE_ACTION_RESOLVE: code_action_resolve.handle,
}


class Server(LanguageServer):
    """pygls' server, of which only the dispatch is used."""

    def __init__(self, outbox: Outbox) -> None:
        super().__init__(
            "assaymark", "", protocol_cls=LanguageServerProtocol, converter_factory=default_converter
        )
        self._outbox = outbox

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Effect: what fails outside of a handler is told; inside, the handler's own guard told it."""
        if not isinstance(error, JsonRpcException):
            self._outbox.fault(error, "a reply")


class _Writer:
    """What pygls writes to: bytes that carry their header already."""

    def __init__(self, outbox: Outbox) -> None:
        self.write = outbox.send_framed

    def close(self) -> None:
        """Nothing: the connection is not pygls' to close."""


def dispatcher(session: Session, outbox: Outbox) -> Callable[[Mapping[str, Any]], None]:
    """What serves one request: replies to it, or raises Refused."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)
    server = Server(outbox)
    server.protocol.set_writer(_Writer(outbox))
    for method, handle in _HANDLERS.items():
        server.feature(method)(_guarded(method, handle, session, outbox))

    def serve(message: Mapping[str, Any]) -> None:
        try:
            typed = server.protocol.structure_message(dict(message))
        except JsonRpcException:
            wrong = f"the parameters of {message['method']} are not what it takes"
            raise Refused(INVALID_PARAMS, wrong) from None
        server.protocol.handle_message(typed)

    return serve


def _guarded(
    method: str, handle: Callable[[Session, Any], object], session: Session, outbox: Outbox
) -> Callable[[Any], object]:
    def guarded(params: Any) -> object:
        try:
            return handle(session, params)
        except Refused as refused:
            raise JsonRpcException(refused.message, refused.code) from None
        except Exception as error:  # noqa: BLE001 - told by name; its text may quote the source
            outbox.fault(error, method)
            msg = f"{method} failed; the log says where"
            raise JsonRpcException(msg, INTERNAL_ERROR) from None

    return guarded
