"""
What a change did to tests: those that are gone, that are skipped now, and that assert less.

Invariants:
    A test that moved to another file of the change, or has another place in its own, is not gone.
    It says what is there no longer, and nothing about why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from assaymark.analysis.compared import Side

_TEST = re.compile(r"(?:^|\.)(?:test|Test|should)\w*$|^(?:test|it)\(")
_SKIPS = re.compile(
    rb"@(?:pytest\.mark\.|unittest\.)?(?:skip|skipif|skipIf|skipUnless|xfail|expectedFailure)\b"
    rb"|\b(?:pytest\.skip|pytest\.xfail|self\.skipTest)\s*\("
    rb"|\b(?:it|test|describe)\.(?:skip|todo)\s*\(|\bx(?:it|describe)\s*\("
)
_ASSERTIONS = re.compile(
    rb"^[ \t]*assert\b|\bself\.(?:assert\w+|fail\w*)\s*\(|\bpytest\.raises\s*\("
    rb"|\bassert_\w+\s*\(|\bexpect\s*\(|\bassert\.\w+\s*\(",
    re.MULTILINE,
)


class Weakened(NamedTuple):
    """A test that is gone (`deleted`), is `skipped` now, or asserts less; its line before, and now."""

    path: str
    name: str
    what: str
    n_before: int
    n_after: int
    line: int | None
    now: int | None


def weakened(pairs: Sequence[tuple[Side, Side]]) -> Iterator[Weakened]:
    """What became of the tests of each pair of a text before and after."""
    names_after = {_last(name) for _, after in pairs for name in after.outline.names}
    for before, after in pairs:
        for name in sorted(before.outline.names, key=lambda one: before.line_of(one) or 0):
            if _TEST.search(name):
                yield from _of_test(name, before, after, names_after)


def _of_test(name: str, before: Side, after: Side, names_after: set[str]) -> Iterator[Weakened]:
    line = before.line_of(name)
    if name not in after.outline.names:
        if _last(name) not in names_after:
            yield Weakened(before.path, name, "deleted", 0, 0, line, None)
        return
    old, new = before.text(name), after.text(name)
    now = after.line_of(name)
    n_old, n_new = len(_SKIPS.findall(old)), len(_SKIPS.findall(new))
    if n_new > n_old:
        yield Weakened(before.path, name, "skipped", n_old, n_new, line, now)
    n_old, n_new = len(_ASSERTIONS.findall(old)), len(_ASSERTIONS.findall(new))
    if n_new < n_old:
        yield Weakened(before.path, name, "fewer assertions", n_old, n_new, line, now)


def _last(name: str) -> str:
    return name.rpartition(".")[2] or name
