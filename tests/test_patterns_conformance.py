"""
Every case in tests/patterns/*.md: a pattern, code, and what the pattern matches in it, drawn into the code.

A case is a heading, a fence with the pattern (`pattern`, or `yaml` for more than one) and a fence with the code
(not `python`, so that no formatter changes it), in which «…» stands around each match. A quote that opens with
"Semgrep:" says how Semgrep's answer differs, and why. Also here: what a formula is said to need is there
whenever it matches, and no text makes matching raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assaymark.rules.patterns import evaluate, hits, plan
from assaymark.rules.patterns.compile import compile_formula
from assaymark.rules.patterns.formula import All, Formula
from assaymark.rules.patterns.hits import leaf_hits
from assaymark.rules.patterns.match import Work, matches
from assaymark.rules.patterns.need import Alternative
from assaymark.rules.patterns.needs import needs
from assaymark.rules.patterns.paths import STAR, last_of
from assaymark.syntax.view import View, view_of_source
from assaymark.text import Span

FOLDER = Path(__file__).parent / "patterns"
CASE = re.compile(
    r"^## (?P<title>[^\n]+)\n+```(?P<kind>pattern|yaml)\n(?P<rule>.*?)\n```\n+```code\n(?P<code>.*?)\n?```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Case:
    name: str
    kind: str
    rule: str
    drawn: str

    @property
    def code(self) -> str:
        return self.drawn.replace("«", "").replace("»", "") + "\n"

    @property
    def formula(self) -> Formula:
        return _compiled(self.kind, self.rule)


@cache
def _compiled(kind: str, rule: str) -> Formula:
    return compile_formula({"pattern": rule} if kind == "pattern" else yaml.safe_load(rule), "python")


def _cases() -> Iterator[Case]:
    for file in sorted(FOLDER.glob("*.md")):
        text = file.read_text("utf-8")
        found = list(CASE.finditer(text))
        assert len(found) == len(re.findall(r"^## ", text, re.MULTILINE)), (
            f"{file.name}: a case is not understood"
        )
        for number, case in enumerate(found, 1):
            yield Case(f"{file.stem}-{number}-{case['title']}", case["kind"], case["rule"], case["code"])


CASES = list(_cases())


def drawn(code: str, spans: list[tuple[int, int]]) -> str:
    """The code with «…» around each span; of two that start together, the longer is outside."""
    opening = [(start, 1, -end, "«") for start, end in spans]
    closing = [(end, 0, -start, "»") for start, end in spans]
    content, parts, last = code.encode(), [], 0
    for at, _, _, mark in sorted(opening + closing):
        parts.append(content[last:at].decode() + mark)
        last = at
    return "".join(parts) + content[last:].decode()


def spans(case: Case, view: View) -> list[tuple[int, int]]:
    return [(match.span.start, match.span.end) for match in matches(case.formula, view, Work())]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    """The pattern matches what is drawn, and no more."""
    assert drawn(case.code, spans(case, view_of_source(case.code.encode()))) == case.drawn + "\n"


def test_there_are_enough_cases() -> None:
    """The suite is not emptied by a change of its format."""
    assert len(CASES) >= 150


def test_needs_hold_where_there_is_a_match() -> None:
    """A formula is never left unasked where it would match."""
    for case in CASES:
        view = view_of_source(case.code.encode())
        if spans(case, view):
            assert any(
                is_there(alternative, view) for alternative in needs(case.formula, frozenset()).alternatives
            ), case.name


def is_there(alternative: Alternative, view: View) -> bool:
    words = view.words
    text = b" ".join(words).lower()
    if not all(any(one in text for one in texts) for texts in alternative.texts):
        return False
    source = b"".join(source for _, source in view.regions()).decode()
    if not all(re.search(sought, source) for sought in alternative.sought):
        return False
    return alternative.words <= words and all(
        (last_of(path) in words or view.aliases(path) & words or STAR in view.aliases(path))
        and words.issuperset(part.encode() for part in path.split(".") if part)
        for path in alternative.paths
    )


_PIECES = [piece for case in CASES for piece in re.findall(r"\w+|\s+|\W", case.code)]
_BROKEN = st.one_of(
    st.builds(lambda case, at: case.code[:at], st.sampled_from(CASES), st.integers(0, 80)),
    st.builds("".join, st.lists(st.sampled_from(sorted(set(_PIECES))), max_size=40)),
    st.text(max_size=60),
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(code=_BROKEN, cases=st.lists(st.sampled_from(CASES), min_size=1, max_size=8))
def test_matching_never_raises(code: str, cases: list[Case]) -> None:
    """Whatever the text, every pattern has an answer inside it."""
    content = code.encode(errors="surrogatepass")
    view = view_of_source(content)
    for case in cases:
        for start, end in spans(case, view):
            assert 0 <= start <= end <= len(content)


def test_what_is_near_is_all_that_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every pattern is tried everywhere, unguarded, and each sought part in its turn, the same is found."""
    joined = [case for case in CASES if isinstance(case.formula, All)]
    views = [view_of_source(case.code.encode()) for case in CASES]
    near = [_found(case, view) for view in views for case in joined]
    monkeypatch.setattr(evaluate, "hits_near", lambda scene, leaf, _: leaf_hits(scene, leaf))
    monkeypatch.setattr(evaluate, "may_be_in", lambda *_: True)
    monkeypatch.setattr(hits, "holds", lambda *_: True)
    monkeypatch.setattr(plan, "_PLANS", {})
    monkeypatch.setattr(plan, "by_cost", lambda _, parts: range(len(parts)))
    monkeypatch.setattr(plan, "_guards", lambda *_: ())
    assert near == [_found(case, view) for view in views for case in joined]


def _found(case: Case, view: View) -> list[tuple[Span, list[tuple[str, str]]]]:
    found = matches(case.formula, view, Work())
    return [
        (match.span, sorted((name, bound.text) for name, bound in match.bindings.items())) for match in found
    ]
