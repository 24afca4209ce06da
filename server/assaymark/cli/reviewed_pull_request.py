"""
`assaymark reviewed --pull-request`: approvals that GitHub tells of become reviews of the approved commits.

Invariants:
    Nothing is asked of another machine; commits that are not in this clone are said.
    Doing it twice records it once.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from assaymark.cli.reviewed import refused, told
from assaymark.cli.usage import UsageError
from assaymark.dataclass import replace
from assaymark.lineage import gitai
from assaymark.lineage.hashing import hashed
from assaymark.lineage.review_records import records_in, review_in
from assaymark.lineage.reviews import Channel, Review
from assaymark.person import person, surroundings
from assaymark.record.approvals import Approval, Approvals, NotUnderstood, approvals
from assaymark.record.marking import Marked, Stretch, noted
from assaymark.record.read_lines import in_commits
from assaymark.record.withdrawing import withdrawn
from assaymark.repository import notes
from assaymark.repository.commits import commits, listed
from assaymark.repository.git import GitError, run
from assaymark.repository.objects import commit_id

if TYPE_CHECKING:
    from assaymark.repository.place import Place

_MOST_BYTES = 64 << 20
_MOST_COMMITS = 2000


def pull_request(options: Namespace, here: Place) -> int:
    """The exit code. Effect: the notes of approved commits say so. Raises UsageError, GitError, OSError."""
    # It takes over what others said, so a program may run it; an agent may not.
    refusal = person(replace(surroundings(), has_terminal=True))
    if refusal is not None and not options.dry_run:
        return refused(refusal.text("take approvals over", "assaymark reviewed --pull-request"))
    if here.common is None:
        msg = "there is no git repository here"
        raise UsageError(msg)
    try:
        found = approvals(_given(options.pull_request))
    except NotUnderstood as error:
        return refused(f"assaymark: not recorded: {error}")
    several = [one for approval in found.several for one in _of(approval, found, options.base, here)]
    if not options.dry_run:
        noted(several, here)
        _withdraw(found, options.base, here)
    told(several, as_json=options.json, dry_run=options.dry_run, who="who approved has")
    return 0


def _given(file: str) -> str:
    """What *file* holds; without one, the event of the Action. Raises UsageError, OSError."""
    place = file or os.environ.get("GITHUB_EVENT_PATH", "")
    if place == "-":
        return sys.stdin.read() if sys.stdin is not None else ""
    if not place:
        msg = "--pull-request needs FILE or - (there is no $GITHUB_EVENT_PATH)"
        raise UsageError(msg)
    with open(place, "rb") as opened:  # noqa: PTH123 - paths stay strings
        return opened.read(_MOST_BYTES).decode("utf-8", "replace")


def _withdraw(found: Approvals, start: str | None, here: Place) -> None:
    """Effect: what was taken over of approvals that were dismissed since is withdrawn."""
    from assaymark.ledger.store import Unavailable

    gone = [one for approval in found.dismissed for one in _of(approval, found, start, here)]
    keys = {one.key for one in gone}
    known = [records_in(gitai.read(text)) for text in notes.texts_with(notes.OURS, keys, here.top)]
    if theirs := {key for records in known for key in records if key in keys}:
        try:
            withdrawn(theirs, here)
        except Unavailable as error:
            raise OSError(str(error)) from error


def _of(approval: Approval, found: Approvals, base: str | None, here: Place) -> list[Marked]:
    """The reviews of the commits that were there when the approval was given."""
    if not commits([approval.commit], here.top):
        text = f"the approval of {approval.commit[:12]} is left out: that commit is not in this clone"
        refused(f"assaymark: {text}")
        return []
    start = _beginning(found, base, here)
    if not commits([start], here.top):
        msg = (
            f"{start[:12]}, where the pull request starts, is not in this clone; in an Action: fetch-depth: 0"
        )
        raise GitError(msg)
    ids = listed([approval.commit], [start], here.top, _MOST_COMMITS)
    known = commits(ids, here.top)
    return [
        _marked(stretch, approval, found)
        for stretch in in_commits(here, [known[one] for one in ids if one in known], "")
    ]


def _marked(stretch: Stretch, approval: Approval, found: Approvals) -> Marked:
    (its,) = stretch.committed
    relation = found.relation(approval)
    plain = {"channel": Channel.pull_request.value, "relation": relation.value, "date": approval.day}
    # The same approval of the same lines is the same review, whoever takes it over.
    key = f"r_{hashed(f'{approval.number}:{its.commit}:{its.path}')[:12]}"
    review = review_in(key, plain) or Review(key, Channel.pull_request, relation)
    who = f"@{approval.login}" if approval.login else ""
    return Marked(stretch._replace(in_ledger=False, relation=relation), review._replace(who=who))


def _beginning(found: Approvals, given: str | None, here: Place) -> str:
    """The commit that the pull request starts from. Raises UsageError."""
    if given:
        return commit_id(given, here.top)
    if found.base:
        return found.base
    try:
        return (
            run(("rev-parse", "--verify", "--quiet", "refs/remotes/origin/HEAD"), here.top).decode().strip()
        )
    except GitError as error:
        msg = "where does the pull request start? add --base COMMIT, as origin/main"
        raise UsageError(msg) from error
