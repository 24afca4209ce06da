"""
Which rules are asked about which chunks.

The rules that its words allow are asked about a fresh chunk; a wide rule about all chunks that hold its
words together.

Invariants:
    A rule that is passed over could not have found anything.
    What one rule costs does not decide what the next one finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.analysis.silencing import silenced
from assaymark.analysis.snapshot import (
    Answer,
    Limits,
    Section,
    Snapshot,
    State,
    WideAnswer,
    Work,
    place_in_chunk,
)
from assaymark.dataclass import dataclass, field, replace
from assaymark.engines.patterns import Index, Leads, Seen, findings_of, is_led
from assaymark.rules.patterns.paths import STAR, heads_of
from assaymark.syntax.cut import ParseWork, Piece
from assaymark.syntax.facts import Facts
from assaymark.syntax.view import View
from assaymark.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from assaymark.finding import Finding
    from assaymark.rules.rule import Rule
    from assaymark.text import Span


_UNASKED = Answer()


@dataclass(frozen=True, slots=True)
class Changed:
    """
    The module's names whose bindings came out different; *imported* are those that an import bound or binds.

    Rules look for an imported name as a word before they look it up, so who holds the word is asked again.
    Of the paths in *starred*, any name may be, or can no longer be, one that a star import brings in.
    """

    names: frozenset[bytes] = frozenset()
    imported: frozenset[bytes] = frozenset()
    starred: frozenset[str] = frozenset()

    def stars_reach(self, paths: Iterable[str]) -> bool:
        """Whether one of *paths* is, or is below, one of those starred."""
        starred = tuple(self.starred)
        return bool(starred) and any(path.startswith(starred) for path in paths)


@dataclass(slots=True)
class Counts:
    """The work so far."""

    parsed: ParseWork = field(default_factory=ParseWork)
    nodes_visited: int = 0
    rules_asked: int = 0
    chunks_asked: int = 0

    def frozen(self) -> Work:
        parsed = self.parsed
        return Work(parsed.n_bytes, parsed.n_chunks, self.nodes_visited, self.rules_asked, self.chunks_asked)


@dataclass(frozen=True, slots=True)
class AskedOfFile:
    """A file before its chunks are asked: what is *seen* of it, which rules may match, what leads there."""

    seen: Seen
    narrow: Index
    leads: Leads | None

    def answer(self, piece: Piece) -> Answer | None:
        """What is known of *piece* before it is asked: that nothing leads to a rule in it."""
        return None if self.leads is None or is_led(piece.chunk.data, self.leads) else _UNASKED

    def answers(self, pieces: Iterable[Piece], spans: Sequence[Span] | None) -> Iterator[Answer | None]:
        """
        What is known of each of *pieces* before they are asked.

        Where *spans* are given, those beside them count as asked; not so the one behind, in which a comment
        that stands before it may be used.
        """
        at, was_met = 0, False
        for piece in pieces:
            end = at + piece.chunk.n_bytes
            is_met = spans is None or any(span.start <= end and at <= span.end for span in spans)
            yield self.answer(piece) if is_met or was_met else _UNASKED
            at, was_met = end, is_met


def asked_of_file(narrow: Index, seen: Seen, aliases: Mapping[str, frozenset[bytes]]) -> AskedOfFile:
    """What of *narrow*, the rules that see one chunk, is asked of a file that imports bind these names in."""
    among = narrow.among(seen)
    return AskedOfFile(seen, among, among.leads(aliases))


def answered(
    snapshot: Snapshot,
    touched: Sequence[Section],
    changed: Changed,
    counts: Counts,
    whole: AskedOfFile | None = None,
) -> Snapshot:
    """
    The snapshot with every fresh chunk asked, and every wide rule that *touched* or *changed* reach.

    *whole*, where it is given, is the file: rules that cannot match there are passed over.
    """
    n_exhausted = snapshot.n_exhausted
    index = snapshot.narrow_rules if whole is None else whole.narrow

    def settle(section: Section) -> Section:
        nonlocal n_exhausted
        if section.answer is not None:
            return section  # only its silences are to be judged
        answer = _answer(section, snapshot, index, counts)
        n_exhausted += answer.exhausted
        return replace(section, answer=answer)

    settled = replace(snapshot, text=snapshot.text.settled(settle))
    settled = _widely_answered(settled, touched, changed, counts, None if whole is None else whole.seen)
    settled = silenced(settled)
    n_exhausted_rules = sum(answer.exhausted for answer in settled.wide_answers)
    state = State.findings if any(True for _ in settled.text.marked_places()) else State.clean
    reason = ""
    if n_exhausted or n_exhausted_rules:
        state = State.partial
        reason = f"matching was given up after {snapshot.limits.max_steps:,} steps (max-steps)"
    return replace(settled, n_exhausted=n_exhausted, state=state, reason=reason, work=counts.frozen())


def _answer(section: Section, snapshot: Snapshot, index: Index, counts: Counts) -> Answer:
    seen = Seen(section.words, section.chunk.data)
    wanted = index.wanted(seen, snapshot.facts.aliases)
    if not wanted or snapshot.language is None:
        return _UNASKED
    view = View((section.piece,), snapshot.facts, snapshot.language)
    found, exhausted = _ask(wanted, view, snapshot.limits, counts)
    counts.chunks_asked += 1
    return Answer(tuple(sorted(found, key=place_in_chunk)), _names(view), exhausted)


def _names(view: View) -> frozenset[bytes]:
    """The names that the rules looked up in the module."""
    return as_words(view.looked_up)


def _ask(rules: Iterable[Rule], view: View, limits: Limits, counts: Counts) -> tuple[list[Finding], bool]:
    # Late: what matches is loaded when a rule is asked.
    from assaymark.rules.patterns.match import Work as MatchWork

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
    counts: Counts,
    whole: Seen | None,
) -> Snapshot:
    answers: list[WideAnswer] = []
    for index, before in zip(snapshot.wide_rules, snapshot.wide_answers, strict=True):
        if whole is not None and not index.possible(whole):
            answers.append(before)
            continue
        needed = index.rules[0].needs
        aliases = _aliases(needed.aliased, snapshot.facts)
        same = changed.names.isdisjoint(before.names) and not (
            any(_takes_part(section, index, aliases) for section in touched)
            or (changed.imported and (index.paths or needed.aliased))
            or changed.stars_reach(index.paths | needed.aliased)
        )
        answers.append(before if same else _wide_answer(index, aliases, snapshot, counts))
    pairs = zip(snapshot.wide_answers, answers, strict=True)
    if all(before is answer or (not before.findings and not answer.findings) for before, answer in pairs):
        return replace(snapshot, wide_answers=tuple(answers))
    return replace(snapshot, wide_answers=tuple(answers), text=_with_wide(snapshot.text, answers))


def _aliases(paths: frozenset[str], facts: Facts) -> frozenset[bytes]:
    """The names under which imports bring in what these paths name."""
    return frozenset().union(*(facts.aliases.get(path, frozenset()) for path in paths))


def _takes_part(section: Section, index: Index, aliases: frozenset[bytes]) -> bool:
    vocabulary = index.rules[0].needs.vocabulary
    return vocabulary is None or STAR in aliases or section.holds(vocabulary) or section.holds(aliases)


def _wide_answer(index: Index, aliases: frozenset[bytes], snapshot: Snapshot, counts: Counts) -> WideAnswer:
    heads = frozenset(head for path in index.paths for head in heads_of(path))
    names = _aliases(index.paths | heads, snapshot.facts) | aliases
    held = {name for section in snapshot.text for name in names & section.words} if names else set()
    present = snapshot.text.keys | held
    is_wanted = index.possible(Seen(snapshot.text.keys)) and index.wanted(
        Seen(present), snapshot.facts.aliases
    )
    if snapshot.language is None or not is_wanted:
        return WideAnswer()
    vocabulary = index.rules[0].needs.vocabulary
    is_anywhere = STAR in aliases or not held.isdisjoint(aliases)
    near = snapshot.text if vocabulary is None or is_anywhere else snapshot.text.leaves_with(vocabulary)
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


def as_words(names: Iterable[str]) -> frozenset[bytes]:
    """Names as the words that a text is made of."""
    return frozenset(name.encode() for name in names)
