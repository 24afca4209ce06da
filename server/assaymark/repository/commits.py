"""
Commits: what they say, which there are, and what each one changed.

Invariants:
    What a commit changed is read from its trees alone, never from the work tree.
    Lines end at line feeds alone, as git counts them, and are numbered from 1.
"""

from __future__ import annotations

from assaymark.repository.git import GitError, run
from assaymark.repository.objects import read, texts
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_LARGEST = 1 << 20
_MOST_PATHS = 200
_REGULAR = frozenset(("100644", "100755"))
DIFF = (
    *("diff-tree", "-r", "-z", "-U0", "--patch-with-raw", "--full-index"),
    *("--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=all"),
)


class Commit(NamedTuple):
    """A commit: *author* and *committer* as `Name <e-mail>`, *time* of its making in seconds since 1970.

    *written* is when its change was, which a copy of it keeps.
    """

    id: str
    tree: str
    parents: tuple[str, ...]
    author: str
    committer: str
    time: int
    message: str
    written: int = 0


class Change(NamedTuple):
    """
    A file that a commit changed and that is there after it.

    *path* and *before* (another one only if it was renamed; None if it is new) are from the top, *blob* is
    its content's id, *added* the lines that came, first and last.
    """

    path: str
    before: str | None
    blob: str
    added: tuple[tuple[int, int], ...]


def commits(ids: Sequence[str], here: str | None) -> dict[str, Commit]:
    """The commits of these ids; those that are not in this clone, or absurdly large, are left out."""
    found = zip(ids, texts(ids, here, _LARGEST), strict=True)
    return {name: parsed(name, text) for name, text in found if text is not None}


def head(here: str | None) -> Commit | None:
    """The commit that HEAD is at; None before the first."""
    (found,) = read(["HEAD"], here, _LARGEST)
    if found is None or found.text is None or found.object.kind != "commit":
        return None
    return parsed(found.object.id, found.text)


def parsed(name: str, text: bytes) -> Commit:
    """The commit with the id *name* whose object holds *text*."""
    head, _, message = text.partition(b"\n\n")
    fields: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        fields.setdefault(key, []).append(value)
    author, written = _person(fields.get(b"author", [b""])[0])
    committer, time = _person(fields.get(b"committer", [b""])[0])
    return Commit(
        name,
        fields.get(b"tree", [b""])[0].decode("ascii", "replace"),
        tuple(parent.decode("ascii", "replace") for parent in fields.get(b"parent", [])),
        author,
        committer,
        time,
        message.decode("utf-8", "replace"),
        written,
    )


def listed(include: Iterable[str], exclude: Iterable[str], here: str | None, most: int) -> list[str]:
    """The ids of the newest *most* commits that *include* reaches and *exclude* does not, oldest first."""
    asked = "".join([*(f"{one}\n" for one in include), *(f"^{one}\n" for one in exclude)])
    options = ("rev-list", "--topo-order", "--reverse", f"--max-count={most}", "--stdin")
    return run(options, here, asked.encode("ascii")).decode("ascii").split()


def changes(commit: Commit, here: str | None) -> tuple[Change, ...]:
    """
    What *commit* changed against its first parent.

    Of a merge commit, only what it has from no parent counts as added.
    """
    if len(commit.parents) < 2:
        return tuple(_changes(commit.id, commit.parents, here))
    paths = resolved(commit, here)
    if not paths:
        return ()
    found = tuple(_changes(commit.id, commit.parents[:1], here, paths))
    for parent in commit.parents[1:]:
        others = {change.path: change for change in _changes(commit.id, (parent,), here, paths)}
        found = tuple(
            change._replace(added=_both(change.added, others[change.path].added))
            for change in found
            if change.path in others
        )
    return found


def resolved(commit: Commit, here: str | None) -> list[str]:
    """The paths at which merge commit *commit* has what no parent has: where somebody resolved a conflict."""
    out = run(("diff-tree", "-r", "-c", "-z", "--no-commit-id", "--name-only", commit.id), here)
    return [path.decode("utf-8", "surrogateescape") for path in out.split(b"\0") if path]


def between(before: str, after: str, here: str | None) -> tuple[Change, ...]:
    """What tree or commit *after* has and *before* has not."""
    return tuple(_changes(after, (before,), here))


def staged_changes(here: str) -> tuple[Change, ...]:
    """What the index has and the last commit has not. Raises GitError."""
    try:
        base = run(("rev-parse", "--verify", "--quiet", "HEAD^{tree}"), here)
    except GitError:
        # Before the first commit all of it is new.
        base = run(("hash-object", "-t", "tree", "--stdin"), here)
    tree = base.decode("ascii").strip()
    asked = ("diff-index", "--cached", *DIFF[2:], "-M", tree, "--")
    raw, _, said = run(asked, here).partition(b"\0\0")
    return tuple(told(raw, said))


def patch(before: str | None, after: str, here: str | None) -> str:
    """
    What tells whether two changes do the same: the files, and the lines that go and come in each.

    What stands around them does not count, so a change keeps this when it is rebased.
    """
    options = ("diff-tree", "-r", "-U0", "--no-commit-id", "--no-ext-diff", "--no-textconv", "--no-color")
    more = ("--no-renames", "--full-index", "--binary", "--src-prefix=a/", "--dst-prefix=b/")
    trees = (before, after) if before is not None else ("--root", after)
    said = run((*options, *more, *trees), here)
    # Where a change stands, and what the files were as a whole, may differ.
    kept = (line for line in said.split(b"\n") if not line.startswith((b"@@ ", b"index ")))
    # Late, as this is for commands alone.
    import hashlib

    return hashlib.sha256(b"\n".join(kept)).hexdigest()


def _changes(
    commit: str, parent: Sequence[str], here: str | None, paths: Sequence[str] = ()
) -> Iterator[Change]:
    trees = (*parent, commit) if parent else ("--root", commit)
    # Beyond this a command line may be too long, and all files are looked at.
    only = ("--", *(f":(top,literal){path}" for path in paths)) if 0 < len(paths) <= _MOST_PATHS else ()
    # Renames cost where many files came and went; git gives up on them by itself then.
    raw, _, said = run((*DIFF, "--no-commit-id", "-M", *trees, *only), here).partition(b"\0\0")
    return told(raw, said)


def told(raw: bytes, said: bytes) -> Iterator[Change]:
    """The changes that git tells of by *raw* rows, each ending in a zero byte, and a patch."""
    hunks = _hunks(said)
    for status, modes, blob, path, before in rows(raw):
        added = next(hunks, ())
        if status == "T":
            # One kind of file gives way to another: git shows that as two patches.
            added = next(hunks, ())
        if modes in _REGULAR:
            yield Change(path, before, blob, added)


def rows(raw: bytes) -> Iterator[tuple[str, str, str, str, str | None]]:
    """Status, mode, blob, path and path before of each file that differs."""
    parts = iter(raw.split(b"\0"))
    for facts in parts:
        if not facts.startswith(b":"):
            continue
        _old, mode, _before, blob, status = facts[1:].decode("ascii").split()
        path = next(parts, b"")
        before: bytes | None = None if status == "A" else path
        if status[0] in "RC":
            before, path = path, next(parts, b"")
        name = path.decode("utf-8", "surrogateescape")
        earlier = None if before is None else before.decode("utf-8", "surrogateescape")
        yield status[0], mode, blob, name, earlier


def _hunks(said: bytes) -> Iterator[tuple[tuple[int, int], ...]]:
    """The lines that came, of each file of a patch in turn."""
    added: list[tuple[int, int]] | None = None
    for line in said.split(b"\n"):
        # A line that is one of the files' always has something before it.
        if line.startswith(b"diff --git "):
            if added is not None:
                yield tuple(added)
            added = []
        elif line.startswith(b"@@ -") and added is not None:
            # @@ -12,3 +14,2 @@, where one line is not counted.
            first, _, n = line.split(b" ", 3)[2].partition(b",")
            if n != b"0":
                added.append((int(first), int(first) + int(n or 1) - 1))
    if added is not None:
        yield tuple(added)


def _both(
    one: tuple[tuple[int, int], ...], other: tuple[tuple[int, int], ...]
) -> tuple[tuple[int, int], ...]:
    """The lines that are in both."""
    found = (
        (max(first, start), min(last, end))
        for first, last in one
        for start, end in other
        if start <= last and first <= end
    )
    return tuple(found)


def by_path(several: Iterable[Change]) -> Mapping[str, Change]:
    return {change.path: change for change in several}


def _person(text: bytes) -> tuple[str, int]:
    """Who, and when in seconds since 1970, of `Name <e-mail> SECONDS ZONE`."""
    who, seconds, zone = (*text.rsplit(b" ", 2), b"", b"")[:3]
    is_zone = zone.startswith((b"+", b"-")) and zone[1:].isdigit() and len(zone) == 5
    if not is_zone or not seconds.removeprefix(b"-").isdigit():
        return text.decode("utf-8", "replace"), 0
    return who.decode("utf-8", "replace"), int(seconds)
