"""
Origins through a formatter and a rename, which change how code is written and not whose it is.

The old and the new text of the change are compared token by token; a comparison is right here because the
editor said what made the change.

Invariants:
    A token that stands in both texts keeps its origin byte for byte; blanks go with the token before them.
    A token that is only in the new text is the tool's; a rename gives the new name the old one's origin.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.lineage.alignment import aligned
from assaymark.origin import Origin, Run, Runs, joined, sliced
from assaymark.text import LINE_END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TOKEN = re.compile(rb"[\w\x80-\xff]+|[^\s\w\x80-\xff]")


@dataclass(frozen=True, slots=True)
class _Token:
    """A token, the byte where it starts, and its line."""

    text: bytes
    start: int
    line: int


def reformatted(old: bytes, runs: Runs, new: bytes, tool: Origin) -> Runs:
    """The origins of *new*, which a formatter put in the place of *old*, whose origins are *runs*."""
    return _mapped(old, runs, new, tool, renamed=False)


def renamed(old: bytes, runs: Runs, new: bytes, tool: Origin) -> Runs:
    """The origins of *new*, which a rename put in the place of *old*, whose origins are *runs*."""
    return _mapped(old, runs, new, tool, renamed=True)


def _mapped(old: bytes, runs: Runs, new: bytes, tool: Origin, *, renamed: bool) -> Runs:
    before, after = _tokens(old), _tokens(new)
    sources = _sources(before, after)
    if renamed:
        sources |= _replaced(before, after, sources)
    parts: list[Runs] = []
    at = 0
    last = _first_origin(sources, before, runs, tool)
    for number, token in enumerate(after):
        source = sources.get(number)
        own = ((Run(len(token.text), tool),)) if source is None else _own(before[source], runs, token)
        parts += [(Run(token.start - at, last),), own]
        at, last = token.start + len(token.text), own[-1].origin
    parts.append((Run(len(new) - at, last),))
    return joined(parts)


def _first_origin(sources: dict[int, int], before: Sequence[_Token], runs: Runs, tool: Origin) -> Origin:
    """The origin of blanks that stand before every token."""
    if 0 in sources:
        return sliced(runs, before[sources[0]].start, before[sources[0]].start + 1)[0].origin
    return tool if before or not runs else runs[0].origin


def _own(source: _Token, runs: Runs, token: _Token) -> Runs:
    own = sliced(runs, source.start, source.start + len(source.text))
    # A renamed token is as long as its new name.
    return own if source.text == token.text else (Run(len(token.text), own[0].origin),)


def _tokens(data: bytes) -> list[_Token]:
    tokens: list[_Token] = []
    line = at = 0
    for found in _TOKEN.finditer(data):
        line += len(LINE_END.findall(data, at, found.start()))
        at = found.end()
        tokens.append(_Token(found[0], found.start(), line))
    return tokens


def _sources(before: Sequence[_Token], after: Sequence[_Token]) -> dict[int, int]:
    """The tokens of *after* that stand in *before*, by their numbers there."""
    found: dict[int, int] = {}
    for match in (_tokens_in_order, _lines_alike, _tokens_alike):
        taken = frozenset(found.values())
        gone = [number for number in range(len(before)) if number not in taken]
        come = [number for number in range(len(after)) if number not in found]
        olds, news = [before[number] for number in gone], [after[number] for number in come]
        found |= {come[new]: gone[old] for new, old in match(olds, news)}
    return found


def _tokens_in_order(before: Sequence[_Token], after: Sequence[_Token]) -> Iterable[tuple[int, int]]:
    """The tokens that stand in both, if some were only added or only taken away: then nothing was moved."""
    pairs = [
        (same.new + at, same.old + at)
        for same in aligned([token.text for token in before], [token.text for token in after])
        for at in range(same.n)
    ]
    return pairs if len(pairs) == min(len(before), len(after)) else ()


def _lines_alike(before: Sequence[_Token], after: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """The tokens of lines that stand in both, in order or once on either side."""
    olds, news = _telling_lines(before), _telling_lines(after)
    for old, new in _alike([_text(before, line) for line in olds], [_text(after, line) for line in news]):
        yield from zip(news[new], olds[old], strict=True)


def _telling_lines(tokens: Sequence[_Token]) -> list[range]:
    """The lines of *tokens*, but for those of one alone, which breaking another line may make too."""
    return [line for line in _lines(tokens) if len(line) > 1]


def _tokens_alike(before: Sequence[_Token], after: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """The tokens that stand in both, in order or once on either side."""
    for old, new in _alike([token.text for token in before], [token.text for token in after]):
        yield new, old


def _alike(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Where what is in *before* stands in *after*: in the same order, or elsewhere if there is but one."""
    gone, come = set(range(len(before))), set(range(len(after)))
    for same in aligned(before, after):
        yield from ((same.old + at, same.new + at) for at in range(same.n))
        gone -= set(range(same.old, same.old + same.n))
        come -= set(range(same.new, same.new + same.n))
    n_gone = Counter(before[number] for number in gone)
    n_come = Counter(after[number] for number in come)
    olds = {before[number]: number for number in gone}
    yield from (
        (olds[after[number]], number)
        for number in come
        if n_gone[after[number]] == n_come[after[number]] == 1
    )


def _lines(tokens: Sequence[_Token]) -> list[range]:
    """The numbers of the tokens of each line."""
    starts = [
        number for number, token in enumerate(tokens) if not number or token.line != tokens[number - 1].line
    ]
    return [range(start, end) for start, end in pairwise([*starts, len(tokens)])]


def _text(tokens: Sequence[_Token], line: range) -> bytes:
    return b"\0".join(tokens[number].text for number in line)


def _replaced(before: Sequence[_Token], after: Sequence[_Token], found: dict[int, int]) -> dict[int, int]:
    """The tokens of *after* that stand alone where one other token stood."""
    pairs: dict[int, int] = {}
    for gap in _gaps(len(after), frozenset(found)):
        left, right = found.get(gap.start - 1, -1), found.get(gap.stop, len(before))
        if right - left - 1 == len(gap):
            pairs |= dict(zip(gap, range(left + 1, right), strict=True))
    return pairs


def _gaps(n: int, taken: frozenset[int]) -> list[range]:
    """The runs of numbers below *n* that are not *taken*."""
    return list(_ranges(number for number in range(n) if number not in taken))


def _ranges(numbers: Iterator[int]) -> Iterator[range]:
    start = stop = -1
    for number in numbers:
        if number != stop:
            if stop > start:
                yield range(start, stop)
            start = number
        stop = number + 1
    if stop > start:
        yield range(start, stop)
