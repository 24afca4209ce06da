"""
Notes on commits: what they say, and how many are written at once.

Invariants:
    A notes ref moves only from the tip that was read: who was faster is read again, and nothing is lost.
    Notes are found at any depth of folders, and written as deep as the others are.
    Nothing that a note's commit says tells who wrote it or at what time of the day.
"""
# Paths stay strings, as everywhere in this room.
# ruff: noqa: PTH113, PTH118

from __future__ import annotations

import contextlib
import os
import time

from assaymark.repository.child import CAN_START
from assaymark.repository.commits import parsed
from assaymark.repository.git import GitError, asked, run, through
from assaymark.repository.objects import is_id, is_reading, read, rest, texts
from assaymark.repository.place import place_of
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from assaymark.repository.child import Child
    from assaymark.repository.git import Meanwhile

AI = "refs/notes/ai"
OURS = "refs/notes/assaymark"
BOTH = (AI, OURS)
# Larger notes are left as they are.
LARGEST = 64 << 20
_LARGEST_COMMIT = 1 << 20
# By so many commits on, one listing is cheaper than asking for each.
_FEW = 200
_DEPTHS = 4
_TRIES = 30
_IDLE = 5
_DAY = 86_400
_IMPORT = ("fast-import", "--quiet", "--date-format=raw")
_WHO = b"Assaymark <notes@assaymark.invalid>"
# What git says of a ref that is not where it was, or that somebody else is moving.
_LOST = ("not updating", "cannot lock ref", "file exists")
_NEVER = ("permission denied", "read-only", "no space")

# The note of a commit made of what it was; None for none.
Making: TypeAlias = "Callable[[bytes | None], bytes | None]"
Texts: TypeAlias = "Mapping[str, bytes | None]"


class Moved(GitError):
    """A notes ref is not any more where it was read."""


# The writers of those who said that they will write: of one thread, and until they do.
_READY: dict[str | None, Child] = {}


class Tip(NamedTuple):
    """The commit that a notes ref is at (None without the ref), and its time."""

    id: str | None
    time: int


def tips(refs: Sequence[str], here: str | None) -> dict[str, Tip]:
    """Where these notes refs are."""
    near = _read(refs, here) if is_reading(here) else {}
    refs, found = [ref for ref in refs if ref not in near], dict(near)
    if refs:
        found |= _listed(refs, here)
    return found


def is_by_us(ref: str, here: str | None) -> bool:
    """Whether any commit of the notes *ref*, which is there, is one of ours. Raises GitError."""
    ours = _WHO.partition(b"<")[2].rstrip(b">").decode("ascii")
    return bool(run(("rev-list", "--max-count=1", "--fixed-strings", f"--committer={ours}", ref), here))


def _listed(refs: Sequence[str], here: str | None) -> dict[str, Tip]:
    out = run(("for-each-ref", "--format=%(refname) %(objectname) %(committerdate:unix)", *refs), here)
    rows = [line.split() for line in out.decode("ascii", "replace").splitlines()]
    found = {row[0]: Tip(row[1], int(row[2])) for row in rows if len(row) == 3 and row[2].isdigit()}
    return {ref: found.get(ref, Tip(None, 0)) for ref in refs}


def _read(refs: Sequence[str], here: str | None) -> dict[str, Tip]:
    """Where those of *refs* are that have a file of their own, as the git says that reads objects already."""
    shared = place_of(here or os.curdir).common
    # Without that file the name could be another ref's too: refs/heads/refs/notes/ai is one.
    near = [ref for ref in refs if shared is not None and os.path.isfile(os.path.join(shared, ref))]
    found = zip(near, read(near, here, _LARGEST_COMMIT), strict=True)
    return {
        ref: Tip(one.object.id, parsed(one.object.id, one.text).time)
        for ref, one in found
        if one is not None and one.text is not None and one.object.kind == "commit"
    }


def texts_of(tip: str | None, commits: Iterable[str], here: str | None) -> dict[str, bytes]:
    """The notes that *tip* has on these *commits*, by commit."""
    return texts_at([tip], commits, here)[0]


def texts_at(
    several: Sequence[str | None], commits: Iterable[str], here: str | None
) -> list[dict[str, bytes]]:
    """The notes that each of these tips has on these *commits*, by commit."""
    wanted = list(dict.fromkeys(commits))
    names: list[tuple[int, str, str]] = []
    for n, tip in enumerate(several):
        if tip is None:
            continue
        if len(wanted) > _FEW:
            blobs = every(tip, here)
            names += [(n, commit, blobs[commit][1]) for commit in wanted if commit in blobs]
        else:
            names += [
                (n, commit, f"{tip}:{_path(commit, depth)}") for commit in wanted for depth in range(_DEPTHS)
            ]
    found: list[dict[str, bytes]] = [{} for _ in several]
    held = texts([name for _, _, name in names], here, LARGEST)
    for (n, commit, _), text in zip(names, held, strict=True):
        if text is not None:
            found[n][commit] = text
    return found


def texts_with(ref: str, words: Iterable[str], here: str | None) -> list[bytes]:
    """The notes of *ref* that hold one of *words*; none where git does not say."""
    names = _names_with(ref, words, here)
    return [text for text in texts(names, here, LARGEST) if text is not None] if names else []


def commits_with(ref: str, words: Iterable[str], here: str | None) -> list[str]:
    """The commits whose notes of *ref* hold one of *words*."""
    paths = (name.partition(":")[2].replace("/", "") for name in _names_with(ref, words, here))
    return [commit for commit in paths if is_id(commit)]


def _names_with(ref: str, words: Iterable[str], here: str | None) -> list[str]:
    """Which notes hold one of *words*, as COMMIT:PATH."""
    patterns = [part for word in words for part in ("-e", word)]
    try:
        tip = tips([ref], here)[ref].id
        if tip is None or not patterns:
            return []
        # Under the notes' tree a pathspec would be taken from the folder that is current.
        found = run(("grep", "--full-name", "-l", "-z", "-F", *patterns, tip), here)
    except GitError:
        # Git says by an error that there is none.
        return []
    return [name.decode("ascii", "replace") for name in found.split(b"\0") if name]


def every(tip: str, here: str | None) -> dict[str, tuple[str, str]]:
    """The path and the blob of each note that *tip* has, by commit."""
    out = run(("ls-tree", "-r", "-z", "--full-tree", tip), here)
    rows = (row.split(b"\t", 1) for row in out.split(b"\0") if row)
    entries = ((path.decode("ascii", "replace"), facts.decode("ascii").split()[2]) for facts, path in rows)
    return {path.replace("/", ""): (path, blob) for path, blob in entries if is_id(path.replace("/", ""))}


def changed(
    wanted: Mapping[str, Mapping[str, Making]], here: str | None, meanwhile: Meanwhile = lambda: None
) -> int:
    """
    How many notes were made anew, of those *wanted* by ref and commit.

    Effect: writes those that come out different, and does what is to be done *meanwhile*. When another is
    faster, all are made again of what that one wrote; so a making applied to what it made must change
    nothing. Raises GitError.
    """
    refs = [ref for ref, makings in wanted.items() if makings]
    if not refs:
        return 0
    last: dict[str, Tip] = {}
    idle = 0
    for trial in range(_TRIES):
        now = tips(refs, here)
        made: dict[str, Texts] = {}
        commits = [commit for ref in refs for commit in wanted[ref]]
        held = texts_at([now[ref].id for ref in refs], commits, here)
        for ref, before in zip(refs, held, strict=True):
            news = {commit: making(before.get(commit)) for commit, making in wanted[ref].items()}
            made[ref] = {commit: text for commit, text in news.items() if text != before.get(commit)}
        try:
            write({ref: texts for ref, texts in made.items() if texts}, now, here, meanwhile)
        except Moved as error:
            idle = idle + 1 if now == last else 0
            last = now
            if idle == _IDLE:
                # Nobody moves it, and yet it cannot be moved.
                raise GitError(str(error)) from error
            # Late: a commit waits for what is imported, and nearly never for others.
            import random

            # Whoever waits a random time meets nobody twice.
            time.sleep(random.uniform(0, min(0.02 * (trial + 1), 0.2)))  # noqa: S311, no secret
            continue
        return sum(len(texts) for texts in made.values())
    msg = f"{' and '.join(refs)}: others keep writing; try again"
    raise GitError(msg)


def write(
    made: Mapping[str, Texts],
    tips: Mapping[str, Tip],
    here: str | None,
    meanwhile: Meanwhile = lambda: None,
) -> None:
    """
    Put these notes (by ref and commit; None takes one away) onto the *tips* that were read.

    Effect: one `git fast-import`, whatever the number. Raises Moved when a ref is elsewhere by now; another
    ref may have been written then.
    """
    stream = b"".join(_commit(ref, texts, tips[ref]) for ref, texts in made.items())
    imported(stream, here, meanwhile)


@contextlib.contextmanager
def writing(here: str) -> Iterator[None]:
    """Effect: git is there to write notes of the repository *here* once, until the end of the block."""
    if not CAN_START:
        yield
        return
    _READY[here] = asked(_IMPORT, here)
    try:
        yield
    finally:
        if unused := _READY.pop(here, None):
            # Stopped at once it would leave a file that it began. Nothing was asked of it.
            with contextlib.suppress(GitError):
                through(_IMPORT, unused, b"")


def imported(stream: bytes, here: str | None, meanwhile: Meanwhile = lambda: None) -> None:
    """
    Effect: what *stream* says, by `git fast-import`, and what is to be done *meanwhile*.

    Raises Moved, GitError.
    """
    if not stream:
        return

    def beside() -> None:
        rest(here)
        meanwhile()

    ready = _READY.pop(here, None)
    try:
        if ready is None:
            run(_IMPORT, here, stream, beside)
        else:
            through(_IMPORT, ready, stream, beside)
    except GitError as error:
        said = str(error).lower()
        if any(words in said for words in _LOST) and not any(words in said for words in _NEVER):
            raise Moved(str(error)) from error
        raise


def heading(ref: str, message: str, tip: Tip, merged: str | None = None, newest: int = 0) -> bytes:
    """How a commit on *ref* begins, in the language of `git fast-import`: behind *tip*, and *merged* too."""
    # The day alone; but no commit is older than what it stands on.
    when = max(int(time.time()) // _DAY * _DAY, tip.time, newest)
    lines = [
        b"commit " + ref.encode(),
        b"committer " + _WHO + b" %d +0000" % when,
        _sized(message.encode()),
    ]
    if tip.id is not None:
        lines.append(b"from " + tip.id.encode())
    if merged is not None:
        lines.append(b"merge " + merged.encode())
    return b"\n".join(lines) + b"\n"


def placed(path: str, text: bytes | None) -> bytes:
    """A note at *path* of the notes' tree, or none any more, in the language of `git fast-import`."""
    if text is None:
        return b"D " + path.encode() + b"\n"
    return b"M 100644 inline " + path.encode() + b"\n" + _sized(text) + b"\n"


def path_like(commit: str, others: Iterable[str]) -> str:
    """The path of the note on *commit* in a tree with the notes at *others*."""
    depths = [path.count("/") for path in others]
    return _path(commit, max(set(depths), key=depths.count, default=0))


def _commit(ref: str, made: Texts, tip: Tip) -> bytes:
    n = len(made)
    parts = [heading(ref, f"Notes on {n} commit{'' if n == 1 else 's'}\n", tip)]
    for commit, text in made.items():
        if text is None:
            parts.append(b"N " + b"0" * len(commit) + b" " + commit.encode() + b"\n")
        else:
            # Git follows the depth of the folders by itself.
            parts.append(b"N inline " + commit.encode() + b"\n" + _sized(text) + b"\n")
    return b"".join([*parts, b"\n"])


def _sized(text: bytes) -> bytes:
    return b"data %d\n" % len(text) + text


def _path(commit: str, depth: int) -> str:
    parts = [commit[2 * i : 2 * i + 2] for i in range(depth)]
    return "/".join([*parts, commit[2 * depth :]])
