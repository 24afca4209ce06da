"""
`assaymark reviewed`: a person says which lines they have read, or takes that back.

Invariants:
    An agent's shell is refused before anything is recorded.
    What is not signed is called a claim. Nobody is named but in what is recorded.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence

from assaymark.cli.output import say
from assaymark.cli.reviewed_targets import of_session, place_of_all, stretches
from assaymark.cli.style import harmless
from assaymark.cli.usage import UsageError
from assaymark.lineage.ranges import spelled_ranges
from assaymark.person import REFUSED, person
from assaymark.record.marking import Marked, marked, recorded, signed
from assaymark.repository.git import GitError
from assaymark.repository.identity import person as identity
from assaymark.repository.place import Place, place_of
from assaymark.repository.signing import NotSigned, signs_commits

SCHEMA = "assaymark/reviewed/1"
CAVEAT = "(Not a guarantee that they are free of flaws.)"
_CLAIM = "Without a signature this is a claim; --sign signs it with git's SSH key.\n"
NOT_DONE = 2
_N_COMMIT = 8


def reviewed(options: Namespace) -> int:
    """The exit code. Effect: does what was asked for."""
    here = place_of(os.curdir)
    _refuse_contradictions(options)
    try:
        if options.list:
            from assaymark.cli.reviewed_list import listing

            return listing(here, as_json=options.json)
        if options.pull_request is not None:
            from assaymark.cli.reviewed_pull_request import pull_request

            return pull_request(options, here)
        if not options.dry_run and (refusal := person()) is not None:
            act = "take a review back" if options.withdraw else "mark code as reviewed"
            return refused(refusal.text(act, f"assaymark {' '.join(options.typed)}"))
        if options.withdraw:
            from assaymark.cli.reviewed_withdraw import withdraw

            return withdraw(options, here)
        return _reviewed(options, here)
    except (GitError, NotSigned, OSError) as error:
        return refused(f"assaymark: not recorded: {harmless(str(error))}")


def refused(text: str) -> int:
    """The exit code for what is not done. Effect: says so."""
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")
    return REFUSED


def told(several: Sequence[Marked], *, as_json: bool, dry_run: bool, who: str = "you have") -> None:
    """Effect: says what is recorded, or would be; *who* has read it."""
    if as_json:
        say([json.dumps(_plain(several, dry_run=dry_run), indent=2) + "\n"])
    else:
        say(_text(several, f"{'Would record' if dry_run else 'Recorded'}: {who} read"))


def lines_said(lines: Sequence[tuple[int, int]]) -> str:
    """Lines in words: `line 4`, `lines 40–81`, `lines 3, 5–9`."""
    is_one = len(lines) == 1 and lines[0][0] == lines[0][1]
    spelled = spelled_ranges(lines).replace("-", "–").replace(",", ", ")
    return f"line{'' if is_one else 's'} {spelled}"


def _reviewed(options: Namespace, here: Place) -> int:
    here = place_of_all(options.targets, here)
    reader = identity(here.top)
    if options.session is not None:
        found = of_session(options.session, here, reader)
    else:
        found = stretches(options.targets, here, reader, of_index=options.staged)
    if not _is_on(here):
        if any(one.in_ledger and not one.committed for one in found):
            msg = "recording is off here (the setting record), so only what is committed can be marked"
            raise UsageError(msg)
        found = [one._replace(in_ledger=False) for one in found]
    several = marked(found, reader)
    if several and not options.dry_run:
        if signs_commits(here.top) if options.sign is None else options.sign:
            several = signed(several, here.top)
        _record(several, here)
    told(several, as_json=options.json, dry_run=options.dry_run)
    return 0


def _is_on(here: Place) -> bool:
    """Whether anything may be put into the ledger of *here*."""
    from assaymark.settings.places import places
    from assaymark.settings.standing import Lookup, Standing

    everywhere = places(os.environ, os.path.expanduser("~"), sys.platform)  # noqa: PTH111 - paths stay strings
    return Lookup(Standing(everywhere), here.top).at(here.top).settings.record


def _record(several: Sequence[Marked], here: Place) -> None:
    from assaymark.ledger.store import Unavailable

    try:
        recorded(several, here)
    except Unavailable as error:
        raise OSError(str(error)) from error


def _text(several: Sequence[Marked], said: str) -> Iterator[str]:
    if not several:
        yield "Nothing to record: no line was added there.\n"
        return
    rows = [f"{said} {_where(one)}." for one in several]
    yield from (f"{row}\n" for row in rows[:-1])
    yield f"{rows[-1]} {CAVEAT}\n"
    if not all(one.signed.signature for one in several):
        yield _CLAIM


def _where(one: Marked) -> str:
    at = f"{lines_said(one.stretch.lines)} of {harmless(one.stretch.path)}"
    commits = {committed.commit for committed in one.stretch.committed}
    if one.stretch.in_ledger or len(commits) != 1:
        return at
    return f"{at} in {commits.pop()[:_N_COMMIT]}"


def _plain(several: Sequence[Marked], *, dry_run: bool) -> dict[str, object]:
    rows = [
        {
            "review": one.key,
            "path": one.stretch.path,
            "lines": [list(pair) for pair in one.stretch.lines],
            "commits": sorted({committed.commit for committed in one.stretch.committed}),
            "channel": one.review.channel.value,
            "relation": one.review.relation.value,
            "claimed": not one.signed.signature,
        }
        for one in several
    ]
    return {"schema": SCHEMA, "dry_run": dry_run, "reviews": rows}


def _refuse_contradictions(options: Namespace) -> None:
    wrong = {
        "--list shows what is known; leave the rest out": options.list
        and (options.targets or options.withdraw),
        "--staged says which lines; leave the others out": options.staged and options.targets,
        "--session says which lines; leave the others out": options.session is not None
        and (options.targets or options.withdraw),
        "--pull-request says which commits; leave the others out": options.pull_request is not None
        and (options.targets or options.withdraw),
        "--base is where a pull request starts; add --pull-request": options.base
        and options.pull_request is None,
        "an approval is signed by nobody here; leave --sign out": options.pull_request is not None
        and options.sign,
    }
    for complaint, is_so in wrong.items():
        if is_so:
            raise UsageError(complaint)
