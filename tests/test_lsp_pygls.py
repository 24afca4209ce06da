"""
What is relied on in pygls, and what is replaced there: fails when pygls changes under us.

Everything else of it (reader, document store, life of the connection) is never started.
"""

from __future__ import annotations

import inspect
import json
import logging
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams
from pygls.feature_manager import FeatureManager
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter
from pygls.server import JsonRPCServer

from assaymark.lsp.dispatch import Server
from assaymark.lsp.typed import METHODS
from e2e.inside import PULLS, URI, Inside, of

HOVER = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "textDocument/hover",
    "params": {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}},
}


class Outlet:
    """Where a server of pygls' writes to."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, content: bytes) -> None:
        self.written += content

    @property
    def message(self) -> Any:
        header, _, body = self.written.partition(b"\r\n\r\n")
        assert b"Content-Length: %d" % len(body) in header
        return json.loads(body)


def plain_server() -> tuple[LanguageServer, Outlet]:
    server, outlet = LanguageServer("x", "1", converter_factory=default_converter), Outlet()
    server.protocol.set_writer(outlet)
    return server, outlet


def test_structure_message_gives_types() -> None:
    """The hook that turns a message into its type."""
    server, _ = plain_server()
    typed = server.protocol.structure_message(dict(HOVER))
    assert isinstance(typed, types.HoverRequest)
    assert typed.params.position == types.Position(0, 0)


def test_structure_message_raises_invalid_params() -> None:
    """Pygls' own loop leaves these requests open; we answer what is raised here."""
    server, _ = plain_server()
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)
    with pytest.raises(JsonRpcInvalidParams):
        server.protocol.structure_message({**HOVER, "params": {"textDocument": 5}})


def test_handle_message_calls_the_feature_and_writes_the_reply() -> None:
    """In the calling thread, before it returns."""
    server, outlet = plain_server()
    hover = types.Hover("text")
    server.feature(types.TEXT_DOCUMENT_HOVER)(lambda params: hover)
    server.protocol.handle_message(server.protocol.structure_message(dict(HOVER)))
    assert outlet.message == {"id": 1, "jsonrpc": "2.0", "result": {"contents": "text"}}


def test_none_is_a_result() -> None:
    """A reply without a result would be no reply."""
    server, outlet = plain_server()
    server.feature(types.TEXT_DOCUMENT_HOVER)(lambda params: None)
    server.protocol.handle_message(server.protocol.structure_message(dict(HOVER)))
    assert outlet.message == {"id": 1, "jsonrpc": "2.0", "result": None}


def test_an_exception_of_the_protocol_keeps_its_code() -> None:
    """What a guarded handler raises is what the client reads."""
    server, outlet = plain_server()

    def refuse(params: Any) -> None:
        msg = "no"
        raise JsonRpcException(msg, -32801)

    server.feature(types.TEXT_DOCUMENT_HOVER)(refuse)
    server.protocol.handle_message(server.protocol.structure_message(dict(HOVER)))
    assert outlet.message["error"] == {"code": -32801, "message": "no"}


def test_report_server_error_is_the_hook_it_was() -> None:
    """Overridden: it must still be there, with these parameters, and still be what pygls calls."""
    for hook in (JsonRPCServer.report_server_error, LanguageServer.report_server_error):
        assert list(inspect.signature(hook).parameters) == ["self", "error", "source"]
    assert "self.report_server_error(error, source)" in inspect.getsource(JsonRPCServer._report_server_error)


def test_our_report_server_error_tells_faults_only() -> None:
    """What the protocol refuses is no fault; what pygls stumbles over is."""
    editor = Inside(PULLS)
    server = Server(editor.door.outbox)
    server.report_server_error(JsonRpcInternalError("x"), FeatureRequestError)
    assert of(editor.new(), "window/showMessage") == []
    server.report_server_error(ValueError("secret"), FeatureRequestError)
    assert len(of(editor.new(), "window/showMessage")) == 1
    assert "secret" not in json.dumps(editor.sent)


def test_every_hook_is_still_there() -> None:
    """The names that dispatch uses."""
    assert callable(FeatureManager.feature)
    for name in ("structure_message", "handle_message", "set_writer"):
        assert callable(getattr(LanguageServerProtocol, name))


def test_pygls_says_nothing_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """Its log quotes parameters, which quote source text."""
    editor = Inside(PULLS)
    editor.open("x = 1\n")
    for params in ({"textDocument": {"uri": "secret"}}, HOVER["params"]):
        editor.request("textDocument/hover", params)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("method", sorted(METHODS))
def test_lsprotocol_knows_our_methods(method: str) -> None:
    """A method without a type would reach its handler as whatever came."""
    assert types.METHOD_TO_TYPES[method][0] is not None
