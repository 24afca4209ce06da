"""Which edits are cuts: they leave nothing that would have to be read, and change a line all the same."""

from __future__ import annotations

import pytest

from assaymark.lineage.cuts import cuts, is_respelled
from assaymark.lineage.narrowing import Change, changes
from assaymark.lineage.plain import from_plain, to_plain
from assaymark.origin import Author, Cut, Evidence, Origin


def _cuts(before: bytes, after: bytes) -> list[tuple[int, int]]:
    return list(cuts(before, after, changes(before, after)))


@pytest.mark.parametrize(
    "before, after",
    [
        (b"load(f, Loader=Safe)\n", b"load(f)\n"),
        (b"if check():\n", b"if check:\n"),
        (b"if a < b:\n", b"if a > b:\n"),
        (b"if a == b:\n", b"if a != b:\n"),
        (b"x = b\n", b"x = -b\n"),
        (b"# run(x)\n", b"run(x)\n"),
        (b"run(x)\n", b"# run(x)\n"),
        (b'f("x")\n', b"f(x)\n"),
        (b"load(f, Safe)\n", b"load(f, other)\n"),
        (b"    grant()\n", b"grant()\n"),
        (b"grant()\n", b"    grant()\n"),
    ],
)
def test_what_goes_and_signs_that_change_are_cuts(before: bytes, after: bytes) -> None:
    """Also where a word came for what went: who takes that word out need not know of it."""
    assert _cuts(before, after)


@pytest.mark.parametrize(
    "before, after",
    [
        (b"load(f)\n", b"load(f, True)\n"),
        (b"a = 1\n", b"a = 1\nb = 2\n"),
        (b"load( f )\n", b"load(f)\n"),
        (b"a=1\n", b"a = 1\n"),
        (b"a\n\n\nb\n", b"a\nb\n"),
        (b"def f(): pass\n", b"\n\ndef f(): pass\n"),
    ],
)
def test_words_that_come_and_blanks_are_none(before: bytes, after: bytes) -> None:
    """A word is read for its author; blanks within a line, and blank lines, change nothing."""
    assert not _cuts(before, after)


@pytest.mark.parametrize(
    "before, after, place",
    [
        (b"a\nb\nc\n", b"a\nc\n", (2, 2)),
        (b"f(x,\n  y,\n  z)\n", b"f(x,\n  z)\n", (5, 5)),
        (b"# a\n", b"a\n", (0, 1)),
    ],
)
def test_lines_that_went_whole_are_told_from_what_a_line_began_with(
    before: bytes, after: bytes, place: tuple[int, int]
) -> None:
    """The former leave an empty place, the latter the first byte of what is left."""
    assert _cuts(before, after) == [place]


@pytest.mark.parametrize(
    "before, after, places",
    [
        (b"f(x,\n  y,\n  z)\n", b"f(x,\n\n  z)\n", [(5, 6), (5, 5), (6, 6)]),
        (b"f(x,\n  y\n)\n", b"f(x,\n  *[]\n)\n", [(7, 10), (5, 5), (11, 11)]),
        (b"f(x,\n\n  y,\n\n  z)\n", b"f(x,\n\n\n  z)\n", [(5, 5), (7, 7)]),
        (b"a\nb\n", b"a\n", [(2, 2)]),
    ],
)
def test_where_nothing_of_a_line_is_left_to_read_those_around_are(
    before: bytes, after: bytes, places: list[tuple[int, int]]
) -> None:
    """Blanks or signs in its place say nothing, and blank lines beside it are none of those."""
    assert _cuts(before, after) == places


@pytest.mark.parametrize(
    "before, after, place",
    [
        (b"@a\ndef f():\n", b"def f():\n", (0, 1)),
        (b"@a(\n  x,\n)\n\ndef f():\n", b"\ndef f():\n", (1, 2)),
        (b"@a\ndef f():\n", b"# b\ndef f():\n", (4, 5)),
        (b"@a\ndef f():\n", b"# @a\ndef f():\n", (5, 6)),
        (b"@a\n@b\ndef f():\n", b"@b\ndef f():\n", (0, 1)),
        (b"if a:\n  f()\nelse:  # b\n  g()\n", b"if a:\n  f()\n  g()\n", (14, 15)),
        (b"if a:\n  f()\n", b"a()\n  f()\n", (6, 7)),
        (b"[a]\nb = 1\n[c]\nd = 1\n", b"[a]\nb = 1\nd = 1\n", (10, 11)),
    ],
)
def test_what_lines_led_to_is_changed_with_them(before: bytes, after: bytes, place: tuple[int, int]) -> None:
    """A decorator, the header of a block or of a table: what stands behind is another thing without it."""
    assert place in _cuts(before, after)


@pytest.mark.parametrize(
    "before, after",
    [
        (b"if a:\n  f()\n", b"if a:\n  b\n  f()\n"),
        (b"if a:\n  f()\n", b"if a and b:\n  f()\n"),
        (b"if a:\n\n  f()\n", b"if a:\n  f()\n"),
        (b"@a\ndef f():\n", b"@a\n@b\ndef f():\n"),
        (b"@a\ndef f():\n", b"@a  # b\ndef f():\n"),
    ],
)
def test_lines_that_come_between_take_nothing_away(before: bytes, after: bytes) -> None:
    """Nor do more words in a header, and blank lines."""
    assert not _cuts(before, after)


def test_lines_may_go_with_the_line_end_before_them() -> None:
    """So tools tell it that name `a` and what is behind it."""
    assert list(cuts(b"a\nb\nc\n", b"a\nc\n", [Change(1, 3, 1, 1)])) == [(2, 2)]


def test_what_went_is_taken_for_words_where_it_is_not_known() -> None:
    """Where its lines began says whether whole ones went."""
    after, change = b"a\nc\n", [Change(2, 4, 2, 2)]
    assert list(cuts(None, after, change, {0, 2, 4, 6})) == [(2, 2)]
    assert list(cuts(None, after, change, {0, 2, 6})) == [(2, 3)]


def test_layout_is_told_from_operators() -> None:
    """What formatters write otherwise: quotes, brackets, commas, blanks."""
    assert is_respelled(b"f('a',(b))", b'f("a", b)')
    assert not is_respelled(b"a == b", b"a != b")


@pytest.mark.parametrize("cut", [None, Cut(), Cut("claude", 86_400), Cut("claude", 1, between=True)])
def test_a_cut_is_read_as_it_was_written(cut: Cut | None) -> None:
    """And what cannot be understood is a cut by nobody known."""
    origin = Origin(Author.human, Evidence.typed, cut=cut)
    assert from_plain(to_plain(origin)) == origin
    assert from_plain({**to_plain(origin), "cut": 7}).cut == Cut()
