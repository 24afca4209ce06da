"""What bandit finds, merged into what the pages find: nothing twice, nothing stale, and the law."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assaymark.analysis.advance import advanced, opened
from assaymark.analysis.settling import settled
from assaymark.analysis.snapshot import Limits, Snapshot, State
from assaymark.desk import Desk
from assaymark.engines.bandit.asking import opinion
from assaymark.engines.bandit.terms import Terms
from assaymark.engines.bandit.words import WORDS
from assaymark.rules.loading import load
from assaymark.rules.ruleset import RuleSet
from assaymark.text import Edit, Span
from editing import an_edit, applied

TESTED = frozenset(f"bandit/{test}" for test in WORDS)
ASSERT = b"assert x\n"
YAML = b"import yaml\n\n\ndef f(b):\n    return yaml.load(b)\n"
TEXTS = (
    ASSERT + YAML,
    b"import pickle\ntry:\n    x = pickle.loads(eval(b))\nexcept Exception:\n    pass\n\n\ndef g():\n    assert x\n",
    (
        b"import pyghmi  # assaymark: ignore[bandit/B415] -- ours\n\n\ndef f():\n"
        b"    # assaymark: ignore[bandit/B101, bandit/B110] -- ours\n    assert 1\n"
    ),
    b"import subprocess as s\n\n\ndef f(c):\n    s.run(c,\n        shell=True)\n\n\ndef g(password='x'):\n    assert 1\n",
)


@cache
def rules() -> RuleSet:
    return load()


def asked(snapshot: Snapshot) -> Snapshot:
    """The snapshot with all that bandit says of its text."""
    said = opinion(snapshot.text.whole(), "x.py", Terms(everything=True))
    return settled(snapshot, said.findings, frozenset() if said.unread else TESTED)


def names(snapshot: Snapshot) -> list[str]:
    return [finding.rule for finding in snapshot.findings()]


def test_what_a_page_says_is_not_said_again() -> None:
    """The page names the test that found the same on the same lines."""
    snapshot = asked(opened(YAML, "x.py", rules()))
    assert "yaml-unsafe-load" in names(snapshot)
    assert "bandit/B506" not in names(snapshot)


def test_without_the_page_bandit_speaks() -> None:
    """What is not said by a page is said by bandit."""
    without = rules().selected((), ("yaml-unsafe-load",))
    assert "bandit/B506" in names(asked(opened(YAML, "x.py", without)))


def test_findings_stand_in_the_order_of_the_text() -> None:
    """Whoever found them."""
    found = asked(opened(TEXTS[2], "x.py", rules())).findings()
    assert found == sorted(found, key=lambda one: (one.span.start, one.span.end, one.rule))


def test_a_text_without_findings_has_some_afterwards() -> None:
    """Its state follows."""
    snapshot = opened(ASSERT, "x.py", rules().selected((), ("*",)))
    assert snapshot.state is State.clean
    assert asked(snapshot).state is State.findings
    assert settled(asked(snapshot), ()).state is State.clean


def test_a_text_that_is_not_analysed_stays_so() -> None:
    """What was not checked does not become findings."""
    snapshot = opened(ASSERT, "x.py", rules(), Limits(max_bytes=1))
    assert asked(snapshot) is snapshot


def test_the_same_opinion_again_changes_nothing() -> None:
    """Sections that come out as they were are the same objects, so that they are not encoded again."""
    snapshot = asked(opened(TEXTS[0], "x.py", rules()))
    assert asked(snapshot) is snapshot


def test_a_section_that_an_edit_replaces_loses_its_own() -> None:
    """The others keep theirs until bandit answers anew."""
    text = b"def f():\n    assert x\n\n\ndef g():\n    assert y\n"
    snapshot = asked(opened(text, "x.py", rules().selected((), ("*",))))
    assert names(snapshot) == ["bandit/B101"] * 2
    after = advanced(snapshot, [Edit(Span(len(text) - 2, len(text) - 1), b"z")])
    assert [finding.span.start for finding in after.findings()] == [13]
    assert names(asked(after)) == ["bandit/B101"] * 2


def test_a_silence_of_what_was_tested_can_be_unused() -> None:
    """It takes a finding of bandit's away; where there is none it is unused, but only if bandit was asked."""
    used = b"import pyghmi  # assaymark: ignore[bandit/B415] -- ours\n"
    unused = b"import x  # assaymark: ignore[bandit/B415] -- ours\n"
    for text, expected in ((used, []), (unused, ["ignore-unused"])):
        snapshot = opened(text, "x.py", rules().selected(("ignore-*",)))
        assert names(asked(snapshot)) == expected
        assert names(settled(snapshot, (), frozenset(("bandit/B101",)))) == []


def test_an_answer_that_comes_too_late_is_dropped() -> None:
    """The text has moved on."""
    desk = Desk()
    before = desk.open("u", "x.py", ASSERT, 1, rules=rules())
    found = opinion(ASSERT, "x.py", Terms()).findings
    desk.change("u", [Edit(Span(0, 0), b"\n")], 2)
    assert desk.settle(before, found) is None
    entry = desk.at("u")
    assert entry is not None
    assert "bandit/B101" not in names(entry.snapshot)
    now = desk.settle(entry, opinion(b"\n" + ASSERT, "x.py", Terms()).findings)
    assert now is desk.at("u")
    desk.close("u")
    assert desk.settle(entry, found) is None


@pytest.mark.timeout(0)
@settings(max_examples=max(settings.default.max_examples // 4, 10), deadline=None)
@given(st.data())
def test_after_settling_typing_equals_opening(data: st.DataObject) -> None:
    """The law holds for what bandit says, too, whenever it was asked on the way."""
    content = data.draw(st.sampled_from(TEXTS))
    snapshot = asked(opened(content, "x.py", rules()))
    for _ in range(data.draw(st.integers(1, 3))):
        edit = data.draw(an_edit(content))
        content = applied(content, edit)
        snapshot = advanced(snapshot, [edit])
        if data.draw(st.booleans()):
            snapshot = asked(snapshot)
    typed, fresh = asked(snapshot), asked(opened(content, "x.py", rules()))
    assert (typed.state, typed.findings()) == (fresh.state, fresh.findings())
