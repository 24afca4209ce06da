"""
Notes of two clones become one: commit by commit, by the grammar of notes and never line by line.

Invariants:
    What only one side changed is taken as it is; where both changed a note, neither loses an entry.
    The notes of both sides stand behind what is made of them, so that nothing has to be forced anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from assaymark.lineage import evidence, gitai
from assaymark.repository import notes
from assaymark.repository.git import GitError, run
from assaymark.repository.objects import texts
from assaymark.repository.remote import Rejected, fetched, moved, pushed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assaymark.record.committing import Merging

_TRIES = 5
# Of each commit the path and the blob of its note.
_Side: TypeAlias = "Mapping[str, tuple[str, str]]"


class Merged(NamedTuple):
    """What became of a ref: how many notes came, and of how many both sides had something to say."""

    ref: str
    n_came: int
    n_joined: int


def fetched_and_merged(remote: str, here: str) -> list[Merged]:
    """What came from *remote*. Effect: asks it; our refs have what it has, beside what they had."""
    there = fetched(remote, notes.BOTH, here)
    return [merged(ref, theirs, here) for ref, theirs in there.items()]


def merged(ref: str, theirs: str, here: str) -> Merged:
    """What came with the notes at commit *theirs*. Effect: *ref* has them too. Raises GitError."""
    for _ in range(_TRIES):
        tip = notes.tips([ref], here)[ref]
        try:
            return _merged(ref, tip, theirs, here)
        except notes.Moved:
            continue
    msg = f"{ref}: others keep writing; try again"
    raise GitError(msg)


def sent(remote: str, here: str) -> list[Merged]:
    """
    What came from *remote* before it took what we have.

    Effect: both of us have all notes. When it refuses, since it has more by then, that is fetched first.
    """
    for trial in range(_TRIES):
        came = fetched_and_merged(remote, here)
        tips = notes.tips(notes.BOTH, here)
        try:
            pushed(remote, {ref: tip.id for ref, tip in tips.items() if tip.id is not None}, here)
            return came
        except Rejected:
            if trial == _TRIES - 1:
                raise
    return []


def leaving(remote_tips: Mapping[str, str], here: str) -> dict[str, dict[str, bytes]]:
    """The notes, by ref and commit, that a push would bring to where *remote_tips* are."""
    found: dict[str, dict[str, bytes]] = {}
    for ref, tip in notes.tips(notes.BOTH, here).items():
        if tip.id is None:
            continue
        ours = notes.every(tip.id, here)
        theirs = notes.every(remote_tips[ref], here) if ref in remote_tips else {}
        news = {commit: blob for commit, (_, blob) in ours.items() if theirs.get(commit, ("", ""))[1] != blob}
        held = texts(list(news.values()), here, notes.LARGEST)
        found[ref] = {commit: text for commit, text in zip(news, held, strict=True) if text is not None}
    return found


def _merged(ref: str, tip: notes.Tip, theirs: str, here: str) -> Merged:
    if tip.id is None:
        _forward(ref, theirs, None, here)
        return Merged(ref, len(notes.every(theirs, here)), 0)
    start = _start(tip.id, theirs, here)
    if start == theirs:
        return Merged(ref, 0, 0)
    ours, other = notes.every(tip.id, here), notes.every(theirs, here)
    before = {} if start is None else notes.every(start, here)
    differing = [
        commit
        for commit in {**ours, **other}
        if _blob(other, commit) not in {_blob(ours, commit), _blob(before, commit)}
    ]
    if start == tip.id:
        _forward(ref, theirs, tip.id, here)
        return Merged(ref, len(differing), 0)
    both = [commit for commit in differing if _blob(ours, commit) != _blob(before, commit)]
    grammar = evidence.merged if ref == notes.OURS else gitai.merged
    made = _texts(differing, both, (ours, other), here, grammar)
    paths = [path for path, _ in ours.values()]
    stream = [notes.heading(ref, "Notes merged\n", tip, theirs, _time(theirs, here))]
    for commit, text in made.items():
        path = ours[commit][0] if commit in ours else notes.path_like(commit, paths)
        stream.append(notes.placed(path, text))
    notes.imported(b"".join([*stream, b"\n"]), here)
    return Merged(ref, len(differing), len(both))


def _texts(
    differing: Sequence[str],
    both: Sequence[str],
    sides: tuple[_Side, _Side],
    here: str,
    grammar: Merging,
) -> dict[str, bytes | None]:
    """The notes that are to stand; None for one that goes."""
    ours, other = sides
    blobs = [_blob(other, commit) for commit in differing]
    theirs = dict(zip(differing, texts(blobs, here, notes.LARGEST), strict=True))
    mine = dict(zip(both, texts([_blob(ours, commit) for commit in both], here, notes.LARGEST), strict=True))
    found = dict(theirs)
    for commit in both:
        one, two = mine[commit], theirs[commit]
        if one is None or two is None:
            # Who took a note away did not know what the other one wrote.
            found[commit] = one if two is None else two
        else:
            text = gitai.written(grammar(gitai.read(one), gitai.read(two)))
            found[commit] = text.encode("utf-8", "surrogateescape").rstrip(b"\n") + b"\n"
    return found


def _forward(ref: str, theirs: str, before: str | None, here: str) -> None:
    try:
        moved(ref, theirs, before or "0" * len(theirs), here)
    except GitError as error:
        raise notes.Moved(str(error)) from error


def _start(one: str, other: str, here: str) -> str | None:
    """The commit that both sides go back to; None when they have nothing in common."""
    try:
        return run(("merge-base", one, other), here).decode("ascii").strip() or None
    except GitError:
        return None


def _time(commit: str, here: str) -> int:
    return int(run(("log", "-1", "--format=%ct", commit), here).decode("ascii").strip() or 0)


def _blob(known: Mapping[str, tuple[str, str]], commit: str) -> str:
    return known.get(commit, ("", ""))[1]
