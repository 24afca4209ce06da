"""The real editors are set up outside of the clone, and say which they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from editor_places import emacs, neovim, ran, surroundings


@pytest.mark.e2e
@pytest.mark.parametrize("name, version", [("neovim", "v0.1[1-9]"), ("neovim-0.10", "v0.10")])
def test_neovim_runs(tmp_path: Path, name: str, version: str) -> None:
    """With the libraries that it was built against."""
    program, more = neovim(name)
    done = ran([program, "--version"], tmp_path, surroundings(tmp_path, **more), 20)
    assert done.returncode == 0
    assert re.search(version, done.stdout)


@pytest.mark.e2e
def test_emacs_runs(tmp_path: Path) -> None:
    """With the image and the Lisp that came with it."""
    command, more = emacs()
    done = ran(
        [*command, "--batch", "-Q", "--eval", "(progn (require 'eglot) (message emacs-version))"],
        tmp_path,
        surroundings(tmp_path, **more),
        30,
    )
    assert (done.returncode, done.stdout.splitlines()[-1][:2]) == (0, "30"), done.stdout
