"""Reviews travel with the bytes; what nobody is known to have looked at voids them, line by line."""

from __future__ import annotations

import pytest

from assaymark.lineage.lines import line_origins
from assaymark.lineage.reviewed import (
    has_reviews,
    reviewed,
    shared_reviews,
    unreviewed,
    voided,
    with_reviews_of,
)
from assaymark.lineage.reviews import (
    NO_REVIEWS,
    Channel,
    Relation,
    Review,
    Reviews,
    Standing,
    is_unread,
    standing,
)
from assaymark.origin import (
    STANDING,
    Author,
    Evidence,
    Origin,
    Runs,
    covering,
    joined,
    n_bytes_of,
    sliced,
)

AI = Origin(Author.ai, Evidence.hook, tool="claude")
TYPED = Origin(Author.human, Evidence.typed)
TOOL = Origin(Author.tool, Evidence.accept)
ONE = Review("one", Channel.editor, Relation.requester)
TWO = Review("two", Channel.terminal, Relation.another)


def _parts(*parts: tuple[str, Origin]) -> tuple[bytes, Runs]:
    return "".join(text for text, _ in parts).encode(), joined(
        covering(len(text), origin) for text, origin in parts
    )


def _standings(data: bytes, runs: Runs, reviews: Reviews) -> list[Standing]:
    return [standing(line, reviews) for line in line_origins(data, runs) if line.parts]


def test_what_a_person_typed_need_not_be_read() -> None:
    """Lines that were typed, or that a tool of theirs made, stand as they are; others are unread."""
    data, runs = _parts(("a\n", TYPED), ("b\n", TOOL), ("c\n", AI), ("d\n", STANDING))
    assert _standings(data, runs, NO_REVIEWS) == [
        Standing.written,
        Standing.written,
        Standing.unread,
        Standing.unread,
    ]


def test_a_line_is_read_when_every_word_that_is_doubted_was() -> None:
    """A word that the review did not see leaves the line unread; one that somebody typed does not."""
    data, runs = _parts(("a b", AI), (" c\n", TYPED), ("d", AI), (" e\n", AI))
    runs = reviewed(runs, 0, 7, "one")
    assert _standings(data, runs, Reviews([ONE])) == [Standing.by_requester, Standing.unread]


@pytest.mark.parametrize(
    "known, expected",
    [
        (Reviews(), Standing.unread),
        (Reviews([ONE]), Standing.by_requester),
        (Reviews([ONE, TWO]), Standing.by_another),
        (Reviews([ONE, TWO], ["two"]), Standing.by_requester),
        (Reviews([ONE], ["one"]), Standing.unread),
    ],
)
def test_what_a_review_is_worth_is_looked_up(known: Reviews, expected: Standing) -> None:
    """Ids that nobody knows, and withdrawn ones, count for nothing; another person counts for more."""
    data, runs = _parts(("a\n", AI))
    runs = reviewed(reviewed(runs, 0, 2, "one"), 0, 2, "two")
    (line, *_) = line_origins(data, runs)
    assert standing(line, known) is expected
    assert is_unread(line, known) is (expected is Standing.unread)


TEXT = b"aa\nbb\ncc\ndd\n"
STARTS = [0, 3, 6, 9, 12]


@pytest.mark.parametrize(
    "landed, lost",
    [
        ((4, 5), {1}),  # in a line
        ((3, 6), {1}),  # a whole line
        ((3, 9), {1, 2}),
        ((4, 6), {1, 2}),  # a line was broken: what stood behind is a line of its own
        ((4, 4), {1}),  # taken from a line
        ((6, 6), {1, 2}),  # a whole line was taken
        ((0, 0), {0}),
        ((12, 12), {3}),
    ],
)
def test_an_edit_voids_the_lines_that_it_changed(landed: tuple[int, int], lost: set[int]) -> None:
    """What is left of changed lines is unread; so are both neighbours of lines that went."""
    runs = reviewed(covering(len(TEXT), AI), 0, len(TEXT), "one")
    after = voided(runs, STARTS, [landed])
    assert {line for line in range(4) if not has_reviews(sliced(after, 3 * line, 3 * line + 2))} == lost
    assert n_bytes_of(after) == len(TEXT)


def test_reviews_are_joined_and_shared() -> None:
    """Of two views of one text: what either saw reviewed, and what both did."""
    runs = covering(6, AI)
    one, two = reviewed(runs, 0, 4, "one"), reviewed(reviewed(runs, 2, 6, "one"), 0, 6, "two")
    assert with_reviews_of(one, two) == reviewed(reviewed(runs, 0, 6, "one"), 0, 6, "two")
    assert shared_reviews(two, one) == reviewed(runs, 2, 4, "one")
    assert unreviewed(two) == runs
