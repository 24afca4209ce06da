"""
What `covers:` claims is true: the pages that name a test of bandit's find all that it finds in `covers.md`.

One that finds only some of it says `overlaps:`; a test is covered as soon as one page says `covers:`. Bandit itself says which lines these are, so the examples cannot be wrong about it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from assaymark.analysis.advance import opened
from assaymark.engines.bandit.asking import opinion
from assaymark.engines.bandit.terms import Terms, covered_by, rule_of
from assaymark.engines.bandit.words import PEDANTIC, WORDS, folded, may_find
from assaymark.finding import Finding, Level
from assaymark.rules.loading import load
from assaymark.rules.rule import Rule
from assaymark.rules.ruleset import RuleSet

PAGE = Path(__file__).with_name("covers.md")
_SECTION = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
NEAR_MISS = "# no"


@cache
def examples() -> dict[str, list[bytes]]:
    """The files of each test."""
    sections = _SECTION.findall(PAGE.read_text("utf-8"))
    return {test: [text.encode() for text in _FENCE.findall(body)] for test, body in sections}


@cache
def rules() -> RuleSet:
    return load()


def lines(content: bytes, finding: Finding) -> range:
    start, end = finding.span.start, max(finding.span.end - 1, finding.span.start)
    return range(content.count(b"\n", 0, start) + 1, content.count(b"\n", 0, end) + 2)


def reported(test: str, content: bytes) -> list[range]:
    """The lines of each finding of bandit's *test*."""
    said = opinion(content, "app/x.py", Terms(everything=True, select=(rule_of(test),)))
    assert not said.unread, f"{test}: {said.unread}"
    return [lines(content, finding) for finding in said.findings]


def missed(test: str, content: bytes, rules: Sequence[Rule]) -> list[int]:
    """The first lines of what bandit's *test* finds and none of the *rules* that name it."""
    covering = RuleSet.of(rule for rule in rules if rule_of(test) in (*rule.covers, *rule.overlaps))
    found = [lines(content, finding) for finding in opened(content, "app/x.py", covering).findings()]
    return [
        its.start
        for its in reported(test, content)
        if not any(its.start < other.stop and other.start < its.stop for other in found)
    ]


@pytest.mark.parametrize("test", covered_by(load().rules))
def test_what_a_page_covers_it_finds(test: str) -> None:
    """Otherwise the test belongs into `overlaps:`, and bandit goes on to be asked for it."""
    assert test in examples(), f"a page covers {test}; covers.md has no example of it"
    for content in examples()[test]:
        text = content.decode().splitlines()
        assert [text[line - 1] for line in missed(test, content, rules().rules)] == [], f"not covered: {test}"


@pytest.mark.parametrize("test", sorted(WORDS))
def test_the_examples_show_what_the_test_finds(test: str) -> None:
    """Two shapes at least, and a near miss; the test's words are in every one that it finds."""
    shapes = examples()[test]
    found = [reported(test, content) for content in shapes]
    assert sum(map(bool, found)) >= 2
    near = 0
    for content, its in zip(shapes, found, strict=True):
        hit = {line for lines in its for line in (lines.start,)}
        for number, line in enumerate(content.decode().splitlines(), 1):
            if line.endswith(NEAR_MISS):
                near += 1
                assert number not in hit, line
        assert not its or may_find(test, folded(content))
    assert near


@pytest.mark.parametrize("test", sorted(PEDANTIC))
def test_what_is_never_shown_at_the_strict_level_is_not_asked_there(test: str) -> None:
    """The table says so of whole tests; every finding of theirs is pedantic."""
    for content in examples()[test]:
        said = opinion(content, "app/x.py", Terms(everything=True, select=(rule_of(test),)))
        assert {finding.level for finding in said.findings} <= {Level.pedantic}


def test_the_words_of_a_test_are_needed() -> None:
    """Without them it finds nothing: what they stand in was the reason."""
    for test, shapes in examples().items():
        for content in shapes:
            for group in WORDS[test]:
                text = content.decode()
                for word in group:
                    text = re.sub(re.escape(word), "zz", text, flags=re.IGNORECASE)
                said = opinion(text.encode(), "x.py", Terms(everything=True, select=(rule_of(test),)))
                assert said.findings == (), (test, group, text)


def test_a_page_that_finds_only_some_is_caught() -> None:
    """The check can fail: with one page taken away, or with one that claims what it does not find."""
    content = b"import yaml\nyaml.load(body)\nassert body\n"
    yaml = rules().named("yaml-unsafe-load")
    assert yaml is not None
    assert missed("B506", content, [yaml]) == [] or "bandit/B506" in yaml.overlaps
    assert missed("B506", content, []) == [2]
    assert missed("B101", content, [yaml]) == [3]
