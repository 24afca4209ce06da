"""What scenarios/*.md tell happens."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

import scenario_page
from scenario_page import FOLDER, Scenario, Unreadable, scenarios
from scenario_world import STEPS, World, play, variables

ALL = scenarios()


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What processes see: a home of nobody's, and this checkout's program."""
    home = tmp_path_factory.mktemp("home")
    programs = home / "bin"
    programs.mkdir()
    server = Path(__file__).parents[1] / "server"
    (programs / "assaymark").write_text(
        f'#!/bin/sh\nPYTHONPATH={server} exec {sys.executable} -P -m assaymark "$@"\n', encoding="utf-8"
    )
    (programs / "assaymark").chmod(0o755)
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    person = {"NAME": "A", "EMAIL": "a@example.org"}
    return kept | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        # An installed program may be that of another checkout; git's hooks name it where there is one.
        "PYTHONPATH": str(server),
        "HOME": str(home),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(home / "cache")),
        "XDG_CONFIG_HOME": str(home / "config"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_EDITOR": "true",
        **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in person.items()},
    }


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """A repository with one empty commit; it is copied for every scenario that wants one."""
    folder = tmp_path_factory.mktemp("template")
    for command in (
        ["git", "init", "-q", "-b", "main", "--template=", "."],
        ["assaymark", "hooks", "install", "git"],
        ["git", "commit", "-q", "--allow-empty", "-m", "Begin"],
    ):
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=60)
    return folder


@pytest.mark.parametrize("scenario", ALL, ids=[one.name for one in ALL])
def test_a_scenario(scenario: Scenario, tmp_path: Path, template: Path, environment: dict[str, str]) -> None:
    """Its steps lead to what it expects; what is known to fall short does, until somebody mends it."""
    own = environment | {"XDG_STATE_HOME": str(tmp_path / "state")}
    known = pytest.raises(AssertionError) if scenario.falls_short else nullcontext()
    with variables(own), known:
        play(World(tmp_path / "world", template, own), scenario)


def test_there_are_scenarios_of_everything() -> None:
    """At least sixty, and no name twice."""
    names = [one.name for one in ALL]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "text, message",
    [
        ("## a\n\n```steps\nopne app.py\n```\n```editor app.py\n```\n", "x.md:4: opne app.py\nno step is called `opne`"),
        ("## a\n\n```step\n```\n", "x.md:3: `\x60``step` is no fence of a scenario"),
        ("## a\n\n```steps\nopen app.py\n", "x.md:3: the fence is not closed"),
        ("## a\n\n```steps\nopen app.py\n```\n", "x.md:1: `a` expects nothing"),
        ("```steps\nopen app.py\n```\n", "x.md:1: a fence stands before the first scenario"),
        ("## a\n\n```editor app.py\nhuman:typed x = 1\n```\n", "x.md:4: `│` is missing"),
        ('## a\n\n```steps\ntype 1:1 "x\n```\n', "x.md:4: a quote is not closed"),
        (
            '## a\n\n```steps\nopen app.py\ntype 1:1 "x"\n```\n```editor app.py\nai:hook claude │ x\n```\n',
            "x.md:7: editor app.py\nexpected:\nai:hook claude │ x\n\nseen:\nhuman:typed │ x",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_page_is_said_with_its_place(
    text: str, message: str, tmp_path: Path, template: Path, environment: dict[str, str]
) -> None:
    """A step that does not exist, a fence that is none, an expectation that is not met."""
    own = environment | {"XDG_STATE_HOME": str(tmp_path)}
    with pytest.raises((Unreadable, AssertionError)) as raised, variables(own):
        _play_all(text, World(tmp_path / "world", template, own))
    assert message in str(raised.value)


def _play_all(text: str, world: World) -> None:
    for scenario in scenario_page.read(text, "x.md"):
        play(world, scenario)


def test_every_step_is_told_of() -> None:
    """The description of the format names each."""
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in STEPS if f"`{name}" not in told] == []
