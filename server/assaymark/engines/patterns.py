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
from functools import lru_cache
from typing import TYPE_CHECKING

from assaymark.finding import Change, Finding, Fix, fingerprint
from assaymark.rules.patterns.match import Match, matches
from assaymark.rules.patterns.paths import STAR, heads_of, last_of, names_of
from assaymark.rules.patterns.regexes import of_bytes, of_text
from assaymark.rules.patterns.replace import filled, rewritten
from assaymark.rules.patterns.tables import table_of
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
    """
    One alternative of a rule's needs; *in_file* are the words that it needs anywhere in the file.

    *path* is the one that leads to it, nothing where a word does.
    """

    number: int
    words: frozenset[bytes]
    paths: tuple[str, ...]
    needed: Alternative
    in_file: frozenset[bytes]
    path: str

    def may_hold(self, seen: Seen) -> bool:
        """Whether it can hold anywhere in a file of which *seen* is all."""
        return self.in_file <= seen.words and seen.has(self.needed)

    def holds(self, seen: Seen, named: _Named) -> bool:
        return self.words <= seen.words and all(map(named, self.paths)) and seen.has(self.needed)


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


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """
    Rules by the words that lead to them, so that a chunk costs what its words find and not every rule.

    A way to match stands under one of its words; one that needs only paths, and keywords, under the last name
    of its longest path, and under that path, for the names that imports bind to it; *leading* are those
    words. *loose* are the ways that need neither. *words* are those that any way needs in the file, *paths*
    those of all.
    """

    rules: tuple[Rule, ...]
    by_word: Mapping[bytes, tuple[_Way, ...]]
    by_path: Mapping[str, tuple[_Way, ...]]
    leading: frozenset[bytes]
    loose: tuple[_Way, ...]
    words: frozenset[bytes]
    paths: frozenset[str]

    def possible(self, seen: Seen) -> bool:
        """Whether any rule can match in a file of which *seen* is all."""
        met = (way for word in self.leading & seen.words for way in self.by_word[word])
        return any(way.may_hold(seen) for way in (*self.loose, *met))

    def among(self, seen: Seen) -> Index:
        """The same rules by those ways alone that may hold somewhere in a file of which *seen* is all."""
        # A way that is led to by a path has its last name in the file, wherever that is imported.
        by_word: dict[bytes, tuple[_Way, ...]] = {}
        by_path: dict[str, tuple[_Way, ...]] = {}
        for word in self.leading & seen.words:
            ways = tuple([way for way in self.by_word[word] if way.may_hold(seen)])
            if ways:
                by_word[word] = ways
                for way in ways:
                    if way.path:
                        by_path[way.path] = (*by_path.get(way.path, ()), way)
        loose = tuple([way for way in self.loose if way.may_hold(seen)])
        return Index(self.rules, by_word, by_path, frozenset(by_word), loose, self.words, self.paths)

    def leads(self, aliases: Mapping[str, frozenset[bytes]]) -> frozenset[bytes] | None:
        """The words that lead to a rule where imports bind these names; None where every chunk may."""
        if self.loose:
            return None
        names = self.leading.union(*(aliases[path] for path in aliases.keys() & self.by_path.keys()))
        return None if STAR in names else names

    def wanted(self, seen: Seen, aliases: Mapping[str, frozenset[bytes]]) -> list[Rule]:
        """The rules that can match in what is *seen* where imports bind these names, in their order."""
        words = seen.words
        met = [way for word in self.leading & words for way in self.by_word[word]]
        met += self.loose
        for path in aliases.keys() & self.by_path.keys():
            if _is_met(aliases[path], words):
                met.extend(self.by_path[path])
        named = _Named(words, aliases)
        found: set[int] = set()
        for way in met:
            if way.number not in found and way.holds(seen, named):
                found.add(way.number)
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
            seldom = words - _keywords(rule.language)
            path = max(paths, key=_depth) if paths and not seldom else ""
            way = _Way(number, words, paths, alternative, words.union(names), path)
            ways.append(way)
            if path:
                by_word.setdefault(last_of(path), []).append(way)
                by_path.setdefault(path, []).append(way)
            elif words:
                by_word.setdefault(max(seldom or words, key=_rareness), []).append(way)
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


@lru_cache
def _keywords(language: str) -> frozenset[bytes]:
    return frozenset(word.encode() for word in table_of(language).reserved)


def _depth(path: str) -> tuple[int, int, str]:
    return path.count("."), len(path), path


def _rareness(word: bytes) -> tuple[int, bytes]:
    return len(word), word


class _Named:
    """Whether something may stand for a path where these words are, and imports bind these names."""

    __slots__ = ("_aliases", "_known", "_words")

    def __init__(self, words: frozenset[bytes], aliases: Mapping[str, frozenset[bytes]]) -> None:
        self._words = words
        self._aliases = aliases
        self._known: dict[str, bool] = {}

    def __call__(self, path: str) -> bool:
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = _may_be_named(path, self._words, self._aliases)
        return known


def _may_be_named(path: str, words: frozenset[bytes], aliases: Mapping[str, frozenset[bytes]]) -> bool:
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
