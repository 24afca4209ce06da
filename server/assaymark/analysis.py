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

import enum
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from assaymark.engines.patterns import Index, findings_of, indexed
from assaymark.rules.patterns.match import Work as MatchWork
from assaymark.syntax import facts as syntax_facts
from assaymark.syntax import languages
from assaymark.syntax.bindings import Bindings
from assaymark.syntax.cut import ParseWork, Piece, cut, recut
from assaymark.syntax.facts import Facts
from assaymark.syntax.view import View, words_of
from assaymark.text import Chunk, Edit, Place, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from assaymark.finding import Finding
    from assaymark.rules.rule import Rule
    from assaymark.rules.ruleset import RuleSet


class State(enum.Enum):
    """What became of a file."""

    clean = "clean"
    findings = "findings"
    partial = "partial"
    failed = "failed"
    timed_out = "timed out"
    not_analysed = "not analysed"


@dataclass(frozen=True, slots=True)
class Limits:
    """
    How far an analysis goes; counted, never timed.

    *max_bytes* of a file, *max_line* bytes of its longest line, *max_steps* of matching in one chunk.
    """

    max_bytes: int = 5_000_000
    max_line: int = 1_000_000
    max_steps: int = 2_000_000


@dataclass(frozen=True, slots=True)
class Work:
    """What an analysis cost, in counts."""

    bytes_parsed: int = 0
    chunks_parsed: int = 0
    nodes_visited: int = 0
    rules_asked: int = 0
    chunks_asked: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules said of a chunk, and the names that they looked up in the module."""

    findings: tuple[Finding, ...] = ()
    names: frozenset[bytes] = frozenset()
    exhausted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """
    A chunk of a text with all that is known of it.

    *keys* are those of its words that the wide rules know; *wide* holds what those rules found here. Spans
    are relative to the chunk.
    """

    piece: Piece
    bindings: Bindings
    words: frozenset[bytes]
    keys: frozenset[bytes]
    answer: Answer | None = None
    wide: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = field(init=False)

    def __post_init__(self) -> None:
        own = self.answer.findings if self.answer is not None else ()
        found = tuple(sorted({*own, *self.wide}, key=_place_in_chunk)) if self.wide else own
        object.__setattr__(self, "findings", found)

    @property
    def chunk(self) -> Chunk:
        return self.piece.chunk

    @property
    def marked(self) -> bool:
        return bool(self.findings)

    @property
    def fresh(self) -> bool:
        return self.answer is None


@dataclass(frozen=True, slots=True)
class Changed:
    """
    The module's names whose bindings came out different; *imported* are those that an import bound or binds.

    Rules look for an imported name as a word before they look it up, so who holds the word is asked again.
    """

    names: frozenset[bytes] = frozenset()
    imported: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class WideAnswer:
    """What a rule that reaches over the file was asked of, and what it found in which chunk."""

    asked: tuple[Piece, ...] = ()
    names: frozenset[bytes] = frozenset()
    findings: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict)
    exhausted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What belongs together at one moment of a text."""

    path: str
    language: str | None
    text: Text[Section]
    rules: RuleSet
    limits: Limits
    state: State
    reason: str = ""
    facts: Facts = field(default_factory=Facts)
    work: Work = field(default_factory=Work)
    narrow_rules: Index = field(default_factory=lambda: indexed(()))
    wide_rules: tuple[Index, ...] = ()
    wide_answers: tuple[WideAnswer, ...] = ()
    n_exhausted: int = 0

    def sections_with_findings(self) -> Iterator[Place[Section]]:
        return self.text.marked_places()

    def findings(self) -> list[Finding]:
        """All findings, with spans in the whole text, in its order."""
        return [
            finding.moved(place.start)
            for place in self.sections_with_findings()
            for finding in place.leaf.findings
        ]


@dataclass(slots=True)
class _Counts:
    """The work so far."""

    parsed: ParseWork = field(default_factory=ParseWork)
    nodes_visited: int = 0
    rules_asked: int = 0
    chunks_asked: int = 0

    def frozen(self) -> Work:
        parsed = self.parsed
        return Work(parsed.n_bytes, parsed.n_chunks, self.nodes_visited, self.rules_asked, self.chunks_asked)


# An index is a function of the rules alone, and a run of many files asks for the same one again and again.
_INDEXED: dict[tuple[str, str, frozenset[str]], tuple[Index, tuple[Index, ...]]] = {}


def needed(content: bytes, path: str, rules: RuleSet, language: str) -> bool:
    """Whether any rule of *language* can match in *content* at all; if not, it need not be parsed."""
    words = words_of(content)
    narrow, wide = _indexes(rules, language, path)
    return any(index.possible(words) for index in (narrow, *wide))


def opened(content: bytes, path: str, rules: RuleSet, limits: Limits | None = None) -> Snapshot:
    """The analysis of a whole text."""
    limits = limits or Limits()
    language = languages.language_of(path, content[:256].partition(b"\n")[0])
    if language is None:
        return _unread(content, path, rules, limits, State.not_analysed, "no language that is analysed")
    problem = _too_much(content, limits)
    if problem:
        return _unread(content, path, rules, limits, State.failed, problem, language)
    counts = _Counts()
    try:
        pieces = cut(content, language, counts.parsed)
    except languages.Unavailable as unavailable:
        return _unread(content, path, rules, limits, State.failed, str(unavailable), language)
    narrow, wide = _indexes(rules, language, path)
    known = _known(wide)
    text = Text([_section(piece, language, known) for piece in pieces])
    facts, _ = syntax_facts.advanced(Facts(), (), (section.bindings for section in text))
    start = Snapshot(
        path=path,
        language=language,
        text=text,
        rules=rules,
        limits=limits,
        state=State.clean,
        facts=facts,
        narrow_rules=narrow,
        wide_rules=wide,
        wide_answers=tuple(WideAnswer() for _ in wide),
    )
    return _answered(start, tuple(text), Changed(), counts, words_of(content))


def advanced(before: Snapshot, edits: Sequence[Edit]) -> Snapshot:
    """The analysis after *edits*, each relative to the text that the ones before it made."""
    if before.language is None or before.state is State.failed:
        return _reopened(before, edits)
    counts = _Counts()
    language = before.language
    text, known = before.text, _known(before.wide_rules)
    gone: dict[int, Section] = {}
    come: dict[int, Section] = {}
    for edit in edits:
        change = recut(text, edit, language, lambda piece: _section(piece, language, known), counts.parsed)
        text = change.text
        for section in change.removed:
            if come.pop(id(section), None) is None:
                gone[id(section)] = section
        come.update((id(section), section) for section in change.added)
    if text.n_bytes > before.limits.max_bytes or any(
        _too_wide(section, before.limits) for section in come.values()
    ):
        return opened(text.whole(), before.path, before.rules, before.limits)
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
    return _answered(moved, (*gone.values(), *come.values()), changed, counts)


def _indexes(rules: RuleSet, language: str, path: str) -> tuple[Index, tuple[Index, ...]]:
    """The rules that judge *path*, indexed: those that see one chunk, and each of those that see the file."""
    asked = [rule for rule in rules.for_language(language) if rule.applies_to(path)]
    key = (rules.digest, language, frozenset(rule.id for rule in asked))
    known = _INDEXED.get(key)
    if known is None:
        narrow = indexed([rule for rule in asked if rule.needs.reach != "file"])
        wide = tuple(indexed([rule]) for rule in asked if rule.needs.reach == "file")
        known = _INDEXED[key] = (narrow, wide)
    return known


def _reopened(before: Snapshot, edits: Sequence[Edit]) -> Snapshot:
    content = before.text.whole()
    for edit in edits:
        content = content[: edit.span.start] + edit.new + content[edit.span.end :]
    return opened(content, before.path, before.rules, before.limits)


def _unread(
    content: bytes,
    path: str,
    rules: RuleSet,
    limits: Limits,
    state: State,
    reason: str,
    language: str | None = None,
) -> Snapshot:
    """A text that is kept, so that editing can go on, and not analysed."""
    tree = languages.empty_tree()
    section = Section(Piece(Chunk(content), tree), {}, frozenset(), frozenset(), Answer())
    return Snapshot(path, language, Text([section]), rules, limits, state, reason)


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


def _section(piece: Piece, language: str, known: frozenset[bytes]) -> Section:
    words = words_of(piece.chunk.data)
    return Section(piece, syntax_facts.piece_bindings(piece, language), words, words & known)


@lru_cache(maxsize=64)
def _known(wide: tuple[Index, ...]) -> frozenset[bytes]:
    """The words that the wide rules need, or by which a chunk takes part in one."""
    return frozenset().union(
        *(index.words | (index.rules[0].needs.vocabulary or frozenset()) for index in wide)
    )


def _is_exhausted(section: Section) -> bool:
    return section.answer is not None and section.answer.exhausted


def _place_in_chunk(finding: Finding) -> tuple[int, int, str]:
    return finding.span.start, finding.span.end, finding.rule


def _changed(names: frozenset[str], before: Facts, after: Facts) -> Changed:
    imported = {
        name
        for name in names
        for facts in (before, after)
        if any(binding.kind == "import" for binding in facts.bindings.get(name, ()))
    }
    return Changed(_as_words(names), _as_words(imported))


def _as_words(names: Iterable[str]) -> frozenset[bytes]:
    return frozenset(name.encode() for name in names)


def _with_stale_forgotten(snapshot: Snapshot, changed: Changed) -> Snapshot:
    """The chunks whose answer rests on a fact that came out different have none any more."""
    stale = {
        id(section): replace(section, answer=None)
        for section in snapshot.text
        if section.answer is not None
        and not (
            changed.names.isdisjoint(section.answer.names) and changed.imported.isdisjoint(section.words)
        )
    }
    if not stale:
        return snapshot
    forgotten = sum(_is_exhausted(section) for section in snapshot.text if id(section) in stale)
    text = snapshot.text.exchanged(stale)
    return replace(snapshot, text=text, n_exhausted=snapshot.n_exhausted - forgotten)


def _answered(
    snapshot: Snapshot,
    touched: Sequence[Section],
    changed: Changed,
    counts: _Counts,
    words: frozenset[bytes] | None = None,
) -> Snapshot:
    """
    The snapshot with every fresh chunk asked, and every wide rule that *touched* or *changed* reach.

    *words*, where they are known, are the file's: rules that cannot match there are passed over.
    """
    n_exhausted = snapshot.n_exhausted
    among = snapshot.narrow_rules.possible(words) if words is not None else None

    def settle(section: Section) -> Section:
        nonlocal n_exhausted
        answer = _answer(section, snapshot, among, counts)
        n_exhausted += answer.exhausted
        return replace(section, answer=answer)

    settled = replace(snapshot, text=snapshot.text.settled(settle))
    settled = _widely_answered(settled, touched, changed, counts, words)
    n_exhausted_rules = sum(answer.exhausted for answer in settled.wide_answers)
    state = State.findings if any(True for _ in settled.text.marked_places()) else State.clean
    reason = ""
    if n_exhausted or n_exhausted_rules:
        state = State.partial
        reason = f"matching was given up after {snapshot.limits.max_steps:,} steps (max-steps)"
    return replace(settled, n_exhausted=n_exhausted, state=state, reason=reason, work=counts.frozen())


def _answer(section: Section, snapshot: Snapshot, among: frozenset[int] | None, counts: _Counts) -> Answer:
    wanted = snapshot.narrow_rules.wanted(section.words, snapshot.facts.aliases, among)
    if not wanted or snapshot.language is None:
        return Answer()
    view = View((section.piece,), snapshot.facts, snapshot.language)
    found, exhausted = _ask(wanted, view, snapshot.limits, counts)
    counts.chunks_asked += 1
    return Answer(tuple(sorted(found, key=_place_in_chunk)), _names(view), exhausted)


def _names(view: View) -> frozenset[bytes]:
    """The names that the rules looked up in the module."""
    return _as_words(view.looked_up)


def _ask(rules: Iterable[Rule], view: View, limits: Limits, counts: _Counts) -> tuple[list[Finding], bool]:
    found: list[Finding] = []
    exhausted = False
    work = MatchWork(limit=limits.max_steps)
    for rule in rules:
        # Each rule has its own steps: what one costs must not decide what the next one finds.
        work.steps, work.exhausted = 0, False
        found.extend(findings_of(rule, view, work))
        exhausted = exhausted or work.exhausted
        counts.rules_asked += 1
    counts.nodes_visited += work.nodes
    return found, exhausted


def _widely_answered(
    snapshot: Snapshot,
    touched: Sequence[Section],
    changed: Changed,
    counts: _Counts,
    in_file: frozenset[bytes] | None,
) -> Snapshot:
    answers: list[WideAnswer] = []
    for index, before in zip(snapshot.wide_rules, snapshot.wide_answers, strict=True):
        if in_file is not None and not index.possible(in_file):
            answers.append(before)
            continue
        aliases = _aliases(index, snapshot.facts)
        same = changed.names.isdisjoint(before.names) and not (
            any(_takes_part(section, index, aliases) for section in touched)
            or (changed.imported and index.paths)
        )
        answers.append(before if same else _wide_answer(index, aliases, snapshot, counts))
    pairs = zip(snapshot.wide_answers, answers, strict=True)
    if all(before is answer or (not before.findings and not answer.findings) for before, answer in pairs):
        return replace(snapshot, wide_answers=tuple(answers))
    return replace(snapshot, wide_answers=tuple(answers), text=_with_wide(snapshot.text, answers))


def _aliases(index: Index, facts: Facts) -> frozenset[bytes]:
    """The names under which imports bring in what a rule looks for."""
    return frozenset().union(*(facts.aliases.get(path, frozenset()) for path in index.paths))


def _takes_part(section: Section, index: Index, aliases: frozenset[bytes]) -> bool:
    vocabulary = index.rules[0].needs.vocabulary
    return (
        vocabulary is None or not vocabulary.isdisjoint(section.keys) or not aliases.isdisjoint(section.words)
    )


def _wide_answer(index: Index, aliases: frozenset[bytes], snapshot: Snapshot, counts: _Counts) -> WideAnswer:
    held = {alias for section in snapshot.text for alias in aliases & section.words} if aliases else set()
    present = snapshot.text.keys | held
    if snapshot.language is None or not index.wanted(present, snapshot.facts.aliases, None):
        return WideAnswer()
    vocabulary = index.rules[0].needs.vocabulary
    near = snapshot.text if vocabulary is None or held else snapshot.text.leaves_with(vocabulary)
    sections = [section for section in near if _takes_part(section, index, aliases)]
    pieces = tuple(section.piece for section in sections)
    view = View(pieces, snapshot.facts, snapshot.language)
    found, exhausted = _ask(index.rules, view, snapshot.limits, counts)
    counts.chunks_asked += len(pieces)
    return WideAnswer(pieces, _names(view), _by_piece(found, pieces, view), exhausted)


def _by_piece(found: list[Finding], pieces: tuple[Piece, ...], view: View) -> dict[int, tuple[Finding, ...]]:
    table: dict[int, list[Finding]] = {}
    regions = [span for span, _ in view.regions()]
    for finding in found:
        for piece, region in zip(pieces, regions, strict=True):
            if region.start <= finding.span.start < region.end:
                table.setdefault(id(piece), []).append(finding.moved(-region.start))
    return {piece: tuple(findings) for piece, findings in table.items()}


def _with_wide(text: Text[Section], answers: Sequence[WideAnswer]) -> Text[Section]:
    """The text whose sections hold just the wide findings of *answers*."""
    exchanged: dict[int, Section] = {}
    for section in text:
        found = tuple(finding for answer in answers for finding in answer.findings.get(id(section.piece), ()))
        if found != section.wide:
            exchanged[id(section)] = replace(section, wide=found)
    return text.exchanged(exchanged)
