"""
What a file held before somebody touched it. Texts are not recorded, so git is asked for them.

Invariants:
    A text counts as the one before only if its digest is the one that was recorded, or if the commit that
    holds it was the last before; which of the two is said.
    Git is started twice, however many files are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assaymark.repository.git import GitError, run
from assaymark.repository.objects import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assaymark.record.conversations import Touched

_MOST_BYTES = 5_000_000
# So many of a file's last commits may hold the text before.
_N_COMMITS = 12


class TextBefore(NamedTuple):
    """
    The text before, None where it is not known any more.

    *exact* says that it is the one that was recorded; else it is that of the commit before. A file that was
    not there is empty.
    """

    content: bytes | None
    exact: bool = False


def texts_before(
    touched: Sequence[Touched], top: str, digest: Callable[[bytes], str]
) -> dict[str, TextBefore]:
    """What each file of *touched* held before, by path."""
    wanted: list[tuple[Touched, str]] = []
    for one in touched:
        names = [f":{one.path}", *(f"{commit}:{one.path}" for commit in _commits(one, top))]
        wanted += [(one, name) for name in names]
    try:
        held = texts([name for _, name in wanted], top, _MOST_BYTES)
    except GitError:
        held = [None] * len(wanted)
    found: dict[str, list[bytes]] = {one.path: [] for one in touched}
    for (one, _), content in zip(wanted, held, strict=True):
        if content is not None:
            found[one.path].append(content)
    return {one.path: _of(one, found[one.path], digest) for one in touched}


def _of(touched: Touched, candidates: Sequence[bytes], digest: Callable[[bytes], str]) -> TextBefore:
    for content in (b"", *candidates):
        if touched.before is not None and digest(content) == touched.before:
            return TextBefore(content, exact=True)
    # The first candidate is the index, which may hold the agent's; the next is the last commit before.
    if len(candidates) > 1:
        return TextBefore(candidates[1])
    return TextBefore(None if candidates or touched.before is not None else b"")


def _commits(touched: Touched, top: str) -> list[str]:
    """The last commits of the file before it was touched, and some from then on, which may hold the text."""
    arguments = ("rev-list", f"--max-count={_N_COMMITS}", "--end-of-options", "HEAD", "--", touched.path)
    before = (arguments[0], f"--before={touched.time}", *arguments[1:])
    try:
        older = run(before, top).decode("ascii").split()
        newest = run(arguments, top).decode("ascii").split() if not older else []
    except GitError:
        return []
    return [*older[:_N_COMMITS], *newest]
