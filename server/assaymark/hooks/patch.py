"""
Patches as agents write them: `apply_patch` (Codex, Copilot) and SEARCH/REPLACE blocks (Cline).

Invariants:
    What does not follow the grammar is left out, and never guessed at.
    Paths are as they stand in the patch: nothing is trusted that is not confined later.
"""

from __future__ import annotations

from assaymark.hooks.report import Replaced
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGIN, _END = "*** Begin Patch", "*** End Patch"
_UPDATE, _ADD, _DELETE = "*** Update File: ", "*** Add File: ", "*** Delete File: "
_MOVE, _LAST = "*** Move to: ", "*** End of File"


class Added(NamedTuple):
    path: str
    content: str


class Deleted(NamedTuple):
    path: str


class Updated(NamedTuple):
    """A file of which hunks changed, and that may have got another path, *to*."""

    path: str
    to: str
    hunks: tuple[Replaced, ...]


def files_of(patch: str) -> list[Added | Deleted | Updated]:
    """What an `apply_patch` text does, file by file; nothing for what is no such patch."""
    return [_file(head, body) for head, body in _sections(patch)]


def blocks_of(diff: str) -> tuple[Replaced, ...]:
    """The replacements of SEARCH/REPLACE blocks."""
    found: list[Replaced] = []
    old: list[str] = []
    new: list[str] = []
    into: list[str] | None = None
    for line in diff.splitlines(keepends=True):
        mark = line.rstrip()
        if _is_mark(mark, "<-", " SEARCH"):
            old, new = [], []
            into = old
        elif into is old and _is_mark(mark, "=", ""):
            into = new
        elif into is new and _is_mark(mark, ">+", " REPLACE"):
            found.append(Replaced("".join(old), "".join(new), whole=True))
            into = None
        elif into is not None:
            into.append(line)
    return tuple(found)


def _is_mark(line: str, signs: str, word: str) -> bool:
    """Whether *line* is a rule of one of *signs*, with *word* behind it."""
    rule = line.removesuffix(word)
    return line.endswith(word) and len(rule) >= 5 and rule[0] in signs and len(set(rule)) == 1


def _sections(patch: str) -> Iterator[tuple[str, list[str]]]:
    """The header of each file and the lines below it."""
    head, body = "", list[str]()
    within = False
    for line in _lines(patch):
        if line.rstrip() == _BEGIN:
            within = True
        elif line.rstrip() == _END:
            break
        elif within and line.startswith((_UPDATE, _ADD, _DELETE)):
            if head:
                yield head, body
            head, body = line, []
        else:
            body.append(line)
    if head:
        yield head, body


def _lines(patch: str) -> list[str]:
    return [line.removesuffix("\r") for line in patch.split("\n")]


def _file(head: str, body: list[str]) -> Added | Deleted | Updated:
    if head.startswith(_ADD):
        lines = [line[1:] + "\n" for line in body if line.startswith("+")]
        return Added(head.removeprefix(_ADD).strip(), "".join(lines))
    if head.startswith(_DELETE):
        return Deleted(head.removeprefix(_DELETE).strip())
    to = next((line.removeprefix(_MOVE).strip() for line in body if line.startswith(_MOVE)), "")
    return Updated(head.removeprefix(_UPDATE).strip(), to, tuple(_hunks(body)))


def _hunks(body: list[str]) -> Iterator[Replaced]:
    old: list[str] = []
    new: list[str] = []
    last = False
    for line in [*body, "@@"]:
        if line.startswith("@@"):
            if old or new:
                yield Replaced("".join(old), "".join(new), whole=True, last=last or not old)
            old, new, last = [], [], False
        elif line.startswith(_LAST):
            last = True
        elif line.startswith("-"):
            old.append(line[1:] + "\n")
        elif line.startswith("+"):
            new.append(line[1:] + "\n")
        elif line.startswith(" ") or not line:
            # Models forget the blank before an empty line of context.
            old.append(line[1:] + "\n")
            new.append(line[1:] + "\n")
