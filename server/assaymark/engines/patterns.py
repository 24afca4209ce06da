"""
The engine of patterns: what the rules' patterns find in a view.

Invariants:
    A rule whose necessary words are not there is not asked.
    A finding starts in a viewed chunk and ends in the same one; what a prefix matches belongs to the
    chunk that the prefix was copied from.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, TypeAlias

from assaymark.dataclass import dataclass
from assaymark.finding import Change, Finding, Fix, fingerprint
from assaymark.rules.patterns.named import Named, is_met
from assaymark.rules.patterns.paths import STAR
from assaymark.rules.patterns.regexes import of_bytes, of_text
from assaymark.rules.patterns.ways import ALWAYS
from assaymark.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assaymark.rules.patterns.binding import Bound
    from assaymark.rules.patterns.match import Match, Work
    from assaymark.rules.patterns.need import Alternative
    from assaymark.rules.patterns.ways import Way
    from assaymark.rules.rule import FixTemplate, Rule
    from assaymark.syntax.view import View


_ALWAYS = frozenset((ALWAYS,))
# By each word that leads to rules, the sets of words of which one must be there as well.
Leads: TypeAlias = "Mapping[bytes, Sequence[frozenset[bytes]]]"

# The number of a rule, and one of its ways to match.
_Met: TypeAlias = "tuple[int, Way]"


class Seen:
    """A chunk or a file as rules see it before they are asked; without *source* only its words are known."""

    __slots__ = ("_in_bytes", "_lowered", "_mentioned", "_sought", "_source", "_text", "words")

    def __init__(self, words: frozenset[bytes], source: bytes | None = None) -> None:
        self.words = words
        self._source = source
        self._lowered: bytes | None = None
        self._text: str | None = None
        # Many ways need the same: it is looked for once.
        self._mentioned: dict[frozenset[bytes], bool] = {}
        self._sought: dict[str, bool] = {}
        self._in_bytes: dict[str, bool] = {}

    def has(self, needed: Alternative) -> bool:
        """Whether the texts that are *needed* are there, as far as one can say; words aside."""
        return (
            all(map(self._mentions, needed.texts))
            and all(map(self._matches, needed.sought))
            and all(map(self._matches_in_bytes, needed.in_bytes))
        )

    def _mentions(self, one_of: frozenset[bytes]) -> bool:
        known = self._mentioned.get(one_of)
        if known is None:
            if self._lowered is None:
                self._lowered = b" ".join(self.words).lower()
            lowered = self._lowered
            known = self._mentioned[one_of] = any(text in lowered for text in one_of)
        return known

    def _matches(self, regex: str) -> bool:
        if self._source is None:
            return True
        known = self._sought.get(regex)
        if known is None:
            if self._text is None:
                self._text = self._source.decode(errors="replace")
            known = self._sought[regex] = of_text(regex).search(self._text) is not None
        return known

    def _matches_in_bytes(self, regex: str) -> bool:
        if self._source is None:
            return True
        known = self._in_bytes.get(regex)
        if known is None:
            known = self._in_bytes[regex] = of_bytes(regex).search(self._source) is not None
        return known


class Index:
    """
    Rules by the words that lead to them, so that a chunk costs what its words find and not every rule.

    What a rule needs is read when a word leads to it: most rules are asked in few files.
    """

    __slots__ = ("_by_path", "_by_word", "_leading", "_paths", "_ways", "_words", "rules")

    def __init__(
        self,
        rules: tuple[Rule, ...],
        by_word: Mapping[bytes, Sequence[int]],
        by_path: Mapping[str, Sequence[int]],
        ways: dict[bytes | str, tuple[_Met, ...]],
    ) -> None:
        self.rules = rules
        self._by_word = by_word
        self._by_path = by_path
        self._leading = frozenset(by_word)
        self._ways = ways
        self._words: frozenset[bytes] | None = None
        self._paths: frozenset[str] | None = None

    @property
    def words(self) -> frozenset[bytes]:
        """The words that any way to match needs in the file."""
        if self._words is None:
            ways = (way for rule in self.rules for some in rule.needed.ways.values() for way in some)
            self._words = frozenset().union(*(way.in_file for way in ways))
        return self._words

    @property
    def paths(self) -> frozenset[str]:
        """The paths that any way to match needs."""
        if self._paths is None:
            alternatives = (one for rule in self.rules for one in rule.needs.alternatives)
            self._paths = frozenset().union(*(one.paths for one in alternatives))
        return self._paths

    def possible(self, seen: Seen) -> bool:
        """Whether any rule can match in a file of which *seen* is all."""
        met = (way for word in self._leading_to(seen) for _, way in self._under(word))
        return any(_may_hold(way, seen) for way in met)

    def among(self, seen: Seen) -> Index:
        """The same rules by those ways alone that may hold somewhere in a file of which *seen* is all."""
        # A way that is led to by a path has its last name in the file, wherever that is imported.
        by_word: dict[bytes, Sequence[int]] = {}
        by_path: dict[str, Sequence[int]] = {}
        table: dict[bytes | str, tuple[_Met, ...]] = {}
        for word in self._leading_to(seen):
            met = tuple([(number, way) for number, way in self._under(word) if _may_hold(way, seen)])
            if met:
                table[word] = met
                by_word[word] = [number for number, _ in met]
                for number, way in met:
                    if way.path:
                        table[way.path] = (*table.get(way.path, ()), (number, way))
                        by_path[way.path] = (*by_path.get(way.path, ()), number)
        return Index(self.rules, by_word, by_path, table)

    def leads(self, aliases: Mapping[str, frozenset[bytes]]) -> Leads | None:
        """What leads to a rule where imports bind these names; None where every chunk may."""
        if ALWAYS in self._leading:
            return None
        table = {word: [way.words for _, way in self._under(word)] for word in self._leading}
        for path in aliases.keys() & self._by_path.keys():
            for name in aliases[path]:
                table.setdefault(name, []).extend(way.words for _, way in self._under(path))
        return None if STAR in table else table

    def wanted(self, seen: Seen, aliases: Mapping[str, frozenset[bytes]]) -> list[Rule]:
        """The rules that can match in what is *seen* where imports bind these names, in their order."""
        words = seen.words
        paths = [path for path in aliases.keys() & self._by_path.keys() if is_met(aliases[path], words)]
        named = Named(words, aliases)
        found: set[int] = set()
        leads: list[bytes | str] = [*self._leading_to(seen), *paths]
        for lead in leads:
            for number, way in self._under(lead):
                if number not in found and _holds(way, seen, named):
                    found.add(number)
        return [self.rules[number] for number in sorted(found)]

    def _leading_to(self, seen: Seen) -> frozenset[bytes]:
        found = self._leading & seen.words
        return found | _ALWAYS if ALWAYS in self._leading else found

    def _under(self, lead: bytes | str) -> tuple[_Met, ...]:
        """The ways to which *lead* leads."""
        known = self._ways.get(lead)
        if known is None:
            numbers = self._by_word[lead] if isinstance(lead, bytes) else self._by_path[lead]
            known = self._ways[lead] = tuple(
                [(number, way) for number in numbers for way in self.rules[number].needed.ways.get(lead, ())]
            )
        return known


def is_led(data: bytes, leads: Leads) -> bool:
    """Whether *leads* may lead from a chunk to a rule: their words are looked for as parts of its text."""
    return any(
        word in data and any(all(further in data for further in words) for words in others)
        for word, others in leads.items()
    )


def indexed(rules: Sequence[Rule]) -> Index:
    """The index of *rules*."""
    by_word: dict[bytes, list[int]] = {}
    by_path: dict[str, list[int]] = {}
    for number, rule in enumerate(rules):
        leads = rule.needed.leads
        for word in leads.words:
            by_word.setdefault(word, []).append(number)
        for path in leads.paths:
            by_path.setdefault(path, []).append(number)
    return Index(tuple(rules), by_word, by_path, {})


def _may_hold(way: Way, seen: Seen) -> bool:
    """Whether it can hold anywhere in a file of which *seen* is all."""
    return way.in_file <= seen.words and seen.has(way.needed)


def _holds(way: Way, seen: Seen, named: Named) -> bool:
    return way.words <= seen.words and all(map(named, way.paths)) and seen.has(way.needed)


def findings_of(rule: Rule, view: View, work: Work) -> list[Finding]:
    """What *rule* finds in *view*, in the order of the text."""
    # Late, and below: of most texts that an agent waits for no rule is asked.
    from assaymark.rules.patterns.match import matches

    regions = [span for span, _ in view.regions()]
    found = matches(rule.formula, view, work)
    rewrites = [
        _Rewrites(template, _by_span(template, view, work) if found else {}) for template in rule.fixes
    ]
    placed = ((match, _region(regions, match.span.start)) for match in found)
    return [_finding(rule, match, region, rewrites, view) for match, region in placed if region is not None]


def _by_span(template: FixTemplate, view: View, work: Work) -> Mapping[Span, Match]:
    """Where the template's own pattern matches."""
    if template.formula is None:
        return {}
    from assaymark.rules.patterns.match import matches

    return {match.span: match for match in matches(template.formula, view, work)}


@dataclass(frozen=True, slots=True)
class _Rewrites:
    """A template, and the matches of its own pattern."""

    template: FixTemplate
    by_span: Mapping[Span, Match]

    def bindings(self, match: Match, span: Span) -> Mapping[str, Bound] | None:
        """What fills the template for *match*; None where it does not apply."""
        if self.template.formula is None:
            return match.bindings
        own = self.by_span.get(span)
        return None if own is None else {**match.bindings, **own.bindings}


def _region(regions: list[Span], start: int) -> Span | None:
    index = bisect_right(regions, start, key=lambda span: span.start) - 1
    return regions[index] if index >= 0 and start < regions[index].end else None


def _finding(rule: Rule, match: Match, region: Span, rewrites: list[_Rewrites], view: View) -> Finding:
    # Late, and in `_fixes`: most texts hold no finding.
    from assaymark.rules.patterns.replace import filled

    span = Span(match.span.start, min(match.span.end, region.end))
    return Finding(
        rule=rule.id,
        span=span,
        message=filled(rule.message, match.bindings),
        severity=rule.severity,
        confidence=rule.confidence,
        level=rule.level,
        cwe=rule.cwe,
        fingerprint=fingerprint(rule.id, view.text(span)),
        fixes=tuple(_fixes(rewrites, match, span, view)),
        speaks_for=rule.speaks_for,
    )


def _fixes(rewrites: list[_Rewrites], match: Match, span: Span, view: View) -> Iterator[Fix]:
    from assaymark.rules.patterns.replace import filled, rewritten

    for rewrite in rewrites:
        template, bindings = rewrite.template, rewrite.bindings(match, span)
        new = None if bindings is None else rewritten(template.with_, bindings, span, view)
        if bindings is not None and new is not None:
            yield Fix(filled(template.title, bindings), (Change(span, new.encode()),), template.safe)
