"""`assaymark explain`: what a rule is about, why it exists, and what to write instead."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

from assaymark.cli.output import say, style
from assaymark.cli.rules import all_rules
from assaymark.cli.second import explained, known
from assaymark.cli.style import Style
from assaymark.cli.usage import UsageError, did_you_mean
from assaymark.engines.bandit.terms import test_of
from assaymark.rules.loading import read_page
from assaymark.rules.page import RulePage
from assaymark.rules.rule import Rule
from assaymark.rules.ruleset import RuleSet

# Marks of the tests that examples are; a reader needs only the one that says where the rule speaks.
_TEST_MARKS = re.compile(r"\s*(?:#|//) (?:miss|noise)$", re.MULTILINE)


def explain(name: str, extra: tuple[str, ...]) -> int:
    """The exit code. Effect: prints what the rule *name* is about. Raises UsageError."""
    rules = all_rules(extra)
    rule = rules.named(name)
    said = explained(name, rules) if test_of(name) else None
    if said is not None:
        say(said)
        return 0
    if rule is None:
        msg = f"no rule is called {name!r}{_meant(name, rules)}"
        raise UsageError(msg)
    page = read_page(rule)
    look = style()
    if look.colour and page is not None:
        _show_pretty(rule, page, look)
    else:
        say(_plain(rule, page))
    return 0


def _meant(name: str, rules: RuleSet) -> str:
    """The rules that cover the check *name* of another tool, or a guess at what was mistyped."""
    covering = [rule.id for rule in rules.rules if name in _checks(rule)]
    if covering:
        return f"; what it finds is found by {', '.join(covering)}"
    return did_you_mean(name, (*(rule.id for rule in rules.rules), *known()))


def _checks(rule: Rule) -> set[str]:
    """The checks of other tools that *rule* covers or overlaps, with and without the tool."""
    named = (*rule.covers, *rule.overlaps)
    return {*named, *(check.partition("/")[2] for check in named)}


def _plain(rule: Rule, page: RulePage | None) -> Iterator[str]:
    yield f"{_title(rule)}\n{_facts(rule)}\n\n{rule.message}\n"
    if page is None:
        # A rule of Semgrep's has no page: what it says of itself is all there is.
        yield from (f"\n{text}\n" for text in (rule.why, rule.remedy) if text)
    else:
        yield f"\n{_prose(page)}\n"
    yield from _ends(rule)


def _show_pretty(rule: Rule, page: RulePage, look: Style) -> None:
    """Effect: prints the page as a terminal shows Markdown."""
    # Late: its import takes longer than everything else here.
    from rich.console import Console
    from rich.markdown import Markdown

    say([f"{look('path', rule.id)} · {look(rule.severity.value, rule.severity.value)} · {_facts(rule)}\n\n"])
    console = Console(
        file=sys.stdout, width=min(look.width, 100), color_system="standard", force_terminal=True
    )
    console.print(Markdown(f"{rule.message}\n\n{_prose(page)}"))
    say(("\n", *_ends(rule)))


def _title(rule: Rule) -> str:
    cwes = "".join(f" · CWE-{number}" for number in rule.cwe)
    return f"{rule.id} · {rule.severity.value}{cwes}"


def _facts(rule: Rule) -> str:
    mode = "" if rule.removal is None else " · asked of changes"
    return f"{rule.language} · confidence {rule.confidence.value} · level {rule.level.value}{mode}"


def _prose(page: RulePage) -> str:
    sections = (
        f"## {section.title}\n\n{section.text.strip()}" for section in page.sections if section.text.strip()
    )
    return _TEST_MARKS.sub("", "\n\n".join(sections))


def _ends(rule: Rule) -> Iterator[str]:
    if rule.covers:
        yield f"\nCovers: {', '.join(rule.covers)}\n"
    if rule.overlaps:
        yield f"\nOverlaps: {', '.join(rule.overlaps)}\n"
    if rule.references:
        yield "\nRead more:\n" + "".join(f"  {reference}\n" for reference in rule.references)
    if os.path.isabs(rule.source):  # noqa: PTH117
        yield f"\nFrom: {rule.source}\n"
