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
from assaymark.rules.patterns.replace import filled
from assaymark.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assaymark.rules.patterns.binding import Bound
    from assaymark.rules.patterns.match import Work
    from assaymark.rules.patterns.needs import Alternative
    from assaymark.rules.rule import FixTemplate, Rule
    from assaymark.syntax.view import View


@dataclass(frozen=True, slots=True)
class Index:
    """
    Rules by the words that lead to them, so that a chunk costs what its words find and not every rule.

    An alternative stands under one of its words; one that has only paths under the last name of its first
    path, and under that path, for the names that imports bind to it.
    """

    rules: tuple[Rule, ...]
    by_word: Mapping[bytes, tuple[tuple[int, Alternative], ...]]
    by_path: Mapping[str, tuple[tuple[int, Alternative], ...]]
    always: tuple[int, ...]

    def wanted(self, words: frozenset[bytes], aliases: Mapping[str, frozenset[bytes]]) -> list[Rule]:
        """The rules that can match where these words stand and imports bind these names, in their order."""
        met = [entry for word in words & self.by_word.keys() for entry in self.by_word[word]]
        for path in aliases.keys() & self.by_path.keys():
            if not words.isdisjoint(aliases[path]):
                met.extend(self.by_path[path])
        found = {number for number, alternative in met if _holds(alternative, words, aliases)}
        return [self.rules[number] for number in sorted(found.union(self.always))]


def indexed(rules: Sequence[Rule]) -> Index:
    """The index of *rules*."""
    by_word: dict[bytes, list[tuple[int, Alternative]]] = {}
    by_path: dict[str, list[tuple[int, Alternative]]] = {}
    always: list[int] = []
    for number, rule in enumerate(rules):
        for alternative in rule.needs.alternatives:
            if alternative.words:
                by_word.setdefault(max(alternative.words, key=_rareness), []).append((number, alternative))
            elif alternative.paths:
                path = min(alternative.paths)
                by_word.setdefault(_last_of(path), []).append((number, alternative))
                by_path.setdefault(path, []).append((number, alternative))
            else:
                always.append(number)
    return Index(
        tuple(rules),
        {word: tuple(entries) for word, entries in by_word.items()},
        {path: tuple(entries) for path, entries in by_path.items()},
        tuple(always),
    )


def _rareness(word: bytes) -> tuple[int, bytes]:
    return len(word), word


def _holds(
    alternative: Alternative, words: frozenset[bytes], aliases: Mapping[str, frozenset[bytes]]
) -> bool:
    return alternative.words <= words and all(
        _last_of(path) in words or not words.isdisjoint(aliases.get(path, ())) for path in alternative.paths
    )


def is_possible(rule: Rule, content: bytes) -> bool:
    """Whether *rule* can match anywhere in a file: every word, and every part of every path, occurs in it."""
    return any(
        all(word in content for word in alternative.words)
        and all(part.encode() in content for path in alternative.paths for part in path.split("."))
        for alternative in rule.needs.alternatives
    )


@lru_cache(maxsize=4096)
def _last_of(path: str) -> bytes:
    return path.rpartition(".")[2].encode()


def findings_of(rule: Rule, view: View, work: Work) -> list[Finding]:
    """What *rule* finds in *view*, in the order of the text."""
    regions = [span for span, _ in view.regions()]
    found = []
    for match in matches(rule.formula, view, work):
        region = _region(regions, match.span.start)
        if region is not None:
            found.append(_finding(rule, match, region, view, work))
    return found


def _region(regions: list[Span], start: int) -> Span | None:
    index = bisect_right(regions, start, key=lambda span: span.start) - 1
    return regions[index] if index >= 0 and start < regions[index].end else None


def _finding(rule: Rule, match: Match, region: Span, view: View, work: Work) -> Finding:
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
        fixes=tuple(fix for template in rule.fixes for fix in _fixes(template, match, span, view, work)),
    )


def _fixes(template: FixTemplate, match: Match, span: Span, view: View, work: Work) -> Iterable[Fix]:
    if template.formula is None:
        bindings: Mapping[str, Bound] | None = match.bindings
    else:
        over = (found for found in matches(template.formula, view, work) if found.span == span)
        bindings = next(({**match.bindings, **found.bindings} for found in over), None)
    if bindings is not None and _is_written(template.with_, bindings, view):
        new = filled(template.with_, bindings).encode()
        yield Fix(filled(template.title, bindings), (Change(span, new),), template.safe)


def _is_written(template: str, bindings: Mapping[str, Bound], view: View) -> bool:
    """
    Whether all that *template* takes over stands in the text as it is bound.

    A name that an import resolved is bound to what it stands for: written out, it would be a name that
    the file may not have.
    """
    return all(
        bound.span is not None and view.text(bound.span).decode(errors="replace") == bound.text
        for name, bound in bindings.items()
        if name in template
    )
