"""Findings: their scales, their moves and their fingerprints."""

from __future__ import annotations

import pytest

from assaymark.finding import Change, Confidence, Finding, Fix, Level, Severity, Step, fingerprint
from assaymark.text import Span

FINDING = Finding(
    rule="eval-code",
    span=Span(4, 9),
    message="This runs a string.",
    severity=Severity.high,
    confidence=Confidence.medium,
    level=Level.default,
    cwe=(95,),
    fingerprint=fingerprint("eval-code", b"eval(x)"),
    fixes=(Fix("Write ast.literal_eval", (Change(Span(4, 8), b"ast.literal_eval"),), safe=False),),
    trace=(Step(Span(0, 2), "read here"),),
)


def test_severities_are_ordered_and_named():
    assert Severity.low < Severity.medium < Severity.high < Severity.critical
    assert max(Severity) is Severity.critical
    assert Severity.named("high") is Severity.high
    assert Confidence.low <= Confidence.low
    assert Confidence.high >= Confidence.medium > Confidence.low
    with pytest.raises(ValueError, match="'hgh' is not one of low, medium, high, critical"):
        Severity.named("hgh")


def test_a_move_shifts_the_span_and_all_that_belongs_to_it():
    moved = FINDING.moved(10)
    assert moved.span == Span(14, 19)
    assert moved.fixes[0].changes[0].span == Span(14, 18)
    assert moved.trace[0].span == Span(10, 12)
    assert moved.moved(-10) == FINDING


def test_a_move_by_nothing_is_the_finding_itself():
    assert FINDING.moved(0) is FINDING


def test_the_fingerprint_depends_on_the_rule_and_the_text_without_its_white_space():
    assert fingerprint("a", b"f( x )") == fingerprint("a", b"f(\n    x\t)")
    assert fingerprint("a", b"f(x)") != fingerprint("b", b"f(x)")
    assert fingerprint("a", b"f(x)") != fingerprint("a", b"f(y)")
    assert len(fingerprint("a", b"")) == 16
