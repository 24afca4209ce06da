"""Runs of origins: they cover a text exactly, and a byte keeps its origin until it is replaced."""

from __future__ import annotations

import itertools
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.lineage import alignment
from assaymark.lineage.alignment import aligned
from assaymark.lineage.plain import from_plain, to_plain
from assaymark.origin import (
    STANDING,
    Arrival,
    Author,
    Evidence,
    Origin,
    Run,
    covering,
    joined,
    n_bytes_of,
    sliced,
    spliced,
    unknown,
)
from assaymark.text import Span

TYPED = Origin(Author.human, Evidence.typed)
AGENT = Origin(Author.ai, Evidence.hook, tool="claude", model="m-1", session="s", prompt="p", time=1)
ORIGINS = st.sampled_from([TYPED, AGENT, STANDING, unknown(Arrival.bulk)])
RUNS = st.lists(st.tuples(st.integers(1, 5), ORIGINS)).map(
    lambda rows: joined([tuple(Run(*row) for row in rows)])
)


def bytewise(runs):
    return [run.origin for run in runs for _ in range(run.n_bytes)]


@given(RUNS, st.data())
def test_splicing_replaces_just_the_bytes_of_its_span(runs, data):
    """Each byte outside of the span keeps its origin; in the span stands what came."""
    size = n_bytes_of(runs)
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, size))
    new = data.draw(RUNS)
    after = spliced(runs, Span(start, end), new)
    assert bytewise(after) == bytewise(runs)[:start] + bytewise(new) + bytewise(runs)[end:]
    assert all(one.origin != other.origin for one, other in itertools.pairwise(after))


@given(RUNS, st.data())
def test_a_slice_is_the_origins_of_its_bytes(runs, data):
    """Slicing runs is slicing their bytes."""
    start, end = (data.draw(st.integers(0, n_bytes_of(runs) + 2)) for _ in range(2))
    assert bytewise(sliced(runs, start, end)) == bytewise(runs)[start : max(start, end)]


@pytest.mark.parametrize(
    "author, evidence",
    [
        (Author.ai, Evidence.commit),
        (Author.ai, Evidence.none),
        (Author.ai, Evidence.typed),
        (Author.human, Evidence.commit),
        (Author.unknown, Evidence.hook),
    ],
)
def test_an_origin_cannot_rest_on_evidence_that_does_not_bear_it(author, evidence):
    """A commit that names an agent makes no line the agent's."""
    with pytest.raises(ValueError, match="no evidence"):
        Origin(author, evidence)


def test_nothing_is_covered_by_nothing():
    """An empty text has no runs."""
    assert covering(0, TYPED) == ()


@pytest.mark.parametrize("origin", [TYPED, AGENT, STANDING, unknown(Arrival.disk, 5)])
def test_an_origin_is_read_as_it_was_written(origin):
    """The plain form loses nothing."""
    assert from_plain(to_plain(origin)) == origin


@pytest.mark.parametrize("plain", [None, {}, {"author": "ai"}, {"author": "ai", "evidence": "commit"}, [1]])
def test_what_cannot_be_read_is_of_unknown_origin(plain):
    """Never a guess, and never an error."""
    assert from_plain(plain) == STANDING


LINES = st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=12)


@given(LINES, LINES)
def test_what_is_aligned_is_equal_and_in_order(old, new):
    """Aligned runs are runs of equal lines, ascending in both texts."""
    at_old = at_new = 0
    for same in aligned(old, new):
        assert same.old >= at_old
        assert same.new >= at_new
        assert old[same.old : same.old + same.n] == new[same.new : same.new + same.n]
        at_old, at_new = same.old + same.n, same.new + same.n


@pytest.mark.parametrize("limit", ["_MOST_PAIRS", "_MOST_EQUAL"])
@given(LINES, LINES, st.integers(0, 30), st.integers(0, 2))
def test_large_texts_are_aligned_around_lines_that_stand_once(limit, old, new, most, deepest):
    """Beyond a size the answer is less exact, and still right."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(alignment, limit, most)
        patched.setattr(alignment, "_DEEPEST", deepest)
        test_what_is_aligned_is_equal_and_in_order.hypothesis.inner_test(old, new)


def test_equal_lines_by_the_thousand_are_not_compared_pair_by_pair(monkeypatch):
    """Every second line is blank: the pairs that are looked at stay within the bound, and the blanks align."""
    compared = []

    def matcher(junk, old, new, *, autojunk):
        compared.append(alignment._n_equal_pairs(old, new))
        return SequenceMatcher(junk, old, new, autojunk=autojunk)

    monkeypatch.setattr("difflib.SequenceMatcher", matcher)
    old = [b"" if number % 2 else b"old %d" % (number % 7) for number in range(3000)]
    new = [b"" if number % 2 else b"new %d" % (number % 5) for number in range(3000)]
    assert sum(same.n for same in aligned(old, new)) == 1500
    assert max(compared, default=0) <= alignment._MOST_EQUAL


def test_a_few_changes_in_a_long_text_are_found():
    """Every line that did not change is aligned, however many there are."""
    old = [b"%d" % number for number in range(20_000)]
    new = [line if number % 100 else b"new" for number, line in enumerate(old)]
    assert sum(same.n for same in aligned(old, new)) == 19_800


@given(LINES)
def test_a_text_is_aligned_with_itself(lines):
    """Equal texts are one run."""
    assert sum(same.n for same in aligned(lines, lines)) == len(lines)
