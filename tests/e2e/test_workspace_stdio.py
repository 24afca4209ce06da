"""The check of a workspace and a notebook, with the server as editors start it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.client import PACKAGE, PATIENCE, Client

pytestmark = pytest.mark.e2e

FLAW = "import yaml\n\n\ndef config(body):\n    return yaml.load(body)\n"
PULLS: dict[str, Any] = {
    "textDocument": {"diagnostic": {}},
    "workspace": {"diagnostics": {"refreshSupport": True}},
    "window": {"workDoneProgress": True},
    "notebookDocument": {"synchronization": {}},
}


@pytest.fixture
def client() -> Iterator[Client]:
    with Client() as client:
        yield client


def test_a_workspace_is_checked_and_typing_goes_on(client: Client, tmp_path: Path) -> None:
    """Partial results of a hundred files, keys answered meanwhile, and the command line's findings."""
    for number in range(100):
        (tmp_path / f"file{number}.py").write_text(FLAW)
    folders = [{"uri": tmp_path.as_uri(), "name": "x"}]
    client.initialize({"processId": None, "capabilities": PULLS, "workspaceFolders": folders})
    uri = (tmp_path / "file0.py").as_uri()
    client.notify("textDocument/didOpen", {"textDocument": document(uri, "x = 1\n")})
    asked = {"previousResultIds": [], "partialResultToken": "part", "workDoneToken": "work"}
    request = client.ask("workspace/diagnostic", asked)
    report = client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["result"]
    assert report["items"] == []
    assert client.reply_to(request)["result"] == {"items": []}
    progress = [message["params"] for message in client.sent("$/progress")]
    parts = [one["value"]["items"] for one in progress if one["token"] == "part"]
    kinds = [one["value"]["kind"] for one in progress if one["token"] == "work"]
    assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("begin", "end", {"report"})
    found = {one["uri"]: len(one["items"]) for part in parts for one in part}
    assert found.pop(uri) == 0
    assert found == {(tmp_path / f"file{number}.py").as_uri(): 1 for number in range(1, 100)}
    assert client.leave() == 0


def test_a_check_is_stopped(client: Client, tmp_path: Path) -> None:
    """The request is answered as cancelled, and the server goes on."""
    for number in range(300):
        (tmp_path / f"file{number}.py").write_text(FLAW)
    folders = [{"uri": tmp_path.as_uri(), "name": "x"}]
    client.initialize({"processId": None, "capabilities": PULLS, "workspaceFolders": folders})
    request = client.ask(
        "workspace/executeCommand", {"command": "assaymark.checkWorkspace", "workDoneToken": 1}
    )
    client.until(lambda message: message.get("params", {}).get("value", {}).get("kind") == "report")
    client.notify("window/workDoneProgress/cancel", {"token": 1})
    assert client.reply_to(request)["error"]["code"] == -32800
    assert client.leave() == 0


def test_a_notebook_says_what_the_command_line_says(client: Client, tmp_path: Path) -> None:
    """A key in one cell, a finding in the next; saved, the terminal finds it in the same cell and line."""
    client.initialize({"processId": None, "capabilities": PULLS, "initializationOptions": {"typingDelay": 0}})
    cells = ["import json as y", "%time x = 1\ny.load(body)\n"]
    uris = [f"vscode-notebook-cell:/project/a.ipynb#{number}" for number in range(2)]
    client.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": {
                "uri": "file:///project/a.ipynb",
                "notebookType": "jupyter-notebook",
                "version": 1,
                "cells": [{"kind": 2, "document": uri} for uri in uris],
            },
            "cellTextDocuments": [document(uri, text) for uri, text in zip(uris, cells, strict=True)],
        },
    )
    assert items(client, uris[1]) == []
    place = {"start": {"line": 0, "character": 7}, "end": {"line": 0, "character": 11}}
    text = {"document": {"uri": uris[0], "version": 2}, "changes": [{"range": place, "text": "yaml"}]}
    client.notify(
        "notebookDocument/didChange",
        {
            "notebookDocument": {"uri": "file:///project/a.ipynb", "version": 2},
            "change": {"cells": {"textContent": [text]}},
        },
    )
    client.until(lambda message: message.get("method") == "workspace/diagnostic/refresh")
    (item,) = items(client, uris[1])
    ((path, code, line),) = by_command_line(tmp_path / "a.ipynb", ["import yaml as y", cells[1]])
    assert (item["code"], item["range"]["start"]["line"]) == (code, line - 1)
    assert path.endswith("a.ipynb")
    assert client.leave() == 0


def document(uri: str, text: str) -> dict[str, Any]:
    return {"uri": uri, "languageId": "python", "version": 1, "text": text}


def items(client: Client, uri: str) -> list[dict[str, Any]]:
    return client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["result"]["items"]


def by_command_line(file: Path, cells: list[str]) -> list[tuple[str, str, int]]:
    """Path, rule, and line in its cell, of each finding of `assaymark check` in a notebook of *cells*."""
    made = [{"cell_type": "code", "source": cell} for cell in cells]
    file.write_text(json.dumps({"nbformat": 4, "cells": made, "metadata": {}}))
    command = [sys.executable, "-m", "assaymark", "check", "--format", "json", file.name]
    path = {"PYTHONPATH": str(PACKAGE)}
    done = subprocess.run(
        command, capture_output=True, cwd=file.parent, timeout=PATIENCE, check=False, env=path
    )
    found = json.loads(done.stdout)["findings"]
    return [(one["path"], one["rule"], one["start"]["line"]) for one in found]
