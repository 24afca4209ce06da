"""
The extension in the real VS Code (code-server), told by a second extension in its extension host.

The stories are in vscode/driver/src; each is a test here.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from vscode_world import World, check, needed, packaged

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400), pytest.mark.xdist_group("vscode")]

FLAWED = "import yaml\n\nconfig = yaml.load(open('a').read())\n"
NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": [source]}
        for source in ("import yaml", "config = yaml.load(x)")
    ],
    "metadata": {"language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture(scope="session")
def extensions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    needed()
    return packaged(tmp_path_factory.mktemp("packages"))


@pytest.fixture
def world(tmp_path: Path, extensions: tuple[Path, Path]) -> World:
    made = World(tmp_path / "home", extensions)
    made.write({"opened.py": FLAWED})
    return made


def test_stories(world: World) -> None:
    """In two folders: findings, origins, an agent's session, settings by folder, and a server that is killed."""
    world.write(
        {"closed.py": FLAWED, "nb.ipynb": json.dumps(NOTEBOOK), "agent.py": "def load(body):\n    pass\n"}
    )
    world.write({"assaymark.toml": 'ignore = ["yaml-*"]\n'}, "other")
    folders = {"folders": [{"path": "project"}, {"path": "other"}], "settings": {}}
    (world.home / "both.code-workspace").write_text(json.dumps(folders))
    check(world.told("findings,folders,origins,agents,life", "both.code-workspace"), world)


def test_a_workspace_that_is_not_trusted(world: World) -> None:
    """It is checked by the user's settings, and none of its own programs is run."""
    bad = {"assaymark.ignore": ["yaml-*"], "assaymark.path": "/bin/false"}
    world.write({"assaymark.toml": 'ignore = ["yaml-*"]\n', ".vscode/settings.json": json.dumps(bad)})
    program = world.project / ".venv/bin/assaymark"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\ntouch {world.home}/ran\n")
    program.chmod(0o755)
    check(world.told("untrusted", trust=True, seconds=60), world)
    assert not (world.home / "ran").exists()
