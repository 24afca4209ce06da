"""`assaymark reviewed --withdraw`: reviews are taken back, by number or by the lines that they are of."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from typing import TYPE_CHECKING

from assaymark.cli.output import say
from assaymark.cli.reviewed_targets import commits_in, file_in, place_of_all
from assaymark.cli.usage import UsageError
from assaymark.lineage import gitai
from assaymark.lineage.evidence import is_review
from assaymark.lineage.review_records import is_withdrawn, key_of, records_in
from assaymark.lineage.trailers import OF_TRAILER
from assaymark.record.reading import of_file
from assaymark.record.withdrawing import withdrawn
from assaymark.repository import notes
from assaymark.repository.commits import staged_changes
from assaymark.repository.objects import contents

if TYPE_CHECKING:
    from assaymark.record.marking import Lines
    from assaymark.repository.place import Place

SCHEMA = "assaymark/withdrawn/1"
_NUMBER = re.compile(r"r_[0-9a-f]{12}")
_LARGEST = 4 << 20


def withdraw(options: Namespace, here: Place) -> int:
    """The exit code. Effect: reviews are none any more. Raises UsageError, GitError, OSError."""
    from assaymark.ledger.store import Unavailable

    here = place_of_all([one for one in options.targets if not _NUMBER.fullmatch(one)], here)
    named = _staged(here) if options.staged else _named(options.targets, here)
    keys = sorted({key_of(one) for one in named if not one.startswith(OF_TRAILER)})
    if keys and not options.dry_run:
        try:
            withdrawn(keys, here)
        except Unavailable as error:
            raise OSError(str(error)) from error
    if options.json:
        plain = {"schema": SCHEMA, "dry_run": options.dry_run, "withdrawn": keys}
        say([json.dumps(plain, indent=2) + "\n"])
        return 0
    verb = "Would withdraw" if options.dry_run else "Withdrawn"
    say(f"{verb}: {key}. Its lines count as not reviewed, unless another review has them.\n" for key in keys)
    if len(keys) < len(named):
        say(["A trailer of a commit is not taken back here: it stands in the commit's message.\n"])
    if not named:
        say(["Nothing to withdraw: no review is known there.\n"])
    return 0


def _named(targets: list[str], here: Place) -> set[str]:
    if not targets:
        msg = "which reviews? give FILE, FILE:10-40, a commit, BASE..HEAD, --staged, or a number from --list"
        raise UsageError(msg)
    found: set[str] = set()
    for target in targets:
        if _NUMBER.fullmatch(target):
            found.add(target)
        elif (file := file_in(target)) is not None:
            found |= _of_lines(*file)
        else:
            found |= {key for commit in commits_in(target, here) for key in _of_commit(commit.id, here)}
    return found


def _of_lines(place: Place, content: bytes, lines: Lines) -> set[str]:
    """The reviews that hold of any of these lines."""
    recorded = of_file(place, content)
    wanted = [line for first, last in lines for line in recorded.lines[first - 1 : last]]
    ids = {one for line in wanted for part in line.origin.parts for one in part.origin.reviews}
    return {one.id for one in recorded.reviews.valid(ids)}


def _of_commit(commit: str, here: Place) -> set[str]:
    tip = notes.tips([notes.OURS], here.top)[notes.OURS].id
    text = notes.texts_of(tip, [commit], here.top).get(commit, b"")
    records = records_in(gitai.read(text))
    return {key for key, record in records.items() if is_review(key) and not is_withdrawn(record)}


def _staged(here: Place) -> set[str]:
    coming = [change for change in staged_changes(here.top) if change.added]
    held = contents((change.blob for change in coming), here.top, _LARGEST)
    found: set[str] = set()
    for change in coming:
        if content := held.get(change.blob):
            found |= _of_lines(here._replace(path=change.path), content, change.added)
    return found
