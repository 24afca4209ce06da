"""
Where the real editors are that the tests drive, and what runs them.

Invariants:
    An editor that is not set up skips its tests; with ASSAYMARK_EDITORS_NEEDED set (`make test-editors`) it fails them.
    Nothing of the person's own settings, state or cache is read or written, and every editor has a time to end by.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A test's own places hide this variable, so it is read once, before.
_CACHE = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
EDITORS = Path(os.environ.get("ASSAYMARK_EDITORS") or Path(_CACHE) / "assaymark-editors")
_WORDS = {"GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.org"}


def installed(name: str, program: str) -> Path:
    """The *program* of the editor *name*. Skips the test, or fails it, where it is not set up."""
    found = EDITORS / name / "tree/usr/bin" / program
    if found.exists() and (EDITORS / name / ".ready").exists():
        return found
    return absent(name)


def absent(name: str) -> Path:
    """Never returns: *name* is not set up."""
    reason = f"{name} is not set up: make test-editors"
    if os.environ.get("ASSAYMARK_EDITORS_NEEDED"):
        pytest.fail(reason)
    pytest.skip(reason)


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """The environment of a person who has nothing of their own, with the program `assaymark` of this tree on PATH."""
    # Compiled rules are the same for everybody, and take seconds to compile.
    cache = EDITORS / "cache"
    for folder in (cache, *(home / name for name in ("config", "state", "share", "run", "bin"))):
        folder.mkdir(parents=True, exist_ok=True)
    program = home / "bin" / "assaymark"
    if not program.exists():
        program.write_text(
            f'#!/bin/sh\nPYTHONPATH={ROOT / "server"} exec {sys.executable} -m assaymark "$@"\n', "utf-8"
        )
        program.chmod(0o755)
    return {
        "PATH": os.pathsep.join((str(home / "bin"), sysconfig.get_path("scripts"), os.environ["PATH"])),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_DATA_HOME": str(home / "share"),
        "XDG_CACHE_HOME": str(cache),
        "XDG_RUNTIME_DIR": str(home / "run"),
        **_WORDS,
        **{name.replace("AUTHOR", "COMMITTER"): value for name, value in _WORDS.items()},
        **more,
    }


def ran(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str], seconds: float = 60
) -> subprocess.CompletedProcess[str]:
    """What *command* printed and ended with. Effect: it, and all that it started, ends in *seconds*."""
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as child:
        try:
            said, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(child)
            said, _ = child.communicate()
            pytest.fail(f"{command[0]} did not end in {seconds} s; it said:\n{said}")
        finally:
            _end(child)
    return subprocess.CompletedProcess(list(map(str, command)), child.returncode, said)


def _end(child: subprocess.Popen[str]) -> None:
    """Effect: the session that *child* leads is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def repository(folder: Path, environment: Mapping[str, str], files: Mapping[str, str]) -> Path:
    """*folder* as a git work tree in which *files* are committed."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["commit", "-q", "--allow-empty", "-m", "Begin"],
    ):
        subprocess.run(["git", *words], cwd=folder, env=dict(environment), check=True)
    return folder


def neovim(name: str = "neovim") -> tuple[Path, dict[str, str]]:
    """Neovim, and what its environment needs."""
    program = installed(name, "nvim")
    return program, {"VIMRUNTIME": str(program.parents[1] / "share/nvim/runtime")}


def emacs() -> tuple[list[str | Path], dict[str, str]]:
    """Emacs, and what its environment needs: it looks for its own files where it was built for."""
    program = installed("emacs", "emacs-nox")
    system = program.parents[1]
    (own,) = (system / "share/emacs").glob("[0-9]*")
    (image,) = (system / "libexec/emacs").rglob("emacs-*.pdmp")
    lisp = [str(folder) for folder in [own / "lisp", *sorted((own / "lisp").rglob("*"))] if folder.is_dir()]
    return [program, f"--dump-file={image}"], {
        "EMACSDATA": str(own / "etc"),
        "EMACSDOC": str(own / "etc"),
        "EMACSPATH": str(image.parent),
        "EMACSLOADPATH": os.pathsep.join(lisp),
    }


@contextlib.contextmanager
def terminal(folder: Path, environment: Mapping[str, str], size: tuple[int, int]) -> Iterator[Terminal]:
    """A terminal of its own, with a shell in it. Effect: at the end nothing that it started runs."""
    program = shutil.which("tmux") or str(installed("tmux", "tmux"))
    socket = folder / "tmux"
    screen = Terminal(program, str(socket), dict(environment))
    screen.tell("new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), "-c", str(folder), "/bin/sh")
    try:
        yield screen
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            screen.tell("kill-server")


class Terminal:
    """Keys go in, and what is on the screen comes out."""

    def __init__(self, program: str, socket: str, environment: dict[str, str]) -> None:
        self._command = [program, "-f", "/dev/null", "-S", socket]
        self._environment = environment

    def tell(self, *words: str) -> str:
        """What tmux answers."""
        return subprocess.run(
            [*self._command, *words],
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        ).stdout

    def keys(self, *keys: str) -> None:
        """Effect: *keys* are pressed, by tmux's names."""
        self.tell("send-keys", *keys)

    def text(self, text: str) -> None:
        """Effect: *text* is typed."""
        self.tell("send-keys", "-l", text)

    def until(self, *texts: str, seconds: float = 30) -> str:
        """The screen once all *texts* are on it. Raises AssertionError when they do not come in *seconds*."""
        end = time.monotonic() + seconds
        while not all(text in (shown := self.screen()) for text in texts):
            assert time.monotonic() < end, f"of {texts} not all came; there is:\n{shown}"
            time.sleep(0.02)
        return shown

    def gone(self, text: str, seconds: float = 20) -> None:
        """Returns when *text* is not on the screen any more, or no screen is there. Raises AssertionError."""
        end = time.monotonic() + seconds
        with contextlib.suppress(subprocess.CalledProcessError):
            while text in (shown := self.screen()):
                assert time.monotonic() < end, f"{text} did not go; there is:\n{shown}"
                time.sleep(0.02)

    def screen(self, *, colours: bool = False) -> str:
        """What is to be seen."""
        return self.tell("capture-pane", "-p", *(["-e"] if colours else []))
