"""Every rule page: its examples are its tests, and every part of its patterns is needed by one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache

import pytest

import rule_index
from assaymark.analysis.advance import opened
from assaymark.analysis.removed import changes_in, removed_over
from assaymark.dataclass import replace
from assaymark.finding import Finding
from assaymark.rules.compiled import Compiled
from assaymark.rules.fences import ChangeExample, Example
from assaymark.rules.loading import load, read_page
from assaymark.rules.page import RulePage, needed_of
from assaymark.rules.patterns import bound
from assaymark.rules.patterns import compile as compile_module
from assaymark.rules.patterns.compile import RuleError, compile_formula
from assaymark.rules.patterns.formula import Formula
from assaymark.rules.patterns.match import Work, matches
from assaymark.rules.rule import Rule
from assaymark.rules.ruleset import RuleSet
from assaymark.rules.testing import EXAMPLE_DAY, failures, failures_of_changes, line_of
from assaymark.syntax.view import View, view_of_source

RULES = load().rules
REMOVALS = [rule for rule in RULES if rule.removal is not None]
PRESENT = [rule for rule in RULES if rule.removal is None]
OPERATORS = frozenset(
    [
        "pattern",
        "patterns",
        "pattern-either",
        "pattern-not",
        "pattern-inside",
        "pattern-not-inside",
        "pattern-regex",
        "pattern-not-regex",
        "metavariable-regex",
        "metavariable-pattern",
        "metavariable-comparison",
        "focus-metavariable",
    ]
)
# The conditions of a page about changes, by the names that its rule has for them.
CONDITIONS = {"unless-added": "unless", "leaves": "leaves", "keeps": "keeps"}
# Literals, words, numbers, and every other sign by itself.
TOKEN = re.compile(r"""[a-zA-Z]*(?:"[^"]*"|'[^']*')|\w+|[^\w\s]""")

pages = cache(rule_index.pages)
page_of = cache(read_page)


def pages_of(rules: Iterable[Rule]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", tuple(rules), ids=lambda rule: rule.id, indirect=True)


every_page, every_present_page, every_removal_page = pages_of(RULES), pages_of(PRESENT), pages_of(REMOVALS)
every_pattern_page = pages_of(rule for rule in PRESENT if rule.engine == "patterns")


@pytest.fixture
def page(request: pytest.FixtureRequest) -> RulePage:
    """Read when a test asks for it: who collects tests reads none."""
    found = page_of(request.param)
    assert found is not None
    return found


@every_present_page
def test_the_examples_of_a_page_hold(page):
    """`# flag`, `# miss`, `# noise` and silence are as marked, and fixes end what they fix."""
    assert failures(page, find, RULES) == []


@pytest.fixture
def _parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's mutants are made of the same patterns: each is parsed and searched for names once."""
    parsed: dict[tuple[str, ...], object] = {}
    named: dict[int, tuple[object, set[str]]] = {}

    def parse_pattern(text: str, *around: object) -> object:
        key = (text, *map(repr, around))
        if key not in parsed:
            parsed[key] = as_it_was(text, *around)
        return parsed[key]

    def names(pattern: object) -> set[str]:
        if id(pattern) not in named:
            named[id(pattern)] = pattern, names_of(pattern)
        return named[id(pattern)][1]

    as_it_was, names_of = compile_module.parse_pattern, bound._named
    monkeypatch.setattr(compile_module, "parse_pattern", parse_pattern)
    monkeypatch.setattr(bound, "_named", names)


@pytest.mark.usefixtures("_parsed_once")
@every_pattern_page
def test_each_operator_of_a_page_is_needed_by_an_example(page):
    """Without any one part of its patterns, a page's examples no longer hold."""
    formula = compile_formula(page.patterns, page.rule.language)
    assert list(disagreements(page, formula)) == []
    idle = [name for name, mutant in mutants(page) if mutant is not None and agrees(page, mutant)]
    assert idle == []


@every_pattern_page
def test_a_page_has_flagged_and_silent_lines_that_differ_by_one_token(page):
    """Two of each at least."""
    flagged = {line for example in page.examples for line in lines_of(example, example.flags)}
    silent = {line for example in page.examples for line in silent_lines(example)}
    near = {line for line in silent if any(one_token_apart(line, other) for other in flagged)}
    assert len(flagged) >= 2
    assert len(near) >= 2, near


@every_removal_page
def test_the_changes_of_a_page_hold(page):
    """What a change removed is marked in the text before; what moved or was replaced is silent."""
    assert failures_of_changes(page, find_removed) == []
    flagged = [change for change in page.changes if any(one.flags for one in change.before.values())]
    assert len(flagged) >= 2
    assert len(page.changes) - len(flagged) >= 2


@every_removal_page
def test_each_part_of_a_page_about_changes_is_needed_by_one(page):
    """Without any item of its patterns, or one of its conditions, a page's changes no longer hold."""
    idle = [
        name
        for name, rule in removal_mutants(page)
        if not failures_of_changes(replace(page, rule=rule), find_removed)
    ]
    assert idle == []


@every_removal_page
def test_a_page_about_changes_is_silent_on_every_text_by_itself(page):
    """It is asked of two texts, and a check of one costs nothing more for it."""
    rules = RuleSet.of([page.rule])
    for change in page.changes:
        for path, example in change.before.items():
            assert find(example.code.encode(), path, rules) == []


@every_page
def test_a_page_says_all_that_is_asked_of_it(page):
    rule = page.rule
    assert rule.cwe or rule.engine == "silence"
    assert {place[4:] for place in rule.owasp} == {"2021", "2025"} or rule.engine == "silence"
    assert rule.references
    assert 20 < len(rule.message) < 160, len(rule.message)
    assert rule.why
    assert rule.remedy
    assert all(fix.title for fix in rule.fixes)


def test_the_pages_use_every_operator():
    """And there are eighty pages or more, twenty-five of them with a fix."""
    assert len(pages()) >= 80
    assert sum(bool(page.rule.fixes) for page in pages()) >= 25
    assert OPERATORS - {key for page in pages() for key in keys(page.patterns)} == set()


def test_thirty_pages_and_more_are_about_changes():
    """Of both languages; and no two pages of whatever language share a name, by which comments know them."""
    assert len(REMOVALS) >= 30
    assert {rule.language for rule in REMOVALS} == {"javascript", "python"}
    assert len({page.rule.id for page in pages()}) == len(pages()) == len(RULES)


def test_the_index_of_the_rules_is_fresh():
    """When this fails: python tests/rule_index.py"""
    assert rule_index.INDEX.read_text("utf-8") == rule_index.index(), rule_index.COMMAND


def find(source: bytes, path: str, rules: RuleSet) -> list[Finding]:
    return opened(source, path, rules, today=EXAMPLE_DAY).findings()


def find_removed(change: ChangeExample, rules: RuleSet) -> set[tuple[str, int]]:
    return {(one.path, one.line) for one in removed_over(changes_in(change), rules)}


def removal_mutants(page: RulePage) -> Iterator[tuple[str, Rule]]:
    """The rule without each item of its lists of patterns, and without each of its conditions."""
    rule, removal = page.rule, page.rule.removal
    ways = {key: value for key, value in page.patterns.items() if key not in CONDITIONS}
    for name, mutant in compiled(without_each(ways, ""), rule.language):
        if mutant is not None:
            yield name, replace(rule, compiled=Compiled.of(mutant), needed=needed_of(mutant, rule.language))
    for key, field in CONDITIONS.items():
        if getattr(removal, field):
            yield key, replace(rule, removal=replace(removal, **{field: "" if field == "keeps" else None}))
            for name, mutant in compiled(condition_mutants(page.patterns[key], key), rule.language):
                if mutant is not None:
                    yield name, replace(rule, removal=replace(removal, **{field: Compiled.of(mutant)}))


def condition_mutants(value: object, key: str) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(value, list):
        for name, mutant in without_each_item(value, key):
            yield name, {"pattern-either": mutant}
    elif isinstance(value, dict):
        yield from without_each(value, key)


def agrees(page: RulePage, formula: Formula) -> bool:
    return next(disagreements(page, formula), None) is None


def disagreements(page: RulePage, formula: Formula) -> Iterator[int]:
    """The lines of the page on which the formula says something else than the marks."""
    for example in page.examples:
        if page.rule.applies_to(example.path):
            source = example.code.encode()
            found = matches(formula, view(example.code), Work())
            lines = {line_of(source, match.span.start) for match in found}
            yield from (example.line + line - 1 for line in sorted(lines ^ example.expected))


@cache
def view(code: str) -> View:
    return view_of_source(code.encode())


def mutants(page: RulePage) -> Iterator[tuple[str, Formula | None]]:
    """The formula without each of its parts; None where nothing is left that compiles."""
    return compiled(without_each(page.patterns, ""), page.rule.language)


def compiled(
    patterns: Iterator[tuple[str, dict[str, object]]], language: str
) -> Iterator[tuple[str, Formula | None]]:
    for name, mutant in patterns:
        try:
            yield name, compile_formula(mutant, language)
        except RuleError:
            yield name, None


def without_each(patterns: Mapping[str, object], where: str) -> Iterator[tuple[str, dict[str, object]]]:
    """The patterns without each item of each list in them, at any depth."""
    for key, value in patterns.items():
        for name, mutant in without_each_item(value, f"{where}/{key}"):
            yield name, {**patterns, key: mutant}


def without_each_item(value: object, where: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from without_each(value, where)
    if isinstance(value, list):
        for index, item in enumerate(value):
            rest = [*value[:index], *value[index + 1 :]]
            yield f"{where}[{index}]: {item}", rest
            for name, mutant in without_each_item(item, f"{where}[{index}]"):
                yield name, [*value[:index], mutant, *value[index + 1 :]]


def keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    if isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def lines_of(example: Example, numbers: frozenset[int]) -> Iterator[str]:
    lines = example.code.splitlines()
    return (lines[number - 1].partition("  # ")[0].strip() for number in numbers)


def silent_lines(example: Example) -> Iterator[str]:
    spoken = example.expected | example.misses
    for number, line in enumerate(example.code.splitlines(), 1):
        if number not in spoken and line.strip():
            yield line.strip()


def one_token_apart(line: str, other: str) -> bool:
    """Whether one token was replaced, added or taken away."""
    matcher = SequenceMatcher(a=TOKEN.findall(line), b=TOKEN.findall(other), autojunk=False)
    changes = [(a2 - a1, b2 - b1) for tag, a1, a2, b1, b2 in matcher.get_opcodes() if tag != "equal"]
    return len(changes) == 1 and max(changes[0]) == 1
