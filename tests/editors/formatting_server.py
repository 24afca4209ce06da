"""A language server that does nothing but format: two spaces around `=` become one. It is sent whole texts."""

from __future__ import annotations

from typing import Any

from completing_server import read, write

TEXTS: dict[str, str] = {}


def main() -> None:
    while (message := read()) is not None:
        if message.get("method") == "exit":
            return
        hear(message)
        if "id" in message and "method" in message:
            write({"jsonrpc": "2.0", "id": message["id"], "result": answer(message)})


def hear(message: dict[str, Any]) -> None:
    if message.get("method") == "textDocument/didOpen":
        document = message["params"]["textDocument"]
        TEXTS[document["uri"]] = document["text"]
    elif message.get("method") == "textDocument/didChange":
        uri = message["params"]["textDocument"]["uri"]
        TEXTS[uri] = message["params"]["contentChanges"][-1]["text"]


def answer(message: dict[str, Any]) -> Any:
    if message["method"] == "initialize":
        return {"capabilities": {"textDocumentSync": 1, "documentFormattingProvider": True}}
    if message["method"] != "textDocument/formatting":
        return None
    lines = TEXTS[message["params"]["textDocument"]["uri"]].split("\n")
    return [
        {
            "range": {
                "start": {"line": number, "character": 0},
                "end": {"line": number, "character": len(line)},
            },
            "newText": line.replace("  =  ", " = "),
        }
        for number, line in enumerate(lines)
        if "  =  " in line
    ]


if __name__ == "__main__":
    main()
