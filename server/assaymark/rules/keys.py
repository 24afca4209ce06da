"""
What compiled rules depend on: the files of rules, and the code that compiles them.

Invariant: paths are texts. A hook asks this while an agent waits, and `pathlib` would be much of that.
"""
# ruff: noqa: PTH116, PTH120, PTH208

from __future__ import annotations

import os
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, TypeAlias

from assaymark.hashes import blake
from assaymark.rules.pages import page_names, source_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Where a rule file is, and how it is called in messages: a page of ours by its place in the project.
Named: TypeAlias = "tuple[str, str]"

_HERE = os.path.dirname(__file__)


def bundled(pages: str) -> Iterator[Named]:
    """The pages in the folder *pages*."""
    for name in page_names(pages):
        yield f"{pages}/{name}", source_of(name)


def key_of(files: Sequence[Named]) -> str:
    """What the compiled rules depend on: the rule files and the compiler, each by its size and times."""
    parts = [f"{name}\0{_stamp(file)}" for file, name in files]
    parts += [f"{file}\0{_stamp(file)}" for file in _compiler()]
    return short_hash("\0".join(parts))


def shipped_key(pages: str) -> str:
    """The same of a package, wherever it is installed: names and sizes are what an installer keeps."""
    files = [*bundled(pages), *((file, file.removeprefix(_HERE)) for file in _code())]
    return short_hash("\0".join(f"{name}\0{_size(file)}" for file, name in files))


def kept_in(folder: str, pages: str, extra: Sequence[str]) -> str:
    """The file in *folder* for the compiled rules in *pages* and *extra*."""
    return f"{folder}/rules-{short_hash(chr(0).join([pages, *extra]))}.jsonl"


def short_hash(text: str) -> str:
    return blake(text.encode(errors="surrogateescape"), 16)


def _compiler() -> Iterator[str]:
    """The files whose change may change a compiled rule."""
    yield from _code()
    for name in ("tree_sitter_python", "tree_sitter_javascript"):
        grammar = PathFinder.find_spec(name)
        if grammar and grammar.origin:
            yield grammar.origin


def _code() -> Iterator[str]:
    syntax = f"{_HERE}/../syntax"
    for folder in (_HERE, f"{_HERE}/patterns", syntax, f"{syntax}/python", f"{syntax}/javascript"):
        yield from (f"{folder}/{name}" for name in sorted(os.listdir(folder)) if name.endswith(".py"))


def _size(file: str) -> int:
    try:
        return os.stat(file).st_size
    except OSError:
        return -1


def _stamp(file: str) -> str:
    try:
        status = os.stat(file)
    except OSError:
        return "unreadable"
    # The change time too: a file's owner can set the others back.
    return f"{status.st_size}\0{status.st_mtime_ns}\0{status.st_ctime_ns}"
