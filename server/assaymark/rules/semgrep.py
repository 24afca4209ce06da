"""
A plain file of Semgrep rules (`rules: [...]`), as far as its search mode goes.

The mapping to our facts: ERROR, WARNING and INFO are high, medium and low; `metadata.cwe` is `cwe`; a string
`fix` replaces the match. A key that is not understood is an error, and only its rule is left out.
Source: https://semgrep.dev/docs/writing-rules/rule-syntax
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assaymark.finding import Confidence, Level, Severity
from assaymark.rules.compiled import Compiled
from assaymark.rules.fields import Fields, read_fields
from assaymark.rules.making import PATTERN_KEYS, formula_of, options_of, paths_of
from assaymark.rules.needed import Needed
from assaymark.rules.patterns.needs import needs
from assaymark.rules.patterns.tables import table_of
from assaymark.rules.rule import BadRuleError, FixTemplate, Problem, Rule
from assaymark.rules.stored import sealed

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEVERITIES = {
    "ERROR": Severity.high,
    "WARNING": Severity.medium,
    "INFO": Severity.low,
    "CRITICAL": Severity.critical,
    "HIGH": Severity.high,
    "MEDIUM": Severity.medium,
    "LOW": Severity.low,
}
_LANGUAGES = {"python": "python", "python3": "python", "py": "python"}
_KEYS = (
    "id",
    "message",
    "severity",
    "languages",
    *PATTERN_KEYS,
    "metadata",
    "options",
    "paths",
    "fix",
    "mode",
)

# Keys of Semgrep that are right there and mean nothing here yet.
_FOREIGN = frozenset(
    {
        "extract",
        "fix-regex",
        "join",
        "match",
        "max-version",
        "min-version",
        "pattern-propagators",
        "pattern-sanitizers",
        "pattern-sinks",
        "pattern-sources",
        "product",
        "r2c-internal-project-depends-on",
        "taint",
        "validators",
        "version",
    }
)
_CWE = re.compile(r"^CWE-(\d+)\b")
_OWASP = re.compile(r"^A\d\d:20\d\d")


def semgrep_rules(text: str, path: str) -> tuple[list[Rule], list[Problem]]:
    """The rules in *text*, and the problems of those that were left out."""
    try:
        document = read_fields(text, path)
        document.only(("rules",))
        document.wanted("rules", "[{id: …, pattern: …}]")
        entries = list(document.each("rules"))
    except BadRuleError as error:
        return [], [error.problem]
    rules: list[Rule] = []
    problems: list[Problem] = []
    for index, entry in enumerate(entries):
        try:
            rules.extend(_rules(entry, index))
        except BadRuleError as error:
            problems.append(error.problem)
    return rules, problems


def _rules(fields: Fields, index: int) -> Iterator[Rule]:
    """The rule in *fields*, once for each of its languages that is known here."""
    name = fields.named(f"number {index + 1}").text("id")
    fields = fields.named(name or f"number {index + 1}")
    _check(fields)
    for language in _languages(fields):
        yield _rule(fields, language)


def _check(fields: Fields) -> None:
    mode = fields.text("mode", "search")
    if mode != "search":
        fields.refuse("mode", f"'mode: {mode}' is not supported; only 'mode: search' is")
    for key in fields.values:
        if key in _FOREIGN:
            fields.refuse(key, f"{key!r} is not supported; take it out, or the rule")
    fields.only(_KEYS)
    fields.wanted("id", "my-rule")
    fields.wanted("message", "what this line does")
    fields.wanted("severity", "WARNING")
    fields.wanted("languages", "[python]")


def _languages(fields: Fields) -> list[str]:
    names = fields.texts("languages")
    known = sorted({_LANGUAGES[name.lower()] for name in names if name.lower() in _LANGUAGES})
    if not known:
        fields.refuse("languages", f"none of {', '.join(names)} is analysed here; known are python")
    return known


def _rule(fields: Fields, language: str) -> Rule:
    metadata = fields.inner("metadata")
    formula = formula_of(fields, language)
    keywords = table_of(language).reserved
    return sealed(
        Rule(
            id=fields.text("id"),
            language=language,
            message=" ".join(fields.text("message").split()),
            severity=fields.choice("severity", _severity, Severity.medium),
            confidence=metadata.choice("confidence", _confidence, Confidence.medium),
            level=Level.default,
            compiled=Compiled.of(formula),
            needed=Needed.of(needs(formula, keywords), keywords),
            digest="",
            cwe=tuple(_cwe(metadata)),
            owasp=tuple(_short(name) for name in metadata.texts("owasp")),
            references=metadata.texts("references"),
            fixes=tuple(_fixes(fields)),
            include=paths_of(fields, "include"),
            exclude=paths_of(fields, "exclude"),
            options=options_of(fields),
            source=fields.path,
        )
    )


def _severity(name: str) -> Severity:
    if name not in _SEVERITIES:
        msg = f"{name!r} is not one of {', '.join(_SEVERITIES)}"
        raise ValueError(msg)
    return _SEVERITIES[name]


def _confidence(name: str) -> Confidence:
    return Confidence.named(name.lower())


def _cwe(metadata: Fields) -> Iterator[int]:
    for text in metadata.texts("cwe"):
        found = _CWE.match(text)
        if not found:
            metadata.refuse("cwe", f"'cwe' takes names such as 'CWE-89: …', not {text!r}")
        yield int(found[1])


def _short(owasp: str) -> str:
    found = _OWASP.match(owasp)
    return found[0] if found else owasp


def _fixes(fields: Fields) -> Iterator[FixTemplate]:
    # Semgrep does not say whether a fix keeps the meaning, so it is not taken for safe.
    new = fields.text("fix")
    if new:
        yield FixTemplate(None, "", new, safe=False, title=f"Write {' '.join(new.split())}")
