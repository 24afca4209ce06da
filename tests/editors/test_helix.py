"""Real Helix, in a terminal: open, see, fix, see gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from editor_places import ROOT, installed, repository, surroundings, terminal

OURS = ROOT / "editors/helix"
SHOP = "import yaml\n\n\ndef first(body):\n    return yaml.load(body)\n"


@pytest.mark.e2e
@pytest.mark.timeout(150)
def test_a_story_in_helix(tmp_path: Path) -> None:
    """By the files of its folder."""
    program = installed("helix", "hx")
    home = tmp_path / "home"
    runtime = program.parents[1] / "lib/helix/runtime"
    environment = surroundings(home, HELIX_RUNTIME=str(runtime))
    (home / "config/helix").mkdir(parents=True)
    for name in ("languages.toml", "config.toml"):
        shutil.copy(OURS / name, home / "config/helix")
    folder = repository(tmp_path / "shop", environment, {"shop.py": SHOP})
    with terminal(folder, environment, (120, 30)) as screen:
        screen.text(f"clear; exec {program} shop.py\n")
        screen.until("yaml.load builds any Python object")
        screen.keys("]", "d")
        screen.keys("Space", "a")
        screen.until("Write safe_load", "Silence yaml-unsafe-load")
        screen.keys("Enter")
        screen.until("return yaml.safe_load(body)")
        screen.gone("yaml.load builds")
        screen.text(":write-quit!")
        screen.keys("Enter")
        screen.gone("safe_load")
    assert "yaml.safe_load(body)" in (folder / "shop.py").read_text("utf-8")
