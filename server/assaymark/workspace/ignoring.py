"""
What `.gitignore` files leave out, as git reads them: nested, the innermost first.

Invariants:
    A folder that was named is never ignored.
    A file that cannot be read or understood ignores nothing.
"""
# ruff: noqa: PTH118, PTH206

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.workspace.project import repository_of
from assaymark.workspace.reading import Unreadable, read

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class Ignores:
    """The `.gitignore` files in force, outermost first, each with the folder it stands in."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def with_file(self, folder: str, name: str = ".gitignore") -> Ignores:
        spec = _spec(os.path.join(folder, name))
        return self if spec is None else Ignores((*self.specs, (with_separator(folder), spec)))

    def hold(self, place: str, *, folder: bool) -> bool:
        """Whether *place* is ignored: the innermost file that has an opinion decides."""
        for folder_of_spec, spec in reversed(self.specs):
            relative = place.removeprefix(folder_of_spec).replace(os.sep, "/") + ("/" if folder else "")
            include = spec.check_file(relative).include
            if include is not None:
                return include
        return False


def ignores_above(root: str) -> Ignores:
    """The ignore files from the repository's top to *root*; none when they ignore *root*, which was named."""
    top = repository_of(root)
    if top is None:
        return Ignores()
    ignores = Ignores()
    exclude = _spec(os.path.join(top, ".git", "info", "exclude"))
    if exclude is not None:
        ignores = Ignores(((with_separator(top), exclude),))
    folder = top
    for part in os.path.relpath(root, top).split(os.sep):
        if folder == root:
            break
        ignores = ignores.with_file(folder)
        folder = os.path.join(folder, part)
        if ignores.hold(folder, folder=True):
            return Ignores()
    return ignores


def _spec(place: str) -> GitIgnoreSpec | None:
    raw = read(place, 1_000_000)
    lines = (
        [] if isinstance(raw, Unreadable) else raw.decode("utf-8", "replace").replace("\r", "").split("\n")
    )
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return None
    # Late: most of its import is paid by runs over folders only.
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return None


def with_separator(folder: str) -> str:
    """The path that everything in *folder* starts with."""
    return folder if folder.endswith(os.sep) else folder + os.sep
