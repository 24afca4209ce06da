"""A language server that does nothing but suggest: SUGGESTION, with an identifier to be told by as Copilot's server has."""

from __future__ import annotations

import json
import sys
from typing import Any


def main(suggestion: str) -> None:
    while (message := read()) is not None:
        if message.get("method") == "exit":
            return
        if "id" in message and "method" in message:
            write({"jsonrpc": "2.0", "id": message["id"], "result": answer(message, suggestion)})


def answer(message: dict[str, Any], suggestion: str) -> Any:
    if message["method"] == "initialize":
        return {
            "capabilities": {
                "textDocumentSync": 2,
                "positionEncoding": "utf-16",
                "inlineCompletionProvider": True,
                "executeCommandProvider": {"commands": ["github.copilot.didAcceptCompletionItem"]},
            }
        }
    if message["method"] == "textDocument/inlineCompletion":
        position = message["params"]["position"]
        command = {
            "title": "",
            "command": "github.copilot.didAcceptCompletionItem",
            "arguments": ["suggestion-1"],
        }
        return {
            "items": [
                {
                    "insertText": suggestion,
                    "range": {"start": position, "end": position},
                    "command": command,
                }
            ]
        }
    return None


def read() -> dict[str, Any] | None:
    n_bytes = 0
    while line := sys.stdin.buffer.readline():
        if line == b"\r\n":
            return dict(json.loads(sys.stdin.buffer.read(n_bytes)))
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            n_bytes = int(value)
    return None


def write(message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
