"""
The files of a workspace: which there are to check, and which are left out.

Invariants:
    A walk follows no symbolic link, so it ends and stays inside the folders it was given.
    What a walk leaves out is counted, except the folders of tools (`.git`, caches), which hold no source.
"""
# `os` and not `pathlib`: a walk over some thousand files is a good part of a warm run.
# ruff: noqa: PTH100, PTH112, PTH116, PTH118, PTH119, PTH120, PTH122, PTH123

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from assaymark.dataclass import dataclass, field
from assaymark.lineage.trusting import Doubts, no_doubts
from assaymark.syntax.languages import language_of
from assaymark.workspace.ignoring import DoubtedIgnore, Ignores, ignores_above, with_separator
from assaymark.workspace.project import NOTEBOOK
from assaymark.workspace.reading import Unreadable, reason

# Folders that hold what tools keep for themselves.
_OF_TOOLS = frozenset(
    """
    .git .hg .svn .jj __pycache__ .mypy_cache .ruff_cache .pytest_cache .hypothesis
    """.split()  # noqa: SIM905, a table of words reads better without quotes, as below
)
# Folders that hold what others wrote; so is one with a `pyvenv.cfg`.
_VENDORED = frozenset(
    """
    node_modules bower_components jspm_packages site-packages dist-packages __pypackages__
    .venv .tox .nox .eggs vendor _vendor
    """.split()  # noqa: SIM905
)
_BINARY = frozenset(
    """
    .7z .a .avif .bin .bmp .bz2 .class .db .dll .dylib .eot .exe .gif .gz .ico .jar .jpeg .jpg .lib .mo .mp3
    .mp4 .o .obj .ogg .otf .pdf .png .pyc .pyd .pyo .so .sqlite .sqlite3 .tar .tgz .tif .tiff .ttf .wasm .wav
    .webm .webp .whl .woff .woff2 .xz .zip .zst
    """.split()  # noqa: SIM905
)
# How what an ignore file names is counted.
IGNORED = "ignored entry"
# How what the settings exclude is counted.
EXCLUDED = "excluded entry"
# What excludes a place; nothing when it is included.
Excluding = Callable[[str], str]
_MINIFIED = re.compile(r"[.-]min\.(?!py[iw]?$|ipynb$)[a-z]+$")
_LONGEST_FIRST_LINE = 256


@dataclass(frozen=True, slots=True)
class File:
    """One file to check: what to open, and what to call it (relative to here when inside, with `/`)."""

    place: str
    path: str
    size: int
    named: bool = False


@dataclass(frozen=True, slots=True)
class Walked:
    """What was found: files in order of their paths, what could not be read, and what was left out."""

    files: tuple[File, ...]
    failed: tuple[tuple[str, Unreadable], ...]
    kinds: Mapping[str, int]
    skipped: Mapping[str, int]
    # The lines of ignore files that were not honoured.
    doubted: tuple[DoubtedIgnore, ...] = ()


@dataclass(slots=True)
class _Finds:
    """What one walk gathers, and what it leaves out."""

    excluding: Excluding = lambda _: ""
    doubts: Doubts = no_doubts
    doubted: dict[tuple[str, int], DoubtedIgnore] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    failed: dict[str, Unreadable] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)


def walk(
    paths: Iterable[str],
    here: str | None = None,
    excluding: Excluding = lambda _: "",
    doubts: Doubts = no_doubts,
) -> Walked:
    """
    The files under *paths* (files or folders; no ignore file leaves out what was named).

    Paths are shown relative to *here*, by default the current folder. What something is *excluding* is left
    out; a folder is not gone into. Lines of ignore files for which there are *doubts* leave out nothing.
    """
    here = os.path.abspath(here or os.curdir)
    finds = _Finds(excluding, doubts)
    for path in paths:
        place = os.path.normpath(os.path.join(here, path))
        if os.path.isdir(place):
            _walk_root(place, here, finds)
        else:
            _name(place, here, finds)
    return _walked(finds)


def walking(root: str, excluding: Excluding, doubts: Doubts = no_doubts) -> Iterator[tuple[File, ...]]:
    """The files that a walk of the folder *root* finds, a folder at a time: other work comes between."""
    finds = _Finds(excluding, doubts)
    for _ in _through(root, root, finds):
        yield tuple(finds.files.values())
        finds.files.clear()


def listed(
    places: Iterable[str],
    here: str | None = None,
    *,
    vendored: bool = False,
    first_lines: Mapping[str, bytes] = MappingProxyType({}),
) -> Walked:
    """
    The files at *places* (absolute), whose content lies elsewhere; what a walk leaves out is left out.

    With *vendored*, what lies in folders of tools and of others' code is not. *first_lines* are those of
    places without an ending, where they are known.
    """
    here = os.path.abspath(here or os.curdir)
    finds = _Finds()
    for place in places:
        path = shown(place, here)
        folders = os.path.dirname(path).split("/")
        if not vendored and any(map(is_left_out, folders)):
            finds.skipped["vendored file"] += 1
        elif _wanted(os.path.basename(place), first_lines.get(place, b""), finds):
            finds.files[path] = File(place, path, 0)
    return _walked(finds)


def shown(place: str, here: str) -> str:
    """What to call *place*: relative to *here* when inside it, with `/` between folders."""
    return place.removeprefix(with_separator(here)).replace(os.sep, "/")


def is_left_out(folder: str) -> bool:
    """Whether a folder of this name is gone past: it holds what tools keep, or what others wrote."""
    return folder in _OF_TOOLS or folder in _VENDORED


def is_of_interest(name: str) -> bool:
    """Whether a file of this name can be one to check, or decides which files are."""
    return name == ".gitignore" or _language(os.path.splitext(name)[1].lower(), b"") is not None


def _walked(finds: _Finds) -> Walked:
    files = tuple(file for _, file in sorted(finds.files.items()))
    failed = sorted(finds.failed.items(), key=lambda item: item[0])
    return Walked(files, tuple(failed), finds.kinds, finds.skipped, tuple(finds.doubted.values()))


def _name(place: str, here: str, finds: _Finds) -> None:
    path = shown(place, here)
    try:
        size = os.stat(place).st_size
    except OSError as error:
        finds.failed[path] = Unreadable(reason(error))
        return
    finds.files[path] = File(place, path, size, named=True)


def _walk_root(root: str, here: str, finds: _Finds) -> None:
    for _ in _through(root, here, finds):
        pass


def _through(root: str, here: str, finds: _Finds) -> Iterator[None]:
    """A turn for each folder in *root*. Effect: what is found is gathered in *finds*."""
    if finds.excluding(root):
        finds.skipped[EXCLUDED] += 1
        return

    def tell(one: DoubtedIgnore) -> None:
        finds.doubted.setdefault((one.file, one.line), one)

    folders = [(root, ignores_above(root, Ignores(doubts=finds.doubts, tell=tell)))]
    while folders:
        folder, ignores = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            finds.failed[shown(folder, here)] = Unreadable(reason(error))
            continue
        names = {entry.name for entry in entries}
        if "pyvenv.cfg" in names and folder != root:
            finds.skipped["vendored folder"] += 1
            continue
        if ".gitignore" in names:
            ignores = ignores.with_file(folder)
        folders += [(inner, ignores) for inner in _entered(entries, ignores, here, finds)]
        yield


def _entered(entries: list[os.DirEntry[str]], ignores: Ignores, here: str, finds: _Finds) -> Iterator[str]:
    """The folders among *entries* to go into; the files are taken up on the way."""
    for entry in entries:
        if entry.is_symlink():
            finds.skipped["symbolic link"] += 1
        elif entry.is_dir(follow_symlinks=False):
            if entry.name in _OF_TOOLS:
                continue
            if entry.name in _VENDORED:
                finds.skipped["vendored folder"] += 1
            elif ignores.files and ignores.hold(entry.path, folder=True):
                finds.skipped[IGNORED] += 1
            elif finds.excluding(entry.path):
                finds.skipped[EXCLUDED] += 1
            else:
                yield entry.path
        elif entry.is_file(follow_symlinks=False):
            if ignores.files and ignores.hold(entry.path, folder=False):
                finds.skipped[IGNORED] += 1
            else:
                _take(entry, here, finds)


def _take(entry: os.DirEntry[str], here: str, finds: _Finds) -> None:
    first_line = b"" if "." in entry.name else _first_line(entry.path)
    if not _wanted(entry.name, first_line, finds):
        return
    if finds.excluding(entry.path):
        finds.skipped[EXCLUDED] += 1
        return
    path = shown(entry.path, here)
    try:
        size = entry.stat(follow_symlinks=False).st_size
    except OSError:
        # Gone since it was listed: reading it will say so.
        size = 0
    finds.files.setdefault(path, File(entry.path, path, size))


def _wanted(name: str, first_line: bytes, finds: _Finds) -> bool:
    """Whether a file of this name is checked; if not, it is counted."""
    _, suffix = os.path.splitext(name)
    suffix = suffix.lower()
    if suffix in _BINARY or b"\0" in first_line:
        finds.skipped["binary file"] += 1
    elif _MINIFIED.search(name):
        finds.skipped["minified file"] += 1
    elif _language(suffix, first_line) is None:
        finds.kinds[suffix or name] += 1
    else:
        return True
    return False


@lru_cache(maxsize=1024)
def _language(suffix: str, first_line: bytes) -> str | None:
    # A notebook says itself which language its cells are in.
    return "notebook" if suffix == NOTEBOOK else language_of("x" + suffix, first_line)


def _first_line(place: str) -> bytes:
    """The first line of a file without an extension, where a script names its interpreter."""
    try:
        with open(place, "rb", buffering=0) as file:
            return file.read(_LONGEST_FIRST_LINE).split(b"\n", 1)[0]
    except OSError:
        return b""
