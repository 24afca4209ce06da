"""The path by which rules know a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from assaymark.cli.main import run
from assaymark.lsp.places import path_of
from assaymark.workspace.project import repository_of, rule_path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository whose tests hold a password, as tests may."""
    (tmp_path / ".git").mkdir()
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "login.py").write_text('password = "hunter2hunter2"\n')
    return tmp_path


def test_rules_know_a_file_from_the_top_of_its_repository(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop / "tests")
    assert repository_of(str(shop / "tests")) == str(shop)
    assert rule_path("login.py") == "tests/login.py"
    uri = (shop / "tests" / "login.py").as_uri()
    assert path_of(uri, "python", [(shop / "tests").as_uri()]) == "tests/login.py"


def test_a_file_in_no_repository_is_known_as_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert rule_path("login.py") == "login.py"


@pytest.mark.parametrize("folder, named", [(".", "tests"), ("tests", "."), ("tests", "login.py")])
def test_a_check_says_the_same_wherever_it_is_started(
    shop: Path, monkeypatch: pytest.MonkeyPatch, folder: str, named: str
) -> None:
    """A rule that leaves tests alone leaves them alone from every folder."""
    monkeypatch.chdir(shop / folder)
    assert run(["check", named, "--no-cache"]) == 0
