"""A statement is read as a whole, and a compound one by its header."""

from __future__ import annotations

import pytest

from assaymark.analysis.advance import opened
from assaymark.analysis.reviewing import line_standing
from assaymark.lineage.reviewed import reviewed
from assaymark.lineage.reviews import Channel, Review, Reviews, Standing
from assaymark.origin import Author, Evidence, Origin, covering
from assaymark.rules.ruleset import RuleSet

AI = Origin(Author.ai, Evidence.hook, tool="claude")
KNOWN = Reviews([Review("one", Channel.editor)])

CODE = b"""\
import os

@app.route("/x")
def view(
    a,
    b,
):
    call(
        a,
        b,
    )
    if a:
        first()
    elif b:
        second()
    return a


class A:
    x = 1
"""


@pytest.mark.parametrize(
    "unread, expected",
    [
        ({1}, {1}),
        ({5}, {3, 4, 5, 6, 7}),
        ({10}, {8, 9, 10, 11}),
        ({12}, {12}),
        ({13}, {13}),
        ({14}, {14}),
        ({16}, {16}),
        ({19}, {19}),
        ({20}, {20}),
    ],
)
def test_an_unread_line_is_its_statements(unread: set[int], expected: set[int]) -> None:
    """Lines are counted from 1; those that are blank are of no statement."""
    found = covering(len(CODE), AI)
    at = 0
    for number, line in enumerate(CODE.splitlines(keepends=True), 1):
        if number not in unread:
            found = reviewed(found, at, at + len(line), "one")
        at += len(line)
    snapshot = opened(CODE, "a.py", RuleSet.of(()), origins=found)
    n_lines = CODE.count(b"\n")
    assert {
        n for n in range(1, n_lines + 1) if line_standing(snapshot, n - 1, KNOWN) is Standing.unread
    } == expected


def test_broken_code_has_lines_like_any_other() -> None:
    """A half-written statement is judged by what there is of it."""
    code = b"def f(\n  x = (\n"
    found = reviewed(covering(len(code), AI), 0, len(code), "one")
    snapshot = opened(code, "a.py", RuleSet.of(()), origins=found)
    assert {line_standing(snapshot, n, KNOWN) for n in range(3)} <= {
        Standing.by_requester,
        Standing.written,
    }
