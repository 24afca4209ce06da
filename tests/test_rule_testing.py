"""A page's examples as tests: each way in which they can be wrong is said."""

from __future__ import annotations

import pytest

from assaymark.analysis.advance import opened
from assaymark.rules.loading import load
from assaymark.rules.page import parse_page
from assaymark.rules.testing import applied, failures

PAGE = """\
---
severity: high
confidence: medium
cwe: 95
message: "This runs a string."
pattern: eval($CODE)
fixes:
  - {replace: eval($CODE), with: FIX, safe: false, title: Rewrite}
---
# my-rule
## Why it matters
```python
CODE
```
## Use instead
## What it does not see
"""


def find(source, path, rules):
    return opened(source, path, rules).findings()


def said(code, fix="run($CODE)"):
    page = parse_page(PAGE.replace("CODE\n", f"{code}\n").replace("FIX", fix), "rules/python/my-rule.md")
    return failures(page, find)


@pytest.mark.parametrize(
    "code, message",
    [
        ("eval(x)", "13: a finding on a line without a mark; mark it '# flag', or narrow the patterns"),
        ("run(x)  # flag", "13: marked '# flag', and silent; widen the patterns, or mark it '# miss'"),
        ("eval(x)  # miss", "13: marked '# miss', and found now; mark it '# flag'"),
        ("run(x)\nrun(x)  # noise", "14: marked '# noise', and silent now; take the mark away"),
    ],
)
def test_a_mark_that_is_not_true_is_a_failure(code, message):
    assert said(code) == [f"rules/python/my-rule.md:{message}"]


@pytest.mark.parametrize("code", ["eval(x)  # flag", "eval(x)  # noise", "run(x)  # miss", "run(x)"])
def test_a_mark_that_is_true_is_none(code):
    assert said(code) == []


@pytest.mark.parametrize(
    "fix, message",
    [
        ("'eval($CODE) # again'", "the fix 'Rewrite' does not end the finding"),
        ("'run($CODE'", "the fix 'Rewrite' breaks the syntax"),
        ("'run(eval($CODE))'", "the fix 'Rewrite' ends the finding and brings another"),
    ],
)
def test_a_fix_ends_the_finding_and_keeps_the_syntax(fix, message):
    assert said("eval(x)  # flag", fix) == [f"rules/python/my-rule.md:13: {message}"]


@pytest.mark.parametrize(
    "rule, code, fixed",
    [
        ("requests-no-timeout", "get(a, timeout=None, headers=b)", "get(a, timeout=10, headers=b)"),
        ("requests-no-timeout", "get(a, headers=b, params=c)", "get(a, headers=b, params=c, timeout=10)"),
        ("requests-no-timeout", "get(a,  # why\n    headers=b)", "get(a,  # why\n    headers=b, timeout=10)"),
        ("requests-no-verify", "get(a, verify=False, headers=b)", "get(a, headers=b)"),
        ("requests-no-verify", "get(a,\n    verify=False)", "get(a)"),
        ("requests-no-verify", "get(a,  # why\n    verify=False)", None),
    ],
)
def test_the_fixes_of_requests_fit_calls_of_any_shape(rule, code, fixed):
    """An argument is taken out or added wherever it is, and the name stays as the file has it."""
    source = f"from requests import get\n\n{code}\n".encode()
    (found,) = (one for one in find(source, "x.py", load().selected((rule,))))
    made = [applied(source, fix).decode().split("\n\n")[1].rstrip() for fix in found.fixes]
    assert made == ([] if fixed is None else [fixed])
