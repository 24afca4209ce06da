"""
Back to the work tree: what `git merge --squash` puts into the index keeps the origins that notes say.

Invariant: what the ledger knows of a line already is not changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.ledger.events import Saved, stamp
from assaymark.lineage import gitai
from assaymark.lineage.reviewed import with_ids
from assaymark.origin import STANDING, Author, Run, covering, joined, sliced
from assaymark.record.committing import LARGEST, sources
from assaymark.record.marks import Marks, carry, marks_in, records_in, split
from assaymark.repository.commits import changes
from assaymark.repository.git import staged
from assaymark.repository.objects import contents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assaymark.lineage.attested import Note
    from assaymark.origin import Origin, Runs
    from assaymark.record.marks import Mark
    from assaymark.record.remembering import Ground
    from assaymark.repository.commits import Commit


def returned(several: Sequence[Commit], ground: Ground) -> int:
    """How many files have origins from the notes of these commits now. Effect: the ledger knows them."""
    here, ledger = ground.terms.here, ground.ledger
    made_of = sources(several, here)
    if not made_of or ledger is None or here is None:
        return 0
    blobs = {ground.place.inside(blob.place): blob.id for blob in staged(here)}
    held = contents(blobs.values(), here, LARGEST)
    marks = Marks()
    for source in reversed(made_of):
        theirs = [change for change in changes(source.commit, here) if change.path in blobs]
        before = contents((change.blob for change in theirs), here, LARGEST)
        for change in theirs:
            after = split(held.get(blobs[change.path]) or b"")
            found = marks_in(source.notes, change.path, change.added)
            carry(marks, change.path, [(1, len(after))], after, split(before.get(change.blob) or b""), found)
            marks.keep(records_in(source.notes, found.values()))
    note = marks.notes("").ai
    events = []
    for path, lines in marks.lines.items():
        content = held.get(blobs[path]) or b""
        before_us = ground.terms.known(path, content) or covering(len(content), STANDING)
        runs = _marked(content, before_us, lines, note)
        digest, outline = ledger.secret.digest(content), ledger.secret.outline(content)
        events.append(Saved(*stamp("git"), path, digest, runs, outline))
    ledger.record(events)
    return len(events)


def _marked(content: bytes, runs: Runs, lines: dict[int, Mark], note: Note) -> Runs:
    """*runs* where the lines that are nobody's have the origins of their marks."""
    parts: list[Runs] = []
    at = 0
    for number, line in enumerate(content.split(b"\n"), 1):
        end = min(at + len(line) + 1, len(content))
        its = sliced(runs, at, end)
        mark = lines.get(number)
        if mark is not None and mark.ai and all(run.origin.author is Author.unknown for run in its):
            origin: Origin = gitai.origin_of(note, mark.ai)
            its = (Run(end - at, origin),) if end > at else ()
        if mark is not None and mark.reviews:
            its = tuple(Run(n, with_ids(one, mark.reviews)) for n, one in its)
        parts.append(its)
        at = end
    return joined(parts)
