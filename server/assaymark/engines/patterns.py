"""
The engine of patterns: what the rules' patterns find in a view.

Invariants:
    A rule whose necessary words are not there is not asked.
    A finding starts in a viewed chunk and ends in the same one; what a prefix matches belongs to the
    chunk that the prefix was copied from.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assaymark.finding import Change, Finding, Fix, fingerprint
from assaymark.rules.patterns.match import Match, matches
from assaymark.rules.patterns.paths import STAR, heads_of, last_of, names_of
from assaymark.rules.patterns.regexes import of_bytes, of_text
from assaymark.rules.patterns.replace import filled, rewritten
from assaymark.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assaymark.rules.patterns.binding import Bound
    from assaymark.rules.patterns.match import Work
    from assaymark.rules.patterns.needs import Alternative
    from assaymark.rules.rule import FixTemplate, Rule
    from assaymark.syntax.view import View


_NONE: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class _Way:
    """One alternative of a rule's needs; *in_file* are the words that it needs anywhere in the file."""

    number: int
    words: frozenset[bytes]
    paths: tuple[str, ...]
    needed: Alternative
    in_file: frozenset[bytes]

    def may_hold(self, seen: Seen) -> bool:
        """Whether it can hold anywhere in a file of which *seen* is all."""
        return self.in_file <= seen.words and seen.has(self.needed)

    def holds(self, seen: Seen, aliases: Mapping[str, frozenset[bytes]]) -> bool:
        words = seen.words
        return (
            self.words <= words
            and all(_may_be_named(path, words, aliases) for path in self.paths)
            and seen.has(self.needed)
        )


class Seen:
    """A chunk or a file as rules see it before they are asked; without *source* only its words are known."""

    __slots__ = ("_lowered", "_source", "_text", "words")

    def __init__(self, words: frozenset[bytes], source: bytes | None = None) -> None:
        self.words = words
        self._source = source
        self._lowered: bytes | None = None
        self._text: str | None = None

    def has(self, needed: Alternative) -> bool:
        """Whether the texts that are *needed* are there, as far as one can say; words aside."""
        return (
            (not needed.texts or self._mentions(needed.texts))
            and (not needed.sought or self._matches(needed.sought))
            and (not needed.in_bytes or self._matches_in_bytes(needed.in_bytes))
        )

    def _mentions(self, texts: frozenset[frozenset[bytes]]) -> bool:
        if self._lowered is None:
            self._lowered = b" ".join(self.words).lower()
        lowered = self._lowered
        return all(any(text in lowered for text in one_of) for one_of in texts)

    def _matches(self, sought: frozenset[str]) -> bool:
        if self._source is None:
            return True
        if self._text is None:
            self._text = self._source.decode(errors="replace")
        text = self._text
        return all(of_text(regex).search(text) for regex in sought)

    def _matches_in_bytes(self, sought: frozenset[str]) -> bool:
        source = self._source
        return source is None or all(of_bytes(regex).search(source) for regex in sought)


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """
    Rules by the words that lead to them, so that a chunk costs what its words find and not every rule.

    A way to match stands under one of its words; one that needs only paths under the last name of its first
    path, and under that path, for the names that imports bind to it; *leading* are those words. *loose* are
    the ways that need neither. *words* are those that any way needs in the file, *paths* those of all.
    """

    rules: tuple[Rule, ...]
    by_word: Mapping[bytes, tuple[_Way, ...]]
    by_path: Mapping[str, tuple[_Way, ...]]
    leading: frozenset[bytes]
    loose: tuple[_Way, ...]
    words: frozenset[bytes]
    paths: frozenset[str]

    def possible(self, seen: Seen) -> frozenset[int]:
        """The numbers of the rules that can match in a file of which *seen* is all."""
        met = [way for word in self.leading & seen.words for way in self.by_word[word]]
        return frozenset(way.number for way in (*met, *self.loose) if way.may_hold(seen))

    def wanted(
        self, seen: Seen, aliases: Mapping[str, frozenset[bytes]], among: frozenset[int] | None
    ) -> list[Rule]:
        """
        The rules that can match in what is *seen* where imports bind these names, in their order.

        *among*, where it is known, are the possible ones.
        """
        words = seen.words
        met = [way for word in self.leading & words for way in self.by_word[word]]
        met += self.loose
        for path in aliases.keys() & self.by_path.keys():
            if _is_met(aliases[path], words):
                met.extend(self.by_path[path])
        if among is not None:
            met = [way for way in met if way.number in among]
        found = {way.number for way in met if way.holds(seen, aliases)}
        return [self.rules[number] for number in sorted(found)]


def indexed(rules: Sequence[Rule]) -> Index:
    """The index of *rules*."""
    by_word: dict[bytes, list[_Way]] = {}
    by_path: dict[str, list[_Way]] = {}
    loose: list[_Way] = []
    ways: list[_Way] = []
    for number, rule in enumerate(rules):
        for alternative in rule.needs.alternatives:
            words, paths = alternative.words, tuple(sorted(alternative.paths))
            names = (name.encode() for path in paths for name in path.split(".") if name)
            way = _Way(number, words, paths, alternative, words.union(names))
            ways.append(way)
            if words:
                by_word.setdefault(max(words, key=_rareness), []).append(way)
            elif paths:
                by_word.setdefault(last_of(paths[0]), []).append(way)
                by_path.setdefault(paths[0], []).append(way)
            else:
                loose.append(way)
    return Index(
        tuple(rules),
        {word: tuple(found) for word, found in by_word.items()},
        {path: tuple(found) for path, found in by_path.items()},
        frozenset(by_word),
        tuple(loose),
        frozenset().union(*(way.in_file for way in ways)),
        frozenset(path for way in ways for path in way.paths),
    )


def _rareness(word: bytes) -> tuple[int, bytes]:
    return len(word), word


def _may_be_named(path: str, words: frozenset[bytes], aliases: Mapping[str, frozenset[bytes]]) -> bool:
    """Whether something may stand for *path* where these words are, and imports bind these names."""
    if _is_met(aliases.get(path, _NONE), words):
        return True
    if last_of(path) not in words:
        return False
    # What leads to the last name is spelled, imported, or imported together with everything beside it.
    return (
        path.endswith(".")
        or names_of(path) <= words
        or any(
            _is_met(aliases.get(head, _NONE), words) or STAR in aliases.get(f"{head}.", _NONE)
            for head in heads_of(path)
        )
    )


def _is_met(aliases: frozenset[bytes], words: frozenset[bytes]) -> bool:
    """Whether one of these names is there; any name may come from a star import."""
    return not words.isdisjoint(aliases) or STAR in aliases


def findings_of(rule: Rule, view: View, work: Work) -> list[Finding]:
    """What *rule* finds in *view*, in the order of the text."""
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
    for rewrite in rewrites:
        template, bindings = rewrite.template, rewrite.bindings(match, span)
        new = None if bindings is None else rewritten(template.with_, bindings, span, view)
        if bindings is not None and new is not None:
            yield Fix(filled(template.title, bindings), (Change(span, new.encode()),), template.safe)
