"""
Where hooks are installed: each tool's settings, and the folder in which git looks for its hooks.

Invariants:
    Git's configuration is read by git and none of it is run.
    A hook's folder in the work tree that git does not ignore belongs to the project: whoever clones it sees
    what is there.
"""

# Paths stay strings, as everywhere that they are compared with what others wrote.
# ruff: noqa: PTH100, PTH112, PTH113, PTH117, PTH118, PTH119, PTH120

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from assaymark.dataclass import dataclass, field
from assaymark.hooks.install.commands import ON_PATH, Program, anywhere, in_sh
from assaymark.hooks.install.tool import Commands, Scope, Tool
from assaymark.record.absence import FOLDER
from assaymark.repository.git import GitError, run
from assaymark.repository.place import Place, state_folder

_NAME = "assaymark"


@dataclass(frozen=True, slots=True)
class Site:
    """The machine and the repository that hooks are installed in."""

    place: Place
    environ: Mapping[str, str]
    home: str
    platform: str
    program: Program

    @property
    def state(self) -> str:
        """The folder of what is remembered."""
        return os.path.join(state_folder(self.environ, self.home, self.platform), FOLDER)

    def home_of(self, tool: Tool) -> str:
        """The folder of *tool* for the user."""
        given = self.environ.get(tool.variable, "") if tool.variable else ""
        return given if os.path.isabs(given) else os.path.join(self.home, *tool.home.split("/"))

    def settings_of(self, tool: Tool, scope: Scope) -> str:
        """The file that hooks of *tool* are put into."""
        if scope is Scope.project:
            return os.path.join(self.place.top, *tool.shared.split("/"))
        return os.path.join(self.home_of(tool), *tool.file.split("/"))

    def has(self, tool: Tool) -> bool:
        """Whether *tool* seems to be used here."""
        shared = os.path.dirname(self.settings_of(tool, Scope.project))
        return os.path.isdir(self.home_of(tool)) or os.path.isdir(shared)

    def program_for(self, scope: Scope) -> Program:
        """What commands name: this program, or in what is committed PATH alone."""
        return self.program if scope is Scope.user else ON_PATH

    def commands(self, tool: str, scope: Scope, event: str) -> Commands:
        """The commands for *event* of *tool*. Raises UnspeakableError."""
        program = self.program_for(scope)
        simple, general = in_sh(program, tool, event), anywhere(program, tool, event)
        # On this machine the shell of a tool is known, but on Windows.
        is_known = scope is Scope.user and self.platform != "win32"
        return Commands(simple, general, simple if is_known else general)

    def shown(self, place: str) -> str:
        """*place* as people write it."""
        for folder, short in ((self.place.top, ""), (self.home, "~")):
            if place.startswith(folder.rstrip(os.sep) + os.sep) and folder != os.sep:
                rest = place[len(folder.rstrip(os.sep)) + 1 :]
                return os.path.join(short, rest) if short else rest
        return place


@dataclass(frozen=True, slots=True)
class HookFolder:
    """
    The folder of git's hooks.

    *is_shared*: it is part of the project. *of_others*: other repositories look there too. *note*: what
    there is to know of it.
    """

    path: str
    is_shared: bool = False
    of_others: bool = False
    note: str = field(default="")


def hook_folder(place: Place, scope: Scope) -> HookFolder | None:
    """
    Where git looks for the hooks of *place*; None where there is no git or no work tree. Raises GitError.
    """
    if place.common is None or place.common == place.top:
        return None
    configured, of_others = _configured(place.top)
    if not configured:
        return HookFolder(os.path.join(place.common, "hooks"))
    folder = os.path.normpath(os.path.join(place.top, configured))
    above, name = os.path.split(folder)
    # Husky: scripts of the project, and beside them a folder of its own that calls them.
    if name == "_" and scope is Scope.project:
        return HookFolder(above, is_shared=True)
    is_husky = name == "_"
    note = "husky writes this folder anew when packages are installed; then install again" if is_husky else ""
    return HookFolder(folder, _is_seen(folder, place), of_others, note)


def this_program(started: str, interpreter: str) -> Program:
    """The program that runs now: as it was started, the script beside the interpreter, or a module of it."""
    names = (_NAME, f"{_NAME}.exe")
    beside = [os.path.join(os.path.dirname(interpreter), name) for name in names] if interpreter else []
    for script in ([os.path.abspath(started)] if os.path.basename(started) in names else []) + beside:
        if os.path.isfile(script) and os.access(script, os.X_OK):
            return Program((script,))
    # -P: the current folder may hold anything.
    return Program((interpreter, "-P", "-m", _NAME)) if interpreter else ON_PATH


def our_site(place: Place) -> Site:
    """The machine, as far as it concerns what stands at *place*."""
    return Site(place, os.environ, str(Path.home()), sys.platform, this_program(sys.argv[0], sys.executable))


def _configured(top: str) -> tuple[str, bool]:
    """The folder that configuration names, or nothing; and whether that is not of this repository alone."""
    out = run(("config", "--show-scope", "-z", "--type=path", "--get-all", "core.hooksPath"), top)
    words = os.fsdecode(out).split("\0")
    # What we ask git with ourselves is of the scope `command`.
    found = [
        (scope, path) for scope, path in zip(words[::2], words[1::2], strict=False) if scope != "command"
    ]
    if not found:
        return "", False
    scope, path = found[-1]
    return path, scope not in {"local", "worktree"} and os.path.isabs(path)


def _is_seen(folder: str, place: Place) -> bool:
    inside = place.inside(os.path.join(folder, "post-commit"))
    if inside is None:
        return False
    try:
        run(("check-ignore", "-q", "--", inside), place.top)
    except GitError:
        return True
    return False
