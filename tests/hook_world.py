"""What the tests of hooks share: a repository, payloads, and what a hook recorded of them."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assaymark.hooks.entry import hook
from assaymark.hooks.fields import Fields
from assaymark.hooks.report import Reading
from assaymark.ledger.secret import secret_of
from assaymark.ledger.spool import read, waiting
from assaymark.repository.place import place_of

PAYLOADS = Path(__file__).parent / "hooks" / "payloads"
OLD, NEW = b"total = price\n", b"total = price * (1 + rate)\n"


def payload_of(name: str, top: str) -> dict[str, Any]:
    """The payload `TOOL/EVENT`, of work in *top*."""
    text = (PAYLOADS / f"{name}.json").read_text("utf-8")
    table = json.loads(text.replace("@TOP@", top), strict=False)
    assert isinstance(table, dict)
    return table


def reading_of(tool: str, table: dict[str, Any]) -> Reading:
    from importlib import import_module

    reading = import_module(f"assaymark.hooks.tools.{tool.replace('-', '_')}").read(Fields(table))
    assert isinstance(reading, Reading)
    return reading


@dataclass(frozen=True)
class World:
    """A repository with `shop.py`, and the hooks that tell of work in it."""

    top: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
            cwd=self.top,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode()

    def write(self, path: str, content: bytes) -> None:
        (self.top / path).parent.mkdir(parents=True, exist_ok=True)
        (self.top / path).write_bytes(content)

    def tell(self, name: str, **changed: Any) -> list[dict[str, Any]]:
        """The events that the hook of payload *name* recorded."""
        return self.say(name.split("/", maxsplit=1)[0], {**payload_of(name, self.top.as_posix()), **changed})

    def say(self, tool: str, table: dict[str, Any]) -> list[dict[str, Any]]:
        before = len(self.events())
        assert hook(tool, json.dumps(table)) == 0
        return self.events()[before:]

    def events(self) -> list[dict[str, Any]]:
        store = place_of(str(self.top) + os.sep).store
        return [plain for file in waiting(store) for plain in read(file).plain if isinstance(plain, dict)]

    def edited(self) -> list[dict[str, Any]]:
        return [event for event in self.events() if event["kind"] == "edited"]

    def digest(self, content: bytes) -> str:
        return secret_of(place_of(str(self.top) + os.sep).store).digest(content)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A repository without commits, of which `shop.py` is as the edits of the payloads leave it."""
    top = tmp_path / "store"
    top.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    # A tool that names no folder works where its hooks start.
    monkeypatch.chdir(top)
    # A fault of ours must not look like silence.
    monkeypatch.setenv("ASSAYMARK_TRACEBACK", "1")
    here = World(top)
    here.git("init", "-q")
    here.write("shop.py", NEW)
    return here
