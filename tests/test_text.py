"""The text: spans, lines and places, against a plain model."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.text import Chunk, Edit, Span, Text

_LINE = re.compile(rb"[^\n\r]*(?:\r\n|\n|\r)|[^\n\r]+\Z")


@dataclass(frozen=True, eq=False)
class Leaf:
    """A chunk, and nothing else."""

    chunk: Chunk
    marked: bool = False
    flagged: bool = False
    fresh: bool = False
    keys: frozenset[bytes] = frozenset()


def _text(content: bytes, per_leaf: int) -> Text[Leaf]:
    lines = _LINE.findall(content) or [b""]
    runs = [b"".join(lines[at : at + per_leaf]) for at in range(0, len(lines), per_leaf)]
    return Text([Leaf(Chunk(run)) for run in runs])


_CONTENTS = st.lists(
    st.sampled_from(["a", "é", "\U0001f600", "\n", "\r\n", "\r", "\x0c", "\u2028", "\x85", "\x1c", "bc"]),
    max_size=600,
).map(lambda parts: "".join(parts).encode())


def test_a_span_that_ends_before_it_starts_cannot_be_built() -> None:
    with pytest.raises(ValueError, match=r"not a span: 3\.\.2"):
        Span(3, 2)


def test_an_edit_knows_its_growth_and_where_it_landed() -> None:
    edit = Edit(Span(2, 5), b"ab")
    assert (edit.growth, edit.landed) == (-1, Span(2, 4))


@given(_CONTENTS, st.integers(1, 3))
def test_lines_end_at_newline_and_return_and_nowhere_else(content: bytes, per_leaf: int) -> None:
    """Form feed, U+2028, NEL and the separators end no line."""
    text = _text(content, per_leaf)
    lines = re.split(rb"\r\n|\n|\r", content)
    assert text.n_lines == len(lines)
    assert [text.slice(text.line_span(line)) for line in range(text.n_lines)] == lines
    assert text.line_span(text.n_lines + 5) == Span(len(content), len(content))


@given(_CONTENTS, st.integers(1, 3), st.data())
def test_a_place_holds_its_byte_and_its_line(content: bytes, per_leaf: int, data: st.DataObject) -> None:
    text = _text(content, per_leaf)
    offset = data.draw(st.integers(0, len(content)))
    place = text.place_of_byte(offset)
    assert place.start <= offset <= place.end
    line = text.line_of(offset)
    assert text.line_span(line).start <= offset
    assert line + 1 == text.n_lines or offset < text.line_span(line + 1).start


@given(_CONTENTS, st.integers(1, 2), st.data())
def test_splicing_replaces_just_the_leaves_it_names(
    content: bytes, per_leaf: int, data: st.DataObject
) -> None:
    text = _text(content, per_leaf)
    places = list(text.places())
    first = data.draw(st.integers(0, len(places) - 1))
    last = data.draw(st.integers(first, len(places) - 1))
    new = [Leaf(Chunk(b"new\n"))] * data.draw(st.integers(1, 300))
    after = text.spliced(places[first], places[last], new)
    assert after.whole() == content[: places[first].start] + b"new\n" * len(new) + content[places[last].end :]
    assert text.whole() == content


@given(st.lists(st.booleans(), min_size=1, max_size=400))
def test_marked_places_are_those_of_the_marked_leaves(marks: list[bool]) -> None:
    text = Text([Leaf(Chunk(b"x\n"), marked=mark) for mark in marks])
    assert [place.line for place in text.marked_places()] == [line for line, mark in enumerate(marks) if mark]


@given(st.lists(st.booleans(), min_size=1, max_size=400), st.integers(0, 400))
def test_flagged_places_are_those_of_the_flagged_leaves(flags: list[bool], line: int) -> None:
    """In the order of the text, from a line on."""
    text = Text([Leaf(Chunk(b"x\n"), flagged=flag) for flag in flags])
    first = min(line, len(flags) - 1)
    expected = [number for number in range(first, len(flags)) if flags[number]]
    assert [place.line for place in text.flagged_places(line)] == expected


def test_settling_asks_fresh_leaves_only() -> None:
    old = Leaf(Chunk(b"a\n"))
    text = Text([old, Leaf(Chunk(b"b\n"), fresh=True)])
    settled = list(text.settled(lambda leaf: Leaf(leaf.chunk, marked=True)))
    assert settled[0] is old
    assert settled[1].marked
