"""
The process beside the server that judges what agents write, for their hooks (`hooks/checking/serving`).

Invariants:
    It is started where agents with hooks work, behind all that somebody waits for, once for the same folders;
    again where it ended by itself, unless it did so at once.
    It is one of its own: nothing that it is asked holds up the server. It ends with its input, so with us.
"""
# Paths stay strings, as those of the ledger do.
# ruff: noqa: PTH112, PTH118, PTH120

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

    from assaymark.lsp.document import Later

_BOOT = (
    "import sys; n = int(sys.argv[1]) + 2; sys.path[:] = sys.argv[2:n];"
    "from assaymark.hooks.checking.serving import serve; serve(sys.argv[n:])"
)
# What hooks keep of conversations, and of what was found in their edits.
_KEPT = ("sessions", "answers")
_FIRST, _AGAIN = 2.0, 30.0
_ENDS_IN = 1.0


class Agents:
    """What answers the hooks of agents that work in the same folders."""

    def __init__(self, folders: Callable[[], Sequence[str]], later: Later) -> None:
        """*folders* are the URIs of the workspace."""
        self._folders = folders
        self._later = later
        self._served: tuple[str, ...] = ()
        # Those that run, the one that serves as the last.
        self._started: list[subprocess.Popen[bytes]] = []
        self._has_served = False
        self._has_ended = False

    def follow(self, seconds: float = _FIRST) -> None:
        """Effect: from then on it is looked now and again where agents work."""
        # Windows has no such sockets for Python.
        if os.name == "posix" and not self._has_ended:
            self._later(seconds, self._look)

    def end(self) -> None:
        """Effect: what was started is gone, and nothing is started any more."""
        from subprocess import TimeoutExpired

        self._has_ended = True
        self._stop()
        for process in self._started:
            try:
                process.wait(_ENDS_IN)
            except TimeoutExpired:
                process.kill()
                process.wait()

    def _look(self) -> None:
        if self._has_ended:
            return
        # Late, as below: it is imported before `initialize` is answered.
        from assaymark.lsp.places import file_path

        places = (file_path(uri) for uri in self._folders() if uri.startswith("file:"))
        folders = tuple(folder for folder in places if _is_worked_in(folder))
        self._see()
        if folders != self._served:
            self._stop()
            self._served, self._has_served = folders, False
            if folders:
                # Without it hooks do all themselves.
                with contextlib.suppress(OSError):
                    self._started.append(_started(folders))
        self.follow(_AGAIN)

    def _see(self) -> None:
        """Effect: what ended is forgotten; if that served for a while, as until an update, it is missed."""
        serving = self._started[-1] if self._started and self._served else None
        self._started = [one for one in self._started if one.poll() is None]
        if serving is not None and serving in self._started:
            self._has_served = True
        elif self._has_served:
            self._served = ()

    def _stop(self) -> None:
        """Effect: what runs is about to end; nobody waits for that here."""
        for process in self._started:
            if process.stdin is not None:
                process.stdin.close()


def _is_worked_in(folder: str) -> bool:
    """Whether the hooks of an agent have kept something beside the ledger of *folder*."""
    from assaymark.repository.place import place_of

    store = place_of(os.path.join(folder, "")).store
    return any(os.path.isdir(os.path.join(store, name)) for name in _KEPT)


def _started(folders: Sequence[str]) -> subprocess.Popen[bytes]:
    import subprocess

    from assaymark.second.environment import road

    path = road(sys.path, folders)
    return subprocess.Popen(
        (sys.executable, "-I", "-c", _BOOT, str(len(path)), *path, *folders),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Where the editor's server was started may be the project.
        cwd=os.path.dirname(os.path.abspath(sys.executable)),  # noqa: PTH100
    )
