"""
A file that is not open, checked: what it holds on the disk, and what there is to say of it.

Invariant: the diagnostics of a closed file are those that it would have once it is opened.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from typing import TYPE_CHECKING

from assaymark.analysis.advance import needed, opened
from assaymark.analysis.snapshot import State
from assaymark.dataclass import dataclass, field
from assaymark.lsp.options import Options
from assaymark.lsp.report import not_checked
from assaymark.lsp.sheets import sheet_of
from assaymark.origin import has_agent
from assaymark.repository.place import place_of
from assaymark.syntax.languages import language_of
from assaymark.workspace.reading import Unreadable, decoded, read
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assaymark.analysis.snapshot import Snapshot
    from assaymark.lsp.session import Session


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a result depends on, as far as it can be seen without reading the file."""

    options: Options
    rules: str
    path: str
    size: int
    time: int
    today: int
    baseline: str = ""


@dataclass(frozen=True, slots=True)
class ClosedFile:
    """What is known of a file: its diagnostics, and in short."""

    stamp: Stamp | None
    items: bytes = b""
    state: State = State.clean
    reason: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    n_silenced: int = 0
    deferred: Mapping[str, int] = field(default_factory=dict)

    @property
    def result_id(self) -> str:
        """Equal diagnostics have the same id, in whatever run."""
        return hashlib.blake2b(self.items, digest_size=12).hexdigest()


def stamp_of(session: Session, place: str, uri: str) -> Stamp | None:
    """The stamp of the file *place*; None when it is not there, or the settings exclude it."""
    try:
        status = os.stat(place)  # noqa: PTH116 - asked of every file of a workspace
    except OSError:
        return None
    options = session.preferences.options(uri)
    if options.settings.limits.excluded:
        return None
    digest = session.shelf.rules(options).digest
    path = session.preferences.path(uri, "")
    known = session.baselines.stamp(options.settings.baseline)
    return Stamp(options, digest, path, status.st_size, status.st_mtime_ns, today(), known)


def checked(session: Session, place: str, uri: str, stamp: Stamp) -> ClosedFile:
    """The file *place*, which the client calls *uri*. Effect: reads it."""
    settings = stamp.options.settings
    rules, limits = session.shelf.rules(stamp.options), settings.limits
    raw = read(place, limits.max_bytes)
    if isinstance(raw, Unreadable):
        return unread(stamp, raw.reason)
    language = language_of(place, raw[:256].split(b"\n", 1)[0])
    source = decoded(raw, language)
    if isinstance(source, Unreadable):
        return unread(stamp, source.reason)
    if language is None or not needed(source.content, stamp.path, rules, language):
        return ClosedFile(stamp)
    foreign = settings.foreign_comments
    snapshot = opened(source.content, stamp.path, rules, limits, today=stamp.today, foreign=foreign)
    if snapshot.silenced() and source.content == raw:
        snapshot = _heeded(snapshot, place)
    sheet = sheet_of(session, stamp.options, uri)
    items = sheet.items(snapshot, None)
    hidden = sheet.hidden(snapshot)
    shown = (
        finding
        for place in snapshot.sections_with_findings()
        for index, finding in enumerate(place.leaf.findings)
        if index not in hidden.get(place.leaf, ()) and sheet.shows(finding)
    )
    counts = Counter(found.severity.value for found in shown)
    deferred = session.shelf.deferred(stamp.options, snapshot.findings())
    n_silenced = len(snapshot.silenced())
    return ClosedFile(stamp, items, snapshot.state, snapshot.reason, counts, n_silenced, deferred)


def _heeded(snapshot: Snapshot, place: str) -> Snapshot:
    """*snapshot* of the file *place* in which comments of an agent take nothing. Effect: reads records."""
    # Late: few files silence anything, and few of those were written by an agent.
    from assaymark.record.doubting import has_records, told

    where, terms = place_of(place), snapshot.terms
    if not has_records(where):
        return snapshot
    content = snapshot.text.whole()
    runs, may_loosen = told(where, content)
    if not has_agent(runs):
        return snapshot
    return opened(
        content,
        snapshot.path,
        snapshot.rules,
        snapshot.limits,
        today=terms.today,
        foreign=terms.foreign,
        origins=runs,
        may_loosen=may_loosen,
    )


def unread(stamp: Stamp, reason: str) -> ClosedFile:
    """A file that was not checked, which is said."""
    items = not_checked(f"this file was not checked ({reason}). This is not a pass.")
    return ClosedFile(stamp, items, State.failed, reason)
