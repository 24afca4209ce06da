"""
A rule page: one Markdown file that is the rule, its documentation and its tests.

    rules/python/yaml-unsafe-load.md

The file name is the rule's id and the folder its language; folders in between are for order only. The front
matter is the rule: its patterns in Semgrep's keys, its facts in ours. The prose is what hover and `explain`
show. The fences of code are the tests: `# flag` marks a finding on its line, `# miss` one that is known to be
missed, `# noise` one that is known to be wrong; every other line is silent. A word after the fence's language
is the path of the file. Where the front matter says `mode: removed` the fences are changes: those called
`before`, then those called `after`, and the marks stand in the former.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.finding import Confidence, Level, Severity
from assaymark.rules.compiled import Compiled
from assaymark.rules.fences import FENCE, Section, changes_of, examples_of, sections_of
from assaymark.rules.fields import Fields, read_fields
from assaymark.rules.making import (
    PATTERN_KEYS,
    formula_of,
    formula_of_pattern,
    formula_under,
    options_of,
    paths_of,
)
from assaymark.rules.needed import Needed
from assaymark.rules.patterns.need import Needs
from assaymark.rules.patterns.needs import needs
from assaymark.rules.patterns.tables import table_of
from assaymark.rules.rule import BadRuleError, FixTemplate, Problem, Removal, Rule
from assaymark.rules.stored import sealed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assaymark.rules.fences import ChangeExample, Example
    from assaymark.rules.patterns.formula import Formula

WHY = "Why it matters"
INSTEAD = "Use instead"
BLIND = "What it does not see"

# The folders that name a language.
LANGUAGES = frozenset({"javascript", "python"})
# The folder of the rules about comments that silence, and the language that they have.
_SILENCE, _ANY = "silence", "any"
_PATTERNS = "patterns"

_REMOVED = "removed"
# What only a rule of that mode has.
_OF_REMOVED = ("unless-added", "leaves", "keeps")

_FACTS = (
    "engine",
    "mode",
    *_OF_REMOVED,
    "message",
    "severity",
    "confidence",
    "level",
    "cwe",
    "owasp",
    "covers",
    "overlaps",
    "references",
    "options",
    "paths",
    "fixes",
)
_FIX_KEYS = ("replace", "with", "safe", "title")
_OWASP = re.compile(r"^A\d\d:20\d\d$")


@dataclass(frozen=True, slots=True)
class RulePage:
    """A page as read: the rule, the patterns as they were written, the prose and the examples."""

    rule: Rule
    patterns: Mapping[str, object]
    sections: tuple[Section, ...]
    examples: tuple[Example, ...]
    changes: tuple[ChangeExample, ...] = ()

    def section(self, title: str) -> str:
        """The text of the section called *title*."""
        return next((section.text for section in self.sections if section.title == title), "")


def parse_page(text: str, path: str) -> RulePage:
    """The page in *text*; *path* gives id and language, and is named by errors. Raises BadRuleError."""
    front, body, body_line = _split(text, path)
    name = PurePath(path).stem
    fields = read_fields(front, path, 2).named("")
    fields.only((*PATTERN_KEYS, *_FACTS))
    language = _language(path)
    lines = body.splitlines()
    sections = sections_of(lines, body_line)
    _check_headings(sections, name, path)
    rule = _rule(fields, name, language, sections)
    of_patterns = (*PATTERN_KEYS, "options", *_OF_REMOVED)
    patterns = {key: value for key, value in fields.values.items() if key in of_patterns}
    if rule.removal is not None:
        return RulePage(rule, patterns, sections, (), changes_of(lines, body_line, language, path))
    return RulePage(rule, patterns, sections, examples_of(lines, body_line))


def first_paragraph(text: str) -> str:
    """The first paragraph of prose in *text*, on one line."""
    return next(iter(_paragraphs(text)), "")


def _split(text: str, path: str) -> tuple[str, str, int]:
    """Front matter, body, and the number of the body's first line."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != "---":
        raise BadRuleError(Problem(path, 1, "no front matter; the first line is '---'"))
    for number, line in enumerate(lines[1:], 2):
        if line.rstrip() == "---":
            return "\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number + 1
    raise BadRuleError(Problem(path, len(lines), "the front matter does not end; close it with a line '---'"))


def _language(path: str) -> str:
    """The language that the nearest folder of *path* names."""
    for folder in reversed(PurePath(path).parts[:-1]):
        if folder == _SILENCE:
            return _ANY
        if folder in LANGUAGES:
            return folder
    known = ", ".join(sorted(LANGUAGES))
    raise BadRuleError(Problem(path, 1, f"no folder names its language; put the page under one of: {known}"))


def _rule(fields: Fields, name: str, language: str, sections: tuple[Section, ...]) -> Rule:
    _check_facts(fields)
    engine = _engine(fields, language)
    formula = None if engine == _SILENCE else formula_of(fields, language)
    prose = {section.title: first_paragraph(section.text) for section in sections}
    return sealed(
        Rule(
            id=name,
            language=language,
            message=" ".join(fields.text("message").split()),
            severity=fields.choice("severity", Severity.named, Severity.medium),
            confidence=fields.choice("confidence", Confidence.named, Confidence.medium),
            level=fields.choice("level", Level.named, Level.default),
            compiled=Compiled("") if formula is None else Compiled.of(formula),
            needed=needed_of(formula, language),
            digest="",
            cwe=fields.numbers("cwe"),
            owasp=fields.texts("owasp"),
            covers=fields.texts("covers"),
            overlaps=fields.texts("overlaps"),
            references=fields.texts("references"),
            fixes=tuple(_fix(fix, language) for fix in fields.each("fixes")),
            include=paths_of(fields, "include"),
            exclude=paths_of(fields, "exclude"),
            options=options_of(fields),
            why=prose.get(WHY, ""),
            remedy=prose.get(INSTEAD, ""),
            source=fields.path,
            engine=engine,
            removal=_removal(fields, language),
        )
    )


def needed_of(formula: Formula | None, language: str) -> Needed:
    """What a text must hold for *formula* to be asked of it."""
    if formula is None:
        return Needed.of(Needs((), "chunk", None), frozenset())
    keywords = table_of(language).reserved
    return Needed.of(needs(formula, keywords), keywords)


def _removal(fields: Fields, language: str) -> Removal | None:
    """What a rule says that is asked of two texts; None for any other. Ordinary rules know Python alone."""
    mode = fields.text("mode")
    if mode not in {"", _REMOVED}:
        fields.refuse("mode", f"'mode' is {_REMOVED!r}, or is left out")
    if not mode:
        for key in _OF_REMOVED:
            if key in fields.values:
                fields.refuse(key, f"{key!r} needs 'mode: {_REMOVED}'")
        if language not in {_ANY, "python"}:
            fields.refuse("mode", f"pages for {language} say 'mode: {_REMOVED}'; its texts are only compared")
        return None
    if fields.values.get("fixes") is not None:
        fields.refuse("fixes", f"a page of 'mode: {_REMOVED}' has no fixes")
    keeps = fields.text("keeps")
    if keeps and not keeps.startswith("$"):
        fields.refuse("keeps", f"'keeps' takes a metavariable: ${keeps.upper()}")
    return Removal(
        _compiled(formula_under(fields, "unless-added", language)),
        _compiled(formula_under(fields, "leaves", language)),
        keeps,
    )


def _compiled(formula: Formula | None) -> Compiled | None:
    return None if formula is None else Compiled.of(formula)


def _engine(fields: Fields, language: str) -> str:
    """What finds the rule's findings. It goes with the folder, and is written where it is not patterns."""
    engine = fields.text("engine") or _PATTERNS
    wanted = _SILENCE if language == _ANY else _PATTERNS
    if engine != wanted:
        fields.refuse("engine", f"in this folder, 'engine' is {wanted!r}; write it so, or move the page")
    return engine


def _check_facts(fields: Fields) -> None:
    fields.wanted("message", '"what this line does; what to write instead."')
    fields.wanted("severity", "high")
    fields.wanted("confidence", "high")
    if fields.text("engine") != _SILENCE:
        fields.wanted("cwe", "78")
    for name in fields.texts("owasp"):
        if not _OWASP.match(name):
            fields.refuse("owasp", f"'owasp' takes names such as A03:2021, not {name!r}")


def _fix(fields: Fields, language: str) -> FixTemplate:
    fields.only(_FIX_KEYS)
    fields.wanted("with", "yaml.safe_load($X)")
    replaced, new = fields.text("replace"), fields.text("with")
    compiled = Compiled.of(formula_of_pattern(fields, "replace", language)) if replaced else None
    return FixTemplate(compiled, replaced, new, fields.flag("safe"), fields.text("title") or f"Write {new}")


def _check_headings(sections: tuple[Section, ...], name: str, path: str) -> None:
    first = sections[0] if sections else Section("", "", 1)
    if first.title != name:
        raise BadRuleError(Problem(path, first.line, f"the title is not the file's name; write '# {name}'"))
    titles = {section.title for section in sections}
    for wanted in (WHY, INSTEAD, BLIND):
        if wanted not in titles:
            raise BadRuleError(Problem(path, sections[-1].line, f"a section is missing; write '## {wanted}'"))


def _paragraphs(text: str) -> list[str]:
    blocks = re.split(r"\n\s*\n", text)
    return [" ".join(block.split()) for block in blocks if block.strip() and not FENCE.match(block.strip())]
