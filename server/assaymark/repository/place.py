"""
Where a file stands: its work tree, the git directory of that, and the folder in which we remember things.

Invariants:
    No process is started; nothing is written.
    A path leads out of no work tree, by `..` or by a symbolic link: what lies elsewhere has no path here.
    All work trees of a repository share one store.
"""
# Paths stay strings: a hook asks this, and `pathlib` would be most of its wait.
# ruff: noqa: PTH100, PTH111, PTH112, PTH113, PTH114, PTH117, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import sys

from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_LINK = 8192


class Place(NamedTuple):
    """
    Where something stands.

    *top* is the root of its work tree, or its folder where there is no git; *common* the git directory that
    all work trees of the repository share; *store* the folder of the ledger, which need not be there yet;
    *path* its path from the top, with `/`, and None for the top itself and for what lies outside.
    """

    top: str
    common: str | None
    store: str
    path: str | None

    def inside(self, path: str) -> str | None:
        """The path from the top of what lies at *path* (absolute, or from the top); None outside of it."""
        return _inside(self.top, self.common, os.path.join(self.top, path))


def place_of(path: str) -> Place:
    """The place of a file or folder, which need not be there. What is no path at all counts as outside."""
    # Nothing is called that on any disk; the folder that it starts with is.
    whole, is_path = path.partition("\0")[0], "\0" not in path
    asked = os.path.abspath(whole)
    folder = asked if os.path.isdir(asked) else os.path.dirname(asked)
    # First as it is named, so that a link in a work tree counts as leading out of it; then as it lies.
    top, common = _repository(folder) or _repository(os.path.realpath(folder)) or (folder, None)
    top = os.path.realpath(top)
    return Place(top, common, _store(top, common), _inside(top, common, asked) if is_path else None)


def state_folder(environ: Mapping[str, str], home: str, platform: str) -> str:
    """The user's folder for what we remember where no git directory can hold it."""
    given = environ.get("LOCALAPPDATA" if platform == "win32" else "XDG_STATE_HOME", "")
    # XDG: a relative path counts as unset, and would lie in whatever is looked at.
    if os.path.isabs(given):
        return os.path.join(given, "assaymark")
    if platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "assaymark")
    return os.path.join(home, ".local", "state", "assaymark")


def _repository(folder: str) -> tuple[str, str] | None:
    """The root and the shared git directory of what *folder* is in: a work tree, or a git directory."""
    while True:
        git = git_directory(folder)
        if git is not None:
            return folder, _shared(git)
        if _is_git_directory(folder):
            return folder, _shared(folder)
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def git_directory(folder: str) -> str | None:
    """The git directory of a work tree whose root is *folder*: its `.git`, or what that file names."""
    git = os.path.join(folder, ".git")
    if os.path.isfile(git):
        # gitrepository-layout(5): "gitdir: <path>", from the folder that the file is in.
        said = _first_line(git)
        git = os.path.join(folder, said.removeprefix("gitdir:").strip()) if said.startswith("gitdir:") else ""
    return os.path.realpath(git) if git and _is_git_directory(git) else None


def _is_git_directory(folder: str) -> bool:
    """Whether git would take *folder* for one of its own."""
    if not os.path.lexists(os.path.join(folder, "HEAD")):
        return False
    has_objects = all(os.path.isdir(os.path.join(folder, name)) for name in ("objects", "refs"))
    return has_objects or os.path.isfile(os.path.join(folder, "commondir"))


def _shared(git: str) -> str:
    """The git directory that *git* shares with the other work trees."""
    said = _first_line(os.path.join(git, "commondir"))
    return os.path.realpath(os.path.join(git, said) if said else git)


def _first_line(file: str) -> str:
    try:
        with open(file, "rb") as opened:
            return os.fsdecode(opened.readline(_LONGEST_LINK).rstrip(b"\r\n"))
    except OSError:
        return ""


def _store(top: str, common: str | None) -> str:
    if common is not None and _is_ours(os.path.join(common, "assaymark")):
        return os.path.join(common, "assaymark")
    # Late: it loads OpenSSL, and few places are without git.
    import hashlib

    key = hashlib.sha256(os.fsencode(common or top)).hexdigest()[:32]
    return os.path.join(state_folder(os.environ, os.path.expanduser("~"), sys.platform), key)


def _is_ours(store: str) -> bool:
    """Whether we can keep something in *store*: it is no way to elsewhere, and nobody else's."""
    if os.path.islink(store):
        return False
    if not os.path.isdir(store):
        return os.access(os.path.dirname(store), os.W_OK | os.X_OK)
    key = os.path.join(store, "key")
    return os.access(store, os.W_OK | os.X_OK) and (os.access(key, os.R_OK) or not os.path.lexists(key))


def _inside(top: str, common: str | None, path: str) -> str | None:
    """The path of *path* from *top*: None for the top, outside of it, and in a git directory."""
    if "\0" in path:
        return None
    real, root = os.path.realpath(path), top.rstrip(os.sep) + os.sep
    if not real.startswith(root) or common == top:
        return None
    if common is not None and (real + os.sep).startswith(common + os.sep):
        return None
    return real.removeprefix(root).replace(os.sep, "/") or None
