"""Real pre-commit: it installs this repository by `.pre-commit-hooks.yaml` and refuses a flaw that is staged."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from editor_places import ROOT, installed, ran, repository, surroundings

FLAW = "def run(text):\n    return eval(text)\n"


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_pre_commit_refuses_a_flaw(tmp_path: Path) -> None:
    """What is staged counts, and what is not staged does not."""
    program = installed("pre-commit", "pre-commit")
    environment = surroundings(tmp_path / "home", PRE_COMMIT_HOME=str(tmp_path / "store"))
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    ours = {
        name: (ROOT / name).read_bytes() for name in tracked.split("\0") if name and (ROOT / name).exists()
    }
    source = tmp_path / "assaymark"
    for name, content in ours.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    repository(source, environment, {})
    rev = ran(["git", "rev-parse", "HEAD"], source, environment).stdout.strip()
    config = f"repos:\n  - repo: {source}\n    rev: {rev}\n    hooks:\n      - id: assaymark\n"
    folder = repository(
        tmp_path / "shop", environment, {".pre-commit-config.yaml": config, "shop.py": "x = 1\n"}
    )
    (folder / "shop.py").write_text(FLAW, "utf-8")
    ran([program, "install"], folder, environment)
    commit = ["git", "commit", "-q", "-m", "Go on"]

    (folder / "other.py").write_text("y = 2\n", "utf-8")
    ran(["git", "add", "other.py"], folder, environment)
    first = ran(commit, folder, environment, 250)
    assert first.returncode == 0, first.stdout

    ran(["git", "add", "."], folder, environment)
    second = ran(commit, folder, environment)
    assert (second.returncode, "eval-code" in second.stdout) == (1, True), second.stdout
