"""
A page's examples as tests of its rule.

Every Python fence is checked as a whole file. A line marked `# flag` or `# noise` has a finding, every other
line has none; a fix that a finding offers ends it and leaves the syntax whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from assaymark.dataclass import replace
from assaymark.rules.fences import ChangeExample, Example
from assaymark.rules.ruleset import RuleSet
from assaymark.syntax.view import view_of_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assaymark.finding import Finding, Fix
    from assaymark.rules.page import RulePage
    from assaymark.rules.rule import Rule

_MARKS = re.compile(r"[ \t]*#[ \t]*(?:flag|miss|noise)[ \t]*$", re.MULTILINE)

# The findings, with absolute spans, that some rules have in a file: its content, its path, the rules.
Find = Callable[[bytes, str, RuleSet], "list[Finding]"]


# The day of the examples, as a proleptic ordinal: 1 January 2020.
EXAMPLE_DAY = 737425


# From which lines of the texts before, by path, a rule says that a change removed something.
FindRemoved = Callable[[ChangeExample, RuleSet], "set[tuple[str, int]]"]


def failures_of_changes(page: RulePage, find: FindRemoved) -> list[str]:
    """What the changes of *page*, whose mode is `removed`, say against its rule; empty when they agree."""
    rules = RuleSet.of([page.rule])
    found: list[str] = []
    for change in page.changes:
        lines = find(change, rules)
        for path, example in change.before.items():
            spoken = {line for of, line in lines if of == path}
            for line in sorted(spoken | example.expected | example.misses):
                message = _verdict(example, line, found=line in spoken)
                if message:
                    found.append(f"{page.rule.source}:{example.line + line - 1}: {message}")
    return found


def failures(page: RulePage, find: Find, others: Iterable[Rule] = ()) -> list[str]:
    """
    What the examples of *page* say against its rule, one text a failure; empty when they agree.

    A rule on comments that silence is tried together with *others*, which they name.
    """
    rules, examples = RuleSet.of([page.rule]), page.examples
    if page.rule.engine == "silence":
        # There, the marks would be part of the comments that they mark.
        examples = tuple(replace(one, code=_MARKS.sub("", one.code)) for one in examples)
        rules = RuleSet.of([page.rule, *(rule for rule in others if rule.engine != "silence")])
        find = _only(page.rule.id, find)
    return [
        f"{page.rule.source}:{line}: {message}"
        for example in examples
        for line, message in _failures(example, rules, find)
    ]


def _only(rule: str, find: Find) -> Find:
    """What *rule* alone finds."""

    def found(source: bytes, path: str, rules: RuleSet) -> list[Finding]:
        return [one for one in find(source, path, rules) if one.rule == rule]

    return found


def applied(source: bytes, fix: Fix) -> bytes:
    """The source with the changes of *fix* made."""
    for change in sorted(fix.changes, key=lambda change: change.span, reverse=True):
        source = source[: change.span.start] + change.new + source[change.span.end :]
    return source


def _failures(example: Example, rules: RuleSet, find: Find) -> Iterator[tuple[int, str]]:
    source = example.code.encode()
    findings = find(source, example.path, rules)
    found = {line_of(source, finding.span.start) for finding in findings}
    for line in sorted(found | example.expected | example.misses):
        message = _verdict(example, line, found=line in found)
        if message:
            yield example.line + line - 1, message
    for finding in findings:
        for fix in finding.fixes:
            after = find(applied(source, fix), example.path, rules)
            message = _fix_verdict(source, finding, fix, after, len(findings))
            if message:
                yield (
                    example.line + line_of(source, finding.span.start) - 1,
                    f"the fix '{fix.title}' {message}",
                )


def line_of(source: bytes, offset: int) -> int:
    """The line, from 1, that the byte at *offset* stands on."""
    return source.count(b"\n", 0, offset) + 1


def _verdict(example: Example, line: int, *, found: bool) -> str:
    """What is wrong with *line*, or nothing."""
    if found and line in example.misses:
        return "marked '# miss', and found now; mark it '# flag'"
    if found and line not in example.expected:
        return "a finding on a line without a mark; mark it '# flag', or narrow the patterns"
    if not found and line in example.flags:
        return "marked '# flag', and silent; widen the patterns, or mark it '# miss'"
    if not found and line in example.noises:
        return "marked '# noise', and silent now; take the mark away"
    return ""


def _fix_verdict(source: bytes, finding: Finding, fix: Fix, after: list[Finding], n_before: int) -> str:
    """What is wrong with *fix*, or nothing; *after* are the findings once it was applied."""
    if view_of_source(applied(source, fix)).module.has_error:
        return "breaks the syntax"
    if any(one.span.start == finding.span.start for one in after):
        return "does not end the finding"
    if len(after) >= n_before:
        return "ends the finding and brings another"
    return ""
