"""
A compiled rule as plain data, and back.

Invariants:
    The data is what JSON can hold, so that no reading of it can run anything.
    A formula and needs are texts in it, which are read when they are asked for.
    rule_from_plain(rule_to_plain(rule)) equals the rule.
"""

from __future__ import annotations

from assaymark.dataclass import replace
from assaymark.finding import Confidence, Level, Severity
from assaymark.hashes import blake
from assaymark.quickjson import dumps
from assaymark.rules.compiled import Compiled
from assaymark.rules.needed import Needed, words_from_plain, words_to_plain
from assaymark.rules.patterns.ways import Leads
from assaymark.rules.rule import FixTemplate, Removal, Rule
from assaymark.tables import TypedDict


class PlainFix(TypedDict):
    """A stored fix template."""

    formula: str | None
    replace: str
    with_: str
    safe: bool
    title: str


class PlainRemoval(TypedDict):
    """What a rule that is asked of two texts has beside its pattern, stored."""

    unless: str | None
    leaves: str | None
    keeps: str


class PlainRule(TypedDict):
    """A stored rule."""

    id: str
    language: str
    message: str
    severity: str
    confidence: str
    level: str
    formula: str
    needs: str
    reach: str
    leads: tuple[list[str], list[str]]
    digest: str
    cwe: list[int]
    owasp: list[str]
    covers: list[str]
    overlaps: list[str]
    engine: str
    references: list[str]
    fixes: list[PlainFix]
    include: list[str]
    exclude: list[str]
    options: list[tuple[str, bool]]
    why: str
    remedy: str
    source: str
    removal: PlainRemoval | None


def sealed(rule: Rule) -> Rule:
    """The rule with the digest of its content; where it was read from is no part of that."""
    plain = rule_to_plain(replace(rule, digest="", source=""))
    text = dumps(plain, sort_keys=True, separators=(",", ":"))
    return replace(rule, digest=blake(text.encode(), 16))


def rule_to_plain(rule: Rule) -> PlainRule:
    """The rule as data for JSON."""
    return PlainRule(
        id=rule.id,
        language=rule.language,
        message=rule.message,
        severity=rule.severity.value,
        confidence=rule.confidence.value,
        level=rule.level.value,
        formula=rule.compiled.text,
        needs=rule.needed.text,
        reach=rule.needed.reach,
        leads=(words_to_plain(rule.needed.leads.words), sorted(rule.needed.leads.paths)),
        digest=rule.digest,
        cwe=list(rule.cwe),
        owasp=list(rule.owasp),
        covers=list(rule.covers),
        overlaps=list(rule.overlaps),
        engine=rule.engine,
        references=list(rule.references),
        fixes=[_fix_to_plain(fix) for fix in rule.fixes],
        include=list(rule.include),
        exclude=list(rule.exclude),
        options=list(rule.options),
        why=rule.why,
        remedy=rule.remedy,
        source=rule.source,
        removal=None if rule.removal is None else _removal_to_plain(rule.removal),
    )


def rule_from_plain(plain: PlainRule) -> Rule:
    """The rule that *plain* was made from; any exception means that it was not made here."""
    return Rule(
        id=plain["id"],
        language=plain["language"],
        message=plain["message"],
        severity=Severity(plain["severity"]),
        confidence=Confidence(plain["confidence"]),
        level=Level(plain["level"]),
        compiled=Compiled(plain["formula"]),
        needed=_needed(plain),
        digest=plain["digest"],
        cwe=tuple(plain["cwe"]),
        owasp=tuple(plain["owasp"]),
        covers=tuple(plain["covers"]),
        overlaps=tuple(plain["overlaps"]),
        engine=plain["engine"],
        references=tuple(plain["references"]),
        fixes=tuple(_fix_from_plain(fix) for fix in plain["fixes"]),
        include=tuple(plain["include"]),
        exclude=tuple(plain["exclude"]),
        options=tuple((key, on) for key, on in plain["options"]),
        why=plain["why"],
        remedy=plain["remedy"],
        source=plain["source"],
        removal=None if plain["removal"] is None else _removal_from_plain(plain["removal"]),
    )


def _needed(plain: PlainRule) -> Needed:
    words, paths = plain["leads"]
    leads = Leads(words_from_plain(words), frozenset(paths))
    return Needed(plain["needs"], "file" if plain["reach"] == "file" else "chunk", leads)


def _fix_to_plain(fix: FixTemplate) -> PlainFix:
    return PlainFix(
        formula=_text(fix.compiled), replace=fix.replace, with_=fix.with_, safe=fix.safe, title=fix.title
    )


def _fix_from_plain(plain: PlainFix) -> FixTemplate:
    return FixTemplate(
        _compiled(plain["formula"]), plain["replace"], plain["with_"], plain["safe"], plain["title"]
    )


def _removal_to_plain(removal: Removal) -> PlainRemoval:
    return PlainRemoval(unless=_text(removal.unless), leaves=_text(removal.leaves), keeps=removal.keeps)


def _removal_from_plain(plain: PlainRemoval) -> Removal:
    return Removal(_compiled(plain["unless"]), _compiled(plain["leaves"]), plain["keeps"])


def _text(compiled: Compiled | None) -> str | None:
    return None if compiled is None else compiled.text


def _compiled(text: str | None) -> Compiled | None:
    return None if text is None else Compiled(text)
