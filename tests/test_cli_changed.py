"""Which lines changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.cli.changed import Changes, changes

LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b""]), max_size=12).map(b"\n".join)


@pytest.mark.parametrize(
    "old, new, lines, gaps",
    [
        (b"a\nb\nc\n", b"a\nb\nc\n", set(), set()),
        (b"a\nb\nc\n", b"a\nX\nc\n", {2}, set()),
        (b"a\nc\n", b"a\nb\nc\n", {2}, set()),
        (b"a\nb\nc\n", b"a\nc\n", set(), {1}),
        (b"", b"a\nb", {1, 2}, set()),
        (b"a\r\nb\r\n", b"a\nb\n", set(), set()),
        (b"a\rb", b"a\rb\rc", {3}, set()),
        (b"a\nb\nc\nd\ne", b"X\nb\nc\nd\nY", {1, 5}, set()),
    ],
)
def test_changes(old: bytes, new: bytes, lines: set[int], gaps: set[int]) -> None:
    """New and different lines, and where lines went, whatever ends the lines."""
    assert changes(old, new) == Changes(frozenset(lines), frozenset(gaps), frozenset(gaps))


def test_blank_lines_that_go_take_nothing() -> None:
    """The lines around them have nothing to be read for."""
    assert changes(b"a\n\nb\nc\nd\n", b"a\nb\nd\n") == Changes(
        frozenset(), frozenset((1, 2)), frozenset((2,))
    )


def test_a_deletion_inside_touches_and_one_beside_does_not() -> None:
    r"""`f(\n  safe=True,\n)` without its middle line is a changed call; the calls around it are not."""
    taken = changes(b"a\nf(\nsafe\n)\nb\n", b"a\nf(\n)\nb\n")
    assert taken.touch(2, 3)
    assert not taken.touch(1, 2)
    assert not taken.touch(3, 4)


def test_a_very_large_change_is_answered_at_once() -> None:
    """A line that the old text has counts as old."""
    old = b"\n".join(b"%d" % number for number in range(5000))
    new = b"\n".join(b"%d" % number for number in range(9999, 2500, -1))
    assert changes(old, new).lines == frozenset(range(1, 5001))


@given(LINES, LINES)
def test_every_new_text_of_a_line_is_found(old: bytes, new: bytes) -> None:
    """Lines outside the answer stand in the old text, in the same order."""
    changed = changes(old, new).lines
    before = iter(old.split(b"\n"))
    for number, line in enumerate(new.split(b"\n"), 1):
        assert number in changed or line in before
