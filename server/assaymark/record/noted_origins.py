"""
What the notes of a commit say of its lines, as origins.

Invariants:
    What cannot be understood is of unknown origin; a cut that cannot be is one of nobody known.
    Evidence that an author cannot have is the note alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lineage import evidence, gitai
from assaymark.lineage.reviewed import with_cut
from assaymark.origin import Arrival, Author, Cut, Evidence, Origin, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assaymark.record.marks import Mark, Notes


def origins(mark: Mark, notes: Notes) -> tuple[Origin | None, tuple[Origin, ...]]:
    """The origin of a line with *mark*, and who else wrote a part of it."""
    record = evidence.record_of(notes.ours, mark.ours) if mark.ours else {}
    others = tuple(_of_author(name) for name in _names(record.get("mixed")))
    if not mark.ai:
        return _by_record(record), others
    origin = gitai.origin_of(notes.ai, mark.ai)
    return (_by_record(record) if evidence.author_in(record) is origin.author else origin), others


def _by_record(record: Mapping[str, object]) -> Origin:
    """The origin that a record of our notes says; evidence that its author cannot have is the note alone."""
    author, named = evidence.author_in(dict(record)), evidence.evidence_in(dict(record))
    cut = _cut(record["cut"]) if "cut" in record and author is not Author.ai else None
    if author is Author.unknown:
        origin = unknown(Arrival.committed)
        return origin if cut is None else with_cut(origin, cut)
    tool, model, session = (_text(record.get(name)) for name in ("tool", "model", "session"))
    time = _time(_text(record.get("date")))
    try:
        return Origin(author, named or Evidence.note, tool, model, session, time=time, cut=cut)
    except ValueError:
        return Origin(author, Evidence.note, tool, model, session, time=time, cut=cut)


def _cut(said: object) -> Cut:
    """The cut that a record tells of; one of nobody known where that cannot be understood."""
    its = said if isinstance(said, dict) else {}
    return Cut(_text(its.get("tool")), _time(_text(its.get("date"))), between=its.get("between") is True)


def _of_author(name: str) -> Origin:
    author = Author(name)
    return unknown(Arrival.committed) if author is Author.unknown else Origin(author, Evidence.note)


def _names(value: object) -> Iterator[str]:
    known = {author.value for author in Author}
    yield from (name for name in (value if isinstance(value, list) else ()) if name in known)


def _time(date: str) -> int | None:
    """A day as 2026-11-14 in seconds since 1970, its noon."""
    from datetime import UTC, datetime

    try:
        return int(datetime.fromisoformat(date).replace(hour=12, tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _text(value: object) -> str:
    return value[:250] if isinstance(value, str) else ""
