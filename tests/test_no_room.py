"""Folders in which nothing can be written, and a full disk, as the programs meet them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from assaymark.repository.place import place_of
from e2e.client import SERVER, Client
from git_world import World, isolated, made

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform == "win32", reason="no such permissions and limits there"),
]
FLAWED = "import yaml\nx = yaml.load(body)\n"
# Who may write everything is stopped by no permission: such a one gives that right up.
MORTAL = (
    ("setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}")
    if (rights := "-dac_override,-dac_read_search") and os.geteuid() == 0
    else ()
)
LIMITED = ("sh", "-c", 'ulimit -f 0; exec "$@"', "sh")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    if MORTAL and shutil.which(MORTAL[0]) is None:
        pytest.skip("who runs this may write everything")
    isolated(monkeypatch, tmp_path / "home")
    (tmp_path / "home").mkdir(exist_ok=True)
    world = made(tmp_path / "repository")
    world.commit("one", a=FLAWED)
    yield world
    for folder in (tmp_path / "home", world.root / ".git"):
        folder.chmod(0o700)


def ran(
    world: World, *arguments: str, given: str = "", by: tuple[str, ...] = MORTAL
) -> subprocess.CompletedProcess[str]:
    """What the command line did, as a process of who may not write everything."""
    command = [*by, sys.executable, "-m", "assaymark", *arguments]
    return subprocess.run(
        command, cwd=world.root, capture_output=True, text=True, input=given, timeout=60, check=False
    )


def told(world: World, text: str, by: tuple[str, ...] = MORTAL) -> subprocess.CompletedProcess[str]:
    """What the hook did when an agent had added *text* to a.py."""
    before = world.read("a.py").decode()
    world.write("a.py", before + text)
    payload = {
        "session_id": "s",
        "cwd": world.here,
        "hook_event_name": "PostToolUse",
        "tool_name": "Write",
        "tool_input": {"file_path": f"{world.here}/a.py", "content": before + text},
        "tool_response": {"type": "update", "originalFile": before},
    }
    return ran(world, "hook", "claude", given=json.dumps(payload), by=by)


def agents_lines(world: World) -> list[int]:
    """The lines that an agent wrote, as the command line says."""
    blame = ran(world, "blame", "--json", "a.py")
    assert blame.returncode == 0, blame.stderr
    lines = json.loads(blame.stdout)["lines"]
    return [n for n, line in enumerate(lines, 1) if "ai" in {one["author"] for one in line["origins"]}]


def goes_on(world: World, by: tuple[str, ...] = MORTAL) -> None:
    """That findings are told, on the command line and by the server, typing and saving included."""
    check = ran(world, "check", "--format", "json", "a.py", by=by)
    assert (check.returncode, "Traceback" in check.stderr) == (1, False), check.stderr
    uri = (world.root / "a.py").as_uri()
    with Client((*by, *SERVER)) as client:
        client.initialize({"capabilities": {}, "processId": None, "rootUri": world.root.as_uri()})
        text = world.read("a.py").decode()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        client.notify("textDocument/didOpen", {"textDocument": document})
        n_found = len(client.published(uri, 1))
        assert n_found
        for version in (2, 3):
            at = {"line": 0, "character": 0}
            change = {"range": {"start": at, "end": at}, "text": "# typed\n"}
            identified = {"uri": uri, "version": version}
            client.notify("textDocument/didChange", {"textDocument": identified, "contentChanges": [change]})
            assert len(client.published(uri, version)) == n_found
            client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        assert client.leave() == 0
        assert b"Traceback" not in client.stderr


def test_a_read_only_repository_is_recorded_elsewhere(world: World, tmp_path: Path) -> None:
    """In the user's state folder, where blame and the server find it."""
    (world.root / ".git").chmod(0o500)
    done = told(world, "y = load(body)\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert agents_lines(world) == [3]
    assert not (world.root / ".git" / "assaymark").exists()
    assert list((tmp_path / "home" / "assaymark").glob("*/key"))
    goes_on(world)


def test_where_nothing_can_be_recorded_work_goes_on(world: World, tmp_path: Path) -> None:
    """The hook ends with 0 and says so in one line; findings and blame are told."""
    (world.root / ".git").chmod(0o500)
    (tmp_path / "home").chmod(0o500)
    done = told(world, "y = load(body)\n")
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert "denied" in done.stderr.lower()
    assert agents_lines(world) == []
    goes_on(world)


@pytest.fixture(params=["a file system", "a limit"])
def full(world: World, request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    """How a program is started for which the disk is full; before that something was recorded."""
    assert told(world, "y = load(body)\n").returncode == 0
    if request.param == "a limit":
        yield LIMITED
        return
    store = Path(place_of(world.here + os.sep).store)
    kept = store.with_name("kept")
    shutil.copytree(store, kept)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(store)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no file system can be mounted here")
    try:
        shutil.copytree(kept, store, dirs_exist_ok=True)
        with suppress(OSError), (store / "filler").open("wb", buffering=0) as filler:
            while filler.write(b"x" * 512):
                pass
        yield ()
    finally:
        subprocess.run(["umount", str(store)], check=True)


def test_a_full_disk_loses_nothing_that_was_acknowledged(world: World, full: tuple[str, ...]) -> None:
    """A hook that cannot write says so in one line and ends with 0; when there is room, it goes on."""
    done = told(world, "z = load(body)\n", by=full)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    goes_on(world, by=full)
    blame = ran(world, "blame", "--json", "a.py", by=full)
    assert (blame.returncode, "Traceback" in blame.stderr) == (0, False)
    store = Path(place_of(world.here + os.sep).store)
    (store / "filler").unlink(missing_ok=True)
    assert agents_lines(world) == [3]
    assert told(world, "last = load(body)\n").stderr == ""
    assert agents_lines(world) == [3, 5]
