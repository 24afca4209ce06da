r"""
What really changed between an old and a new text: agents hand over whole functions to change a word.

Lines are compared first. Where lines gave way to others, their words are; a line of which most words stand
in the other text was changed, and its words that are in both stay. Of a line that was written anew only what
it begins and ends with stays.

Invariants:
    A word is kept whole or not at all.
    Outside of the changes the two texts are equal, byte for byte.
    Beyond a stated size less is kept, never something wrong.

A text is a sequence of names, one for each of its words, blanks and signs: the bytes themselves, or hashes
of them, so that a text of which only hashes are left can be compared too.
"""

from __future__ import annotations

import re

from assaymark.regex import regex
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

_WORD = regex(rb"[\w\x80-\xff]+|\r\n|[\n\r]|[ \t\x0b\x0c]+|[^\w\s\x80-\xff]|.", re.DOTALL)
SIGN, BLANK, WORD = range(3)
_LINE_ENDS = (b"\n", b"\r\n", b"\r")
# Beyond this many pairs of words only the beginnings and ends of a change are compared.
_MOST_PAIRS = 250_000
_MOST_LINE_PAIRS, _LEAST_REACH = 10_000, 4


# As many of the new text from there on as of the old: where in the old, where in the new, how many.
Same: TypeAlias = tuple[int, int, int]
# A word of the old text and the one of the new text that it still is, by their numbers.
Pair: TypeAlias = tuple[int, int]


class Change(NamedTuple):
    """Bytes *start* to *end* of the old text gave way to bytes *new_start* to *new_end* of the new one."""

    start: int
    end: int
    new_start: int
    new_end: int


class Worded(NamedTuple):
    """
    A text in words: their *names*, how many bytes each has, and what *kinds* they are.

    *ends* are the numbers behind the last word of each line.
    """

    names: list[bytes]
    sizes: list[int]
    kinds: list[int]
    ends: list[int]

    def solid(self, start: int, end: int) -> list[int]:
        """The numbers from *start* to *end* of what is not blank."""
        return [number for number in range(start, end) if self.kinds[number] != BLANK]


def worded(content: bytes, named: Callable[[bytes], bytes] | None = None) -> Worded:
    """*content* in words, named by themselves or by *named*."""
    words = _WORD.findall(content)
    ends = [number for number, word in enumerate(words, 1) if word in _LINE_ENDS]
    if words and (not ends or ends[-1] != len(words)):
        ends.append(len(words))
    names = words if named is None else [named(word) for word in words]
    return Worded(names, [len(word) for word in words], [_kind(word) for word in words], ends)


def _kind(word: bytes) -> int:
    return BLANK if word.isspace() else WORD if word.isalnum() or word[0] >= 0x80 or b"_" in word else SIGN


def changes(old: bytes, new: bytes) -> tuple[Change, ...]:
    """What changed from *old* to *new*, in ascending order."""
    olds, news = _split(old), _split(new)
    at, new_at = _offsets([len(line) for line in olds]), _offsets([len(line) for line in news])
    found: list[Change] = []
    for gap in _gaps(_aligned(olds, news), len(olds), len(news)):
        start, new_start = at[gap.start], new_at[gap.new_start]
        within = differences(worded(old[start : at[gap.end]]), worded(new[new_start : new_at[gap.new_end]]))
        found += [Change(start + a, start + b, new_start + c, new_start + d) for a, b, c, d in within]
    return _joined(found)


def differences(old: Worded, new: Worded) -> tuple[Change, ...]:
    """What changed from *old* to *new*, in ascending order."""
    olds, news = _offsets(old.sizes), _offsets(new.sizes)
    return _joined(
        [
            Change(olds[start], olds[end], news[new_start], news[new_end])
            for start, end, new_start, new_end in _replaced_words(old, new)
        ]
    )


def _joined(several: list[Change]) -> tuple[Change, ...]:
    """*several* with those that touch made one."""
    found: list[Change] = []
    for change in several:
        if found and found[-1].end == change.start and found[-1].new_end == change.new_start:
            found[-1] = Change(found[-1].start, change.end, found[-1].new_start, change.new_end)
        else:
            found.append(change)
    return tuple(found)


def _aligned(old: Sequence[bytes], new: Sequence[bytes]) -> list[Same]:
    """The runs that are the same in both."""
    if len(old) == len(new) == 1:
        return [(0, 0, 1)] if old == new else []
    # Late: an agent waits, and many edits are of a line.
    from assaymark.lineage.alignment import aligned

    return list(aligned(old, new))


def _replaced_words(old: Worded, new: Worded) -> Iterator[Change]:
    """The changes, counted in words."""
    old_lines, new_lines = _lines(old), _lines(new)
    for gap in _gaps(_aligned(old_lines, new_lines), len(old_lines), len(new_lines)):
        start, end = _first(old, gap.start), _first(old, gap.end)
        new_start, new_end = _first(new, gap.new_start), _first(new, gap.new_end)
        yield from _within(old, new, Change(start, end, new_start, new_end))


def _within(old: Worded, new: Worded, gap: Change) -> Iterator[Change]:
    """The changes of lines that gave way to others."""
    gap = _trimmed(old, new, gap)
    if gap.start == gap.end or gap.new_start == gap.new_end:
        if gap.start != gap.end or gap.new_start != gap.new_end:
            yield gap
        return
    kept = [*_kept(old, new, gap), (gap.end, gap.new_end)]
    at, new_at = gap.start, gap.new_start
    for number, new_number in kept:
        if at != number or new_at != new_number:
            yield from _between(old, new, Change(at, number, new_at, new_number))
        at, new_at = number + 1, new_number + 1


def _between(old: Worded, new: Worded, gap: Change) -> Iterator[Change]:
    """The change between two words that stay: nothing where only equal blanks are between them."""
    gap = _trimmed(old, new, gap)
    if gap.start != gap.end or gap.new_start != gap.new_end:
        yield gap


def _trimmed(old: Worded, new: Worded, gap: Change) -> Change:
    """*gap* without the words that both sides begin and end with."""
    start, end, new_start, new_end = gap
    while start < end and new_start < new_end and old.names[start] == new.names[new_start]:
        start, new_start = start + 1, new_start + 1
    while start < end and new_start < new_end and old.names[end - 1] == new.names[new_end - 1]:
        end, new_end = end - 1, new_end - 1
    return Change(start, end, new_start, new_end)


def _kept(old: Worded, new: Worded, gap: Change) -> list[Pair]:
    """The words that stay within *gap*, by their numbers: those of lines that were not written anew."""
    olds, news = old.solid(gap.start, gap.end), new.solid(gap.new_start, gap.new_end)
    if len(olds) * len(news) > _MOST_PAIRS:
        return _of_changed_lines(old, new, gap, [])
    pairs = [
        (olds[old_at + at], news[new_at + at])
        for old_at, new_at, n in _aligned([old.names[n] for n in olds], [new.names[n] for n in news])
        for at in range(n)
    ]
    n_same = sum(old.sizes[number] for number, _ in pairs)
    most = max(sum(old.sizes[n] for n in olds), sum(new.sizes[n] for n in news))
    return pairs if 2 * n_same >= most else _of_changed_lines(old, new, gap, pairs)


def _of_changed_lines(old: Worded, new: Worded, gap: Change, pairs: list[Pair]) -> list[Pair]:
    """
    The words that stay where more was written than kept.

    Those of *pairs* in whose lines at least half of the shorter one's words are paired; of the other lines
    what they begin and end with, where a line of the new text begins or ends so.
    """
    of_old, of_new = _line_numbers(old), _line_numbers(new)
    groups: dict[Pair, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault((of_old[pair[0]], of_new[pair[1]]), []).append(pair)
    kept: list[Pair] = []
    line, new_line = of_old[gap.start], of_new[gap.new_start]
    for (at, new_at), group in groups.items():
        n_same = sum(old.sizes[number] for number, _ in group)
        if 2 * n_same >= min(_n_bytes(old, at), _n_bytes(new, new_at)) and n_same > 2:
            kept += _of_edges(old, new, Change(line, at, new_line, new_at)) + group
            line, new_line = at + 1, new_at + 1
    end, new_end = of_old[gap.end - 1] + 1, of_new[gap.new_end - 1] + 1
    kept += _of_edges(old, new, Change(line, end, new_line, new_end))
    # The first and the last line may only be in the gap in part.
    return [
        pair for pair in kept if gap.start <= pair[0] < gap.end and gap.new_start <= pair[1] < gap.new_end
    ]


def _of_edges(old: Worded, new: Worded, lines: Change) -> list[Pair]:
    """The words at the edges of lines, each held against the next lines of the new text."""
    kept: list[Pair] = []
    start, end, at, new_end = lines
    # Of very many lines each is held against few.
    reach = max(_LEAST_REACH, _MOST_LINE_PAIRS // max(1, end - start))
    for line in range(start, end):
        best, most = list[Pair](), 0
        enough = _n_bytes(old, line) / 2
        for new_line in range(at, min(at + reach, new_end)):
            pairs = _edges(old, new, line, new_line)
            n_same = sum(old.sizes[number] for number, _ in pairs)
            if n_same > most:
                best, most, after = pairs, n_same, new_line + 1
            if most > enough:
                break
        if best:
            kept += best
            at = after
    return kept


def _edges(old: Worded, new: Worded, line: int, new_line: int) -> list[Pair]:
    """The words, blanks aside, that two lines begin and end with; none where these are signs alone."""
    olds = old.solid(_first(old, line), old.ends[line])
    news = new.solid(_first(new, new_line), new.ends[new_line])
    n_first = _n_alike(((old.names[a], new.names[b]) for a, b in zip(olds, news, strict=False)))
    rest, new_rest = olds[n_first:][::-1], news[n_first:][::-1]
    n_last = _n_alike(((old.names[a], new.names[b]) for a, b in zip(rest, new_rest, strict=False)))
    last = list(zip(rest[:n_last], new_rest[:n_last], strict=True))[::-1]
    pairs = [*zip(olds[:n_first], news[:n_first], strict=True), *last]
    return pairs if any(old.kinds[number] == WORD for number, _ in pairs) else []


def _n_alike(pairs: Iterator[tuple[bytes, bytes]]) -> int:
    n = 0
    for one, other in pairs:
        if one != other:
            break
        n += 1
    return n


def _line_numbers(text: Worded) -> list[int]:
    numbers: list[int] = []
    for line, end in enumerate(text.ends):
        numbers += [line] * (end - len(numbers))
    return numbers


def _n_bytes(text: Worded, line: int) -> int:
    """The bytes of a line, blanks aside."""
    return sum(text.sizes[number] for number in text.solid(_first(text, line), text.ends[line]))


def _first(text: Worded, line: int) -> int:
    return text.ends[line - 1] if line else 0


def _lines(text: Worded) -> list[bytes]:
    starts = [0, *text.ends]
    # Names may be hashes, so a separator is needed for two words not to look like another one.
    return [b"\0".join(text.names[start:end]) for start, end in zip(starts, text.ends, strict=False)]


def _gaps(same: Sequence[Same], n_old: int, n_new: int) -> Iterator[Change]:
    """What lies between the runs that are the same."""
    at, new_at = 0, 0
    for old, new, n in [*same, (n_old, n_new, 0)]:
        if at != old or new_at != new:
            yield Change(at, old, new_at, new)
        at, new_at = old + n, new + n


def _offsets(sizes: list[int]) -> list[int]:
    offsets = [0]
    for size in sizes:
        offsets.append(offsets[-1] + size)
    return offsets


def _split(content: bytes) -> list[bytes]:
    """The lines of *content* with their ends."""
    return content.splitlines(keepends=True)
