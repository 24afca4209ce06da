"""
An editor for demonstrations: it starts the server, and sends it what editors send.

Invariant: the server is a program of its own, spoken to by standard input and output alone.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Self

from assaymark.cli.demo_stage import Failed
from assaymark.cli.output import say
from assaymark.lsp.frames import Frames, framed

if TYPE_CHECKING:
    from types import TracebackType

    from assaymark.cli.demo_stage import Stage

# The server looks after so long what is recorded of a text that was opened or changed.
_LOOKED = 0.4


class Editor:
    """
    An editor with one file open, which is empty at first. As a context it ends, and the server with it.

    What the server logs goes to the file *log*: its standard error, and messages that an editor would show.
    """

    def __init__(self, stage: Stage, path: str, log: str = os.devnull) -> None:
        self._stage = stage
        self._path = path
        self._uri = (stage.shop / path).as_uri()
        self._text = ""
        self._version = 1
        say([f"  {stage.style('path', '$ assaymark lsp')}      (an editor is at its other end)\n"])
        self._log = open(log, "ab", buffering=0)  # noqa: SIM115, PTH123 - it ends with the context
        self._server = stage.started(("assaymark", "lsp"), self._log.fileno())
        self._frames = Frames()
        self._n_asked = 0

    def __enter__(self) -> Self:
        capabilities = {"general": {"positionEncodings": ["utf-32"]}}
        params = {"processId": None, "rootUri": self._stage.shop.as_uri(), "capabilities": capabilities}
        self._ask("initialize", params)
        self._send("initialized", {})
        document = {"uri": self._uri, "languageId": "python", "version": 1, "text": self._text}
        self._send("textDocument/didOpen", {"textDocument": document})
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._log:
            if kind is not None:
                self._server.kill()
                self._server.wait()
                return
            self._ask("shutdown", None)
            self._server.communicate(_message("exit", None, None), timeout=30)

    def type(self, text: str) -> None:
        """Effect: *text* is typed at the end, key by key."""
        self._told("typed, key by key", text)
        for character in text:
            self._insert(len(self._text), character)

    def insert(self, text: str, kind: str, **said: str) -> None:
        """Effect: *text* comes in at the end at once, and is reported as what it is."""
        self._told(f"{kind}, as the editor reports", text)
        self._insert(len(self._text), text)
        params = {"uri": self._uri, "kind": kind, "version": self._version, "text": text, **said}
        self._send("assaymark/origin", params)
        self._wait()

    def take_out(self, text: str) -> None:
        """Effect: *text* is deleted where it first stands."""
        self._told("deleted", text)
        at = self._text.index(text)
        self._change(at, at + len(text), "")
        self._wait()

    def reload(self) -> None:
        """Effect: what was added to the file is read, as editors do when it changed on the disk."""
        say(["    the editor reads the file again\n"])
        new = (self._stage.shop / self._path).read_bytes().decode()
        self._insert(len(self._text), new.removeprefix(self._text))
        self._wait()

    def save(self) -> None:
        """Effect: the file holds the text."""
        say(["    saved\n"])
        self._stage.write(self._path, self._text)
        self._send("textDocument/didSave", {"textDocument": {"uri": self._uri}})
        self._wait()

    def _told(self, how: str, text: str) -> None:
        say([f"    {how}:\n", *(f"      {line}\n" for line in text.splitlines())])

    def _insert(self, at: int, text: str) -> None:
        self._change(at, at, text)

    def _change(self, start: int, end: int, text: str) -> None:
        change = {"range": {"start": self._place(start), "end": self._place(end)}, "text": text}
        self._text = self._text[:start] + text + self._text[end:]
        self._version += 1
        document = {"uri": self._uri, "version": self._version}
        self._send("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def _place(self, at: int) -> dict[str, int]:
        before = self._text[:at]
        return {"line": before.count("\n"), "character": at - (before.rfind("\n") + 1)}

    def _wait(self) -> None:
        """Effect: the server has read all that was sent, and had time to look at what is recorded."""
        self._ask("assaymark/status", {"uri": self._uri})
        time.sleep(_LOOKED)

    def _ask(self, method: str, params: object) -> None:
        """Effect: a request is sent, and answered."""
        self._n_asked += 1
        self._send(method, params, self._n_asked)
        stream = self._server.stdout
        while stream is not None and (came := os.read(stream.fileno(), 65_536)):
            for body in self._frames.add(came):
                came_in = json.loads(body)
                if str(came_in.get("method")).startswith("window/"):
                    self._log.write(body + b"\n")
                if came_in.get("id") == self._n_asked and "method" not in came_in:
                    return
        msg = f"the server ended before it answered {method}"
        raise Failed(msg)

    def _send(self, method: str, params: object, number: int | None = None) -> None:
        if self._server.stdin is not None:
            self._server.stdin.write(_message(method, params, number))
            self._server.stdin.flush()


def _message(method: str, params: object, number: int | None) -> bytes:
    message: dict[str, object] = {"jsonrpc": "2.0", "method": method}
    if number is not None:
        message["id"] = number
    if params is not None:
        message["params"] = params
    return framed(json.dumps(message).encode())
