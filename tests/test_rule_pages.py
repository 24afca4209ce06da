"""Reading rule pages: what a page becomes, and what an error says."""

from __future__ import annotations

import pytest

from assaymark.finding import Confidence, Level, Severity
from assaymark.rules.page import parse_page
from assaymark.rules.rule import BadRuleError
from assaymark.rules.stored import rule_from_plain, rule_to_plain

FRONT = """\
---
severity: high
confidence: medium
cwe: 95
owasp: A03:2021
message: "This runs a string."
pattern: eval($CODE)
fixes:
  - {replace: eval($CODE), with: ast.literal_eval($CODE), safe: false}
paths:
  exclude: [tests/]
---
"""
BODY = """\
# my-rule

## Why it matters

A string is
a program.

```python
eval(x)  # flag
eval("1")  # noise
run(x)  # miss
run(y)
```

## Use instead

`ast.literal_eval`.

```python shop/settings.py
run(x)
```

```text
eval(x)
```

## What it does not see

Other names.
"""
PATH = "rules/python/my-rule.md"


def test_a_page_is_a_rule_its_prose_and_its_examples():
    page = parse_page(FRONT + BODY, PATH)
    rule = page.rule
    assert (rule.id, rule.language, rule.source) == ("my-rule", "python", PATH)
    assert (rule.severity, rule.confidence, rule.level) == (Severity.high, Confidence.medium, Level.default)
    assert (rule.cwe, rule.owasp, rule.message) == ((95,), ("A03:2021",), "This runs a string.")
    assert (rule.why, rule.remedy) == ("A string is a program.", "`ast.literal_eval`.")
    assert [section.title for section in page.sections] == [
        "my-rule",
        "Why it matters",
        "Use instead",
        "What it does not see",
    ]
    assert rule.fixes[0].title == "Write ast.literal_eval($CODE)"
    first, second = page.examples
    assert (first.flags, first.noises, first.misses) == ({1}, {2}, {3})
    assert (first.path, second.path) == ("example.py", "shop/settings.py")
    assert (FRONT + BODY).splitlines()[first.line - 1] == "eval(x)  # flag"


def test_a_rule_survives_the_journey_to_plain_data_and_back():
    rule = parse_page(FRONT + BODY, PATH).rule
    assert rule_from_plain(rule_to_plain(rule)) == rule


def test_the_digest_depends_on_the_content_and_not_on_the_place():
    rule = parse_page(FRONT + BODY, PATH).rule
    assert parse_page(FRONT + BODY, "/elsewhere/python/my-rule.md").rule.digest == rule.digest
    other = FRONT.replace("eval($CODE)", "exec($CODE)")
    assert parse_page(other + BODY, PATH).rule.digest != rule.digest


def test_folders_below_the_language_are_for_order_only():
    assert parse_page(FRONT + BODY, "rules/python/django/my-rule.md").rule.language == "python"


def test_paths_are_globs_that_name_files_and_folders_at_any_depth():
    front = FRONT.replace(
        "exclude: [tests/]", 'include: ["settings*.py", /top, "a/**/b.py"]\n  exclude: [tests/]'
    )
    rule = parse_page(front + BODY, PATH).rule
    assert rule.applies_to("shop/settings.py")
    assert rule.applies_to("settings_live.py")
    assert rule.applies_to("top/x.py")
    assert rule.applies_to("a/b.py")
    assert rule.applies_to("x/a/y/z/b.py")
    assert rule.applies_to("shop\\settings.py")
    assert not rule.applies_to("shop/top/x.py")
    assert not rule.applies_to("shop/views.py")
    assert not rule.applies_to("tests/settings.py")
    assert not rule.applies_to("a/bb.py")


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("severity", "severty", ":2: 'severty' is not a key; did you mean 'severity'?"),
        ("severity: high\n", "", ":2: 'severity' is missing; write severity: high"),
        (
            "severity: high",
            "severity: hgh",
            ":2: 'severity': 'hgh' is not one of low, medium, high, critical",
        ),
        ("cwe: 95", "cwe: [95, CWE-3]", ":4: 'cwe' takes numbers such as 89, not 'CWE-3'"),
        ("A03:2021", "injection", ":5: 'owasp' takes names such as A03:2021, not 'injection'"),
        ("safe: false", "safe: maybe", ":9: 'safe' takes true or false"),
        ("safe: false", "saef: false", ":9: 'saef' is not a key; did you mean 'safe'?"),
        ("cwe: 95", "cwe: 95\ncwe: 96", ":5: 'cwe' stands here twice; keep one"),
        ('"This runs a string."', "a: b: c", ":6: not YAML: mapping values are not allowed"),
        ("pattern: eval($CODE)\n", "", ":2: nothing to look for; write one of pattern, patterns"),
        ("cwe: 95", "cwe: 95\npattern-regex: x", "'pattern-regex' stands beside 'pattern'; put both under"),
        ("---\n#", "#", "the front matter does not end; close it with a line '---'"),
        ("---\nsev", "sev", ":1: no front matter; the first line is '---'"),
        ("# my-rule", "# your-rule", ":13: the title is not the file's name; write '# my-rule'"),
        ("## Use instead", "## Use", "a section is missing; write '## Use instead'"),
    ],
)
def test_an_error_names_the_file_the_line_and_the_remedy(old, new, message):
    text = FRONT + BODY
    assert old in text
    with pytest.raises(BadRuleError) as caught:
        parse_page(text.replace(old, new, 1), PATH)
    assert str(caught.value).startswith(PATH)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "old, new, line",
    [
        ("pattern: eval($CODE)", "patterns:\n  - pattern: eval($CODE)\n  - pattern-nut: x", ":9: "),
        ("pattern: eval($CODE)", "pattern: eval($CODE", ":7: "),
        ("replace: eval($CODE)", "replace: eval($CODE", ":9: "),
    ],
)
def test_an_error_of_the_compiler_has_the_line_of_its_key(old, new, line):
    with pytest.raises(BadRuleError) as caught:
        parse_page((FRONT + BODY).replace(old, new, 1), PATH)
    assert f"{PATH}{line}" in str(caught.value)


def test_a_page_outside_of_a_language_is_an_error():
    message = "no folder names its language; put the page under one of: javascript, python"
    with pytest.raises(BadRuleError, match=message):
        parse_page(FRONT + BODY, "rules/my-rule.md")


ABOUT_CHANGES = (FRONT + BODY).replace("severity: high", "mode: removed\nseverity: high", 1)
ABOUT_CHANGES = (
    ABOUT_CHANGES[: ABOUT_CHANGES.index("fixes:")] + ABOUT_CHANGES[ABOUT_CHANGES.index("paths:") :]
)
CHANGE = """
```python before a.py
eval(x)  # flag
```

```python before b.py
```

```python after a.py
run(x)
```

```python before
run(x)
```
"""


def test_a_page_about_changes_has_the_files_of_each_change():
    """And its rule is the same from the store."""
    head = ABOUT_CHANGES[: ABOUT_CHANGES.index("```python")]
    tail = "## Use instead\n## What it does not see\n"
    page = parse_page(head.replace("cwe:", "keeps: $CODE\nunless-added: run($X)\ncwe:") + CHANGE + tail, PATH)
    assert (page.rule.mode, page.examples) == ("removed", ())
    first, second = page.changes
    assert (sorted(first.before), sorted(first.after)) == (["a.py"], ["a.py"])
    assert first.before["a.py"].flags == {1}
    assert (sorted(second.before), sorted(second.after)) == (["example.py"], [])
    assert rule_from_plain(rule_to_plain(page.rule)) == page.rule


@pytest.mark.parametrize(
    "page, path, message",
    [
        (ABOUT_CHANGES, PATH, "call the fence 'before' or 'after'"),
        (ABOUT_CHANGES.replace("removed", "gone"), PATH, "'mode' is 'removed', or is left out"),
        (ABOUT_CHANGES.replace("mode: removed", "leaves: f()"), PATH, "'leaves' needs 'mode: removed'"),
        (ABOUT_CHANGES.replace("cwe:", "keeps: CODE\ncwe:"), PATH, "'keeps' takes a metavariable: .CODE"),
        (ABOUT_CHANGES.replace("cwe:", "leaves: f(\ncwe:"), PATH, "'leaves': the pattern does not parse"),
        (FRONT.replace("severity", "mode: removed\nseverity") + BODY, PATH, "has no fixes"),
        (FRONT + BODY, "rules/javascript/my-rule.md", "pages for javascript say 'mode: removed'"),
    ],
)
def test_an_error_of_a_page_about_changes_says_what_to_write(page, path, message):
    with pytest.raises(BadRuleError, match=message):
        parse_page(page, path)


@pytest.mark.parametrize(
    "front",
    [
        "",
        "- a",
        "a",
        "x: &x [*x]",
        "[" * 5000,
        "x: " + "{a: " * 5000,
        "? [a]\n: b",
        "\x00",
        "x: !!python/name:os.system",
    ],
)
def test_a_broken_front_matter_is_an_error_and_nothing_worse(front):
    with pytest.raises(BadRuleError):
        parse_page(f"---\n{front}\n---\n{BODY}", PATH)
