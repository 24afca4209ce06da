"""
Symbolic links that git has: a gate asks about text that a link alone makes code, under the link's name.

What a link leads to is checked by its own name, where that is one of code; a text called `.txt` is not.

Invariants:
    No link is followed out of what git has; one that leads there, and did not before, was not checked.
    Where the older state did not lead to the same file, every line is new.
"""
# Paths stay strings, as a walk has them.
# ruff: noqa: PTH115, PTH118, PTH119, PTH120

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from assaymark.cli.changed import changes
from assaymark.cli.subject import is_in
from assaymark.cli.usage import UsageError
from assaymark.dataclass import replace
from assaymark.repository import git
from assaymark.repository.objects import contents
from assaymark.syntax.languages import language_of
from assaymark.workspace.project import is_notebook
from assaymark.workspace.reading import Unreadable, read
from assaymark.workspace.walking import File, shown

if TYPE_CHECKING:
    from assaymark.cli.changed import Changes
    from assaymark.cli.subject import Subject
    from assaymark.workspace.walking import Excluding

    # What the link at a place spells; None where there is no link.
    Target = Callable[[str], bytes | None]

_MOST_HOPS = 8
_LONGEST = 8192
_FIRST = 256


def with_links(
    about: Subject, base: str, max_bytes: int, paths: Sequence[str], excluding: Excluding
) -> Subject:
    """*about* with what links under *paths*, if any, lead to and did not in *base*. Raises UsageError."""
    try:
        return _with_links(about, base, max_bytes, [os.path.realpath(path) for path in paths], excluding)
    except git.GitError as error:
        raise UsageError(str(error)) from error


def _with_links(
    about: Subject, base: str, max_bytes: int, roots: Sequence[str], excluding: Excluding
) -> Subject:
    here = os.path.realpath(os.curdir)
    files, links = git.held(None, here)
    target = _on_disk if about.contents is None else _in_git(links, here)
    places = (one for one in _may_be_code((*files, *links)) if is_in(one, roots))
    named = [one for one in places if target(one) is not None and not excluding(one)]
    ends = {place: _end(place, target) for place in named}
    if not ends:
        return about
    older_files, older_links = git.held(base, here)
    older = _in_git(older_links, here)
    for place, end in ends.items():
        is_old = _end(place, older) == end
        if end not in files:
            about = about if is_old else _failed(about, shown(place, here))
            continue
        now = read(end, max_bytes) if about.contents is None else _blob(files[end], here, max_bytes)
        first = now[:_FIRST].split(b"\n", 1)[0] if isinstance(now, bytes) else b""
        if not _is_code(place, first) or (_is_code(end, first) and not excluding(end)):
            continue
        before = _blob(older_files.get(end, "") if is_old else "", here, max_bytes)
        if before != now:
            about = _taken(about, place, here, now, before)
    return about


def _taken(
    about: Subject, place: str, here: str, now: bytes | Unreadable, before: bytes | Unreadable
) -> Subject:
    """*about* with the link *place*, behind which stands *now* and stood *before*."""
    path = shown(place, here)
    files = sorted((*about.walked.files, File(place, path, 0)), key=lambda file: file.path)
    lines: dict[str, Changes] = dict(about.changes or {})
    if isinstance(now, bytes):
        lines[path] = changes(before if isinstance(before, bytes) else b"", now, strict=True)
    held = None if about.contents is None else {**about.contents, place: now}
    return replace(about, walked=replace(about.walked, files=tuple(files)), contents=held, changes=lines)


def _failed(about: Subject, path: str) -> Subject:
    why = Unreadable("it is a link that leads to nothing that git has")
    return replace(about, walked=replace(about.walked, failed=(*about.walked.failed, (path, why))))


def _end(place: str, target: Target) -> str:
    """Where links lead to from *place*."""
    for _ in range(_MOST_HOPS):
        spelled = target(place)
        if spelled is None:
            return place
        place = os.path.normpath(os.path.join(os.path.dirname(place), os.fsdecode(spelled)))
    return ""


def _on_disk(place: str) -> bytes | None:
    try:
        return os.fsencode(os.readlink(place))
    except OSError:
        return None


def _in_git(links: Mapping[str, str], here: str) -> Target:
    """What tells what *links*, by place the ids of their objects, spell."""
    spelled = contents(links.values(), here, _LONGEST)
    return lambda place: spelled.get(links.get(place, "")) or None


def _blob(blob: str, here: str, max_bytes: int) -> bytes | Unreadable:
    text = contents([blob], here, max_bytes).get(blob) if blob else b""
    return Unreadable("its content cannot be had") if text is None else text


def _may_be_code(places: Iterable[str]) -> list[str]:
    return [place for place in places if "." not in os.path.basename(place) or _is_code(place, b"")]


def _is_code(place: str, first_line: bytes) -> bool:
    return is_notebook(place) or language_of(place, first_line) is not None
