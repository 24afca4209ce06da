"""
A small editor: speaks the protocol over the pipes of a server that it started.

Invariant: every wait ends, with what was waited for or with an error that shows what came instead.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

PATIENCE = 30.0
SERVER = (sys.executable, "-c", "import sys; from assaymark.lsp.server import serve; sys.exit(serve())")
PACKAGE = Path(__file__).parents[2] / "server"

Message = dict[str, Any]


class Client:
    """A running server and the messages that came from it."""

    def __init__(self, command: Sequence[str] = SERVER) -> None:
        self._server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PACKAGE
        )
        self._came: queue.Queue[Message | None] = queue.Queue()
        self._n_requests = 0
        self.seen: list[Message] = []
        self.settings: object = None
        self.stderr = b""
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._read, self._read_stderr)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._server.poll() is None:
            self._server.kill()
        self._server.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        for pipe in (self._server.stdin, self._server.stdout, self._server.stderr):
            if pipe is not None and pipe is not self._server.stdin:
                pipe.close()

    def initialize(self, params: Mapping[str, Any]) -> Message:
        """The server's result; `initialized` has been said."""
        reply = self.request("initialize", params)
        self.notify("initialized", {})
        return reply["result"]

    def request(self, method: str, params: object = None) -> Message:
        """The whole reply, result or error."""
        return self.reply_to(self.ask(method, params))

    def ask(self, method: str, params: object = None) -> int:
        """The id of the request, which is not waited for."""
        self._n_requests += 1
        self.send({"id": self._n_requests, "method": method, "params": params})
        return self._n_requests

    def reply_to(self, request: int) -> Message:
        return self.until(lambda message: message.get("id") == request and "method" not in message)

    def notify(self, method: str, params: object) -> None:
        self.send({"method": method, "params": params})

    def send(self, *messages: Message) -> None:
        """Effect: the messages are sent in one piece."""
        self.send_bytes(b"".join(framed({"jsonrpc": "2.0", **message}) for message in messages))

    def send_bytes(self, content: bytes) -> None:
        assert self._server.stdin is not None
        self._server.stdin.write(content)
        self._server.stdin.flush()

    def published(self, uri: str, version: int) -> list[Message]:
        """The diagnostics of *uri* that are published with *version*."""
        message = self.until(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics"
                and message["params"]["uri"] == uri
                and message["params"]["version"] == version
            )
        )
        return message["params"]["diagnostics"]

    def until(self, wanted: Callable[[Message], bool]) -> Message:
        """The next message that is *wanted*; our settings are answered on the way."""
        while True:
            try:
                message = self._came.get(timeout=PATIENCE)
            except queue.Empty:
                message = None
            assert message is not None, f"what came instead: {self.seen[-5:]}, {self.stderr!r}"
            self.seen.append(message)
            if "method" in message and "id" in message:
                self._answer(message)
            if wanted(message):
                return message

    def sent(self, method: str) -> list[Message]:
        """What has come so far of *method*, seen while something else was waited for."""
        return [message for message in self.seen if message.get("method") == method]

    def leave(self) -> int:
        """The exit code after an orderly end."""
        self.request("shutdown")
        self.notify("exit", None)
        return self.exit_code()

    def hang_up(self) -> int:
        """The exit code when the connection is just closed."""
        assert self._server.stdin is not None
        self._server.stdin.close()
        return self.exit_code()

    def exit_code(self) -> int:
        return self._server.wait(PATIENCE)

    def _answer(self, message: Message) -> None:
        asked = message["method"] == "workspace/configuration"
        result = [self.settings for _ in message["params"]["items"]] if asked else None
        self.send({"id": message["id"], "result": result})

    def _read(self) -> None:
        assert self._server.stdout is not None
        while body := _body(self._server.stdout):
            self._came.put(json.loads(body))
        self._came.put(None)

    def _read_stderr(self) -> None:
        assert self._server.stderr is not None
        while line := self._server.stderr.readline():
            self.stderr += line


def framed(message: object) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _body(stream: Any) -> bytes:
    length = 0
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return stream.read(length) if length else b""
