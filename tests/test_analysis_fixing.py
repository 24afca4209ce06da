"""Which fixes hold, and what making them comes to."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.analysis import fixing
from assaymark.analysis.advance import opened
from assaymark.analysis.fixing import Choice, Outcome, fixed, with_fixes
from assaymark.analysis.snapshot import Snapshot
from assaymark.rules.page import parse_page
from assaymark.rules.ruleset import RuleSet
from assaymark.text import Edit
from cli_world import RULES, page
from editing import an_edit, applied


@cache
def rules() -> RuleSet:
    return RuleSet.of(parse_page(page(name), f"python/{name}.md").rule for name in RULES)


def fixable(snapshot: Snapshot) -> list[Choice]:
    return [(finding, fix) for finding in snapshot.findings() for fix in finding.fixes if fix.safe]


def fixed_in(source: bytes) -> Outcome:
    return fixed(opened(source, "x.py", rules()), fixable)


def edited(content: bytes, edits: tuple[Edit, ...]) -> bytes:
    """Edits of one text, in its order."""
    for edit in reversed(edits):
        content = applied(content, edit)
    return content


@pytest.mark.parametrize(
    "source, after",
    [
        (b"x = wrap(wrap(wrap(1))) + wrap(2)\n", b"x = 1 + 2\n"),
        (b"snap(wrap(1))\nwrap(2)\n", b"snap(1)\n2\n"),
        (
            b"again(1)\n" * 3 + b"wrap(2)\n" + b"again(1)\n" * 4,
            b"again(1)\n" * 3 + b"2\n" + b"again(1)\n" * 4,
        ),
        (b"def f(:\n\nwrap(1)\n", b"def f(:\n\n1\n"),
        (b"risk(1)\n", b"risk(1)\n"),
    ],
)
def test_fixes_that_hold_are_made(source: bytes, after: bytes) -> None:
    """The others are not, and take nothing along; the edits are of the text as it was."""
    outcome = fixed_in(source)
    assert outcome.snapshot.text.whole() == after
    assert edited(source, outcome.edits) == after
    assert len(outcome.made) == source.count(b"wrap(") - after.count(b"wrap(")


def test_what_is_left_is_said() -> None:
    """The rule, and the line."""
    outcome = fixed_in(b"wrap(1)\nsnap(1)\n")
    assert [(made.rule, made.line) for made in outcome.made] == [("wrapped", 0)]
    assert [(made.rule, made.line) for made in outcome.refused] == [("breaks", 1)]


@pytest.mark.parametrize("source, holds", [(b"wrap(1)", True), (b"snap(1)", False), (b"again(1)", False)])
def test_one_fix_holds_or_not(source: bytes, holds: bool) -> None:
    """It breaks the syntax, or ends no finding."""
    snapshot = opened(source, "x.py", rules())
    assert (with_fixes(snapshot, fixable(snapshot)) is not None) is holds


def test_many_fixes_are_tried_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not hold among 256 costs a search for it, not a try of each."""
    n_tried = 0

    def counted(snapshot: Snapshot, chosen: list[Choice]) -> Snapshot | None:
        nonlocal n_tried
        n_tried += 1
        return with_fixes(snapshot, chosen)

    monkeypatch.setattr(fixing, "with_fixes", counted)
    outcome = fixed_in(b"wrap(1)\n" * 200 + b"snap(1)\n" + b"wrap(1)\n" * 55)
    assert (len(outcome.made), len(outcome.refused)) == (255, 1)
    assert n_tried < 30


@given(st.data())
def test_edits_one_after_the_other_come_to_edits_of_the_first_text(data: st.DataObject) -> None:
    """Whatever they are: in its order, apart, and with the same result."""
    content = start = data.draw(st.text("ab\né", max_size=20)).encode()
    edits = []
    for _ in range(data.draw(st.integers(0, 5))):
        edits.append(data.draw(an_edit(content).filter(lambda edit: len(edit.new) < 50)))
        content = applied(content, edits[-1])
    together = fixing._composed(edits)
    assert edited(start, together) == content
    assert all(one.span.end < other.span.start for one, other in pairwise(together))
