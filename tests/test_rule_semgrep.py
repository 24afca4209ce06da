"""Plain files of Semgrep rules: the mapping to our facts, and what is left out and why."""

from __future__ import annotations

from textwrap import dedent

import pytest

from assaymark.finding import Confidence, Severity
from assaymark.rules.semgrep import semgrep_rules

RULE = """\
rules:
  - id: no-eval
    message: >
      This runs
      a string.
    severity: ERROR
    languages: [python, javascript]
    pattern: eval(...)
    fix: ast.literal_eval(...)
    metadata:
      cwe: ["CWE-95: Improper Neutralization"]
      owasp: "A03:2021 - Injection"
      confidence: HIGH
      category: security
"""
SECOND = """\
  - id: second
    message: m
    severity: INFO
    languages: [py]
    pattern: exec(...)
"""
PATH = "own/rules.yml"


def test_the_facts_are_mapped_to_ours():
    (rule,), problems = semgrep_rules(RULE, PATH)
    assert not problems
    assert (rule.id, rule.language, rule.message) == ("no-eval", "python", "This runs a string.")
    assert (rule.severity, rule.confidence) == (Severity.high, Confidence.high)
    assert (rule.cwe, rule.owasp) == ((95,), ("A03:2021",))
    assert [(fix.formula, fix.with_, fix.safe) for fix in rule.fixes] == [
        (None, "ast.literal_eval(...)", False)
    ]


@pytest.mark.parametrize("name, severity", [("ERROR", "high"), ("WARNING", "medium"), ("INFO", "low")])
def test_severities(name, severity):
    (rule,), _ = semgrep_rules(RULE.replace("ERROR", name), PATH)
    assert rule.severity.value == severity


@pytest.mark.parametrize(
    "old, new, problem",
    [
        (
            "severity: ERROR",
            "severity: ERROR\n    mode: taint",
            ":7: rule no-eval: 'mode: taint' is not supported",
        ),
        (
            "pattern: eval(...)",
            "pattern: eval(...)\n    fix-regex: {}",
            ":9: rule no-eval: 'fix-regex' is not supported",
        ),
        ("message", "mesage", ":3: rule no-eval: 'mesage' is not a key; did you mean 'message'?"),
        ("severity: ERROR", "severity: EROR", ":6: rule no-eval: 'severity': 'EROR' is not one of ERROR"),
        (
            "pattern: eval(...)",
            "patterns:\n      - pattern: eval(...)\n      - pattern-nut: x",
            ":10: rule no-eval: ",
        ),
        ("pattern: eval(...)", "pattern: eval((...", ":8: rule no-eval: "),
        ("[python, javascript]", "[go]", ":7: rule no-eval: none of go is analysed here"),
        ('["CWE-95: Improper Neutralization"]', "[95]", ":11: rule no-eval: 'cwe' takes texts"),
        ("CWE-95: Improper", "95: Improper", ":11: rule no-eval: 'cwe' takes names such as 'CWE-89: …'"),
        ("    severity: ERROR\n", "", ":2: rule no-eval: 'severity' is missing; write severity: WARNING"),
        ("id: no-eval", "name: no-eval", "rule number 1: 'name' is not a key"),
    ],
)
def test_a_rule_with_a_problem_is_left_out_and_the_others_stay(old, new, problem):
    assert old in RULE
    rules, problems = semgrep_rules(RULE.replace(old, new, 1) + SECOND, PATH)
    assert [rule.id for rule in rules] == ["second"]
    assert len(problems) == 1
    assert str(problems[0]).startswith(PATH)
    assert problem in str(problems[0])


@pytest.mark.parametrize(
    "text, problem",
    [
        ("", "'rules' is missing"),
        ("rules: 3", ":1: 'rules' takes a list; start each item with '- '"),
        ("rules: [3]", ":1: 'rules' takes a list of mappings, not 3"),
        ("rule: []", ":1: 'rule' is not a key; did you mean 'rules'?"),
        ("rules:\n\t- id: x", ":2: not YAML: "),
    ],
)
def test_a_file_that_is_not_one_of_rules_is_a_problem(text, problem):
    rules, problems = semgrep_rules(text, PATH)
    assert not rules
    assert problem in str(problems[0])


def test_merge_keys_and_anchors_are_read():
    text = dedent("""\
        rules:
          - &first {id: a, message: m, severity: INFO, languages: [python], pattern: f(...)}
          - {<<: *first, id: b}
    """)
    rules, problems = semgrep_rules(text, PATH)
    assert ([rule.id for rule in rules], problems) == (["a", "b"], [])
