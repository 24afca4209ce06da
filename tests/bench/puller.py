"""
A client that is as small as a client can be: one server on stdio, one document, one question at a time.

Reads in the thread that waits, and takes the time before it decodes: neither a hand-over between threads nor the
client's own work is measured.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

Message = dict[str, object]
ServerCancelled = -32802
CAPABILITIES = {
    "general": {"positionEncodings": ["utf-8", "utf-16"]},
    "textDocument": {"diagnostic": {"dynamicRegistration": False, "relatedDocumentSupport": False}},
    "window": {"workDoneProgress": True},
    # Who pulls and says nothing of refreshes may be pushed to instead.
    "workspace": {
        "configuration": True,
        "workspaceFolders": True,
        "diagnostics": {"refreshSupport": True},
        "diagnostic": {"refreshSupport": True},
    },
}


class Silence(Exception):
    """The server ended, or said nothing for too long."""


class Server:
    """A server that runs in *folder* and has answered `initialize`, after `initialize_s` seconds."""

    def __init__(self, command: Sequence[str], folder: Path, *, patience_s: float = 60) -> None:
        self.patience_s = patience_s
        self.received_at = 0.0
        self._pending = bytearray()
        self._last = 0
        started = time.perf_counter()
        self._program = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        parameters = {"processId": os.getpid(), "rootUri": folder.as_uri(), "capabilities": CAPABILITIES}
        parameters["workspaceFolders"] = [{"uri": folder.as_uri(), "name": folder.name}]
        self.asked("initialize", parameters)
        self.initialize_s = self.received_at - started
        self.tell("initialized", {})

    def tell(self, method: str, parameters: object) -> None:
        self._send({"method": method, "params": parameters})

    def asked(self, method: str, parameters: object) -> Message:
        """The reply. Effect: answers what the server asks in the meantime."""
        self._last += 1
        self._send({"id": self._last, "method": method, "params": parameters})
        deadline = time.monotonic() + self.patience_s
        while True:
            message = self._received(deadline)
            if "method" not in message:
                if message.get("id") == self._last:
                    return message
            elif "id" in message:
                self._answer(message)

    def memory_mb(self) -> float:
        """Resident memory of the server and of the programs it started."""
        table = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)
        rows = [tuple(map(int, line.split())) for line in table.stdout.splitlines()]
        family = {self._program.pid}
        for _ in range(4):
            family |= {pid for pid, parent, _ in rows if parent in family}
        return sum(rss for pid, _, rss in rows if pid in family) / 1024

    def close(self) -> None:
        try:
            self.asked("shutdown", None)
            self.tell("exit", None)
            self._program.wait(5)
        except (Silence, OSError, subprocess.TimeoutExpired):
            self._program.kill()
            self._program.wait()

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        left = memoryview(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        while left:
            left = left[os.write(self._program.stdin.fileno(), left) :]

    def _received(self, deadline: float) -> Message:
        while (end := self._pending.find(b"\r\n\r\n")) < 0:
            self._fill(deadline)
        head = bytes(self._pending[:end]).lower()
        start = end + 4
        stop = start + int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(self._pending) < stop:
            self._fill(deadline)
        # Taken before decoding, which is the client's own time.
        self.received_at = time.perf_counter()
        body = bytes(self._pending[start:stop])
        del self._pending[:stop]
        return json.loads(body)

    def _fill(self, deadline: float) -> None:
        output = self._program.stdout.fileno()
        ready, _, _ = select.select([output], [], [], max(0, deadline - time.monotonic()))
        read = os.read(output, 1 << 20) if ready else b""
        if not read:
            msg = "the server ended" if ready else f"no reply within {self.patience_s:g} s"
            raise Silence(msg)
        self._pending += read

    def _answer(self, message: Message) -> None:
        result = None
        if message["method"] == "workspace/configuration":
            result = [None for _ in message["params"]["items"]]
        self._send({"id": message["id"], "result": result})


class Document:
    """A Python document that is open in *server*; `n_findings` is what the last full report held."""

    def __init__(self, server: Server, path: Path, text: str) -> None:
        self._server = server
        self._uri = path.as_uri()
        self._version = 1
        self._result_id: str | None = None
        self.n_findings = 0
        started = time.perf_counter()
        item = {"uri": self._uri, "languageId": "python", "version": 1, "text": text}
        server.tell("textDocument/didOpen", {"textDocument": item})
        self._pull()
        self.open_ms = (server.received_at - started) * 1e3

    def replaced(self, start: tuple[int, int], end: tuple[int, int], new: str) -> float:
        """Milliseconds from sending the change to holding the reply to the pull after it."""
        self._version += 1
        places = [{"line": line, "character": character} for line, character in (start, end)]
        change = {"range": {"start": places[0], "end": places[1]}, "text": new}
        item = {"uri": self._uri, "version": self._version}
        started = time.perf_counter()
        self._server.tell("textDocument/didChange", {"textDocument": item, "contentChanges": [change]})
        self._pull()
        return (self._server.received_at - started) * 1e3

    def at(self, line: int, character: int) -> Message:
        """A place in it, as requests name one."""
        return {"textDocument": {"uri": self._uri}, "position": {"line": line, "character": character}}

    def _pull(self) -> None:
        parameters: Message = {"textDocument": {"uri": self._uri}}
        if self._result_id is not None:
            parameters["previousResultId"] = self._result_id
        reply = self._server.asked("textDocument/diagnostic", parameters)
        while reply.get("error", {}).get("code") == ServerCancelled:
            reply = self._server.asked("textDocument/diagnostic", parameters)
        if "result" not in reply:
            raise Silence(str(reply.get("error")))
        report = reply["result"]
        self._result_id = report.get("resultId", self._result_id)
        if report["kind"] == "full":
            self.n_findings = len(report["items"])
