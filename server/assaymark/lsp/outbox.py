"""
What goes to the client: replies, notifications, and requests of our own with what is to follow their answers.

Invariants:
    A request is answered once.
    The log carries names and numbers, never source text.
    The user is told of a fault of ours once in a session; the log has them all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from assaymark.lsp.frames import framed
from assaymark.lsp.refusal import Refused

_ERROR, _WARNING, _INFO = 1, 2, 3

MessageId = int | str | None


class Outbox:
    """The sending half of the connection."""

    __slots__ = ("_asked", "_n_asked", "_told", "send_framed")

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.send_framed = write
        self._asked: dict[MessageId, Callable[[object], None]] = {}
        self._n_asked = 0
        self._told = False

    def reply(self, to: MessageId, result: object) -> None:
        self._send({"id": to, "result": result})

    def reply_encoded(self, to: MessageId, *result: bytes) -> None:
        """Effect: *result*, the pieces of what is JSON already, is sent as it is."""
        start = b'{"jsonrpc":"2.0","id":%b,"result":' % json.dumps(to).encode()
        self.send_framed(framed(start, *result, b"}"))

    def refuse(self, to: MessageId, refused: Refused) -> None:
        self._send({"id": to, "error": refused.error()})

    def notify(self, method: str, params: Mapping[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def notify_encoded(self, method: str, *params: bytes) -> None:
        """Effect: *params*, the pieces of what is JSON already, are sent as they are."""
        start = b'{"jsonrpc":"2.0","method":"%b","params":' % method.encode()
        self.send_framed(framed(start, *params, b"}"))

    def ask(self, method: str, params: object, then: Callable[[object], None] = lambda _: None) -> None:
        """Effect: the client is asked; *then* gets the result, and nothing when it answers with an error."""
        self._n_asked += 1
        to = f"assaymark-{self._n_asked}"
        self._asked[to] = then
        self._send({"id": to, "method": method, **({} if params is None else {"params": params})})

    def answered(self, message: Mapping[str, Any]) -> None:
        """Effect: what was to follow the answer *message* happens."""
        then = self._asked.pop(message.get("id"), None)
        if then is None:
            self.log(_WARNING, "an answer came to a request that was not made")
        elif "error" in message:
            self.log(_WARNING, "the client answered a request of ours with an error")
        else:
            then(message.get("result"))

    def note(self, text: str) -> None:
        self.log(_INFO, text)

    def warn(self, text: str) -> None:
        self.log(_WARNING, text)

    def log(self, loudness: int, text: str) -> None:
        self.notify("window/logMessage", {"type": loudness, "message": f"assaymark: {text}"})

    def show(self, text: str) -> None:
        """Effect: the user sees *text*."""
        self.notify("window/showMessage", {"type": _ERROR, "message": f"assaymark: {text}"})

    def tell(self, text: str) -> None:
        """Effect: the user sees *text*, which is no error."""
        self.notify("window/showMessage", {"type": _INFO, "message": f"assaymark: {text}"})

    def fault(self, error: BaseException, where: str) -> None:
        """Effect: a fault of ours in *where* is logged, and the user is told if it is the first."""
        self.log(_ERROR, f"{_name(error)} in {where}, at {_places(error)}")
        if not self._told:
            self._told = True
            self.show(
                f"{_name(error)} in {where}. That is a fault of the server; findings may be missing until"
                " the file is opened again. The log has the details."
            )

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")).encode()
        self.send_framed(framed(body))


def _name(error: BaseException) -> str:
    return type(error).__name__


def _places(error: BaseException) -> str:
    """Where *error* came from, innermost last; its message is left out, which may quote source text."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        module = str(trace.tb_frame.f_globals.get("__name__", "?"))
        places.append(f"{module}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return " > ".join(places[-4:])
