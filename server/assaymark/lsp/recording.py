"""
What the server remembers of origins, and what it hears from the programs that record beside it.

A text that is opened gets the origins that are recorded of it; what was saved is recorded. When a lot came in
at once, an agent may have written the file and the editor read it again: the agent's hook reports that before
or after, and is known by the digest of the text that it led to.

Invariants:
    What is heard later fills in what is unknown, and changes nothing that is known.
    What is not to be recorded is neither read nor written; where there is a ledger, that it was not is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from assaymark.analysis.attributing import runs_of
from assaymark.dataclass import dataclass, field
from assaymark.lineage.arrivals import day_of, is_typed
from assaymark.lineage.reviewed import cut_by
from assaymark.lineage.rewritten import rewritten
from assaymark.lineage.trusting import MayLoosen, no_agent, once_read
from assaymark.lsp import voiding
from assaymark.lsp.ledgers import Ledgers
from assaymark.lsp.noted import Ask, asking
from assaymark.lsp.places import file_path, is_as_long, is_file_of
from assaymark.origin import STANDING, Arrival, Origin, Runs, covering, n_bytes_of, spliced, unknown
from assaymark.repository.place import Place, place_of
from assaymark.text import Edit, Span

if TYPE_CHECKING:
    from assaymark.ledger.store import Ledger
    from assaymark.lineage.changes import Change
    from assaymark.lineage.reviews import Reviews
    from assaymark.lsp.document import Document, Later
    from assaymark.lsp.session import Session
    from assaymark.second.channel import Soon

# When it is asked again whether somebody reported a text: hooks mostly come in the first second.
_ASKED = (0.05, 0.25, 0.6, 1.5, 4.0, 12.0, 40.0, 120.0, 300.0)
# A save is told within this time, so what stands on the disk then without one was written by others.
_SETTLED = 0.6
_SLACK = 0.01
_MOST_BYTES = 5_242_880
_OPENED = 0.02


@dataclass(slots=True, eq=False)
class _Seen:
    """A text that may be reported, how many edits had been made by then, and how often it was asked for."""

    content: bytes
    n_edits: int
    place: Place
    # Whether it is surely what stands on the disk: then lines of older texts say something about it.
    is_file: bool
    n_asked: int = 0
    # What the ledger said of it last.
    told: Runs | None = None


@dataclass(slots=True)
class _Track:
    """
    What is remembered of a document, whose ledger is in *store*: texts that may still be reported, and the
    edits since the first.
    """

    store: str
    seen: deque[_Seen] = field(default_factory=lambda: deque(maxlen=16))
    edits: list[Edit] = field(default_factory=list)
    saved: str = ""
    saved_at: float = 0.0
    # When something came or went that may be the disk's, and when that was looked at.
    moved_at: float = 0.0
    compared_at: float = 0.0

    def forget_edits(self) -> None:
        """Effect: those before the first text that may still be reported are remembered no longer."""
        n_gone = min((one.n_edits for one in self.seen), default=len(self.edits))
        del self.edits[:n_gone]
        for one in self.seen:
            one.n_edits -= n_gone


class Recording:
    """What is recorded of the open documents."""

    def __init__(self, session: Session, later: Later, soon: Soon | None = None) -> None:
        # What asks git for notes.
        self.noted: Ask | None = None if soon is None else asking(soon)
        self._session = session
        self._later = later
        self._ledgers = Ledgers(session.outbox, later, self._is_used)
        self._tracks: dict[str, _Track] = {}
        self._paused: set[str] = set()

    def entered(self, document: Document) -> None:
        """Effect: soon, *document* has the origins that are recorded of it."""
        place = self._place(document)
        if place is None:
            return
        if not document.options.settings.record:
            self._pause(place)
            return
        self._session.reviews.entered(document, place)
        self._tracks[document.uri] = _Track(place.store)
        self._later(_OPENED, lambda: self._look(document, is_file=True))

    def reconsidered(self, document: Document) -> None:
        """Effect: what happens to *document* is recorded from now on, or no longer, as its settings say."""
        place, is_wanted = self._place(document), document.options.settings.record
        if place is None or is_wanted == self.is_on(document):
            return
        if is_wanted:
            # The next time it is switched off is another gap.
            self._paused.discard(place.store)
        self.forget(document.uri)
        self.entered(document)

    def changed(self, document: Document, edits: Sequence[Edit]) -> None:
        """Effect: if something came at once, it is asked for whether a tool reported that."""
        track = self._tracks.get(document.uri)
        if track is None:
            return
        if track.seen:
            track.edits += edits
        if not all(is_typed(edit.new) for edit in edits if edit.new) and self._session.arrivals.unexplained(
            document
        ):
            self._later(_ASKED[0], lambda: self._look(document, is_file=False))
            self._compare_later(document, track)
        elif not all(edit.new.strip() for edit in edits) and self._session.arrivals.taken(
            document, len(edits)
        ):
            self._compare_later(document, track)

    def saved(self, document: Document) -> None:
        """Effect: the origins of *document* are recorded, if anything is known of them."""
        track, place = self._tracks.get(document.uri), self._place(document)
        entry = self._session.desk.at(document.uri)
        if track is None or place is None or place.path is None or entry is None:
            return
        track.saved_at = self._session.clock()
        if not document.options.settings.record:
            return
        runs = runs_of(entry.snapshot.text)
        is_known = any(run.origin != STANDING for run in runs)
        ledger = self._ledgers.at(place, makes=True) if is_known else None
        if ledger is None:
            return
        content = entry.snapshot.text.whole()
        digest = ledger.secret.digest(content)
        if digest == track.saved:
            return
        track.saved = digest
        self._record(ledger, place.path, digest, runs, content)

    def is_on(self, document: Document) -> bool:
        """Whether what happens to *document* is recorded."""
        return document.uri in self._tracks

    def ledger_of(self, document: Document) -> tuple[Ledger, Place] | None:
        """The ledger for *document*, made if need be, and where that stands; None where there can be none."""
        place = self._place(document)
        ledger = None if place is None else self._ledgers.at(place, makes=True)
        return None if place is None or ledger is None else (ledger, place)

    def ledger_at(self, place: Place) -> Ledger | None:
        """The ledger of a work tree, if there is one."""
        return self._ledgers.at(place)

    def forget(self, uri: str) -> None:
        """Effect: nothing is remembered of the document *uri*; in a while its ledger may be closed."""
        track = self._tracks.pop(uri, None)
        if track is not None:
            self._ledgers.left(track.store)

    def may_loosen(self, document: Document) -> MayLoosen:
        """Whose comments silence in *document*: an agent's once they are reviewed, whenever that is asked."""
        place = self._place(document)
        if place is None:
            return no_agent
        return once_read(lambda: self._session.reviews.at(place.store))

    def end(self) -> None:
        """Effect: every ledger is closed."""
        self._ledgers.end()

    def _look(self, document: Document, *, is_file: bool) -> None:
        """Effect: the text that *document* holds now is asked for, now and again later."""
        track, place = self._tracks.get(document.uri), self._place(document)
        entry = self._session.read(document.uri)
        if track is None or place is None or entry is None or entry.snapshot.text.n_bytes > _MOST_BYTES:
            return
        track.forget_edits()
        seen = _Seen(entry.snapshot.text.whole(), len(track.edits), place, is_file)
        known = (one for one in track.seen if (one.n_edits, one.is_file) == (seen.n_edits, is_file))
        if not any(one.content == seen.content for one in known):
            track.seen.append(seen)
            self._ask(document, seen)
            if is_file and self.noted is not None:
                self.noted(place, seen.content, lambda told: self._take_noted(document, seen, *told))

    def _ask(self, document: Document, seen: _Seen) -> None:
        """Effect: what is recorded of the text that was *seen* is known; else it is asked for again later."""
        track = self._tracks.get(document.uri)
        if track is None or seen not in track.seen:
            return
        # The ledger may come into being with the first report.
        ledger = self._ledgers.at(seen.place)
        runs = self._known(ledger, seen) if ledger is not None else None
        # What was told before may have been undone since.
        if runs is not None and runs != seen.told:
            seen.told = runs
            self._fill_from(document, seen, runs)
        if seen.n_asked < len(_ASKED):
            self._later(_ASKED[seen.n_asked], lambda: self._ask(document, seen))
            seen.n_asked += 1
        else:
            track.seen.remove(seen)

    def _take_noted(self, document: Document, seen: _Seen, runs: Runs, reviews: Reviews) -> None:
        """Effect: what notes say of the text that was *seen* is known, reviews first."""
        self._session.reviews.told(seen.place.store, reviews)
        self._fill_from(document, seen, runs)

    def _fill_from(self, document: Document, seen: _Seen, runs: Runs) -> None:
        """Effect: what *runs* say of the text that was *seen* is known of what is left of it."""
        track = self._tracks.get(document.uri)
        if track is not None and seen in track.seen and n_bytes_of(runs) == len(seen.content):
            since = track.edits[seen.n_edits :]
            self._fill(document, _carried(runs, since), is_now=not since)

    def _known(self, ledger: Ledger, seen: _Seen) -> Runs | None:
        from assaymark.ledger.store import Unavailable

        path = seen.place.path or ""
        try:
            if seen.is_file:
                runs = ledger.state(path, seen.content)
            else:
                runs = ledger.state_by_digest(path, ledger.secret.digest(seen.content))
            self._session.reviews.look(ledger)
        except Unavailable as problem:
            self._ledgers.lose(ledger, str(problem))
            return None
        for notice in ledger.notices:
            self._session.outbox.warn(notice)
        ledger.notices.clear()
        return runs

    def _fill(self, document: Document, runs: Runs, *, is_now: bool) -> None:
        """
        Effect: what is unknown in *document* is of the origins *runs*, where these know it. Where they are
        those of the text as it *is now*, so is who cut it.
        """
        from assaymark.ledger.folding import filled
        from assaymark.lineage.reviewed import explained

        entry = self._session.read(document.uri)
        if entry is None:
            return
        text = entry.snapshot.text
        now = runs_of(text)
        is_untold = all(run.origin == STANDING for run in now)
        after = runs if is_untold else filled(explained(now, runs) if is_now else now, runs)
        if after != now:
            self._session.desk.attribute(document.uri, Span(0, text.n_bytes), after)
            self._session.tell_news(document)

    def _compare_later(self, document: Document, track: _Track) -> None:
        """Effect: once nothing more comes, *document* is held against the disk."""
        is_waiting, track.moved_at = track.moved_at > track.compared_at, self._session.clock()
        if not is_waiting:
            self._later(_SETTLED, lambda: self._compare(document))

    def _compare(self, document: Document) -> None:
        """Effect: what came at once and is just what stands on the disk, came from there."""
        track, entry = self._tracks.get(document.uri), self._session.read(document.uri)
        if track is None or entry is None:
            return
        now, text = self._session.clock(), entry.snapshot.text
        if now - track.moved_at < _SETTLED - _SLACK:
            self._later(_SETTLED - (now - track.moved_at), lambda: self._compare(document))
            return
        track.compared_at = now
        # Most often somebody types, and the file is as it was.
        if not (is_as_long(document.uri, text.n_bytes) and is_file_of(document.uri, text.whole())):
            return
        arrivals = self._session.arrivals
        changes, taken = (
            [change for change in several if change.at > track.saved_at]
            for several in (arrivals.unexplained(document), arrivals.taken(document))
        )
        if changes or taken:
            self._came_from_disk(document, changes, taken)

    def _came_from_disk(self, document: Document, changes: Sequence[Change], taken: Sequence[Change]) -> None:
        desk, place = self._session.desk, self._place(document)
        came = unknown(Arrival.disk, day_of(int(self._session.clock())))
        for change in taken:
            self._void(document, change, came, is_cut=voiding.cuts(desk, document.uri, change))
        for change in changes:
            if not change.touched and change.span.length:
                inverse = change.inverse
                runs, is_cut = rewritten(inverse.old, inverse.runs, change.edit.new, came)
                if runs == change.came:
                    # It was seen before, and more may have become known of it since.
                    continue
                desk.attribute(document.uri, change.span, runs)
                change.came = runs
                self._void(document, change, came, is_cut=is_cut)
        self._session.tell_news(document)
        self._look(document, is_file=True)
        if place is not None:
            self._ledgers.look_for_hooks(place)

    def _void(self, document: Document, change: Change, came: Origin, *, is_cut: bool) -> None:
        self._session.arrivals.void(document, change, cut_by(came) if is_cut else None)

    def _record(self, ledger: Ledger, path: str, digest: str, runs: Runs, content: bytes) -> None:
        from assaymark.ledger.events import Saved, stamp

        self._ledgers.append(
            ledger, Saved(*stamp("server"), path, digest, runs, ledger.secret.outline(content))
        )

    def _pause(self, place: Place) -> None:
        """Effect: that nothing is recorded from here on is recorded itself, once, where there is a ledger."""
        ledger = self._ledgers.at(place) if place.store not in self._paused else None
        self._paused.add(place.store)
        if ledger is not None:
            from assaymark.ledger.events import Gap, stamp

            self._ledgers.append(ledger, Gap(*stamp("server"), "recording is switched off in the editor"))

    def _is_used(self, store: str) -> bool:
        return any(track.store == store for track in self._tracks.values())

    def _place(self, document: Document) -> Place | None:
        """Where *document* stands on the disk, if it does; a notebook's text is none of its bytes."""
        if document.notebook is not None or not document.uri.startswith("file:"):
            return None
        place = place_of(file_path(document.uri))
        return place if place.path is not None else None


def _carried(runs: Runs, edits: Iterable[Edit]) -> Runs:
    """*runs* after *edits*; nothing is known there of what these brought."""
    for edit in edits:
        runs = spliced(runs, edit.span, covering(len(edit.new), STANDING))
    return runs
