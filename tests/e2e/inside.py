"""
A connection without pipes: the server's door in this process, and a clock that is told the time.

Invariant: nothing here waits. Every message is read back from its bytes, as an editor would read it.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any

from assaymark.lsp.door import Door
from assaymark.lsp.frames import Frames

Message = dict[str, Any]
# When every test starts, in seconds since 1970: 14 November 2023, 22:13:20.
BEGIN = 1_700_000_000
URI = "file:///project/app/load.py"
PULLS: Message = {
    "textDocument": {"diagnostic": {}, "codeAction": {"codeActionLiteralSupport": {}}},
    "workspace": {"diagnostics": {"refreshSupport": True}, "workspaceEdit": {"documentChanges": True}},
}
PUSHED: Message = {"workspace": {"workspaceEdit": {"documentChanges": True}}}


@dataclass(eq=False)
class Call:
    """Something that is due at a time, unless it was cancelled."""

    due: float
    function: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class Clock:
    """The time that the test says it is."""

    now: float = 0.0
    calls: list[Call] = field(default_factory=list)

    def later(self, seconds: float, function: Callable[[], None]) -> Call:
        self.calls.append(Call(self.now + seconds, function))
        return self.calls[-1]

    def pass_by(self, seconds: float) -> None:
        """Effect: what is due until then happens."""
        self.now += seconds
        due = [call for call in self.calls if call.due <= self.now]
        self.calls = [call for call in self.calls if call.due > self.now]
        for call in due:
            if not call.cancelled:
                call.function()


class Inside:
    """An editor at the door."""

    def __init__(self, capabilities: Message | None = None, **params: Any) -> None:
        self.clock = Clock()
        self.sent: list[Message] = []
        self._frames = Frames()
        self._n_requests = 0
        self._n_seen = 0
        self.version = 0
        self.door = Door(self._write, self.clock.later, clock=lambda: BEGIN + self.clock.now)
        if capabilities is not None:
            self.request("initialize", {"capabilities": capabilities, **params})
            self.notify("initialized", {})

    def _write(self, message: bytes) -> None:
        self.sent += map(json.loads, self._frames.add(message))

    @property
    def session(self) -> Any:
        return self.door.session

    def come(self, *messages: Message) -> list[Message]:
        """What the server sends when these messages come in one piece."""
        for message in messages:
            self.door.receive(json.dumps({"jsonrpc": "2.0", **message}).encode())
        self.door.settle()
        return self.new()

    def new(self) -> list[Message]:
        """What the server has sent since this was last asked."""
        new, self._n_seen = self.sent[self._n_seen :], len(self.sent)
        return new

    def notify(self, method: str, params: object) -> list[Message]:
        return self.come({"method": method, "params": params})

    def ask(self, method: str, params: object) -> Message:
        """A request, to be sent."""
        self._n_requests += 1
        return {"id": self._n_requests, "method": method, "params": params}

    def request(self, method: str, params: object) -> Message:
        """The reply."""
        request = self.ask(method, params)
        return reply_to(self.come(request), request)

    def open(self, text: str, uri: str = URI) -> list[Message]:
        self.version = 1
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        return self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, *changes: Message, uri: str = URI) -> Message:
        """A change, to be sent."""
        self.version += 1
        document = {"uri": uri, "version": self.version}
        params = {"textDocument": document, "contentChanges": list(changes)}
        return {"method": "textDocument/didChange", "params": params}

    def type(self, line: int, column: int, text: str) -> list[Message]:
        """What is sent when the characters of *text* are typed one after the other."""
        came: list[Message] = []
        for offset, character in enumerate(text):
            came += self.come(self.change(insert(line, column + offset, character)))
        return came

    def pull(self, previous: str | None = None, uri: str = URI) -> Message:
        """A pull, to be sent."""
        params: Message = {"textDocument": {"uri": uri}}
        return self.ask(
            "textDocument/diagnostic", params | ({"previousResultId": previous} if previous else {})
        )

    def report(self, previous: str | None = None, uri: str = URI) -> Message:
        request = self.pull(previous, uri)
        return reply_to(self.come(request), request)["result"]

    def lines(self) -> list[int]:
        """The lines on which a pull finds something now."""
        return [item["range"]["start"]["line"] for item in self.report()["items"]]


def insert(line: int, column: int, text: str) -> Message:
    return replace(line, column, line, column, text)


def replace(line: int, column: int, end_line: int, end_column: int, text: str) -> Message:
    start, end = {"line": line, "character": column}, {"line": end_line, "character": end_column}
    return {"range": {"start": start, "end": end}, "text": text}


def reply_to(messages: list[Message], request: Message) -> Message:
    """The one reply to *request*."""
    (reply,) = [
        message for message in messages if message.get("id") == request["id"] and "method" not in message
    ]
    return reply


def published(messages: list[Message]) -> list[tuple[int, list[int]]]:
    """The version and the lines of the findings of every publish among *messages*."""
    return [
        (
            message["params"]["version"],
            [item["range"]["start"]["line"] for item in message["params"]["diagnostics"]],
        )
        for message in messages
        if message.get("method") == "textDocument/publishDiagnostics"
    ]


def found(items: list[Message]) -> list[Message]:
    """Diagnostics but for the origins of their lines: those of what was typed are others than of what was opened."""
    return [item | {"data": {"fingerprint": item["data"]["fingerprint"]}} for item in items]


def of(messages: list[Message], method: str) -> list[Message]:
    """The parameters of all *messages* of *method*."""
    return [message.get("params", {}) for message in messages if message.get("method") == method]


def reached(root: object, kind: type) -> list[object]:
    """The objects of *kind* that *root* leads to, but by modules, classes and what functions see everywhere."""
    seen, waiting, found = {id(root)}, [root], []
    while waiting:
        one = waiting.pop()
        found += [one] if isinstance(one, kind) else []
        refers_to = one.__closure__ or () if isinstance(one, FunctionType) else gc.get_referents(one)
        for other in refers_to:
            if id(other) not in seen and not isinstance(other, (type, ModuleType)):
                seen.add(id(other))
                waiting.append(other)
    return found
