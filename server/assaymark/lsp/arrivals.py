"""
Where the bytes of each edit come from: what the edit says by itself, and what a signal says of it.

A signal comes just before or just after the change that it explains. So every edit is first taken for what it
shows by itself, and remembered for a while; whichever of the two comes second finds the other.

Invariants:
    Text that is typed is never looked up; a paste is looked up only where the editor says that it is one.
    A signal explains the edits of its version, or those that brought its text, and no other.
    What was typed into a change before its signal came stays typed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from assaymark.analysis.attributing import Came, runs_between, standing_before
from assaymark.dataclass import dataclass, field
from assaymark.lineage import arrivals, tokens
from assaymark.lineage.changes import Change, narrowed, where, where_still
from assaymark.lineage.history import History, Inverse, composed
from assaymark.lineage.reviewed import cut_by
from assaymark.lsp import voiding
from assaymark.lsp.pasted import runs_pasted, with_kept
from assaymark.lsp.signal import OWN, Kind, Signal
from assaymark.lsp.wire import Position
from assaymark.origin import Cut, Runs, covering, joined, sliced
from assaymark.text import Edit, Span

if TYPE_CHECKING:
    from assaymark.desk import Desk
    from assaymark.lsp.document import Document, Later

# The bytes between two positions of one of the client's documents, if it has that version.
Spans = Callable[[str, "int | None", Position, Position], "Span | None"]

# How long a signal waits for its change, and a change for its signal.
PATIENCE = 5.0
_MOST_CHANGES = 512
_MOST_OFFERED = 256
_MOST_VOIDED = 64
# What a person does to a line that was read leaves the rest of it read.
_PEOPLES = frozenset((Kind.undo, Kind.redo, Kind.format, Kind.rename, Kind.tool))


@dataclass(slots=True)
class _Track:
    """What is remembered of one document."""

    history: History = field(default_factory=History)
    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=_MOST_CHANGES))
    # Those whose lines were read, or uncut, before.
    voided: deque[Change] = field(default_factory=lambda: deque(maxlen=_MOST_VOIDED))
    offered: list[Edit] = field(default_factory=list)

    def log(self, change: Change) -> None:
        """Effect: *change* is remembered, and those that are long past are not."""
        while self.changes and change.at - self.changes[0].at > PATIENCE:
            self.changes.popleft()
        self.changes.append(change)
        self.history = self.history.edited(change.inverse)

    def carried(self) -> Sequence[Change]:
        """The changes, each where it stands by now. Nothing is carried while nobody asks, as in typing."""
        for number, change in enumerate(self.changes):
            behind = len(self.changes) - number - 1
            for later in islice(self.changes, number + 1 + change.n_carried, None):
                change.carry(later.edit)
            change.n_carried = behind
        return self.changes


class Arrivals:
    """What is known of the edits of the last seconds, and of the signals that wait for theirs."""

    def __init__(self, desk: Desk, clock: Callable[[], float], later: Later, spans: Spans) -> None:
        self._desk = desk
        self._clock = clock
        self._later = later
        self._spans = spans
        self._tracks: dict[str, _Track] = {}
        self._waiting: list[tuple[Document, Signal, float]] = []
        # Signals whose change never came.
        self.n_unmatched = 0

    def coming(self, document: Document, versions: Sequence[int]) -> Came:
        """What says of each of the edits of *document*, made for these *versions*, what its bytes are."""
        track = self._tracks.setdefault(document.uri, _Track())
        rest: Iterator[int] = iter(versions)

        def came(edit: Edit, old: bytes, old_runs: Runs) -> Runs:
            runs = self._own(track, edit, old, old_runs)
            inverse = Inverse(edit.landed, old, old_runs)
            track.log(Change(next(rest), edit, inverse, runs, track.history, self._clock(), edit.landed))
            return runs

        return came

    def arrived(self, document: Document) -> None:
        """
        Effect: the edits of *document* that were just made are explained by the signals that wait, and the
        lines that they changed are not read any more, where nobody is known to have looked.
        """
        self._judge(document)
        waiting, self._waiting = self._waiting, []
        for known, signal, until in waiting:
            if known is not document or not self._explain(document, signal):
                self._waiting.append((known, signal, until))

    def signal(self, document: Document, signal: Signal) -> None:
        """Effect: what *signal* is about is attributed, or the signal waits for it."""
        if not self._explain(document, signal):
            self._waiting.append((document, signal, self._clock() + PATIENCE))
            self._later(PATIENCE, self._expire)

    def offered(self, document: Document, edits: Sequence[Edit]) -> None:
        """Effect: when the client makes one of *edits*, it is known for this server's own."""
        entry = self._desk.at(document.uri)
        if entry is None:
            return
        text = entry.snapshot.text
        track = self._tracks.setdefault(document.uri, _Track())
        track.offered += [narrowed(edit, text.slice(edit.span)) for edit in edits]
        del track.offered[:-_MOST_OFFERED]

    def unexplained(self, document: Document) -> list[Change]:
        """The changes of the last seconds that came at once, and that nobody reported yet."""
        track = self._tracks.get(document.uri)
        if track is None:
            return []
        return [change for change in track.carried() if not change.explained and change.came_at_once]

    def taken(self, document: Document, newest: int | None = None) -> list[Change]:
        """Of the *newest* changes, or all, those that only took from read lines, or put blanks in."""
        track, uri = self._tracks.get(document.uri), document.uri
        if track is None:
            return []
        changes = list(track.carried())[-newest if newest else 0 :]
        return [change for change in changes if voiding.may_be_outside(self._desk, uri, change)]

    def void(self, document: Document, change: Change, by: Cut | None = None) -> None:
        """Effect: the rest of the lines of *change* is not read, and cut *by* somebody, till it is undone."""
        track = self._tracks.get(document.uri)
        if track is not None and voiding.void(self._desk, document.uri, change, by):
            track.voided.append(change)

    def forget(self, uri: str) -> None:
        """Effect: nothing is remembered of the document *uri*."""
        self._tracks.pop(uri, None)
        self._waiting = [one for one in self._waiting if one[0].uri != uri]

    def _own(self, track: _Track, edit: Edit, old: bytes, runs: Runs) -> Runs:
        """What an edit shows by itself."""
        if track.offered and (narrow := narrowed(edit, old)) in track.offered:
            track.offered.remove(narrow)
            return tokens.reformatted(old, runs, edit.new, OWN)
        return arrivals.came(edit.new, int(self._clock()))

    def _judge(self, document: Document) -> None:
        """Effect: what the newest changes mean for reviews is done."""
        track = self._tracks.get(document.uri)
        fresh = [] if track is None else list(takewhile(_is_fresh, reversed(track.changes)))
        if track is not None and any(map(voiding.is_doubtful, fresh)):
            track.carried()
        for change in reversed(fresh):
            change.is_judged = True
            if voiding.is_doubtful(change):
                self.void(document, change, Cut() if voiding.swaps_signs(change) else None)

    def _expire(self) -> None:
        now = self._clock()
        kept = [one for one in self._waiting if one[2] > now]
        self.n_unmatched += len(self._waiting) - len(kept)
        self._waiting = kept

    def _explain(self, document: Document, signal: Signal) -> bool:
        """Whether *signal* found what it is about. Effect: that is attributed."""
        track = self._tracks.get(document.uri)
        changes = [] if track is None else [one for one in track.carried() if self._fits(signal, one)]
        if track is None or not changes:
            return False
        if signal.version is None:
            del changes[:-1]
        for change in changes:
            change.explained = True
            self._rejudge(document, signal, change)
        if signal.kind in {Kind.undo, Kind.redo}:
            self._bring_back(document, track, signal, changes)
        else:
            for change in changes:
                if signal.kind is Kind.paste:
                    # So that what was copied is found whole, where a line end of it is spelled as new.
                    self._attribute(document, change, with_kept(change))
                self._attribute(document, change, self._runs(document, signal, change))
        return True

    def _rejudge(self, document: Document, signal: Signal, change: Change) -> None:
        """Effect: what *change* means for its lines is done, now that *signal* says who made it."""
        desk, uri = self._desk, document.uri
        if signal.kind in _PEOPLES or signal.kind is Kind.paste:
            voiding.restore(desk, uri, change, is_read=signal.kind is not Kind.paste)
        elif voiding.cuts(desk, uri, change):
            self.void(document, change, cut_by(signal.origin))

    def _fits(self, signal: Signal, change: Change) -> bool:
        if change.explained or self._clock() - change.at > PATIENCE:
            return False
        if signal.version is not None and signal.version != change.version:
            return False
        if signal.text is not None:
            return bool(signal.text) and where(signal.text, change.edit.new) is not None
        if signal.range is not None:
            span = self._span(signal)
            return span is not None and change.span.start < span.end and span.start < change.span.end
        return signal.version is not None

    def _span(self, signal: Signal) -> Span | None:
        """The bytes of the signal's range, as long as the text is still the one that it is about."""
        return self._spans(signal.uri, signal.version, *signal.range) if signal.range is not None else None

    def _runs(self, document: Document, signal: Signal, change: Change) -> Runs:
        """What *signal* says of the bytes that *change* brought."""
        new, old, old_runs = change.edit.new, change.inverse.old, change.inverse.runs
        if signal.kind is Kind.format:
            return tokens.reformatted(old, old_runs, new, signal.origin)
        if signal.kind is Kind.rename:
            return tokens.renamed(old, old_runs, new, signal.origin)
        part = self._part(signal, change)
        if signal.kind is Kind.paste:
            histories = [one.history for one in self._tracks.values()]
            return runs_pasted(change, part, self._desk, document.uri, histories, self._clock())
        said = covering(part.length, signal.origin)
        return joined((sliced(change.came, 0, part.start), said, sliced(change.came, part.end, len(new))))

    def _part(self, signal: Signal, change: Change) -> Span:
        """The part of what *change* brought that *signal* is about."""
        whole = Span(0, len(change.edit.new))
        if signal.text is not None:
            return where(signal.text, change.edit.new) or whole
        span = self._span(signal)
        if span is None or change.touched:
            return whole
        start = max(span.start - change.span.start, 0)
        return Span(start, max(start, min(span.end - change.span.start, whole.end)))

    def _bring_back(
        self, document: Document, track: _Track, signal: Signal, changes: Sequence[Change]
    ) -> None:
        """Effect: what *changes* brought back has the origins that it had."""
        entry = self._desk.at(document.uri)
        if entry is None:
            return
        history, text = changes[0].before, entry.snapshot.text
        newest = islice(reversed(track.changes), len(changes))
        if any(one is not other for one, other in zip(newest, reversed(changes), strict=False)):
            self._bring_back_each(document, history, changes)
            return

        def standing(span: Span) -> tuple[bytes, Runs]:
            return text.slice(span), runs_between(text, span)

        # An editor may take back one step as several edits.
        inverse = composed([change.inverse for change in reversed(changes)], standing)
        start = inverse.span.start
        edit = Edit(Span(start, start + len(inverse.old)), text.slice(inverse.span))
        turned = history.undone if signal.kind is Kind.undo else history.redone
        restored, track.history = turned(edit, inverse, standing_before(text, inverse))
        if restored is not None:
            self._desk.attribute(document.uri, restored.span, restored.runs)
        elif len(changes) > 1:
            self._bring_back_each(document, history, changes)
        for change in track.voided:
            if change.before.past is track.history.past:
                voiding.bring_back(self._desk, document.uri, change)

    def _bring_back_each(self, document: Document, history: History, changes: Sequence[Change]) -> None:
        """Effect: what each of *changes* brought has the origins that just these bytes had when they went."""
        for change in changes:
            restored = history.remembered(change.edit)
            if restored is not None:
                self._attribute(document, change, restored.own)

    def _attribute(self, document: Document, change: Change, runs: Runs) -> None:
        """Effect: what is left of the bytes of *change* is of the origins *runs*."""
        entry = self._desk.at(document.uri)
        if entry is None or not change.span.length:
            return
        if change.touched:
            runs = where_still(runs_between(entry.snapshot.text, change.span), change.came, runs)
        self._desk.attribute(document.uri, change.span, runs)


def _is_fresh(change: Change) -> bool:
    return not change.is_judged
