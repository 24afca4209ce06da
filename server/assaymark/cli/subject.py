"""
What a check is about: files of the work tree, the index's content, standard input, or the lines that changed.

Invariants:
    A path that was typed and is not there is wrong usage; one that cannot be read is a failed file.
    Of a file that equals its older state nothing is checked.
    A file that git tracks is not ignored: an ignore file hides what is not part of the project, and no more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assaymark.cli.usage import UsageError
from assaymark.dataclass import dataclass, replace
from assaymark.lineage.trusting import Doubts
from assaymark.workspace.ignoring import with_separator
from assaymark.workspace.reading import Unreadable, read, too_large
from assaymark.workspace.walking import EXCLUDED, IGNORED, Excluding, File, Walked, listed, shown, walk

if TYPE_CHECKING:
    from assaymark.cli.changed import Changes

# A script without an ending names its interpreter in so many bytes.
_FIRST = 256
_NOT_HELD = Unreadable("its content is not in this clone")


@dataclass(frozen=True, slots=True)
class Subject:
    """
    The files, their contents (by place) when not those on the disk, and the lines (by path) that count.

    *against* says, for a gate on review, what lines are changed against.
    """

    walked: Walked
    contents: Mapping[str, bytes | Unreadable] | None = None
    changes: Mapping[str, Changes] | None = None
    against: str = ""

    def raw(self, file: File, max_bytes: int) -> bytes | Unreadable:
        """What *file* holds."""
        return read(file.place, max_bytes) if self.contents is None else self.contents[file.place]


def from_disk(
    paths: Sequence[str], excluding: Excluding, doubts: Doubts, *, everything: bool = False
) -> Subject:
    """
    The files under *paths*, or here, that nothing is *excluding*. Raises UsageError.

    *doubts* says which lines of ignore files are not honoured. *everything* that git tracks is taken, be it
    where others' code usually lies.
    """
    for path in paths:
        if not os.path.lexists(path):
            msg = f"there is no file or folder {path!r}"
            raise UsageError(msg)
    walked = walk(paths or (".",), excluding=excluding, doubts=doubts)
    if everything:
        return Subject(_with_tracked(walked, paths, everything=True))
    return Subject(_with_tracked(walked, paths) if walked.skipped.get(IGNORED) else walked)


def from_stdin(filename: str, max_bytes: int) -> Subject:
    """Standard input, to be called *filename*. Effect: reads it up to its end or the limit."""
    here = str(Path.cwd())
    place = os.path.normpath(Path(here, filename))
    raw = sys.stdin.buffer.read(max_bytes + 1) if sys.stdin is not None else b""
    file = File(place, shown(place, here), len(raw), named=True)
    content = too_large(max_bytes) if len(raw) > max_bytes else raw
    return Subject(Walked((file,), (), {}, {}), {place: content})


def from_index(paths: Sequence[str], max_bytes: int, *, everything: bool = False) -> Subject:
    """What git's index holds and the last commit does not; under *paths*, if any. Raises UsageError.

    It is *everything* of it, be it where others' code usually lies, or without that.
    """
    # Late, as below: most checks do without git.
    from assaymark.repository import git
    from assaymark.repository.objects import contents as contents_of

    here = os.path.realpath(os.curdir)
    roots = [os.path.realpath(path) for path in paths]
    try:
        blobs = {blob.place: blob.id for blob in git.staged(here) if is_in(blob.place, roots)}
        bare = [place for place in blobs if everything and "." not in os.path.basename(place)]  # noqa: PTH119
        texts = contents_of([blobs[place] for place in bare], here, max_bytes)
        first = {place: (texts.get(blobs[place]) or b"")[:_FIRST].split(b"\n", 1)[0] for place in bare}
        walked = listed(sorted(blobs), here, vendored=everything, first_lines=first)
        held = contents_of([blobs[file.place] for file in walked.files], here, max_bytes)
    except git.GitError as error:
        raise UsageError(str(error)) from error
    contents = {file.place: _held(held, blobs[file.place], max_bytes) for file in walked.files}
    return Subject(walked, contents)


def without_excluded(whole: Subject, excluding: Excluding) -> Subject:
    """*whole* without the files that are excluded, which are counted; to name a file does not include it."""
    walked = whole.walked
    files = tuple(file for file in walked.files if not excluding(file.place))
    n_left_out = len(walked.files) - len(files)
    if not n_left_out:
        return whole
    skipped = {**walked.skipped, EXCLUDED: walked.skipped.get(EXCLUDED, 0) + n_left_out}
    return replace(whole, walked=replace(walked, files=files, skipped=skipped))


def since(reference: str, whole: Subject, max_bytes: int, *, strict: bool = False) -> Subject:
    """What of *whole* differs from its state in *reference*. Raises UsageError."""
    from assaymark.cli.changed import changes
    from assaymark.repository import git
    from assaymark.repository.objects import contents as contents_of

    here = os.path.realpath(os.curdir)
    try:
        before = git.at(reference, here)
        # By path: the older object, and what the file holds now.
        news: dict[str, tuple[str | None, bytes | Unreadable]] = {}
        for file in whole.walked.files:
            raw, old = whole.raw(file, max_bytes), before.get(os.path.realpath(file.place))
            if old is None or isinstance(raw, Unreadable) or git.blob_id(raw, old) != old:
                news[file.path] = (old, raw)
        olds = contents_of([old for old, _ in news.values() if old is not None], here, max_bytes)
    except git.GitError as error:
        raise UsageError(str(error)) from error
    files = tuple(file for file in whole.walked.files if file.path in news)
    lines = {
        # An older state that cannot be had counts as empty: then every line is new.
        path: changes(olds.get(old or "") or b"", raw, strict=strict)
        for path, (old, raw) in news.items()
        if isinstance(raw, bytes)
    }
    return replace(whole, walked=replace(whole.walked, files=files), changes=lines)


def _with_tracked(walked: Walked, paths: Sequence[str], *, everything: bool = False) -> Walked:
    from assaymark.repository import git

    here = str(Path.cwd())
    roots = [os.path.normpath(Path(here, path)) for path in paths]
    try:
        names = git.tracked(git.top(here)) if everything else git.tracked_though_ignored(here)
        tracked = [place for place in names if is_in(place, roots) and _is_file(place)]
    except git.GitError:
        # No repository, or no git: then nothing is tracked.
        return walked
    known = {file.path for file in walked.files}
    more = [file for file in listed(tracked, here, vendored=everything).files if file.path not in known]
    return replace(walked, files=tuple(sorted((*walked.files, *more), key=lambda file: file.path)))


def _is_file(place: str) -> bool:
    return Path(place).is_file() and not Path(place).is_symlink()


def is_in(place: str, roots: Sequence[str]) -> bool:
    """Whether *place* is one of *roots* or in one; without any, it is."""
    return not roots or any(place == root or place.startswith(with_separator(root)) for root in roots)


def _held(held: Mapping[str, bytes | None], blob: str, max_bytes: int) -> bytes | Unreadable:
    if blob not in held:
        return _NOT_HELD
    content = held[blob]
    return too_large(max_bytes) if content is None else content
