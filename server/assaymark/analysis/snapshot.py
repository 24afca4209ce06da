"""
What is known of a text at one moment.

Invariants:
    The findings of a section are a function of its bytes, the rules, and the names that it looked up.
    What was not checked has a state that says so; it is never clean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.analysis.once import said_once
from assaymark.choices import Choice
from assaymark.dataclass import dataclass, field
from assaymark.engines.patterns import Index, indexed
from assaymark.origin import Runs, has_agent
from assaymark.suppress.judging import Terms
from assaymark.suppress.silence import Heard, Silence, Silenced, Verdict
from assaymark.syntax.bindings import Bindings
from assaymark.syntax.cut import Piece
from assaymark.syntax.facts import Facts
from assaymark.text import Chunk, Place, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assaymark.finding import Finding
    from assaymark.rules.ruleset import RuleSet


class State(Choice):
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

    *max_bytes* of a file, *max_line* bytes of its longest line, *max_steps* of matching in one chunk. What is
    *excluded*, for the reason that stands there, is not analysed at all.
    """

    max_bytes: int = 5_000_000
    max_line: int = 1_000_000
    max_steps: int = 2_000_000
    excluded: str = ""


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


@dataclass(frozen=True, slots=True)
class Settled:
    """A finding of another tool, and the rules that say the same of the same lines."""

    finding: Finding
    rules: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """
    A chunk of a text with all that is known of it.

    *known* are all words that the wide rules know; *wide* holds what those rules found here, and *settled*
    what another tool found, which was asked for *tested* there. *found* is all of it, said once, *findings*
    what the comments left of that and what is said about them, *silenced* what they took; *heard* are its
    comments, *incoming* those that the chunk before left pending. *origins* cover its bytes. Spans are
    relative to the chunk.
    """

    piece: Piece
    bindings: Bindings
    known: frozenset[bytes]
    origins: Runs
    answer: Answer | None = None
    wide: tuple[Finding, ...] = ()
    settled: tuple[Settled, ...] = ()
    tested: frozenset[str] = frozenset()
    heard: Heard | None = None
    incoming: tuple[Silence, ...] = ()
    verdict: Verdict | None = None
    # Its piece's; an edit looks at those of hundreds of sections.
    chunk: Chunk = field(init=False)
    found: tuple[Finding, ...] = field(init=False)
    findings: tuple[Finding, ...] = field(init=False)
    is_judged: bool = field(init=False)
    # Whether anything of it is an agent's.
    flagged: bool = field(init=False)
    _keys: frozenset[bytes] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "chunk", self.piece.chunk)
        object.__setattr__(self, "flagged", has_agent(self.origins))
        own = self.answer.findings if self.answer is not None else ()
        every = tuple(sorted({*own, *self.wide}, key=place_in_chunk)) if self.wide else own
        found = said_once(every)
        if self.settled:
            further = _not_said(self.settled, every, self.chunk)
            found = tuple(sorted({*found, *further}, key=place_in_chunk))
        object.__setattr__(self, "found", found)
        verdict = self.verdict
        # A verdict holds for what it was made of: whoever adds a finding need not know of it.
        judged = verdict is not None and verdict.incoming == self.incoming and verdict.of == found
        object.__setattr__(self, "findings", verdict.left if verdict is not None and judged else found)
        object.__setattr__(self, "is_judged", judged or (self.heard is None and not self.incoming))

    @property
    def words(self) -> frozenset[bytes]:
        return self.piece.words

    def holds(self, words: frozenset[bytes]) -> bool:
        """Whether one of *words* is among its own."""
        # The words are made only where one of them is part of the text.
        reading = self.piece.reading
        may_be = reading.has_words or any(map(self.chunk.data.__contains__, words))
        return may_be and not words.isdisjoint(reading.words)

    @property
    def keys(self) -> frozenset[bytes]:
        """Those of its words that the wide rules know. Kept: an edit asks for those of all its neighbours."""
        keys = self._keys
        if keys is None:
            keys = self.piece.words & self.known
            object.__setattr__(self, "_keys", keys)
        return keys

    @property
    def marked(self) -> bool:
        return bool(self.findings)

    @property
    def fresh(self) -> bool:
        return self.answer is None or not self.is_judged

    @property
    def silenced(self) -> tuple[Silenced, ...]:
        return self.verdict.silenced if self.verdict is not None and self.is_judged else ()

    @property
    def pending(self) -> tuple[Silence, ...]:
        """The silences that wait for the first line of the next chunk."""
        return self.heard.pending if self.heard is not None else ()


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
    terms: Terms
    state: State
    reason: str = ""
    facts: Facts = field(default_factory=Facts)
    work: Work = field(default_factory=Work)
    narrow_rules: Index = field(default_factory=lambda: indexed(()))
    wide_rules: tuple[Index, ...] = ()
    wide_answers: tuple[WideAnswer, ...] = ()
    n_exhausted: int = 0

    def silenced(self) -> list[Silenced]:
        """What comments took away, with spans in the whole text, in its order. Every section is visited."""
        return [
            Silenced(one.finding.moved(place.start), one.silence.moved(place.start))
            for place in self.text.places()
            for one in place.leaf.silenced
        ]

    def sections_with_findings(self) -> Iterator[Place[Section]]:
        return self.text.marked_places()

    def findings(self) -> list[Finding]:
        """All findings, with spans in the whole text, in its order."""
        return [
            finding.moved(place.start)
            for place in self.sections_with_findings()
            for finding in place.leaf.findings
        ]


def _not_said(settled: tuple[Settled, ...], found: tuple[Finding, ...], chunk: Chunk) -> Iterator[Finding]:
    """The findings of *settled* that none of *found* says on the same lines."""
    for one in settled:
        first, last = _lines(one.finding, chunk)
        saying = (_lines(other, chunk) for other in found if other.rule in one.rules)
        if not any(start <= last and first <= end for start, end in saying):
            yield one.finding


def _lines(finding: Finding, chunk: Chunk) -> tuple[int, int]:
    start, end = finding.span.start, finding.span.end
    return chunk.line_of(start), chunk.line_of(max(start, end - 1))


def place_in_chunk(finding: Finding) -> tuple[int, int, str]:
    """The order of findings."""
    return finding.span.start, finding.span.end, finding.rule
