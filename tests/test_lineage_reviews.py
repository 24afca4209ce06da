"""Reviews travel with the bytes; what nobody is known to have looked at voids them, line by line."""

from __future__ import annotations

import pytest

from assaymark.lineage.lines import line_origins
from assaymark.lineage.reviewed import (
    cut_around,
    explained,
    has_reviews,
    reviewed,
    unreviewed,
    voided,
    with_cut,
    with_cuts_as_in,
    with_marks_of,
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
    Cut,
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


def test_reviews_are_joined() -> None:
    """Of two views of one text: what either saw reviewed."""
    runs = covering(6, AI)
    one, two = reviewed(runs, 0, 4, "one"), reviewed(reviewed(runs, 2, 6, "one"), 0, 6, "two")
    assert with_marks_of(one, two) == reviewed(reviewed(runs, 0, 6, "one"), 0, 6, "two")
    assert unreviewed(two) == runs


CLAUDE = Cut("claude", 86_400)
LINES = b"one(a)\ntwo(b,\n    c)\n"
LINE_STARTS = [0, 7, 14, 21]


def _cut_lines(landed: tuple[int, int], origin: Origin = TYPED) -> list[Cut | None]:
    runs = cut_around(covering(len(LINES), origin), LINE_STARTS[:-1], [landed], CLAUDE)
    assert n_bytes_of(runs) == len(LINES)
    return [line.cut for line in line_origins(LINES, runs) if line.parts]


def test_a_cut_is_of_its_line_and_whole_lines_are_missed_between_others() -> None:
    """What is left of the line has it; where whole lines went, both neighbours have it, as such."""
    between = CLAUDE._replace(between=True)
    assert _cut_lines((5, 5)) == [CLAUDE, None, None]
    assert _cut_lines((14, 14)) == [None, between, between]
    assert _cut_lines((5, 9)) == [CLAUDE, CLAUDE, None]


def test_nothing_is_noted_of_what_must_be_read_anyway() -> None:
    """An agent's bytes have an author to read them for; what is unknown may be trusted, unless an agent cut it."""
    assert _cut_lines((5, 5), AI) == [None] * 3
    assert _cut_lines((5, 5), STANDING) == _cut_lines((5, 5), TYPED)
    assert with_cut(STANDING, Cut()) == STANDING


def test_a_cut_line_is_unread_until_somebody_reads_it() -> None:
    """A review of its bytes counts, as long as it holds."""
    runs = reviewed(covering(2, with_cut(TYPED, CLAUDE)), 0, 2, "one")
    (line,) = (one for one in line_origins(b"a\n", runs) if one.parts)
    assert standing(line, NO_REVIEWS) is Standing.unread
    assert standing(line, Reviews([ONE])) is Standing.by_requester
    assert standing(line, Reviews([ONE], ["one"])) is Standing.unread


def test_of_several_cuts_an_agents_is_told_and_the_last() -> None:
    """Nobody known hides no agent, and whole lines beside it nothing in the line."""
    nobody, later = Cut("", 172_800), Cut("cursor", 172_800)
    for several in ((CLAUDE, nobody), (nobody, CLAUDE), (later._replace(between=True), CLAUDE)):
        assert with_cut(with_cut(TYPED, several[0]), several[1]).cut == CLAUDE
    assert with_cut(with_cut(TYPED, later), CLAUDE).cut == later


def test_cuts_are_joined_and_taken_back() -> None:
    """Of two views of one text what either tells counts; nobody known gives way to a text that is known."""
    typed, cut = covering(4, TYPED), covering(4, with_cut(TYPED, CLAUDE))
    nobody = covering(4, with_cut(TYPED, Cut()))
    assert with_marks_of(typed, cut) == with_marks_of(cut, typed) == with_marks_of(nobody, cut) == cut
    assert with_cuts_as_in(cut, typed) == typed
    assert explained(nobody, typed) == typed
    assert explained(nobody, covering(4, STANDING)) == nobody
    assert explained(cut, typed) == cut
