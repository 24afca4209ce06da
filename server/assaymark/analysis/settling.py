"""
What another tool found, merged into what is known of a text.

Invariants:
    Nothing is said twice: where a rule that covers or overlaps a test speaks on the lines of what it found,
    the rule's word stands.
    Settling is a function of the text, its rules and the findings, so that a text that was typed and one
    that was opened come out the same.
    A section that an edit replaces loses what was settled there; the others keep it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.analysis.silencing import silenced, with_state
from assaymark.analysis.snapshot import Section, Settled, Snapshot, State, place_in_chunk
from assaymark.dataclass import replace
from assaymark.text import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assaymark.finding import Finding
    from assaymark.rules.ruleset import RuleSet

# What is not analysed stays so, whatever another tool says of it.
SETTLING = frozenset((State.clean, State.findings, State.partial))
# What is made of rules alone is made once for them.
_SAYING: dict[str, Mapping[str, frozenset[str]]] = {}


def settled(
    snapshot: Snapshot, findings: Sequence[Finding], tested: frozenset[str] = frozenset()
) -> Snapshot:
    """
    *snapshot* with *findings*, in spans of the whole text, for all that was settled before.

    *tested* are the rule ids of what was asked of all of the text: only of these a silence can be unused.
    """
    if snapshot.state not in SETTLING:
        return snapshot
    by_section = _by_section(snapshot, findings)
    exchanged: dict[int, Section] = {}
    for section in snapshot.text:
        its = by_section.get(id(section), ())
        if its != section.settled or (section.heard is not None and section.tested != tested):
            exchanged[id(section)] = replace(section, settled=its, tested=tested, verdict=None)
    if not exchanged:
        return snapshot
    return with_state(silenced(replace(snapshot, text=snapshot.text.exchanged(exchanged))))


def _by_section(snapshot: Snapshot, findings: Sequence[Finding]) -> dict[int, tuple[Settled, ...]]:
    saying = _saying(snapshot.rules)
    table: dict[int, list[Settled]] = {}
    for finding in findings:
        place = snapshot.text.place_of_byte(finding.span.start)
        # What goes on behind the section is cut off, as with every finding.
        clipped = Span(finding.span.start, max(min(finding.span.end, place.end), finding.span.start))
        inside = replace(finding, span=clipped).moved(-place.start)
        rules = saying.get(finding.rule, frozenset())
        table.setdefault(id(place.leaf), []).append(Settled(inside, rules))
    return {
        section: tuple(sorted(its, key=lambda one: place_in_chunk(one.finding)))
        for section, its in table.items()
    }


def _saying(rules: RuleSet) -> Mapping[str, frozenset[str]]:
    """By each check of another tool, the rules that say something of what it finds."""
    known = _SAYING.get(rules.digest)
    if known is None:
        saying: dict[str, set[str]] = {}
        for rule in rules.rules:
            for check in (*rule.covers, *rule.overlaps):
                saying.setdefault(check, set()).add(rule.id)
        known = _SAYING[rules.digest] = {check: frozenset(names) for check, names in saying.items()}
    return known
