"""
The process beside the server that judges what agents write, for their hooks (`hooks/checking/serving`).

Invariants:
    It is started where hooks record something, behind all that somebody waits for, once for the same folders.
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
_FIRST, _AGAIN = 2.0, 30.0
_ENDS_IN = 1.0


class Agents:
    """What answers the hooks of agents that work in the same folders."""

    def __init__(self, folders: Callable[[], Sequence[str]], later: Later) -> None:
        """*folders* are the URIs of the workspace."""
        self._folders = folders
        self._later = later
        self._served: tuple[str, ...] = ()
        self._process: subprocess.Popen[bytes] | None = None
        self._has_ended = False

    def follow(self, seconds: float = _FIRST) -> None:
        """Effect: from then on it is looked now and again where agents work."""
        # Windows has no such sockets for Python.
        if os.name == "posix" and not self._has_ended:
            self._later(seconds, self._look)

    def end(self) -> None:
        """Effect: the process is gone, and none is started any more."""
        self._has_ended = True
        self._stop()

    def _look(self) -> None:
        if self._has_ended:
            return
        # Late, as below: it is imported before `initialize` is answered.
        from assaymark.lsp.places import file_path

        places = (file_path(uri) for uri in self._folders() if uri.startswith("file:"))
        folders = tuple(folder for folder in places if _is_reported(folder))
        if folders and folders != self._served:
            self._stop()
            self._served = folders
            # Without it hooks do all themselves.
            with contextlib.suppress(OSError):
                self._process = _started(folders)
        self.follow(_AGAIN)

    def _stop(self) -> None:
        running, self._process = self._process, None
        if running is None or running.stdin is None:
            return
        from subprocess import TimeoutExpired

        running.stdin.close()
        try:
            running.wait(_ENDS_IN)
        except TimeoutExpired:
            running.kill()
            running.wait()


def _is_reported(folder: str) -> bool:
    """Whether hooks have recorded something for the repository of *folder*."""
    from assaymark.repository.place import place_of

    return os.path.isdir(os.path.join(place_of(os.path.join(folder, "")).store, "spool"))


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
