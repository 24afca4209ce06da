"""What `assaymark demo` shows is so, and nothing is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from assaymark.cli.demo_search import found_in
from cli_world import program

pytestmark = pytest.mark.e2e


def started(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """A demonstration whose temporary folder is made in *folder*."""
    server = Path(__file__).parents[1] / "server"
    return subprocess.Popen(
        program("demo", *words),
        cwd=folder.parent,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(server)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "temporary").mkdir()
    return tmp_path / "temporary"


@pytest.mark.parametrize(
    "which, shows",
    [
        ("origin", ["typed in the editor", "GitHub Copilot", "Claude Code", "unknown (pasted)", "nothing was guessed"]),
        ("history", ["git commit -q --amend", "git rebase", "notes carry", "the lines are still their authors'"]),
        ("crash", ["were killed before that", "ledger verify", "No problems.", "nothing is damaged"]),
        ("gate", ["Committing anyway.", "Run: assaymark notes fetch", "timed out after 1 s. This is not a pass.", "passed only"]),
        ("cheat", ["only a person can mark code as reviewed", "The hooks of git are gone", "each attempt is named"]),
        ("privacy", ["$ assaymark lsp", "# typed: MARKER", "0 of them with the marker", "git hash-object", "In none of"]),
    ],
)  # fmt: skip
def test_a_demonstration_comes_out_as_it_should(folder: Path, which: str, shows: list[str]) -> None:
    """It prints the commands and what they say, ends with 0, and its folder is gone."""
    out, err = started(folder, which).communicate(timeout=110)
    assert err == b""
    said = out.decode()
    assert [one for one in shows if one not in said] == []
    assert "$ git init" in said
    assert list(folder.iterdir()) == []


def test_an_interrupt_leaves_nothing_behind(folder: Path) -> None:
    """Ctrl-C goes to the whole group, as from a terminal."""
    running = started(folder, "history")
    assert running.stdout is not None
    while b"git checkout" not in running.stdout.readline():
        pass
    os.killpg(running.pid, signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode not in {0, 1}
    assert b"Traceback" not in err
    assert list(folder.iterdir()) == []


def test_the_search_opens_what_hides_a_text(tmp_path: Path) -> None:
    """Compressed, in a pack, in a database, as hex and as base64."""
    import base64
    import sqlite3
    import zlib

    marker = b"a-marker-of-nobody"
    (tmp_path / "packed").write_bytes(zlib.compress(b"x " + marker))
    (tmp_path / "hex").write_bytes(marker.hex().encode())
    for n in range(3):
        (tmp_path / f"base64-{n}").write_bytes(base64.b64encode(b"y" * n + marker + b"more"))
    database = sqlite3.connect(tmp_path / "rows")
    database.execute("CREATE TABLE t (one BLOB)")
    database.execute("INSERT INTO t VALUES (?)", (zlib.compress(marker),))
    database.commit()
    database.close()
    git = tmp_path / "git"
    subprocess.run(["git", "init", "-q", str(git)], check=True)
    (git / "file").write_bytes(marker)
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (
        ["add", "."],
        [*identity, "commit", "-qm", "x"],
        ["repack", "-adq"],
        ["prune-packed", "-q"],
    ):
        subprocess.run(["git", *words], cwd=git, check=True, capture_output=True)
    (git / "file").unlink()
    _, found = found_in([tmp_path, git], marker)
    kinds = {name.split(" ")[0].split(",")[0].rpartition("/")[2] for name in found}
    assert kinds >= {"packed", "hex", "base64-0", "base64-1", "base64-2", "rows", "the"}
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_bytes(marker[:-1])
    assert found_in([tmp_path / "other"], marker)[1] == []


def test_what_is_kept_is_told(folder: Path) -> None:
    """The folder is left, and named."""
    out, _ = started(folder, "--keep", "privacy").communicate(timeout=110)
    (kept,) = folder.iterdir()
    assert f"Kept: {kept}" in out.decode()
    assert (kept / "shop" / "shop.py").is_file()
