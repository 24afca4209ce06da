"""Bandit beside a server that was started as a program: it answers, dies, comes again, and ends with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.client import PATIENCE, Client

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")]

URI = "file:///project/load.py"
OPTIONS = {"level": "pedantic", "ignore": ["*-*"], "bandit": "all", "banditDelay": 50}
TEXT = "import pyghmi\n\n\ndef f():\n    return 1\n"


@pytest.fixture
def client() -> Iterator[Client]:
    with Client() as client:
        client.initialize({"processId": None, "capabilities": {}, "initializationOptions": OPTIONS})
        document = {"uri": URI, "languageId": "python", "version": 1, "text": TEXT}
        client.notify("textDocument/didOpen", {"textDocument": document})
        yield client


def found(client: Client, rule: str) -> dict[str, Any]:
    """The next publish with a finding of *rule*."""
    message = client.until(
        lambda message: (
            message.get("method") == "textDocument/publishDiagnostics"
            and rule in [item["code"] for item in message["params"]["diagnostics"]]
        )
    )
    return message["params"]


def typed(client: Client, version: int, line: int, text: str) -> None:
    place = {"line": line, "character": 0}
    change = {"range": {"start": place, "end": place}, "text": text}
    params = {"textDocument": {"uri": URI, "version": version}, "contentChanges": [change]}
    client.notify("textDocument/didChange", params)


def children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def gone(process: int) -> bool:
    """Whether *process* ends within the patience of these tests."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_what_bandit_finds_arrives_and_typing_goes_on(client: Client) -> None:
    """The finding comes with the version that bandit read; a change while it works is analysed at once."""
    assert found(client, "bandit/B415")["version"] == 1
    for number in range(20):
        typed(client, 2 + number, 4, "    x = 1\n")
    typed(client, 22, 4, "    assert f\n")
    last = found(client, "bandit/B101")
    assert last["version"] == 22
    assert [item["code"] for item in last["diagnostics"]] == ["bandit/B415", "bandit/B101"]
    (worker,) = children(client._server.pid)
    assert client.leave() == 0
    assert gone(worker)


def test_a_worker_that_dies_is_said_and_comes_again(client: Client) -> None:
    """The server lives on."""
    found(client, "bandit/B415")
    (worker,) = children(client._server.pid)
    os.kill(worker, signal.SIGKILL)
    assert gone(worker)
    typed(client, 2, 4, "    assert f\n")
    said = found(client, "not-checked")["diagnostics"][0]
    assert said["message"].startswith("not checked by bandit: its process ended before its time")
    assert said["severity"] == 4
    typed(client, 3, 4, "    assert g\n")
    again = [item["code"] for item in found(client, "bandit/B101")["diagnostics"]]
    assert again == ["bandit/B415", "bandit/B101", "bandit/B101"]
    assert client.leave() == 0


def test_a_worker_does_not_outlive_a_server_that_is_killed(client: Client) -> None:
    """Its input ends, and so does it."""
    found(client, "bandit/B415")
    (worker,) = children(client._server.pid)
    client._server.kill()
    client._server.wait(PATIENCE)
    assert gone(worker)


def test_the_terminal_says_the_same(client: Client) -> None:
    """Same text, same settings, same findings."""
    items = found(client, "bandit/B415")["diagnostics"]
    command = [sys.executable, "-m", "assaymark", "check", "--level", "pedantic", "--ignore", "*-*", "--deep"]
    done = subprocess.run(
        [*command, "--format", "json", "--stdin", "--filename", "load.py"],
        input=TEXT.encode(),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert [
        (one["rule"], one["fingerprint"], one["start"]["line"]) for one in json.loads(done.stdout)["findings"]
    ] == [(item["code"], item["data"]["fingerprint"], item["range"]["start"]["line"] + 1) for item in items]
