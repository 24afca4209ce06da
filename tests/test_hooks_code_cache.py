"""Hooks load what was compiled before from one file, and nothing of it where a source is another."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[1]
# Says at the end which of our modules came from the file, where that is how the process ends.
SHOW = """
import os, sys
from assaymark.cli.entry import main
leave = os._exit
def end(code):
    kinds = {name: type(module.__spec__.loader).__name__ for name, module in sys.modules.items() if name[:9] == "assaymark"}
    print(*[name for name, kind in kinds.items() if kind == "CodeCache"], file=sys.stderr)
    sys.stderr.flush()
    leave(code)
os._exit = end
main()
"""


class Copy:
    """The program, where a test may write, and a repository."""

    def __init__(self, folder: Path) -> None:
        self.code = folder / "server" / "assaymark"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "server" / "assaymark", self.code, ignore=ignored)
        (folder / "rules").symlink_to(ROOT / "rules")
        self.top = folder / "project"
        subprocess.run(["git", "init", "-q", str(self.top)], check=True)
        (self.top / "a.txt").write_text("new\n", "utf-8")

    @property
    def file(self) -> Path:
        return self.code / "__pycache__" / f"hooks.{sys.implementation.cache_tag}.code"

    def events(self) -> int:
        """How many lines the record holds."""
        spool = self.top / ".git" / "assaymark" / "spool"
        return sum(len(file.read_bytes().splitlines()) for file in spool.iterdir() if file.is_file())

    def edited(self, *options: str, **environ: str) -> set[str]:
        """The modules that the hook of an edit loads from the file; the edit is recorded."""
        payload = {
            "session_id": "s",
            "cwd": str(self.top),
            "hook_event_name": "PostToolUse",
            "tool_name": "Edit",
            "tool_input": {"file_path": f"{self.top}/a.txt", "old_string": "old\n", "new_string": "new\n"},
            "tool_response": {"filePath": f"{self.top}/a.txt"},
        }
        before = self.events() if (self.top / ".git" / "assaymark").exists() else 0
        ran = subprocess.run(
            [sys.executable, *options, "-c", SHOW, "hook", "claude"],
            input=json.dumps(payload).encode(),
            env={**os.environ, "PYTHONPATH": str(self.code.parent), **environ},
            cwd=self.top,
            capture_output=True,
            check=True,
        )
        assert ran.stdout == b""
        assert self.events() > before
        return set(ran.stderr.decode().split())


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("copy"))


@pytest.fixture
def copy(copied: Copy) -> Copy:
    """One whose file is as the first hook left it."""
    copied.file.unlink(missing_ok=True)
    assert copied.edited() == set()
    return copied


def test_the_second_hook_loads_all_but_the_first_modules_from_the_file(copy: Copy) -> None:
    loaded = copy.edited()
    assert {"assaymark.hooks.entry", "assaymark.ledger", "assaymark.ledger.spool"} <= loaded
    assert not loaded & {"assaymark", "assaymark.cli.entry", "assaymark.hooks.code_cache"}
    kept = copy.file.read_bytes()
    copy.edited()
    assert copy.file.read_bytes() == kept, "nothing new was loaded"


def test_a_module_whose_source_is_another_is_loaded_as_ever_and_kept_anew(copy: Copy) -> None:
    source = copy.code / "hooks" / "placing.py"
    whole = source.read_text("utf-8")
    source.write_text(f"{whole}\nimport sys\nprint('changed', file=sys.stderr)\n", "utf-8")
    try:
        loaded = copy.edited()
        assert "changed" in loaded
        assert "assaymark.hooks.placing" not in loaded
        assert "assaymark.hooks.entry" in loaded
        assert {"changed", "assaymark.hooks.placing"} <= copy.edited()
    finally:
        source.write_text(whole, "utf-8")


@pytest.mark.parametrize(
    "content", [b"", b"no code", b"\xe3" * 100, b"i\x01\x00\x00\x00", b")\x02)\x00{0"], ids=repr
)
def test_a_file_that_cannot_be_read_is_made_again(copy: Copy, content: bytes) -> None:
    copy.file.write_bytes(content)
    assert copy.edited() == set()
    assert "assaymark.hooks.entry" in copy.edited()


def test_what_was_compiled_elsewhere_or_otherwise_is_not_loaded(copy: Copy) -> None:
    """As by the same version of Python with other options, and in a program that was moved."""
    assert copy.edited("-O") == set()
    assert "assaymark.hooks.entry" in copy.edited("-O")
    moved = copy.code.parent.with_name("moved")
    copy.code.parent.rename(moved)
    try:
        other = Copy.__new__(Copy)
        other.code, other.top = moved / "assaymark", copy.top
        assert other.edited() == set()
    finally:
        moved.rename(copy.code.parent)


def test_nothing_is_written_where_python_would_write_nothing(copy: Copy) -> None:
    copy.file.unlink()
    assert copy.edited("-B") == set()
    assert copy.edited(PYTHONPYCACHEPREFIX=str(copy.top / "elsewhere")) == set()
    assert not copy.file.exists()
    copy.file.mkdir()
    try:
        assert copy.edited() == set()
        assert not [*copy.file.parent.glob("hooks.*.code.*")], "a part of one is left"
    finally:
        copy.file.rmdir()
