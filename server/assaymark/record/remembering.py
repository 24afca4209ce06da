"""
What a repository's notes are made with: its ledger, if it has one, and what may be in them.

Invariants:
    A repository without a ledger gets none from here.
    A ledger that cannot be read is said once, and counts as one that knows nothing.
"""
# Paths stay strings: a commit waits for this.
# ruff: noqa: PTH110, PTH118

from __future__ import annotations

import contextlib
import os

from assaymark.dataclass import replace
from assaymark.ledger.events import Committed, stamp
from assaymark.record.committing import Known, Reading, Terms, nothing_known
from assaymark.record.marks import PERSON
from assaymark.record.wording import included
from assaymark.repository.history import git_folder
from assaymark.repository.place import Place, place_of
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assaymark.ledger.store import Ledger
    from assaymark.origin import Runs
    from assaymark.record.marks import Held

_FILES = ("ledger.sqlite", "spool")


class Ground(NamedTuple):
    """Where something is recorded: its place, the work tree's git directory, the terms, and the ledger."""

    place: Place
    folder: str
    terms: Terms
    ledger: Ledger | None
    complaints: list[str]

    def close(self) -> None:
        """Effect: the ledger is open no more."""
        if self.ledger is not None:
            self.ledger.close()


@contextlib.contextmanager
def ground(here: str) -> Iterator[Ground]:
    """The ground of the repository around *here*. Effect: its ledger is open meanwhile."""
    place = place_of(here)
    complaints: list[str] = []
    folder, include = git_folder(place.top), included(place.top)
    ledger = _ledger(place, complaints)
    known = nothing_known if ledger is None else _safely(ledger.state, complaints)
    terms = Terms(place.top, known, include, _reading(place.top, ledger, include, complaints))
    its = Ground(place, folder, terms, ledger, complaints)
    try:
        yield its
    finally:
        its.close()


def exactly(its: Ground) -> Ground:
    """*its* terms, but of a content that the ledger never heard of it knows nothing."""
    if its.ledger is None:
        return its
    ledger = its.ledger
    known = _safely(
        lambda path, content: ledger.state_by_digest(path, ledger.secret.digest(content)), its.complaints
    )
    return its._replace(terms=replace(its.terms, known=known))


def say_committed(store: str, commits: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Effect: the ledger in *store* knows which paths of these commits have their origins in notes."""
    from assaymark.ledger import spool

    events = [Committed(*stamp("git"), commit, tuple(paths)) for commit, paths in commits]
    with contextlib.suppress(OSError):
        # Where it is lost, the ledger keeps what it could forget; so nobody waits for the disk.
        spool.append(store, events, synced=False)


def is_recorded(place: Place) -> bool:
    """Whether there is a ledger."""
    return any(os.path.exists(os.path.join(place.store, name)) for name in _FILES)


def _ledger(place: Place, complaints: list[str]) -> Ledger | None:
    if not is_recorded(place):
        return None
    # Late, as below: a database is not there in most repositories.
    from assaymark.ledger.store import Unavailable, opened

    try:
        return opened(place.store, "git")
    except Unavailable as error:
        complaints.append(str(error))
        return None


def _reading(top: str, ledger: Ledger | None, include: frozenset[str], complaints: list[str]) -> Reading:
    def read(runs: Runs) -> Held | None:
        if not any(run.origin.reviews for run in runs):
            return None
        # Late: most of what is committed was part of no review.
        from assaymark.ledger.store import Unavailable
        from assaymark.record.reviewing import held

        try:
            return held(top, ledger, runs, with_person=PERSON in include)
        except Unavailable as error:
            if str(error) not in complaints:
                complaints.append(str(error))
            return None

    return read


def _safely(ask: Known, complaints: list[str]) -> Known:
    from assaymark.ledger.store import Unavailable

    def known(path: str, content: bytes) -> Runs | None:
        try:
            return ask(path, content)
        except Unavailable as error:
            if str(error) not in complaints:
                complaints.append(str(error))
            return None

    return known
