"""
A compiled rule as plain data, and back.

Invariants:
    The data is what JSON can hold, so that no reading of it can run anything.
    A formula is a text in it, which is read when it is asked for.
    rule_from_plain(rule_to_plain(rule)) equals the rule.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TypedDict

from assaymark.finding import Confidence, Level, Severity
from assaymark.rules.compiled import Compiled
from assaymark.rules.patterns.needs import Alternative, Needs
from assaymark.rules.rule import FixTemplate, Rule


class PlainNeeds(TypedDict):
    """What a rule needs, stored: sorted words instead of sets."""

    alternatives: list[tuple[list[str], list[str], list[list[str]], list[str], list[str]]]
    reach: str
    vocabulary: list[str] | None
    aliased: list[str]


class PlainFix(TypedDict):
    """A stored fix template."""

    formula: str | None
    replace: str
    with_: str
    safe: bool
    title: str


class PlainRule(TypedDict):
    """A stored rule."""

    id: str
    language: str
    message: str
    severity: str
    confidence: str
    level: str
    formula: str
    needs: PlainNeeds
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


def sealed(rule: Rule) -> Rule:
    """The rule with the digest of its content; where it was read from is no part of that."""
    plain = rule_to_plain(replace(rule, digest="", source=""))
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return replace(rule, digest=hashlib.blake2b(text.encode(), digest_size=16).hexdigest())


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
        needs=_needs_to_plain(rule.needs),
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
        needs=_needs_from_plain(plain["needs"]),
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
    )


def _fix_to_plain(fix: FixTemplate) -> PlainFix:
    formula = None if fix.compiled is None else fix.compiled.text
    return PlainFix(formula=formula, replace=fix.replace, with_=fix.with_, safe=fix.safe, title=fix.title)


def _fix_from_plain(plain: PlainFix) -> FixTemplate:
    compiled = None if plain["formula"] is None else Compiled(plain["formula"])
    return FixTemplate(compiled, plain["replace"], plain["with_"], plain["safe"], plain["title"])


def _needs_to_plain(needs: Needs) -> PlainNeeds:
    return PlainNeeds(
        alternatives=[
            (
                _words(one.words),
                sorted(one.paths),
                sorted(_words(texts) for texts in one.texts),
                sorted(one.sought),
                sorted(one.in_bytes),
            )
            for one in needs.alternatives
        ],
        reach=needs.reach,
        vocabulary=None if needs.vocabulary is None else _words(needs.vocabulary),
        aliased=sorted(needs.aliased),
    )


def _needs_from_plain(plain: PlainNeeds) -> Needs:
    words = plain["vocabulary"]
    return Needs(
        alternatives=tuple(
            Alternative(
                _bytes(words),
                frozenset(paths),
                frozenset(map(_bytes, texts)),
                frozenset(sought),
                frozenset(in_bytes),
            )
            for words, paths, texts, sought, in_bytes in plain["alternatives"]
        ),
        reach="file" if plain["reach"] == "file" else "chunk",
        vocabulary=None if words is None else _bytes(words),
        aliased=frozenset(plain["aliased"]),
    )


def _words(words: frozenset[bytes]) -> list[str]:
    # A word may be the first byte of a character.
    return sorted(word.decode(errors="surrogateescape") for word in words)


def _bytes(words: list[str]) -> frozenset[bytes]:
    return frozenset(word.encode(errors="surrogateescape") for word in words)
