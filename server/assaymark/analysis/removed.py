"""
Guards that a change removed: what stood in a scope before, and no longer stands there or elsewhere.

Invariants:
    Only changes are asked; a rule about removals costs nothing where a single text is checked.
    What moved, was renamed or was written otherwise is not removed, and neither is what went with its scope.
    Nothing raises on any bytes; texts that were not compared, or not in full, are named with the reason.

A scope is a function, a class or a route, by its qualified name. A rule's matches are counted in it before
and after, so that spelling and place do not matter; what is missing then is looked for around the scope, in
it, and in what it uses.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from assaymark.analysis.compared import Side, lines_of
from assaymark.analysis.moved import Pair, counterpart, family, is_elsewhere
from assaymark.analysis.snapshot import Limits
from assaymark.dataclass import dataclass
from assaymark.engines.patterns import Index, Seen, indexed
from assaymark.rules.patterns.replace import filled
from assaymark.syntax import languages
from assaymark.syntax.outline import MODULE
from assaymark.syntax.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from assaymark.analysis.compared import Hit
    from assaymark.finding import Confidence, Level, Severity
    from assaymark.rules.fences import ChangeExample, Example
    from assaymark.rules.rule import Rule
    from assaymark.rules.ruleset import RuleSet

_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Change:
    """One file of a change: its content before and after, empty where it was not there or is gone."""

    path: str
    before: bytes
    after: bytes

    @property
    def language(self) -> str | None:
        """By the ending; of a script without one, by what its first line says that runs it."""
        firsts = (text[:256].partition(b"\n")[0] for text in (self.after, self.before))
        by_line = (languages.language_of(self.path, first) for first in firsts)
        return languages.compared_language_of(self.path) or next(filter(None, by_line), None)


@dataclass(frozen=True, slots=True)
class Removed:
    """
    A guard that is gone.

    *scope* is what it guarded, by its name before; it stood on *line* of the text before. *now* is the file
    and the line on which the scope stands after the change, where it has one.
    """

    rule: str
    message: str
    severity: Severity
    confidence: Confidence
    level: Level
    cwe: tuple[int, ...]
    path: str
    scope: str
    line: int
    now: tuple[str, int | None]


class LeftOut(NamedTuple):
    """A file that was not compared, or not in full, and *why*."""

    path: str
    why: str


class Comparison(NamedTuple):
    """The guards that a change removed, as far as was looked, and where it was not."""

    removed: tuple[Removed, ...]
    left_out: tuple[LeftOut, ...] = ()


# Asked before each file, by its path: whether there is time to compare it.
GoesOn: TypeAlias = "Callable[[str], bool]"


def removed(path: str, before: bytes, after: bytes, rules: RuleSet) -> tuple[Removed, ...]:
    """The guards that the change of one file removed."""
    return removed_over((Change(path, before, after),), rules)


def removed_over(changes: Iterable[Change], rules: RuleSet) -> tuple[Removed, ...]:
    """The guards that *changes*, made together, removed: in the order of the files and of the text before."""
    return compared(changes, rules).removed


def compared(changes: Iterable[Change], rules: RuleSet, goes_on: GoesOn = lambda _: True) -> Comparison:
    """As `removed_over`, with what was not compared; *goes_on* is asked whether there is time for a file."""
    several = tuple(changes)
    pairs = [pair for change in several if (pair := _pair(change)) is not None]
    left_out = [LeftOut(one.path, why) for one in several if (why := _unreadable(one))]
    found: list[Removed] = []
    for pair in pairs:
        if not goes_on(pair.before.path):
            left_out.append(LeftOut(pair.before.path, "the time was over"))
            continue
        changed = Pair(pair.before.without(pair.after), pair.after.without(pair.before))
        found += _of_pair(pair, changed, pairs, rules)
        left_out += _in_part(pair, changed)
    order = {pair.before.path: number for number, pair in enumerate(pairs)}
    found.sort(key=lambda one: (order[one.path], one.line, one.rule))
    return Comparison(tuple(found), tuple(left_out))


def _in_part(pair: Pair, changed: Pair) -> Iterator[LeftOut]:
    """Why a file was not compared in full."""
    sides = (*pair, *changed)
    if any(side.is_given_up for side in sides):
        yield LeftOut(pair.before.path, "it takes too long")
    elif not all(side.is_understood for side in changed):
        yield LeftOut(pair.before.path, "not all of it was understood")


def changes_in(example: ChangeExample) -> tuple[Change, ...]:
    """The change that an example of a page tells."""

    def content(files: Mapping[str, Example], path: str) -> bytes:
        return files[path].code.encode() if path in files else b""

    paths = dict.fromkeys((*example.before, *example.after))
    return tuple(Change(path, content(example.before, path), content(example.after, path)) for path in paths)


def _pair(change: Change) -> Pair | None:
    language = change.language
    if language is None or change.before == change.after or _unreadable(change):
        return None
    return Pair(
        Side(change.path, change.before, language),
        Side(change.path, change.after, language),
    )


def _unreadable(change: Change) -> str:
    """Why a file is not compared, though its language is known; nothing where it is."""
    language = change.language
    if language is None:
        return ""
    if max(len(change.before), len(change.after)) > _LIMITS.max_bytes:
        return "it is too large"
    return "" if languages.is_available(language) else f"there is no grammar for {language} here"


def _of_pair(pair: Pair, changed: Pair, pairs: Sequence[Pair], rules: RuleSet) -> Iterator[Removed]:
    if pair.before.is_blank:
        return
    wanted = _wanted(changed.before, _index(rules, pair.before.language))
    # One text after the other: what is found out about a view is remembered for one view at a time.
    found = [
        rule for rule in wanted if rule.applies_to(pair.before.path) and changed.before.hits(rule.compiled)
    ]
    fewer = [rule for rule in found if _may_be_lost(rule, changed)]
    for rule in fewer:
        yield from _of_rule(rule, pair, pairs)


# The rules of the last few sets: a session asks for the same again and again.
@lru_cache(maxsize=8)
def _index_of(rules: tuple[Rule, ...]) -> Index:
    return indexed(rules)


def _index(rules: RuleSet, language: str) -> Index:
    return _index_of(rules.removals(language))


def _wanted(before: Side, index: Index) -> list[Rule]:
    """The rules that may match in one of the chunks."""
    found: dict[str, Rule] = {}
    for piece in before.pieces:
        seen = Seen(piece.words, piece.chunk.data)
        found.update({rule.id: rule for rule in index.wanted(seen, before.facts.aliases)})
    return list(found.values())


def _may_be_lost(rule: Rule, changed: Pair) -> bool:
    """Whether some scope has fewer matches, as far as the chunks tell that are not in both texts."""
    before, after = changed.before.hits(rule.compiled), changed.after.hits(rule.compiled)
    return any(len(hits) > len(after.get(scope, ())) for scope, hits in before.items())


def _of_rule(rule: Rule, pair: Pair, pairs: Sequence[Pair]) -> Iterator[Removed]:
    before = pair.before.hits(rule.compiled)
    if not before:
        return
    for scope, hits in before.items():
        there = counterpart(pair, scope, pairs)
        if there is None:
            continue
        side, name = there
        left = side.hits(rule.compiled).get(name, ())
        n_lost = min(len(hits) - len(left), _n_bare(rule, pair, scope, there))
        gone = [
            hit for hit in _missing(hits, left)[: max(n_lost, 0)] if _still_needed(rule, hit, pair, there)
        ]
        if gone and not is_elsewhere(rule, gone, pair, there, pairs):
            yield from (_removed(rule, hit, pair, there) for hit in gone)


def _n_bare(rule: Rule, pair: Pair, scope: str, there: tuple[Side, str]) -> int:
    """How many guards are gone for good: nothing equivalent replaced them, and each left its trace."""
    side, name = there
    n_lost = len(family(pair.before, rule, scope)) - len(family(side, rule, name))
    leaves = None if rule.removal is None else rule.removal.leaves
    if leaves is None:
        return n_lost
    came, was = side.hits(leaves).get(name, ()), pair.before.hits(leaves).get(scope, ())
    return min(n_lost, len(came) - len(was))


def _missing(hits: Sequence[Hit], left: Sequence[Hit]) -> list[Hit]:
    """*hits*, those first of which nothing with the same text is *left*."""
    texts = Counter(hit.text for hit in left)
    missing: list[Hit] = []
    others: list[Hit] = []
    for hit in hits:
        texts[hit.text] -= 1
        (missing if texts[hit.text] < 0 else others).append(hit)
    return missing + others


def _still_needed(rule: Rule, hit: Hit, pair: Pair, there: tuple[Side, str]) -> bool:
    """Whether what was guarded stands in the scope as often as before, where the rule names it."""
    kept = hit.match.bindings.get(rule.removal.keeps) if rule.removal is not None else None
    side, name = there
    if kept is not None:
        return side.n_times(kept.text, name) >= pair.before.n_times(kept.text, hit.scope)
    has_trace = rule.removal is not None and rule.removal.leaves is not None
    return has_trace or hit.scope == MODULE or not _went_along(hit, pair.before, there)


def _went_along(hit: Hit, before: Side, there: tuple[Side, str]) -> bool:
    """Whether what a check guarded is gone as well: no line of it is left, and some of its words are not."""
    statement, guarded = before.guarded(hit)
    side, name = there
    lines = lines_of(guarded)
    if not lines or not side.lines(name).keys().isdisjoint(lines):
        return False
    return not words_of(guarded) - words_of(statement) <= side.words(name)


def _removed(rule: Rule, hit: Hit, pair: Pair, there: tuple[Side, str]) -> Removed:
    side, name = there
    return Removed(
        rule=rule.id,
        message=filled(rule.message, hit.match.bindings),
        severity=rule.severity,
        confidence=rule.confidence,
        level=rule.level,
        cwe=rule.cwe,
        path=pair.before.path,
        scope=hit.scope,
        line=hit.line,
        now=(side.path, side.line_of(name)),
    )
