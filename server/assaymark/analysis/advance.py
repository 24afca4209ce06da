"""
The analysis of a text: opened once, advanced by edits.

A keystroke costs what it touches: the edit re-cuts and parses the chunks around it, and rules are asked
of those chunks, and of those that looked up a fact which came out different. A rule whose patterns reach
over the whole file (its *wide* rules) is asked of the chunks that hold its words, and again only when one
of those changed.

Invariants:
    Typing it there equals opening it: ``advanced`` finds what ``opened`` would find in the final text.
    The findings of a chunk are a function of its bytes, the rules, and the facts that it looked up.
    Nothing raises on any bytes; what was not checked is said, never taken for clean.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from assaymark.analysis.asking import Changed, Counts, answered, as_words, asked_of_file
from assaymark.analysis.attributing import Came, Moved, parted, runs_between, runs_of, unsaid
from assaymark.analysis.silencing import chained, joined
from assaymark.analysis.snapshot import Answer, Limits, Section, Snapshot, State, WideAnswer
from assaymark.analysis.together import as_one, groups
from assaymark.dataclass import dataclass, replace
from assaymark.engines.patterns import Index, Seen, indexed
from assaymark.lineage.trusting import MayLoosen, anybody
from assaymark.origin import STANDING, Runs, covering, spliced
from assaymark.rules.patterns.paths import STAR
from assaymark.suppress.judging import Terms
from assaymark.suppress.markers import MARKERS, OWN
from assaymark.syntax import facts as syntax_facts
from assaymark.syntax import languages
from assaymark.syntax.cut import Piece, cut, recut
from assaymark.syntax.facts import Facts
from assaymark.syntax.reading import Reading
from assaymark.syntax.words import words_of
from assaymark.text import Chunk, Edit, Span, Text
from assaymark.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assaymark.rules.rule import Rule
    from assaymark.rules.ruleset import RuleSet
    from assaymark.suppress.silence import Heard


@dataclass(frozen=True, slots=True)
class _Indexes:
    """Rules indexed: all, those that see one chunk, and each of those that see the file."""

    every: Index
    narrow: Index
    wide: tuple[Index, ...]


class _Given(NamedTuple):
    """A text that is opened, and what it is judged by; without a *language* it is not analysed."""

    content: bytes
    origins: Runs
    terms: Terms
    limits: Limits
    language: str | None


# What is made of rules alone is made once for them: a run of many files asks for the same again and again.
_JUDGES: dict[tuple[str, str], tuple[Rule, ...]] = {}
_INDEXED: dict[tuple[str, str, tuple[bool, ...]], _Indexes] = {}


def needed(content: bytes, path: str, rules: RuleSet, language: str) -> bool:
    """Whether any rule of *language* can match in *content* at all; if not, it need not be parsed."""
    seen = _seen(content)
    return OWN in seen.words or _indexes(rules, language, path).every.possible(seen)


def opened(
    content: bytes,
    path: str,
    rules: RuleSet,
    limits: Limits | None = None,
    *,
    today: int | None = None,
    foreign: bool = True,
    origins: Runs | None = None,
    may_loosen: MayLoosen = anybody,
    spans: Sequence[Span] | None = None,
) -> Snapshot:
    """
    The analysis of a whole text.

    *today*, a proleptic ordinal, decides which silences have expired: none when it is not known. *foreign*
    says whether the comments of other tools silence. *origins* cover the text; without them nothing is known
    of where it comes from. *may_loosen* says of an origin whether its comments silence. With *spans* what is
    found in the lines there is all, and of the rest not everything; then it cannot be advanced.
    """
    limits = limits or Limits()
    origins = covering(len(content), STANDING) if origins is None else origins
    head = content[:256].partition(b"\n")[0]
    language = None if limits.excluded else languages.language_of(path, head)
    given = _Given(content, origins, Terms(rules, path, today, foreign, may_loosen), limits, language)
    if language is None:
        return _unread(given, State.not_analysed, limits.excluded or "no language that is analysed")
    problem = _too_much(content, limits)
    if problem:
        return _unread(given, State.failed, problem)
    counts = Counts()
    try:
        pieces = cut(content, language, counts.parsed)
    except languages.Unavailable as unavailable:
        return _unread(given, State.failed, str(unavailable))
    return _analysed(given, pieces, language, counts, spans)


def advanced(before: Snapshot, edits: Sequence[Edit], came: Came = unsaid) -> Snapshot:
    """
    The analysis after *edits*, each relative to the text that the ones before it made.

    *came* says of what origins is what each brings.
    """
    if before.language is None or before.state is State.failed:
        return _reopened(before, edits, came)
    counts = Counts()
    language = before.language
    text, known = before.text, _known(before.wide_rules)
    gone: dict[int, Section] = {}
    come: dict[int, Section] = {}
    for group in groups(edits):
        edit, its = as_one(text, group, came)
        origins = Moved(text, edit, its)

        def made(piece: Piece, at: int, origins: Moved = origins) -> Section:
            return _section(piece, language, known, origins.between(at, at + piece.chunk.n_bytes))

        change = recut(text, edit, language, made, counts.parsed)
        text, renewed = joined(change.text, change.start, edit.landed.end)
        for section in change.removed:
            if come.pop(id(section), None) is None:
                gone[id(section)] = section
        come.update((id(section), section) for section in change.added)
        for old, new in renewed:
            if come.pop(id(old), None) is not None:
                come[id(new)] = new
    if text.n_bytes > before.limits.max_bytes or any(
        _too_wide(section, before.limits) for section in come.values()
    ):
        return _opened_like(before, text.whole(), runs_of(text))
    facts, names = syntax_facts.advanced(
        before.facts,
        (section.bindings for section in gone.values()),
        (section.bindings for section in come.values()),
    )
    n_exhausted = before.n_exhausted - sum(_is_exhausted(section) for section in gone.values())
    moved = replace(before, text=text, facts=facts, n_exhausted=n_exhausted)
    changed = _changed(names, before.facts, facts)
    if names:
        moved = _with_stale_forgotten(moved, changed)
    return answered(moved, (*gone.values(), *come.values()), changed, counts)


def _analysed(
    given: _Given, pieces: Sequence[Piece], language: str, counts: Counts, spans: Sequence[Span] | None
) -> Snapshot:
    """The text *given*, which was cut into *pieces*, after all rules were asked, or those of *spans*."""
    rules, path = given.terms.rules, given.terms.path
    indexes, seen = _indexes(rules, language, path), _seen(given.content)
    bound = [syntax_facts.piece_bindings(piece, language) for piece in pieces]
    facts, _ = syntax_facts.advanced(Facts(), (), bound)
    asked = asked_of_file(indexes.narrow, seen, facts.aliases)
    known, parts = _known(indexes.wide), parted(given.origins, (piece.chunk.n_bytes for piece in pieces))
    sections = (
        Section(piece, its, known, part, answer)
        for piece, its, part, answer in zip(pieces, bound, parts, asked.answers(pieces, spans), strict=True)
    )
    if not MARKERS.isdisjoint(seen.words):
        sections = (_hearing(section, language) for section in sections)
    text = Text(chained(sections))
    start = Snapshot(
        path=path,
        language=language,
        text=text,
        rules=rules,
        limits=given.limits,
        terms=given.terms,
        state=State.clean,
        facts=facts,
        narrow_rules=indexes.narrow,
        wide_rules=indexes.wide,
        wide_answers=tuple(WideAnswer() for _ in indexes.wide),
    )
    return answered(start, tuple(text), Changed(), counts, asked)


@lru_cache(maxsize=1)
def _seen(content: bytes) -> Seen:
    # Who asks whether a text is needed opens it next.
    return Seen(words_of(content), content)


def _indexes(rules: RuleSet, language: str, path: str) -> _Indexes:
    """The rules that judge *path*, indexed."""
    judges = _JUDGES.get((rules.digest, language))
    if judges is None:
        # Many rules leave out the same paths: one of them answers for all.
        by_paths = {(rule.include, rule.exclude): rule for rule in rules.for_language(language)}
        judges = _JUDGES[rules.digest, language] = tuple(by_paths.values())
    key = (rules.digest, language, tuple([rule.applies_to(path) for rule in judges]))
    known = _INDEXED.get(key)
    if known is None:
        asked = [rule for rule in rules.for_language(language) if rule.applies_to(path)]
        narrow = indexed([rule for rule in asked if rule.needed.reach != "file"])
        wide = tuple(indexed([rule]) for rule in asked if rule.needed.reach == "file")
        known = _INDEXED[key] = _Indexes(indexed(asked), narrow, wide)
    return known


@lru_cache(maxsize=64)
def _known(wide: tuple[Index, ...]) -> frozenset[bytes]:
    """The words that the wide rules need, or by which a chunk takes part in one."""
    return frozenset().union(
        *(index.words | (index.rules[0].needs.vocabulary or frozenset()) for index in wide)
    )


def _section(piece: Piece, language: str, known: frozenset[bytes], origins: Runs) -> Section:
    return _hearing(Section(piece, syntax_facts.piece_bindings(piece, language), known, origins), language)


def _hearing(section: Section, language: str) -> Section:
    """*section* with its comments that silence."""
    return replace(section, heard=_heard(section, language)) if section.holds(MARKERS) else section


def _heard(section: Section, language: str) -> Heard | None:
    # Late: most texts hold no comment that silences, and reading them takes many regular expressions.
    from assaymark.suppress.authors import attributed
    from assaymark.suppress.comments import heard

    found = heard(section.piece, language)
    return found and attributed(found, section.piece, section.origins)


def _reopened(before: Snapshot, edits: Sequence[Edit], came: Came) -> Snapshot:
    for edit in edits:
        text = before.text
        content = (
            text.slice(Span(0, edit.span.start)) + edit.new + text.slice(Span(edit.span.end, text.n_bytes))
        )
        its = came(edit, text.slice(edit.span), runs_between(text, edit.span))
        origins = spliced(runs_of(text), edit.span, its)
        before = _opened_like(before, content, origins)
    return before


def _opened_like(before: Snapshot, content: bytes, origins: Runs) -> Snapshot:
    terms = before.terms
    return opened(
        content,
        before.path,
        before.rules,
        before.limits,
        today=terms.today,
        foreign=terms.foreign,
        origins=origins,
        may_loosen=terms.may_loosen,
    )


def _unread(given: _Given, state: State, reason: str) -> Snapshot:
    """A text that is kept, so that editing can go on, and not analysed."""
    terms = given.terms
    section = Section(Piece(Reading(Chunk(given.content), None)), {}, frozenset(), given.origins, Answer())
    return Snapshot(
        terms.path, given.language, Text([section]), terms.rules, given.limits, terms, state, reason
    )


def _too_much(content: bytes, limits: Limits) -> str:
    if len(content) > limits.max_bytes:
        return f"{len(content):,} bytes; the limit is {limits.max_bytes:,} (max-bytes)"
    longest = max(map(len, content.splitlines()), default=0) if len(content) > limits.max_line else 0
    if longest > limits.max_line:
        return f"a line of {longest:,} bytes; the limit is {limits.max_line:,} (max-line)"
    return ""


def _too_wide(section: Section, limits: Limits) -> bool:
    chunk = section.chunk
    return chunk.n_bytes > limits.max_line and bool(_too_much(chunk.data, limits))


def _changed(names: frozenset[str], before: Facts, after: Facts) -> Changed:
    imported = {
        name
        for name in names
        for facts in (before, after)
        if any(binding.kind == "import" for binding in facts.bindings.get(name, ()))
    }
    starred = {
        path
        for path in (before.aliases.keys() | after.aliases.keys() if "*" in names else ())
        if (STAR in before.aliases.get(path, ())) != (STAR in after.aliases.get(path, ()))
    }
    return Changed(as_words(names), as_words(imported), frozenset(starred))


def _with_stale_forgotten(snapshot: Snapshot, changed: Changed) -> Snapshot:
    """The chunks whose answer rests on a fact that came out different have none any more."""
    everywhere = changed.stars_reach(snapshot.narrow_rules.paths)
    stale = {
        id(section): replace(section, answer=None)
        for section in snapshot.text
        if section.answer is not None
        and (
            everywhere
            or not changed.names.isdisjoint(section.answer.names)
            or section.holds(changed.imported)
        )
    }
    if not stale:
        return snapshot
    forgotten = sum(_is_exhausted(section) for section in snapshot.text if id(section) in stale)
    text = snapshot.text.exchanged(stale)
    return replace(snapshot, text=text, n_exhausted=snapshot.n_exhausted - forgotten)


def _is_exhausted(section: Section) -> bool:
    return section.answer is not None and section.answer.exhausted
