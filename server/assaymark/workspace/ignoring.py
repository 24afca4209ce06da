"""
What `.gitignore` files leave out, as git reads them: nested, the innermost first.

Invariants:
    A folder that was named is never ignored.
    A file that cannot be read or understood ignores nothing; nor does a line of it that is in doubt.
"""
# ruff: noqa: PTH118, PTH206

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from assaymark.dataclass import dataclass, replace
from assaymark.lineage.trusting import Doubts, no_doubts
from assaymark.workspace.doubting import doubted_lines
from assaymark.workspace.project import repository_of
from assaymark.workspace.reading import Unreadable, read

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class DoubtedIgnore(NamedTuple):
    """A line of an ignore file that is not honoured, a place that it would leave out, and *whose* it is."""

    file: str
    line: int
    place: str
    whose: str


class _IgnoreFile:
    """
    An ignore file: what it leaves out of the folder that it stands in.

    Records are looked at only once it would leave something out.
    """

    __slots__ = ("_alone", "_doubted", "_doubts", "_file", "_raw", "_spec", "folder")

    def __init__(self, folder: str, file: str, raw: bytes, spec: GitIgnoreSpec, doubts: Doubts) -> None:
        self.folder = folder
        self._file = file
        self._raw = raw
        self._spec = spec
        self._doubts: Doubts | None = doubts
        self._doubted: dict[int, str] = {}
        # By the number of a line in doubt: what it says by itself.
        self._alone: dict[int, GitIgnoreSpec | None] = {}

    def opinion(self, place: str, tell: Tell, *, folder: bool) -> bool | None:
        """Whether it ignores *place*; None where it says nothing. Effect: tells what it may not."""
        relative = place.removeprefix(self.folder).replace(os.sep, "/") + ("/" if folder else "")
        include = self._spec.check_file(relative).include
        if not include:
            return include
        if self._doubts is not None:
            self._doubted = doubted_lines(self._raw, self._doubts(self._file, self._raw))
            self._doubts = None
        if not self._doubted:
            return include
        sure = _parsed(self._raw, self._doubted)
        include = None if sure is None else sure.check_file(relative).include
        if not include:
            line = self._line_for(relative)
            tell(DoubtedIgnore(self._file, line, place, self._doubted[line]))
        return include

    def _line_for(self, relative: str) -> int:
        """The first line in doubt that leaves out *relative* by itself."""
        for line in self._doubted:
            if line not in self._alone:
                others = range(1, self._raw.count(b"\n") + 2)
                self._alone[line] = _parsed(
                    self._raw, dict.fromkeys((one for one in others if one != line), "")
                )
            spec = self._alone[line]
            if spec is not None and spec.check_file(relative).include:
                return line
        return min(self._doubted)


Tell = Callable[[DoubtedIgnore], None]


@dataclass(frozen=True, slots=True)
class Ignores:
    """
    The ignore files in force, outermost first.

    *doubts* says which of their lines are not honoured, and *tell* hears of those that it mattered for.
    """

    files: tuple[_IgnoreFile, ...] = ()
    doubts: Doubts = no_doubts
    tell: Tell = lambda _: None

    def with_file(self, folder: str, name: str = ".gitignore") -> Ignores:
        """With the ignore file of *folder* too, if it has one."""
        found = _read(folder, os.path.join(folder, name), self.doubts)
        return self if found is None else replace(self, files=(*self.files, found))

    def hold(self, place: str, *, folder: bool) -> bool:
        """Whether *place* is ignored: the innermost file that has an opinion decides."""
        for file in reversed(self.files):
            include = file.opinion(place, self.tell, folder=folder)
            if include is not None:
                return include
        return False


def ignores_above(root: str, none: Ignores) -> Ignores:
    """
    The ignore files from the repository's top to *root*, beside *none*, which has no files.

    There are none when they ignore *root*, which was named.
    """
    top = repository_of(root)
    if top is None:
        return none
    ignores = none
    exclude = _read(top, os.path.join(top, ".git", "info", "exclude"), none.doubts)
    if exclude is not None:
        ignores = replace(none, files=(exclude,))
    folder = top
    for part in os.path.relpath(root, top).split(os.sep):
        if folder == root:
            break
        ignores = ignores.with_file(folder)
        folder = os.path.join(folder, part)
        if ignores.hold(folder, folder=True):
            return none
    return ignores


def _read(folder: str, file: str, doubts: Doubts) -> _IgnoreFile | None:
    raw = read(file, 1_000_000)
    spec = None if isinstance(raw, Unreadable) else _parsed(raw, {})
    if spec is None or isinstance(raw, Unreadable):
        return None
    return _IgnoreFile(with_separator(folder), file, raw, spec, doubts)


def _parsed(raw: bytes, without: Mapping[int, str]) -> GitIgnoreSpec | None:
    """What the ignore file *raw* says *without* these lines (from 1); None when it says nothing."""
    lines = raw.decode("utf-8", "replace").replace("\r", "").split("\n")
    lines = ["" if number in without else line for number, line in enumerate(lines, 1)]
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
