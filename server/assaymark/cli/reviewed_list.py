"""`assaymark reviewed --list`: the reviews that are known here, with their numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assaymark.cli.output import say
from assaymark.cli.style import harmless
from assaymark.lineage import gitai, words
from assaymark.lineage.review_records import is_withdrawn, joined_records, key_of, records_in, review_in
from assaymark.repository import notes
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from assaymark.lineage.reviews import Review
    from assaymark.repository.place import Place

SCHEMA = "assaymark/reviews/1"


class _Row(NamedTuple):
    key: str
    review: Review
    is_signed: bool
    is_withdrawn: bool
    paths: tuple[str, ...]
    n_commits: int


def listing(here: Place, *, as_json: bool) -> int:
    """The exit code. Effect: prints the reviews, the oldest first. Raises GitError, OSError."""
    rows = sorted(_rows(here), key=lambda row: (row.review.time or 0, row.key))
    if as_json:
        say([json.dumps({"schema": SCHEMA, "reviews": [_plain(row) for row in rows]}, indent=2) + "\n"])
        return 0
    say(_text(rows))
    return 0


def _text(rows: list[_Row]) -> Iterator[str]:
    day = today()
    for row in rows:
        when = "" if row.review.time is None else words.day_of(row.review.time, day)
        how = "withdrawn" if row.is_withdrawn else "signed" if row.is_signed else "a claim"
        where = ", ".join(map(harmless, row.paths[:3])) + (", …" if len(row.paths) > 3 else "")
        n = f"; {row.n_commits} commit{'' if row.n_commits == 1 else 's'}" if row.n_commits else ""
        yield f"{row.key}  {when:>11}  {row.review.channel.value:<12}  {how:<9}  {where}{n}\n"
    if not rows:
        yield "No reviews are known here.\n"


def _plain(row: _Row) -> dict[str, object]:
    return {
        "review": row.key,
        "channel": row.review.channel.value,
        "relation": row.review.relation.value,
        "time": row.review.time,
        "signed": row.is_signed,
        "withdrawn": row.is_withdrawn,
        "paths": list(row.paths),
        "commits": row.n_commits,
    }


def _rows(here: Place) -> Iterator[_Row]:
    found = _of_ledger(here)
    for key, row in _of_notes(here).items():
        before = found.get(key)
        if before is None:
            found[key] = row
        else:
            gone = before.is_withdrawn or row.is_withdrawn
            found[key] = before._replace(n_commits=row.n_commits, is_withdrawn=gone)
    yield from found.values()


def _of_ledger(here: Place) -> dict[str, _Row]:
    if not Path(here.store).is_dir():
        return {}
    from assaymark.ledger.store import Unavailable, opened

    try:
        with opened(here.store) as ledger:
            reviews, withdrawn = ledger.every_review()
            events = {event.id: event for event in ledger.reviewed({one.id for one in reviews})}
    except Unavailable as error:
        raise OSError(str(error)) from error
    gone = {key_of(one) for one in withdrawn}
    return {
        (key := key_of(one.id)): _Row(
            key, one, bool(events[one.id].signature), key in gone, (events[one.id].path,), 0
        )
        for one in reviews
        if one.id in events
    }


def _of_notes(here: Place) -> dict[str, _Row]:
    if here.common is None:
        return {}
    several = [gitai.read(text) for text in notes.texts_with(notes.OURS, ["  r_"], here.top)]
    records = joined_records(records_in(note) for note in several)
    paths: dict[str, dict[str, None]] = {}
    n_commits: dict[str, int] = {}
    for note in several:
        keys = {entry.key for entries in note.files.values() for entry in entries}
        for key in keys & set(records):
            n_commits[key] = n_commits.get(key, 0) + 1
        for path, entries in note.files.items():
            for entry in entries:
                paths.setdefault(entry.key, {})[path] = None
    return {
        key: _Row(
            key,
            review,
            bool(record.get("signature")),
            is_withdrawn(record),
            tuple(paths.get(key, ())),
            n_commits.get(key, 0),
        )
        for key, record in records.items()
        if (review := review_in(key, record)) is not None
    }
