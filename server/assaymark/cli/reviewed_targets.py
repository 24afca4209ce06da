"""
What was typed after `assaymark reviewed`, as the lines that it means.

Invariant: what is neither a file here nor a commit is refused, and nothing of what was typed is recorded.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from assaymark.cli.blame import content_of
from assaymark.cli.usage import UsageError
from assaymark.record.read_lines import in_commits, in_file, staged
from assaymark.repository.commits import Commit, commits, listed
from assaymark.repository.git import GitError
from assaymark.repository.objects import commit_id
from assaymark.repository.place import Place, place_of
from assaymark.text import LINE_END

if TYPE_CHECKING:
    from assaymark.record.marking import Lines, Stretch

_LINES = re.compile(r"(.+):(\d+)(?:[-,](\d+))?")
_MOST_COMMITS = 2000


def stretches(targets: list[str], here: Place, reader: str, *, of_index: bool) -> list[Stretch]:
    """What *reader* read. Raises UsageError, GitError."""
    if of_index:
        if here.common is None:
            msg = "there is no git repository here, so nothing is staged"
            raise UsageError(msg)
        return staged(here)
    if not targets:
        msg = "what did you read? give FILE, FILE:10-40, a commit, BASE..HEAD, or --staged"
        raise UsageError(msg)
    return [stretch for target in targets for stretch in _of_target(target, here, reader)]


def of_session(which: str, here: Place, reader: str) -> list[Stretch]:
    """What *reader* read of an agent's session. Raises UsageError."""
    if not Path(here.store).is_dir():
        msg = "nothing is recorded here, so no session of an agent is known"
        raise UsageError(msg)
    from assaymark.ledger.store import Unavailable, opened
    from assaymark.record.conversations import NoConversation
    from assaymark.record.unread import unread_of

    try:
        with opened(here.store) as ledger:
            several = unread_of(here, ledger, which)
    except (NoConversation, Unavailable) as problem:
        raise UsageError(str(problem)) from problem
    return [stretch for one in several for stretch in in_file(one.place, one.content, one.lines, reader)]


def place_of_all(targets: list[str], here: Place) -> Place:
    """The place whose records *targets* belong into: that of the files, else *here*. Raises UsageError."""
    places = {found[0].top: found[0] for target in targets if (found := file_in(target)) is not None}
    if len(places) > 1:
        msg = f"these files are of {len(places)} work trees; name those of one at a time"
        raise UsageError(msg)
    return next(iter(places.values()), here)


def file_in(target: str) -> tuple[Place, bytes, Lines] | None:
    """The file that *target* names, what it holds, and which lines; None when it names none."""
    if Path(target).is_dir():
        msg = f"{target} is a folder; name files, a commit, or --staged"
        raise UsageError(msg)
    if Path(target).is_file():
        return _whole(target, None)
    found = _LINES.fullmatch(target)
    if found is None or not Path(found[1]).is_file():
        return None
    first = int(found[2])
    return _whole(found[1], (first, int(found[3] or first)))


def commits_in(target: str, here: Place) -> list[Commit]:
    """The commits that *target* names, the oldest first. Raises UsageError, GitError."""
    if here.common is None:
        msg = f"there is no file {target!r}, and no git repository here"
        raise UsageError(msg)
    start, dots, end = target.partition("..")
    try:
        if not dots:
            ids = [commit_id(target, here.top)]
        else:
            ends = commit_id(start or "HEAD", here.top), commit_id(end.lstrip(".") or "HEAD", here.top)
            ids = listed([ends[1]], [ends[0]], here.top, _MOST_COMMITS)
    except GitError as error:
        msg = f"{target!r} is neither a file here nor a commit"
        raise UsageError(msg) from error
    known = commits(ids, here.top)
    return [known[one] for one in ids if one in known]


def _of_target(target: str, here: Place, reader: str) -> list[Stretch]:
    found = file_in(target)
    if found is not None:
        place, content, lines = found
        return in_file(place, content, lines, reader)
    return in_commits(here, commits_in(target, here), reader)


def _whole(file: str, lines: tuple[int, int] | None) -> tuple[Place, bytes, Lines]:
    content, place = content_of(file), place_of(file)
    if place.path is None:
        msg = f"{file} is in no work tree that something is recorded of"
        raise UsageError(msg)
    n_lines = len(LINE_END.findall(content)) + (not content.endswith((b"\n", b"\r")))
    if not content:
        msg = f"{file} is empty"
        raise UsageError(msg)
    first, last = lines or (1, n_lines)
    if not 1 <= first <= last or first > n_lines:
        msg = f"{file}:{first}-{last}: the file has the lines 1 to {n_lines}"
        raise UsageError(msg)
    return place, content, ((first, min(last, n_lines)),)
