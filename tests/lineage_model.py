"""
What origins must be, said in another way than the program says it: a list of bytes, each with its author.

It knows nothing of runs, sections, inverses or alignments: a step of undoing is a whole copy, a search goes over
every place. Where what is promised leaves a choice, a byte has several origins that it may have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# The origins that a byte may have.
May = frozenset[str]
Cell = tuple[int, May]

HUMAN, BULK, PASTED = (frozenset((one,)) for one in ("human:typed", "unknown:bulk", "unknown:pasted"))
# Unknown in either case: what an agent's write is undone to may be remembered as come from the disk.
STANDING = frozenset(("unknown:standing", "unknown:disk"))
_TOKEN = re.compile(rb"[\w\x80-\xff]+|[^\s\w\x80-\xff]")


# Behind the origin of a byte whose line an agent took something out of.
CUT = "/cut"


def cells_cut(some: Sequence[Cell]) -> list[Cell]:
    """
    *some* after an agent took something out of their line: what is known of and nobody would have to read is cut.

    Whether unknown bytes are is not asked: a record may tell more of these at any time, and of an older text.
    """
    return [(byte, frozenset(map(_cut, may))) for byte, may in some]


def uncut(may: May) -> May:
    return frozenset(one.removesuffix(CUT) for one in may)


def _cut(one: str) -> str:
    return one if one.startswith(("ai:", "unknown:")) else one.removesuffix(CUT) + CUT


def cells(text: str | bytes, may: May) -> list[Cell]:
    raw = text.encode() if isinstance(text, str) else text
    return [(byte, may) for byte in raw]


@dataclass(slots=True)
class Page:
    """A text that is open, what can be undone in it, and what can be done again."""

    now: list[Cell]
    done: list[list[Cell]] = field(default_factory=list)
    undone: list[list[Cell]] = field(default_factory=list)

    @property
    def raw(self) -> bytes:
        return bytes(byte for byte, _ in self.now)

    def step(self) -> None:
        """Effect: what comes next can be undone."""
        self.done.append(list(self.now))
        self.undone.clear()

    def put(self, start: int, end: int, new: Sequence[Cell]) -> None:
        """Effect: the bytes from *start* to *end* give way to *new*."""
        self.now[start:end] = new

    def undo(self) -> None:
        self.undone.append(self.now)
        self.now = self.done.pop()

    def redo(self) -> None:
        self.done.append(self.now)
        self.now = self.undone.pop()


@dataclass(slots=True)
class Model:
    """All that is open, and what was taken away in it."""

    pages: dict[str, Page] = field(default_factory=dict)
    gone: list[tuple[str, bytes, list[May]]] = field(default_factory=list)

    def take(self, uri: str, start: int, end: int) -> None:
        """Effect: it is remembered that these bytes go."""
        if start < end:
            old = self.pages[uri].now[start:end]
            self.gone.append((uri, bytes(byte for byte, _ in old), [may for _, may in old]))

    def pasted(self, text: bytes, uri: str, at: int, *, just_cut: bool) -> list[Cell]:
        """What pasted bytes must be, in the page *uri* in which they stand at *at* already."""
        if b"\n" not in text and b"\r" not in text:
            return cells(text, PASTED)
        standing = _told_apart(self._standing(text, uri, at))
        gone = _told_apart(mays for page, old, mays in self.gone if old == text and page in self.pages)
        if len(_told_apart([*standing, *gone])) == 1:
            sure = bool(standing) or just_cut
            (known,) = _told_apart([*standing, *gone])
            # Of what is unknown one place may be cut and the others not, so that nobody can tell which it is.
            sures = [sure and may != STANDING for may in known]
            return [
                (byte, may if sure else may | PASTED)
                for byte, may, sure in zip(text, known, sures, strict=True)
            ]
        if len(standing) > 1 or not (standing or gone):
            return cells(text, PASTED)
        # What was taken away long ago may be forgotten.
        either = [*standing, *gone]
        return [(byte, PASTED.union(*(mays[n] for mays in either))) for n, byte in enumerate(text)]

    def _standing(self, text: bytes, uri: str, at: int) -> Iterator[list[May]]:
        """The origins of every place where *text* stands, but for the one at *at*."""
        for name, page in self.pages.items():
            raw = page.raw
            for start in range(len(raw) - len(text) + 1):
                here = name == uri and start < at + len(text) and at < start + len(text)
                if raw.startswith(text, start) and not here:
                    yield [may for _, may in page.now[start : start + len(text)]]


def tokens(some: Sequence[Cell]) -> list[list[Cell]]:
    """The words and marks of a text, blanks aside."""
    raw = bytes(byte for byte, _ in some)
    return [list(some[found.start() : found.end()]) for found in _TOKEN.finditer(raw)]


def spaced(words: Sequence[tuple[list[Cell], str]], tool: May) -> list[Cell]:
    """
    The cells of *words*, each with the blanks that stand before it.

    Blanks belong to a word beside them, or to the tool.
    """
    new: list[Cell] = []
    last: May = frozenset()
    for word, blanks in words:
        beside = tool | (last or word[0][1]) | word[0][1]
        new += cells(blanks, beside)
        new += word
        last = word[-1][1]
    return new


def _told_apart(several: Iterator[list[May]] | Sequence[list[May]]) -> list[list[May]]:
    found: list[list[May]] = []
    for one in several:
        if one not in found:
            found.append(one)
    return found
