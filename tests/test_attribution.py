"""The attribution of an open text, against a model that knows the origin of each byte."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assaymark.analysis.advance import advanced, opened
from assaymark.analysis.attributing import attributed, runs_between, runs_of
from assaymark.analysis.snapshot import Limits, Snapshot
from assaymark.origin import STANDING, Author, Evidence, Origin, Run, Runs, joined, n_bytes_of
from assaymark.rules.ruleset import RuleSet
from assaymark.syntax import cut
from assaymark.text import Edit, Span
from editing import an_edit, applied, corpus, edits_of_one_change

TYPED = Origin(Author.human, Evidence.typed)
AGENT = Origin(Author.ai, Evidence.hook, tool="claude")
OTHER = Origin(Author.ai, Evidence.accept, tool="copilot")
ORIGINS = (TYPED, AGENT, OTHER, STANDING)
NO_RULES = RuleSet.of(())


def _bytewise(runs: Runs) -> list[Origin]:
    return [run.origin for run in runs for _ in range(run.n_bytes)]


def _checked(snapshot: Snapshot) -> list[Origin]:
    """The origin of each byte, of runs that cover each section exactly, none empty and neighbours different."""
    for section in snapshot.text:
        assert n_bytes_of(section.origins) == section.chunk.n_bytes
        assert section.origins == joined((section.origins,))
        assert all(run.n_bytes for run in section.origins)
    return _bytewise(runs_of(snapshot.text))


@st.composite
def _some_runs(draw: st.DrawFn, n_bytes: int) -> Runs:
    borders = sorted({0, n_bytes, *draw(st.lists(st.integers(0, n_bytes), max_size=5))})
    sizes = (end - start for start, end in pairwise(borders))
    return joined([(Run(size, draw(st.sampled_from(ORIGINS))),) for size in sizes])


@pytest.fixture
def short_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits so small that every text meets them."""
    monkeypatch.setattr(cut, "LOOK", 300)
    monkeypatch.setattr(cut, "LONG_UNIT", 800)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("short_sight")
@pytest.mark.parametrize("path", ["x.py", "x.unheard-of"])
@given(data=st.data())
def test_a_byte_keeps_its_origin_until_it_is_replaced(path: str, data: st.DataObject) -> None:
    """After any run of edits each byte has the origin that it came with, whatever was parsed anew."""
    content = data.draw(st.sampled_from(corpus()))
    snapshot = opened(content, path, NO_RULES, origins=data.draw(_some_runs(len(content))))
    model = _checked(snapshot)
    for _ in range(data.draw(st.integers(1, 4))):
        edit = data.draw(an_edit(content))
        came = data.draw(_some_runs(len(edit.new)))
        content = applied(content, edit)
        model[edit.span.start : edit.span.end] = _bytewise(came)
        snapshot = advanced(snapshot, [edit], lambda *_, came=came: came)
        assert snapshot.text.whole() == content
        assert _checked(snapshot) == model


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("short_sight")
@pytest.mark.parametrize("path", ["x.py", "x.unheard-of"])
@given(data=st.data())
def testedits_of_one_change_come_to_what_they_come_to_one_by_one(path: str, data: st.DataObject) -> None:
    """Upwards, downwards, to and fro: the text, its origins, and what each is asked about; and it is cut alike."""
    content = data.draw(st.sampled_from(corpus()))
    whole = singly = opened(content, path, NO_RULES, origins=data.draw(_some_runs(len(content))))
    edits = data.draw(edits_of_one_change(content))
    said = {edit: data.draw(_some_runs(len(edit.new))) for edit in edits}
    told: list[list[object]] = [[], []]

    def came(edit: Edit, old: bytes, runs: Runs) -> Runs:
        told[0].append((edit, old, runs))
        return said[edit]

    for edit in edits:
        text = singly.text
        told[1].append((edit, text.slice(edit.span), runs_between(text, edit.span)))
        singly = advanced(singly, [edit], lambda edit, *_: said[edit])
    whole = advanced(whole, edits, came)
    assert told[0] == told[1]
    assert whole.text.whole() == singly.text.whole()
    assert _checked(whole) == _checked(singly)
    assert [section.chunk.data for section in whole.text] == [section.chunk.data for section in singly.text]


@given(st.data())
def test_attributing_a_span_leaves_the_rest_as_it_is(data: st.DataObject) -> None:
    """What is learnt of a span changes its origins and nothing else."""
    content = data.draw(st.sampled_from(corpus()))
    snapshot = opened(content, "x.py", NO_RULES)
    start = data.draw(st.integers(0, len(content)))
    span = Span(start, data.draw(st.integers(start, len(content))))
    runs = data.draw(_some_runs(span.length))
    after = attributed(snapshot, span, runs)
    assert runs_between(after.text, span) == runs
    assert _checked(after) == [
        *[STANDING] * span.start,
        *_bytewise(runs),
        *[STANDING] * (len(content) - span.end),
    ]
    assert after.text.whole() == content


def test_what_is_typed_over_with_the_same_bytes_is_typed() -> None:
    """Equal bytes that replace others are not those others."""
    content = b"def f():\n    pass\n"
    snapshot = opened(content, "x.py", NO_RULES, origins=(Run(len(content), AGENT),))
    after = advanced(snapshot, [Edit(Span(0, len(content)), content)], lambda *_: (Run(len(content), TYPED),))
    assert runs_of(after.text) == (Run(len(content), TYPED),)


def test_a_text_that_grows_beyond_the_limit_keeps_its_origins() -> None:
    """What is no longer analysed is still attributed."""
    small = opened(b"x = 1\n", "x.py", NO_RULES, Limits(max_bytes=10), origins=(Run(6, AGENT),))
    big = advanced(small, [Edit(Span(6, 6), b"# longer\n")], lambda *_: (Run(9, TYPED),))
    assert runs_of(big.text) == (Run(6, AGENT), Run(9, TYPED))
