"""
A rule page: one Markdown file that is the rule, its documentation and its tests.

    rules/python/yaml-unsafe-load.md

The file name is the rule's id and the folder its language; folders in between are for order only. The front
matter is the rule: its patterns in Semgrep's keys, its facts in ours. The prose is what hover and `explain`
show. The Python fences are the tests: `# flag` marks a finding on its line, `# miss` one that is known to be
missed, `# noise` one that is known to be wrong; every other line is silent. A word after the fence's language
is the path of the file.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.finding import Confidence, Level, Severity
from assaymark.rules.compiled import Compiled
from assaymark.rules.fields import Fields, read_fields
from assaymark.rules.making import PATTERN_KEYS, formula_of, formula_of_pattern, options_of, paths_of
from assaymark.rules.needed import Needed
from assaymark.rules.patterns.needs import Needs, needs
from assaymark.rules.patterns.tables import table_of
from assaymark.rules.rule import BadRuleError, FixTemplate, Problem, Rule
from assaymark.rules.stored import sealed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assaymark.rules.patterns.formula import Formula

WHY = "Why it matters"
INSTEAD = "Use instead"
BLIND = "What it does not see"

# The folders that name a language.
LANGUAGES = frozenset({"python"})
# The folder of the rules about comments that silence, and the language that they have.
_SILENCE, _ANY = "silence", "any"
_PATTERNS = "patterns"

_FACTS = (
    "engine",
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
_FENCE = re.compile(r"^(`{3,}|~{3,})\s*([\w+-]*)\s*(.*)$")
_MARK = re.compile(r"#\s*(flag|miss|noise)\s*$")
_OWASP = re.compile(r"^A\d\d:20\d\d$")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a page and the text under it, fences included."""

    title: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    """A fence of code: a whole small file called *path*, and what is expected on its lines (from 1)."""

    code: str
    path: str
    line: int
    flags: frozenset[int]
    misses: frozenset[int]
    noises: frozenset[int]

    @property
    def expected(self) -> frozenset[int]:
        """The lines on which the rule speaks, rightly or not."""
        return self.flags | self.noises


@dataclass(frozen=True, slots=True)
class RulePage:
    """A page as read: the rule, the patterns as they were written, the prose and the examples."""

    rule: Rule
    patterns: Mapping[str, object]
    sections: tuple[Section, ...]
    examples: tuple[Example, ...]

    def section(self, title: str) -> str:
        """The text of the section called *title*."""
        return next((section.text for section in self.sections if section.title == title), "")


def parse_page(text: str, path: str) -> RulePage:
    """The page in *text*; *path* gives id and language, and is named by errors. Raises BadRuleError."""
    front, body, body_line = _split(text, path)
    name = PurePath(path).stem
    fields = read_fields(front, path, 2).named("")
    fields.only((*PATTERN_KEYS, *_FACTS))
    sections, examples = _read_body(body.splitlines(), body_line)
    _check_headings(sections, name, path)
    rule = _rule(fields, name, _language(path), sections)
    patterns = {key: value for key, value in fields.values.items() if key in PATTERN_KEYS or key == "options"}
    return RulePage(rule, patterns, sections, examples)


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
            needed=_needed(formula, language),
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
        )
    )


def _needed(formula: Formula | None, language: str) -> Needed:
    if formula is None:
        return Needed.of(Needs((), "chunk", None), frozenset())
    keywords = table_of(language).reserved
    return Needed.of(needs(formula, keywords), keywords)


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


def _read_body(lines: list[str], first: int) -> tuple[tuple[Section, ...], tuple[Example, ...]]:
    """The sections and the Python fences of the body, whose first line is number *first* of its file."""
    headings: list[tuple[str, int]] = []
    examples: list[Example] = []
    fence, kind, name, opened = "", "", "", 0
    for index, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            if mark and line.strip() == fence:
                if kind == "python":
                    examples.append(_example(lines[opened:index], name, first + opened))
                fence = ""
        elif mark:
            fence, kind, name, opened = mark[1], mark[2], mark[3].strip(), index + 1
        elif line.startswith(("# ", "## ")):
            headings.append((line.lstrip("#").strip(), index))
    ends = [index for _, index in headings[1:]] + [len(lines)]
    return (
        tuple(
            Section(title, "\n".join(lines[index + 1 : end]).strip(), first + index)
            for (title, index), end in zip(headings, ends, strict=True)
        ),
        tuple(examples),
    )


def _example(code: list[str], path: str, line: int) -> Example:
    marks: dict[str, set[int]] = {"flag": set(), "miss": set(), "noise": set()}
    for number, text in enumerate(code, 1):
        found = _MARK.search(text)
        if found:
            marks[found[1]].add(number)
    kinds = (frozenset(marks[kind]) for kind in ("flag", "miss", "noise"))
    return Example("\n".join(code) + "\n", path or "example.py", line, *kinds)


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
    return [" ".join(block.split()) for block in blocks if block.strip() and not _FENCE.match(block.strip())]
