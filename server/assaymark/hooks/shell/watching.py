"""
What a command in an agent's shell wrote, and whose it is.

Before the command a snapshot is taken; afterwards the work tree is held against it. What came is the agent's
where the text before is known: a blob of the index of that time, or the words of a file that differed from
it.

Invariants:
    A content that git knew before is not the agent's, whatever brought it: checkout, stash, pull.
    A text that is only somewhere else now, or as it was, did not come.
    It costs a fixed time at most; what was given up is a gap in the record.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH118

from __future__ import annotations

import os
import time

try:
    # Of this module alone: `hashlib` loads OpenSSL first.
    from _sha1 import sha1  # type: ignore[import-not-found]
except ImportError:
    from hashlib import sha1

from assaymark.hooks.placing import Step
from assaymark.hooks.report import ShellBegins, ShellEnded
from assaymark.hooks.scene import MOST_BYTES, Scene, said_first
from assaymark.hooks.shell.snapshot import Before, Kept, drop, key_of, naming, stamp_of, take, taken
from assaymark.hooks.shell.tree import (
    GaveUpError,
    Tree,
    blobs,
    differing,
    existing,
    moved_head,
    tree_of,
    written_since,
)
from assaymark.hooks.telling import BY, Sent, Was, edited, was
from assaymark.ledger.events import Gap, Moved, stamp
from assaymark.ledger.secret import Secret, secret_of
from assaymark.lineage.narrowing import Change, changes, differences, worded
from assaymark.repository.place import Place, place_of
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# Seconds that an agent waits for us before a command, and after it; and those that git has at least, however
# long the start of this program took.
PATIENCE = 0.2
_LEAST = 0.1
_MOST_CHANGED = 200
_NO_GIT = "there is no git here, so files that commands write are not seen"
_LFS = b"version https://git-lfs.github.com/"


class Written(NamedTuple):
    """A file that is not as it was: what it holds, and what is known of it before (None: there was none)."""

    path: str
    content: bytes
    before: Kept | str | None


def of_shell(scene: Scene, report: ShellBegins | ShellEnded) -> Iterator[Sent]:
    """
    What to record of a command.

    Effect: before one, a snapshot is kept; behind it, it is removed.
    """
    place = place_of(os.path.join(scene.turn.cwd or scene.home.top, report.cwd, ""))
    tree = tree_of(place, _patience(scene.began))
    key = key_of(scene.turn.tool, scene.turn.session, report.command)
    if tree is None:
        if isinstance(report, ShellBegins) and said_first(scene, _NO_GIT):
            yield Sent(place.store, Gap(*stamp(BY), _NO_GIT))
        return
    try:
        if isinstance(report, ShellBegins):
            take(place.store, key, tree, secret_of(place.store))
            return
        before = taken(place.store, key)
        if before is not None:
            yield from _came(scene, place, tree, before)
    except GaveUpError as error:
        yield Sent(place.store, Gap(*stamp(BY), f"what a command wrote is not known: {error}"))
    if isinstance(report, ShellEnded):
        drop(place.store, key)


def _patience(began: float) -> float:
    """What is left for git of the time that an agent waits."""
    return max(min(_LEAST, PATIENCE), PATIENCE - (time.monotonic() - began))


def _came(scene: Scene, place: Place, tree: Tree, before: Before) -> list[Sent]:
    """The events of what changed since *before*. Raises GaveUpError."""
    now = differing(tree, before.index_copy)
    paths: dict[str, Kept | str | None] = dict.fromkeys(now.untracked)
    paths |= now.changed
    paths |= {path: kept for path, kept in before.files.items() if path in paths}
    written = [one for path, known in paths.items() if (one := _written(tree, path, known)) is not None]
    if len(written) > _MOST_CHANGED:
        msg = f"it changed {len(written)} files"
        raise GaveUpError(msg)
    secret = secret_of(place.store)
    gone = _gone(tree, before, now.gone)
    known_digests = _digests(before)
    brought = _brought(tree, before, written)
    olds = blobs(tree, (one.before for one in written if isinstance(one.before, str)))
    sent: list[Sent] = []
    for one in written:
        digest = secret.digest(one.content)
        source = gone.get(digest) or next((gone[name] for name in _ids(one.content) if name in gone), None)
        here = place._replace(path=one.path)
        if source is not None:
            sent.append(Sent(place.store, Moved(*stamp(BY), source, one.path)))
        elif digest not in known_digests and not brought.intersection(_ids(one.content)):
            sent += _event(scene, here, secret, one, olds)
    return sent


def _written(tree: Tree, path: str, known: Kept | str | None) -> Written | None:
    """The file at *path* as it is now; None where it is as it was, or nothing that we record."""
    file = os.path.join(tree.top, path)
    now = stamp_of(file)
    if now is None or now[1] > MOST_BYTES or (isinstance(known, Kept) and known.stamp == now):
        return None
    try:
        with open(file, "rb") as opened:  # noqa: PTH123
            content = opened.read(MOST_BYTES)
    except OSError:
        return None
    return None if b"\0" in content[:8000] else Written(path, content, known)


def _event(
    scene: Scene, place: Place, secret: Secret, one: Written, olds: dict[str, bytes]
) -> Iterator[Sent]:
    after = one.content
    match one.before:
        case None:
            whole = (Change(0, 0, 0, len(after)),) if after else ()
            yield edited(scene, place, was(secret, b""), Step(b"", after, whole))
        case Kept(_, digest, words, outline) if words is not None:
            found = differences(words, worded(after, naming(secret)))
            yield edited(scene, place, Was(digest, outline), Step(None, after, found))
        case str(blob) if not olds.get(blob, _LFS).startswith(_LFS):
            old = _as_in_tree(olds[blob], after)
            yield edited(scene, place, was(secret, old), Step(old, after, changes(old, after)))
        case _:
            unknown = "a command changed it, and its text before is not known"
            yield Sent(place.store, Gap(*stamp(BY), unknown, place.path or ""))


def _as_in_tree(blob: bytes, after: bytes) -> bytes:
    r"""What *blob* was in the work tree: git turns ``\n`` into ``\r\n`` where it is told to."""
    has_crlf = b"\r\n" in after and b"\r\n" not in blob
    return blob.replace(b"\n", b"\r\n") if has_crlf else blob


def _digests(before: Before) -> frozenset[str]:
    return frozenset(kept.digest for kept in before.files.values() if kept.digest)


def _gone(tree: Tree, before: Before, gone: dict[str, str]) -> dict[str, str]:
    """The paths of files that are not there any more, by their digests or blobs."""
    kept = {
        one.digest: path
        for path, one in before.files.items()
        if one.digest and stamp_of(os.path.join(tree.top, path)) is None
    }
    return kept | {blob: path for path, blob in gone.items() if path not in before.files}


def _brought(tree: Tree, before: Before, written: list[Written]) -> frozenset[str]:
    """
    The blobs of what was *written* that are not the agent's: git had them before, or got them from elsewhere.

    What the command itself put into git and committed is its own all the same: git got those objects during
    the command, and nothing but commits moved HEAD.
    """
    found = existing(tree, (name for one in written for name in _ids(one.content)))
    if set(moved_head(tree, before.n_log)) - {"commit"}:
        return found
    return frozenset(name for name in found if not written_since(tree, name, before.began))


def _ids(content: bytes) -> tuple[str, ...]:
    """The names that git may have for *content*: of itself, and with plain line ends."""
    plain = content.replace(b"\r\n", b"\n")
    return tuple(_id(text) for text in dict.fromkeys((content, plain)))


def _id(content: bytes) -> str:
    # gitformat: the name of a blob is the SHA-1 of its header and content; no secret depends on it.
    return str(sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest())
