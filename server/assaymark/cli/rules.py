"""`assaymark rules`: the rules there are, and the examples of their pages as tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from assaymark.analysis.advance import opened
from assaymark.cli.output import say, style
from assaymark.cli.second import described, left
from assaymark.cli.style import Style, harmless
from assaymark.cli.usage import UsageError
from assaymark.finding import Finding
from assaymark.rules.fences import ChangeExample
from assaymark.rules.loading import load
from assaymark.rules.pages import PAGE, RulesNotFoundError, pages_folder, rule_files
from assaymark.rules.rule import BadRuleError, Rule
from assaymark.rules.ruleset import RuleSet

NOT_DONE = 2


def all_rules(extra: tuple[str, ...]) -> RuleSet:
    """The bundled rules and those in *extra*. Raises UsageError."""
    try:
        return load(tuple(Path(place) for place in extra))
    except RulesNotFoundError as error:
        raise UsageError(str(error)) from error


def index(extra: tuple[str, ...], *, as_json: bool) -> int:
    """The exit code. Effect: prints every rule, and what was left out. Raises UsageError."""
    rules = all_rules(extra)
    say(_json(rules) if as_json else _lines(rules, style()))
    return NOT_DONE if rules.problems else 0


def names(extra: tuple[str, ...]) -> int:
    """The exit code. Effect: prints the names of all rules. Raises UsageError."""
    try:
        # A page is called like its rule, so nothing need be read.
        ours = [] if extra else [file.stem for file in rule_files(pages_folder()) if file.suffix == PAGE]
    except RulesNotFoundError as error:
        raise UsageError(str(error)) from error
    say(f"{name}\n" for name in sorted(ours or (rule.id for rule in all_rules(extra).rules)))
    return 0


def test(place: str) -> int:
    """The exit code. Effect: runs the examples of the pages at *place* and says what fails."""
    try:
        files = [file for file in rule_files(Path(place)) if file.suffix == PAGE]
    except RulesNotFoundError as error:
        raise UsageError(str(error)) from error
    if not files:
        msg = f"there is no rule page in {place!r}"
        raise UsageError(msg)
    others = all_rules(()).rules
    failures = [failure for file in files for failure in _failures(file, others)]
    pages = f"{len(files)} page{'' if len(files) == 1 else 's'}"
    say(f"{harmless(failure)}\n" for failure in failures)
    say([f"{pages}, {len(failures)} failure{'' if len(failures) == 1 else 's'}.\n"])
    return 1 if failures else 0


def _failures(file: Path, others: Sequence[Rule]) -> list[str]:
    # Late: pages bring YAML along, which a check of files does without.
    from assaymark.rules.page import parse_page
    from assaymark.rules.testing import failures, failures_of_changes

    try:
        page = parse_page(file.read_text(encoding="utf-8"), str(file))
    except BadRuleError as error:
        return [str(error.problem)]
    except UnicodeDecodeError:
        return [f"{file}:1: not UTF-8; save it as UTF-8"]
    except OSError as error:
        return [f"{file}:1: cannot be read: {error.strerror}"]
    if page.rule.removal is not None:
        return failures_of_changes(page, _find_removed)
    return failures(page, _find, others)


def _find(content: bytes, path: str, rules: RuleSet) -> list[Finding]:
    from assaymark.rules.testing import EXAMPLE_DAY

    return opened(content, path, rules, today=EXAMPLE_DAY).findings()


def _find_removed(change: ChangeExample, rules: RuleSet) -> set[tuple[str, int]]:
    from assaymark.analysis.removed import changes_in, removed_over

    return {(one.path, one.line) for one in removed_over(changes_in(change), rules)}


def _lines(rules: RuleSet, style: Style) -> Iterator[str]:
    width = max((len(rule.id) for rule in rules.rules), default=0)
    for rule in rules.rules:
        severity = style(rule.severity.value, f"{rule.severity.value:8}")
        mode = "" if rule.removal is None else "(removed) "
        yield f"{rule.id:{width}}  {severity}  {mode}{harmless(rule.message.replace('`', ''))}\n"
    yield f"Bandit answers {len(left(rules))} tests that none of them covers: {', '.join(left(rules))}.\n"
    yield f"{len(rules.rules)} rules.\n"
    yield from (f"{harmless(str(problem))} (this rule was left out)\n" for problem in rules.problems)


def _json(rules: RuleSet) -> Iterator[str]:
    yield json.dumps([*map(_plain, rules.rules), *described(rules)], indent=2) + "\n"


def _plain(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "language": rule.language,
        "mode": rule.mode,
        "message": rule.message,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "level": rule.level.value,
        "cwe": list(rule.cwe),
        "owasp": list(rule.owasp),
        "covers": list(rule.covers),
        "overlaps": list(rule.overlaps),
        "references": list(rule.references),
        "fixes": [{"title": fix.title, "safe": fix.safe} for fix in rule.fixes],
        "why": rule.why,
        "remedy": rule.remedy,
        "source": rule.source,
    }
