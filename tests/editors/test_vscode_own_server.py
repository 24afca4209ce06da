"""The extension's own copy of the server: made at the first start, without a network, and again when it broke."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from vscode_world import World, check, needed, packaged

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

FLAWED = "import yaml\n\nconfig = yaml.load(open('a').read())\n"
# A program that says that it is Python 3.9, and can nothing else.
OLD = "#!/bin/sh\necho 3.9\n"
# Whatever asks an index or a proxy in spite of all fails at once.
NO_NETWORK = dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"
) | {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "no_proxy": "127.0.0.1,localhost"}


@pytest.fixture(scope="module")
def extensions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    needed()
    return packaged(tmp_path_factory.mktemp("packages"))


@pytest.fixture
def world(tmp_path: Path, extensions: tuple[Path, Path]) -> World:
    made = World(tmp_path / "home", extensions)
    made.settings["assaymark.path"] = ""
    made.environment |= NO_NETWORK
    made.write({"opened.py": FLAWED})
    return made


def only(world: World, *programs: tuple[str, str]) -> Path:
    """A PATH that holds these Pythons, by name and what they are, and no other."""
    folder = world.home / "only"
    folder.mkdir()
    for name in ("sh", "env", "node", "git", "ls", "cat", "sed", "uname", "id"):
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    for name, text in programs:
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(0o755)
    # A login shell sets PATH anew, and says last what the person's profile says.
    (world.home / ".profile").write_text(f"export PATH={folder}\n", "utf-8")
    (world.home / ".bash_profile").write_text(f"export PATH={folder}\n", "utf-8")
    world.environment["PATH"] = str(folder)
    return folder


def pythons() -> list[tuple[str, str]]:
    """The Pythons of this machine that our copy can run on, by version."""
    listed = subprocess.run(
        [".ci/pythons"], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    found = [tuple(line.split(" ", 1)) for line in listed.stdout.splitlines()]
    return [(version, program) for version, program in found if version in {"3.11", "3.12", "3.13"}]


def no_pip(program: str) -> str:
    """A Python that has no pip, and whose venv could not bring one."""
    return f'#!/bin/sh\nPYTHONSAFEPATH=1 exec {program} -S "$@"\n'


def test_the_first_start_sets_it_up(world: World) -> None:
    """By a Python without pip and without a network; after an upgrade of Python it is made anew."""
    versions = pythons()
    only(world, *((f"python{version}", no_pip(program)) for version, program in versions))
    second = versions[-1][1] if len(versions) > 1 else ""
    check(world.told("own", more={"ASSAYMARK_SECOND_PYTHON": second}), world)


def test_only_an_old_python_is_found(world: World) -> None:
    """It is said which one, which ones would do, and what to do; and then it does."""
    folder = only(world, ("python3", OLD))
    said = world.seen("old_python", str(folder / "python3.11"), sys.executable)
    assert "Assaymark needs Python 3.11, 3.12, 3.13; found: Python 3.9 (python3)" in said["message"]
    assert said["buttons"] == ["Open Settings", "Try Again", "Show Log"]
    assert said["then"]


@pytest.mark.parametrize("version, program", pythons())
def test_the_wheels_suffice(world: World, tmp_path: Path, version: str, program: str) -> None:
    """On each Python of this machine, with no index; the program then finds a flaw."""
    from vscode_world import EXTENSION

    wheels, place = EXTENSION / "wheels", tmp_path / "environment"
    pip = next(wheels.glob("pip-*.whl")) / "pip"
    environment = {**os.environ, **NO_NETWORK, "HOME": str(tmp_path)}
    subprocess.run([program, "-m", "venv", "--without-pip", place], check=True, timeout=60)
    install = [
        place / "bin/python",
        pip,
        "install",
        "--no-index",
        "--find-links",
        wheels,
        "--quiet",
        "assaymark",
    ]
    subprocess.run(install, check=True, timeout=200, env=environment)
    (tmp_path / "a.py").write_text(FLAWED)
    done = subprocess.run(
        [place / "bin/python", "-I", "-m", "assaymark", "check", "a.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1, f"Python {version}: {done.stdout}{done.stderr}"
    assert "yaml-unsafe-load" in done.stdout
