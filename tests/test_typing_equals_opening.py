"""
The law: typing it there equals opening it.

It is tried more often than any other property: with 2,000 examples in CI, with 100,000 by `make fuzz`. They are shared
out among four tests, each with a quarter of the corpus and draws of its own.
"""

from __future__ import annotations

import dataclasses
import os
from functools import cache
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assaymark.analysis import advance, silencing
from assaymark.analysis.advance import advanced, opened
from assaymark.analysis.attributing import attributed, runs_of
from assaymark.analysis.snapshot import Limits, Snapshot
from assaymark.finding import Finding, Level
from assaymark.lineage.trusting import no_agent
from assaymark.origin import Author, Evidence, Origin, covering
from assaymark.rules.loading import load
from assaymark.rules.ruleset import RuleSet
from assaymark.rules.semgrep import semgrep_rules
from assaymark.rules.testing import EXAMPLE_DAY as DAY
from assaymark.suppress.silence import Silenced
from assaymark.text import Edit, Span
from editing import SILENCED, an_edit, an_edit_of_a_silence, applied, corpus, edits_of_one_change

AGENT = Origin(Author.ai, Evidence.hook, "claude")
PERSON = Origin(Author.human, Evidence.typed)
# Of each quarter.
N_EXAMPLES = {"ci": 500, "nightly": 5_000, "fuzz": 25_000}.get(
    os.environ.get("HYPOTHESIS_PROFILE", ""), 2 * settings.default.max_examples
)


@cache
def rules() -> RuleSet:
    return load()


@cache
def _first_seen(content: bytes) -> Snapshot:
    """A text of the corpus before its first edit: it is drawn again and again, and never changes."""
    return opened(content, "x.py", rules())


def _seen(snapshot: Snapshot) -> tuple[bytes, str, str, list[Finding], list[Silenced]]:
    silenced = snapshot.silenced()
    return snapshot.text.whole(), snapshot.state.value, snapshot.reason, snapshot.findings(), silenced


@st.composite
def _typed(draw: st.DrawFn, content: bytes) -> list[Edit]:
    """Some text, one character at a time, at one place."""
    first = draw(an_edit(content))
    at = first.span.start
    typed = first.new[:16] if first.new.isascii() else b""
    return [Edit(Span(at + i, at + i), typed[i : i + 1]) for i in range(len(typed))]


@pytest.mark.timeout(0)
@pytest.mark.parametrize("quarter", range(4))
@settings(max_examples=N_EXAMPLES)
@given(data=st.data())
def test_typing_it_there_equals_opening_it(quarter: int, data: st.DataObject) -> None:
    """After any run of edits the findings are those of a fresh check: same spans, same order."""
    content = data.draw(st.sampled_from(corpus()[quarter::4]))
    snapshot = _first_seen(content)
    for _ in range(data.draw(st.integers(1, 3))):
        one = an_edit(content).map(lambda edit: [edit])
        edits = data.draw(st.one_of(_typed(content), one, one, edits_of_one_change(content)))
        for edit in edits:
            content = applied(content, edit)
        if data.draw(st.booleans()):
            snapshot = advanced(snapshot, edits)
        else:
            for edit in edits:
                snapshot = advanced(snapshot, [edit])
        assert _seen(snapshot) == _seen(opened(content, "x.py", rules(), origins=runs_of(snapshot.text)))


@cache
def few_rules() -> RuleSet:
    """Those that find something where comments silence, and those about the comments."""
    return rules().selected(("eval-code", "yaml-unsafe-load", "os-shell-call", "ignore-*"))


@cache
def _silenced_first(content: bytes) -> Snapshot:
    return opened(content, "x.py", few_rules(), today=DAY, may_loosen=no_agent)


@pytest.mark.timeout(0)
@given(st.data())
def test_typing_a_silence_equals_opening_it(data: st.DataObject) -> None:
    """The same where comments silence, whoever wrote them: what they take, and what is said about them."""
    content = data.draw(st.sampled_from((SILENCED, SILENCED.replace(b"\n", b"\r\n"))))
    snapshot = _silenced_first(content)
    for _ in range(data.draw(st.integers(1, 6))):
        edits = [data.draw(st.one_of(an_edit_of_a_silence(content), an_edit(content)))]
        content = applied(content, edits[0])
        if data.draw(st.booleans()):
            edits.append(data.draw(an_edit_of_a_silence(content)))
            content = applied(content, edits[1])
        origin = data.draw(st.sampled_from((AGENT, PERSON)))
        snapshot = advanced(snapshot, edits, lambda edit, *_, origin=origin: covering(len(edit.new), origin))
        if data.draw(st.booleans()):
            start, end = sorted(data.draw(st.integers(0, len(content))) for _ in range(2))
            snapshot = attributed(snapshot, Span(start, end), covering(end - start, origin))
        origins = runs_of(snapshot.text)
        again = opened(content, "x.py", few_rules(), today=DAY, origins=origins, may_loosen=no_agent)
        assert _seen(snapshot) == _seen(again)


_CROWD = b"import os\nimport subprocess\n\n" + b"".join(
    b"def f%d(cmd):\n    subprocess.run(cmd, shell=True)\n    return %d\n\n" % (i, i) for i in range(200)
)


def test_a_thousand_edits_of_one_change_read_a_text_once() -> None:
    """Lines that are indented, or put into comments: no edit reads its surroundings for itself."""
    lines = [b"name_%d = %d\n" % (i, i) for i in range(1_000)]
    starts = [0, *accumulate(map(len, lines))][:-1]
    before = opened(b"".join(lines), "x.py", RuleSet.of(()))
    for edits in (
        [Edit(Span(at, at), b"    ") for at in reversed(starts)],
        [Edit(Span(at + 2 * i, at + 2 * i), b"# ") for i, at in enumerate(starts)],
    ):
        after = advanced(before, edits)
        assert after.text.n_bytes == before.text.n_bytes + len(edits) * len(edits[0].new)
        assert after.work.bytes_parsed < 3 * after.text.n_bytes


def test_a_keystroke_asks_what_it_touches() -> None:
    """One character in one of 200 flawed functions parses and asks one chunk."""
    before = opened(_CROWD, "x.py", rules())
    at = _CROWD.index(b"return 100")
    work = advanced(before, [Edit(Span(at, at), b"x")]).work
    assert (work.chunks_parsed, work.chunks_asked) == (1, 1)
    assert work.bytes_parsed < 100
    assert work.rules_asked <= len(rules().rules)
    assert work.nodes_visited * 100 < before.work.nodes_visited


def test_a_fact_that_comes_out_equal_asks_nobody() -> None:
    """A comment beside the imports leaves the imports as they were."""
    before = opened(_CROWD, "x.py", rules())
    after = advanced(before, [Edit(Span(0, 0), b"# why\n")])
    assert after.work.chunks_asked <= 1


def test_a_fact_that_changes_asks_those_who_looked_it_up() -> None:
    """An import that takes the name for something else silences every function that used it."""
    source = _CROWD + b"def other():\n    return 1\n"
    before = opened(source, "x.py", rules().up_to(Level.default))
    at = source.index(b"import subprocess")
    after = advanced(before, [Edit(Span(at, at + len(b"import subprocess")), b"import mine as subprocess")])
    assert len(before.findings()) == 200
    assert after.findings() == []
    assert 200 <= after.work.chunks_asked <= 202
    assert after.work.chunks_parsed <= 2


def test_an_import_that_is_typed_later_is_heard_of() -> None:
    """The look-up that found nothing was recorded."""
    source = b"def g():\n    pass\n\n" * 3 + b"def f(cmd):\n    r(cmd, shell=True)\n"
    before = opened(source, "x.py", rules().up_to(Level.default))
    after = advanced(before, [Edit(Span(0, 0), b"from subprocess import run as r\n")])
    assert before.findings() == []
    assert [finding.rule for finding in after.findings()] == [
        finding.rule
        for finding in opened(after.text.whole(), "x.py", rules().up_to(Level.default)).findings()
    ]
    assert after.findings() != []


def test_a_star_import_that_is_typed_later_is_heard_of() -> None:
    """Any name may be from it, so every function is asked again by the rules that it concerns."""
    rule = semgrep_rules(
        'rules: [{id: own, message: m, severity: INFO, languages: [python], pattern: "pickle.$F(...)"}]',
        "x.yml",
    )[0]
    source = b"def g():\n    pass\n\n" * 3 + b"def f(x):\n    loads(x)\n"
    before = opened(source, "x.py", RuleSet.of(rule))
    after = advanced(before, [Edit(Span(0, 0), b"from pickle import *\n")])
    assert (len(before.findings()), len(after.findings())) == (0, 1)
    gone = advanced(after, [Edit(Span(5, 11), b"shelve")])
    assert gone.findings() == []


def test_asking_everything_again_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counters can fail: a mutant that re-checks every chunk breaks the bound above."""

    def everything(snapshot: Snapshot, *_: object) -> Snapshot:
        stale = {id(section): dataclasses.replace(section, answer=None) for section in snapshot.text}
        return dataclasses.replace(snapshot, text=snapshot.text.exchanged(stale))

    answered = advance.answered
    monkeypatch.setattr(advance, "answered", lambda snapshot, *rest: answered(everything(snapshot), *rest))
    with pytest.raises(AssertionError):
        test_a_keystroke_asks_what_it_touches()


def test_forgetting_facts_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law can fail: a mutant that re-checks no chunk when a fact changes breaks it."""
    monkeypatch.setattr(advance, "_with_stale_forgotten", lambda snapshot, *_: snapshot)
    with pytest.raises(AssertionError):
        test_a_fact_that_changes_asks_those_who_looked_it_up()
    with pytest.raises(AssertionError):
        test_an_import_that_is_typed_later_is_heard_of()


_SILENT_CROWD = b"import os\n\n" + b"".join(
    b"def f%d(x):\n    eval(x)  # nosec\n    return %d\n\n# assaymark: ignore[eval-code] -- ours\n" % (i, i)
    for i in range(200)
)


def test_a_keystroke_judges_the_silences_that_it_touches(monkeypatch: pytest.MonkeyPatch) -> None:
    """One character in one of 200 chunks that all leave a silence pending: that one and its neighbours."""
    before = opened(_SILENT_CROWD, "x.py", rules())
    at = _SILENT_CROWD.index(b"return 100")
    n_judged = 0

    def counted(*arguments: Any) -> Any:
        nonlocal n_judged
        n_judged += 1
        return judged(*arguments)

    judged = silencing.judged
    monkeypatch.setattr(silencing, "judged", counted)
    after = advanced(before, [Edit(Span(at, at), b"x")])
    assert (after.work.chunks_parsed, after.work.chunks_asked) == (1, 1)
    assert 1 <= n_judged <= 2
    assert _seen(after) == _seen(opened(after.text.whole(), "x.py", rules()))


def test_telling_no_neighbour_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law can fail for silences: a mutant that tells nothing across the border of chunks breaks it."""
    source = b"eval(x)\n# assaymark: ignore[eval-code] -- ours\ndef f(x): eval(x)\n"
    edit = Edit(Span(8, source.index(b"def")), b"")
    assert len(advanced(opened(source, "x.py", rules()), [edit]).findings()) == 2
    monkeypatch.setattr(advance, "joined", lambda text, *_: (text, []))
    assert len(advanced(opened(source, "x.py", rules()), [edit]).findings()) == 1


def test_limits_are_the_same_typed_and_opened() -> None:
    """A text that grows beyond a limit fails, and comes back when it shrinks."""
    limits = Limits(max_bytes=100)
    small = opened(b"eval(x)\n", "x.py", rules(), limits)
    big = advanced(small, [Edit(Span(8, 8), b"#" * 100)])
    assert big.state.value == "failed"
    assert "108" in big.reason
    again = advanced(big, [Edit(Span(8, 108), b"")])
    assert _seen(again) == _seen(small)
