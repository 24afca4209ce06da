"""The server as editors start it: a program, its pipes, its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.client import PACKAGE, PATIENCE, Client, framed

pytestmark = pytest.mark.e2e

URI = "file:///project/load.py"
PULLS: dict[str, Any] = {
    "textDocument": {"diagnostic": {}, "codeAction": {"codeActionLiteralSupport": {}, "dataSupport": True}},
    "workspace": {"diagnostics": {"refreshSupport": True}},
}
PULLS["textDocument"]["codeAction"]["resolveSupport"] = {"properties": ["edit"]}
# The flaw stands behind characters that are as wide as they are different in each encoding.
START = "import yaml\n\n\ndef config(body):\n    return '😀é', body\n"
FLAW = "; yaml.load(body)"
ENDS = {"utf-8": 25, "utf-16": 22, "utf-32": 21}


@pytest.fixture
def client() -> Iterator[Client]:
    with Client() as client:
        yield client


def opened(client: Client, text: str, **params: Any) -> dict[str, Any]:
    """The result of initialize; *text* is open."""
    result = client.initialize({"processId": None, "capabilities": PULLS, **params})
    document = {"uri": URI, "languageId": "python", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})
    return result


def change(version: int, line: int, column: int, text: str) -> dict[str, Any]:
    position = {"line": line, "character": column}
    changes = [{"range": {"start": position, "end": position}, "text": text}]
    params = {"textDocument": {"uri": URI, "version": version}, "contentChanges": changes}
    return {"method": "textDocument/didChange", "params": params}


def items(client: Client) -> list[dict[str, Any]]:
    return client.request("textDocument/diagnostic", {"textDocument": {"uri": URI}})["result"]["items"]


@pytest.mark.parametrize("encoding", sorted(ENDS))
def test_type_a_flaw_see_it_fix_it_see_it_gone(client: Client, encoding: str) -> None:
    """The whole way, in each encoding, and the command line says the same of the same text."""
    capabilities = {**PULLS, "general": {"positionEncodings": [encoding]}}
    result = opened(client, START, capabilities=capabilities, initializationOptions={"typingDelay": 0})
    assert result["capabilities"]["positionEncoding"] == encoding
    assert items(client) == []
    for at, key in enumerate(FLAW):
        client.send(change(2 + at, 4, ENDS[encoding] + at, key))
    (item,) = items(client)
    assert item["code"] == "yaml-unsafe-load"
    assert item["range"]["start"] == {"line": 4, "character": ENDS[encoding] + 2}
    assert item["range"]["end"] == {"line": 4, "character": ENDS[encoding] + len(FLAW)}
    checked = by_command_line(START[:-1] + FLAW + "\n")
    assert [(found["rule"], found["fingerprint"], found["start"]["line"]) for found in checked] == [
        (item["code"], item["data"]["fingerprint"], 5)
    ]
    asked = {"textDocument": {"uri": URI}, "range": item["range"], "context": {"diagnostics": [item]}}
    action = client.request("textDocument/codeAction", asked)["result"][0]
    edit = client.request("codeAction/resolve", action)["result"]["edit"]["changes"][URI][0]
    fixed = {"textDocument": {"uri": URI, "version": 99}}
    fixed["contentChanges"] = [{"range": edit["range"], "text": edit["newText"]}]
    client.notify("textDocument/didChange", fixed)
    assert items(client) == []
    assert client.leave() == 0


def by_command_line(text: str) -> list[dict[str, Any]]:
    command = [
        sys.executable,
        "-m",
        "assaymark",
        "check",
        "--format",
        "json",
        "--stdin",
        "--filename",
        "load.py",
    ]
    done = subprocess.run(
        command, input=text.encode(), capture_output=True, cwd=PACKAGE, timeout=PATIENCE, check=False
    )
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)["findings"]


def test_a_half_typed_function_hides_nothing(client: Client) -> None:
    """Whatever the state of the function that is typed, the finding in the other stays."""
    opened(client, "import yaml\n\n\ndef config(body):\n    return yaml.load(body)\n")
    for at, key in enumerate("def half(self, x=(\n"):
        client.send(change(2 + at, 2, at, key))
        assert [item["code"] for item in items(client)] == ["yaml-unsafe-load"]
    assert client.leave() == 0


def test_a_client_that_does_not_pull_is_pushed_to(client: Client) -> None:
    """A publish for each state, with its version."""
    opened(client, START, capabilities={})
    assert client.published(URI, 1) == []
    client.send(change(2, 4, 0, "    yaml.load(body)\n"))
    assert [item["code"] for item in client.published(URI, 2)] == ["yaml-unsafe-load"]
    client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert client.published(URI, 2) == []


def test_a_burst_of_changes_and_pulls(client: Client) -> None:
    """Everything in one piece: every pull is answered, from the newest text or as cancelled."""
    opened(client, "")
    pulls = [
        {"id": f"p{n}", "method": "textDocument/diagnostic", "params": {"textDocument": {"uri": URI}}}
        for n in range(50)
    ]
    changes = [change(2 + n, 0, 0, "eval(x)\n") for n in range(50)]
    client.send(*(message for pair in zip(pulls, changes, strict=True) for message in pair))
    for pull in pulls:
        reply = client.until(lambda message, pull=pull: message.get("id") == pull["id"])
        assert reply["result"]["kind"] == "full"
    assert len(items(client)) == 50


def test_exit_without_shutdown_is_1(client: Client) -> None:
    """The client left without saying so."""
    opened(client, START)
    client.notify("exit", None)
    assert client.exit_code() == 1


def test_a_closed_connection_is_1(client: Client) -> None:
    """No server outlives its editor."""
    opened(client, START)
    assert client.hang_up() == 1


def test_exit_before_initialize_is_1(client: Client) -> None:
    """It is served all the same."""
    client.notify("exit", None)
    assert client.exit_code() == 1


def test_bytes_one_by_one_and_lower_case_headers(client: Client) -> None:
    """A stream has no pieces."""
    message = framed({"jsonrpc": "2.0", "id": 7, "method": "initialize", "params": {"capabilities": {}}})
    for byte in message.replace(b"Content-Length", b"content-length"):
        client.send_bytes(bytes([byte]))
    assert "capabilities" in client.reply_to(7)["result"]


def test_a_large_document_and_a_large_answer(client: Client) -> None:
    """More than any pipe holds, in both directions."""
    opened(client, "def f(x):\n    return eval(x)\n\n\n" * 1_500)
    assert len(items(client)) == 1_500
    assert client.leave() == 0


def test_what_prints_does_not_reach_the_client() -> None:
    """Standard output carries messages only."""
    code = (
        "import sys; from assaymark.lsp import server, door\n"
        "door.Door.settle = lambda self: print('noise', flush=True)\n"
        "sys.exit(server.serve())"
    )
    with Client([sys.executable, "-c", code]) as client:
        opened(client, START)
        assert client.leave() == 0
    assert b"noise" in client.stderr


def test_input_from_a_file(tmp_path: Path) -> None:
    """Where the loop cannot read standard input, a thread does."""
    file = tmp_path / "messages"
    messages = [
        {"id": 1, "method": "initialize", "params": {"capabilities": {}}},
        {"id": 2, "method": "shutdown"},
    ]
    file.write_bytes(
        b"".join(framed({"jsonrpc": "2.0", **message}) for message in [*messages, {"method": "exit"}])
    )
    command = [sys.executable, "-c", "import sys; from assaymark.lsp.server import serve; sys.exit(serve())"]
    with file.open("rb") as source:
        done = subprocess.run(
            command, stdin=source, capture_output=True, cwd=PACKAGE, timeout=PATIENCE, check=False
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"Content-Length") == 2


def test_initialize_is_answered_without_pygls() -> None:
    """Half a second of imports comes after the first diagnostics, never before the first answer."""
    code = (
        "import sys; from assaymark.lsp import capabilities, client, door, server\n"
        "slow = {'pygls', 'lsprotocol', 'tree_sitter', 'assaymark.analysis', 'yaml'} & set(sys.modules)\n"
        "assert not slow, slow"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PACKAGE, timeout=PATIENCE, check=True)
