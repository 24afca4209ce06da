"""Real Emacs with its own Eglot: open, see, fix, see gone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from editor_places import ROOT, emacs, ran, repository, surroundings

HERE = Path(__file__).parent
OURS = ROOT / "editors/emacs"
SHOP = "import yaml\n\n\ndef first(body):\n    return yaml.load(body)\n"


@pytest.mark.e2e
@pytest.mark.timeout(150)
def test_a_story_in_emacs(tmp_path: Path) -> None:
    """By the lines of its README, in a home in which there is nothing else."""
    command, more = emacs()
    home = tmp_path / "home"
    environment = surroundings(home) | more
    lisp = home / ".emacs.d/lisp"
    lisp.mkdir(parents=True)
    shutil.copy(OURS / "assaymark.el", lisp)
    found = re.search(r"```elisp\n(.*?)```", (OURS / "README.md").read_text("utf-8"), re.DOTALL)
    assert found
    (home / ".emacs.d/init.el").write_text(found[1], "utf-8")
    folder = repository(tmp_path / "shop", environment, {"shop.py": SHOP})
    words = ["--batch", "-l", home / ".emacs.d/init.el", "-l", HERE / "emacs_story.el"]
    done = ran([*command, *words], folder, environment, 120)
    steps = re.findall(r"^(ok|FAIL) ", done.stdout, re.MULTILINE)
    assert (done.returncode, set(steps), len(steps)) == (0, {"ok"}, 6), done.stdout
