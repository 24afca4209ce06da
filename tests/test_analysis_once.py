"""One thing is said once among our own pages: `overlaps: [assaymark/…]`."""

from __future__ import annotations

from pathlib import Path

import pytest

from assaymark.analysis.advance import advanced, opened
from assaymark.finding import Finding
from assaymark.rules.loading import load, load_with
from assaymark.rules.ruleset import RuleSet
from assaymark.text import Edit, Span

RULES = Path(__file__).parents[1] / "rules"
PAGE = """\
---
severity: high
confidence: medium
cwe: 95
overlaps: [OVERLAPS]
message: "This is a line."
pattern: PATTERN
---
# NAME
## Why it matters
It does.
## Use instead
Nothing.
## What it does not see
"""


def pages(folder: Path, **written: tuple[str, str]) -> RuleSet:
    """The rules of pages with these patterns and overlaps, by name."""
    place = folder / "rules" / "python"
    place.mkdir(parents=True, exist_ok=True)
    for name, (pattern, overlaps) in written.items():
        text = PAGE.replace("NAME", name).replace("PATTERN", pattern).replace("OVERLAPS", overlaps)
        (place / f"{name}.md").write_text(text, encoding="utf-8")
    return load_with(folder / "rules", (), None)


def found(code: str, rules: RuleSet) -> list[str]:
    return [finding.rule for finding in findings(code, rules)]


def findings(code: str, rules: RuleSet) -> list[Finding]:
    return opened(code.encode(), "x.py", rules).findings()


@pytest.mark.parametrize("code", ["f(g(1))", "x = [f(2, g(f(1)))]", "def d():\n    f(g(1))"])
@pytest.mark.parametrize(
    "general", ["f($X, ...)", "g(...)", "f(...)"], ids=["the same span", "within it", "another way"]
)
def test_what_a_page_speaks_for_is_left_out_where_it_speaks(tmp_path: Path, code: str, general: str) -> None:
    """With the same span, over it or within it."""
    rules = pages(tmp_path, strong=("f(..., g(...), ...)", "assaymark/weak"), weak=(general, ""))
    said = findings(code, rules)
    assert "strong" in {one.rule for one in said}
    spans = [one.span for one in said if one.rule == "strong"]
    for one in said:
        assert one.rule == "strong" or not any(
            (span.start <= one.span.start and one.span.end <= span.end)
            or (one.span.start <= span.start and span.end <= one.span.end)
            for span in spans
        )


def test_elsewhere_the_general_page_speaks(tmp_path: Path) -> None:
    """Also on the same line, and where the other is not asked."""
    rules = pages(tmp_path, strong=("f(g(...))", "assaymark/weak"), weak=("f(...)", ""))
    assert found("f(g(1)); f(2)\nf(3)", rules) == ["strong", "weak", "weak"]
    assert found("f(g(1))", rules.selected(("weak",))) == ["weak"]


def test_wide_findings_are_left_out_as_well(tmp_path: Path) -> None:
    """A rule over the file speaks for one over a chunk, and the other way round."""
    wide = '{pattern-inside: "import m\\n..."}'
    for at, overlaps in (("strong", "assaymark/weak"), ("weak", "")):
        rules = pages(tmp_path, strong=("f(g(...))", "assaymark/weak"), weak=("f(...)", ""))
        page = tmp_path / "rules" / "python" / f"{at}.md"
        text = page.read_text("utf-8")
        pattern = "f(g(...))" if at == "strong" else "f(...)"
        page.write_text(
            text.replace(f"pattern: {pattern}", f"patterns: [{{pattern: {pattern}}}, {wide}]"), "utf-8"
        )
        rules = load_with(tmp_path / "rules", (), None)
        assert rules.problems == (), overlaps
        assert found("import m\n\n\nf(g(1))\n", rules) == ["strong"]


@pytest.mark.parametrize("name", ["strong", "weak"])
def test_a_comment_that_names_either_silences(tmp_path: Path, name: str) -> None:
    """The other does not appear in the place of what is silenced, and the comment is not unused."""
    pages(tmp_path, strong=("f(g(...))", "assaymark/weak"), weak=("f(...)", ""))
    rules = load_with(RULES, (tmp_path / "rules",), None)
    assert found(f"f(g(1))  # assaymark: ignore[{name}] -- known\n", rules) == []


def test_typing_it_there_equals_opening_it(tmp_path: Path) -> None:
    """The evidence may come and go with an edit."""
    rules = pages(tmp_path, strong=("f(g(...))", "assaymark/weak"), weak=("f(...)", ""))
    snapshot = opened(b"f(1)\n", "x.py", rules)
    assert [one.rule for one in snapshot.findings()] == ["weak"]
    snapshot = advanced(snapshot, (Edit(Span(2, 3), b"g(1)"),))
    assert [one.rule for one in snapshot.findings()] == ["strong"]
    snapshot = advanced(snapshot, (Edit(Span(2, 3), b"h"),))
    assert [one.rule for one in snapshot.findings()] == ["weak"]


@pytest.mark.parametrize(
    "overlaps, says",
    [
        ("assaymark/week", "no rule is called 'week'; did you mean 'weak'?"),
        ("assaymark/strong", "a rule does not speak for itself"),
        ("assaymark/weak", "weak speaks for strong; take one of the two out"),
    ],
)
def test_a_page_that_speaks_for_what_it_must_not_is_an_error(
    tmp_path: Path, overlaps: str, says: str
) -> None:
    """It names the line, and the page is left out."""
    back = "assaymark/strong" if overlaps == "assaymark/weak" else ""
    rules = pages(tmp_path, strong=("f(g(...))", overlaps), weak=("f(...)", back))
    problem = next(one for one in rules.problems if one.rule == "strong")
    assert problem.line == 5
    assert says in problem.message
    assert rules.named("strong") is None


def test_a_page_that_speaks_for_another_is_no_weaker() -> None:
    """It is as severe, and names the tests of bandit's that the other names."""
    rules = load().rules
    by_id = {rule.id: rule for rule in rules}
    speaking = [(rule, by_id[name]) for rule in rules for name in rule.speaks_for]
    assert len(speaking) >= 15
    for one, other in speaking:
        assert one.severity >= other.severity, (one.id, other.id)
        tests = {check for check in (*other.covers, *other.overlaps) if check.startswith("bandit/")}
        assert tests <= {*one.covers, *one.overlaps}, (one.id, other.id)
