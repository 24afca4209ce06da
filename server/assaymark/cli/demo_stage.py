"""
Where a demonstration takes place: a temporary folder with a repository, and programs that see nothing else.

Invariants:
    Every command is printed before it runs, and what it says after it.
    Programs see a home and a configuration of git that lie in the folder, and nothing of the user's.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from assaymark.cli.output import say
from assaymark.cli.style import Style, harmless
from assaymark.dataclass import dataclass, field

_SECONDS = 60
_LOOKED_UP_AT_HOME = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
_XDG = {
    "XDG_STATE_HOME": "state",
    "XDG_CONFIG_HOME": "config",
    "XDG_CACHE_HOME": "cache",
    "XDG_DATA_HOME": "data",
}
_GIT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_EDITOR": "true",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.org",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.org",
}


class Failed(Exception):
    """A command of a demonstration failed; the text says which and what it said."""


class Wrong(Exception):
    """A demonstration came out otherwise than it should."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The *folder* of a demonstration; the repository is `shop` in it. Programs see *more* variables too."""

    folder: Path
    style: Style
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def shop(self) -> Path:
        return self.folder / "shop"

    @property
    def environment(self) -> dict[str, str]:
        """What programs see."""
        home = self.folder / "home"
        # Where else git looks, and what agents tell the programs that they start.
        ours = {
            name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "ASSAYMARK_"))
        }
        places = {name: str(home / below) for name, below in _XDG.items()}
        config = {"GIT_CONFIG_GLOBAL": str(home / "gitconfig")}
        return {
            **ours,
            **dict.fromkeys(_LOOKED_UP_AT_HOME, str(home)),
            **places,
            **_GIT,
            **config,
            **self.more,
        }

    def tell(self, text: str) -> None:
        """Effect: says what is going on."""
        say([f"\n{self.style('good', text)}\n"])

    def begin(self) -> None:
        """Effect: there is a repository, with the hooks of git in it. Raises Failed."""
        (self.folder / "home").mkdir()
        self.shop.mkdir()
        self.tell("A repository, and what makes git tell us of commits")
        self.run("git", "init", "-q", "-b", "main", ".")
        self.run("assaymark", "hooks", "install", "git")

    def run(self, *words: str, given: str = "", shown: str = "", check: bool = True) -> str:
        """
        What a command said.

        Effect: prints the command (*shown* behind it, where its input came from) and what it said. Raises
        Failed unless it ended with 0, or *check* is false.
        """
        say([f"  {self.style('path', f'$ {shlex.join(words)}{shown}')}\n"])
        code, said = self.ran(words, given)
        say(f"    {harmless(line)}\n" for line in said.splitlines())
        if check and code:
            msg = f"{shlex.join(words)} ended with {code}"
            raise Failed(msg)
        return said

    def ran(self, words: Sequence[str], given: str = "") -> tuple[int, str]:
        """The exit code of a command and what it said, which is not printed. Raises Failed."""
        with self.started(words) as running:
            try:
                said, _ = running.communicate(given.encode(), timeout=_SECONDS)
            except BaseException:
                running.kill()
                raise
        return running.returncode, said.decode("utf-8", "replace")

    def started(self, words: Sequence[str], errors: int = subprocess.STDOUT) -> subprocess.Popen[bytes]:
        """A command that runs in the repository; *errors* as in Popen. Raises Failed where there is none."""
        ours = (sys.executable, "-P", "-m", "assaymark")
        command = [one for word in words for one in (ours if word == "assaymark" else (word,))]
        try:
            return subprocess.Popen(
                command,
                cwd=self.shop,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        except OSError as error:
            msg = f"{words[0]} cannot be started: {error.strerror}"
            raise Failed(msg) from error

    def write(self, path: str, text: str) -> None:
        """Effect: *path* of the repository holds *text*."""
        (self.shop / path).write_bytes(text.encode())

    def remove(self, path: str) -> None:
        """Effect: the folder *path* of the repository is gone."""
        say([f"  {self.style('path', f'$ rm -r {path}')}\n"])
        shutil.rmtree(self.shop / path)

    def agent_edits(self, path: str, old: str, new: str, tool: str = "claude") -> None:
        """Effect: an agent replaces *old* by *new* in *path*, and its hook is told; see `edited`."""
        payload = self.edited(path, old, new, tool)
        self.hook(tool, payload, f"{tool}-edit.json")

    def edited(self, path: str, old: str, new: str, tool: str = "claude") -> dict[str, object]:
        """What an agent tells its hook of an edit. Effect: makes it; where *old* is empty, *path* is new."""
        file = self.shop / path
        before = file.read_bytes().decode() if file.exists() else ""
        after = before.replace(old, new, 1) if old else new
        file.write_bytes(after.encode())
        if tool == "codex":
            return _of_codex(self.shop, path, old, new)
        return _of_claude(self.shop, file, (before, old, new))

    def hook(self, tool: str, payload: Mapping[str, object], name: str) -> None:
        """Effect: the hook of *tool* gets *payload*, which lies under *name* beside the repository."""
        text = json.dumps(payload)
        (self.folder / name).write_text(text, encoding="utf-8")
        self.run("assaymark", "hook", tool, given=text, shown=f" < ../{name}")


def claude_says(shop: Path, event: str, **more: object) -> dict[str, object]:
    """A payload of Claude Code."""
    return {
        "session_id": "6f1c2b9e-demo",
        "transcript_path": str(shop.parent / "home" / "transcript.jsonl"),
        "cwd": str(shop),
        "permission_mode": "default",
        "hook_event_name": event,
        **more,
    }


def _of_claude(shop: Path, file: Path, edit: tuple[str, str, str]) -> dict[str, object]:
    before, old, new = edit
    texts = {"oldString": old, "newString": new, "originalFile": before, "structuredPatch": []}
    return claude_says(
        shop,
        "PostToolUse",
        tool_name="Edit",
        tool_use_id=f"toolu_{abs(hash((file.name, old, new))):x}",
        tool_input={"file_path": str(file), "old_string": old, "new_string": new, "replace_all": False},
        tool_response={"filePath": str(file), **texts, "userModified": False, "replaceAll": False},
    )


def _of_codex(shop: Path, path: str, old: str, new: str) -> dict[str, object]:
    changed = "".join(f"-{line}\n" for line in old.splitlines()) + "".join(
        f"+{line}\n" for line in new.splitlines()
    )
    patch = f"*** Begin Patch\n*** Update File: {path}\n@@\n{changed}*** End Patch"
    return {
        "session_id": "019a-demo",
        "turn_id": "turn-1",
        "transcript_path": str(shop.parent / "home" / "rollout.jsonl"),
        "cwd": str(shop),
        "hook_event_name": "PostToolUse",
        "model": "gpt-5.5",
        "permission_mode": "default",
        "tool_name": "apply_patch",
        "tool_use_id": f"call_{abs(hash(patch)):x}",
        "tool_input": {"command": patch},
        "tool_response": f"Success. Updated the following files:\nM {path}",
    }
