"""
The desk: the open texts, each at its newest version. The one thing that changes.

Invariants:
    Only synchronous handlers on the loop's thread call ``open``, ``change``, ``settle`` and ``close``.
    A snapshot is swapped whole: whoever holds one reads a state that belongs together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.analysis.advance import advanced, opened
from assaymark.analysis.attributing import Came, attributed, unsaid
from assaymark.analysis.settling import settled
from assaymark.analysis.silencing import rejudged
from assaymark.analysis.snapshot import Limits, Snapshot
from assaymark.dataclass import dataclass, field
from assaymark.lineage.trusting import MayLoosen, anybody

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assaymark.finding import Finding
    from assaymark.origin import Runs
    from assaymark.rules.ruleset import RuleSet
    from assaymark.text import Edit, Span


class NotOpenError(Exception):
    """A change of a text that is not open."""


@dataclass(frozen=True, slots=True)
class Entry:
    """
    An open text: its analysis, and the editor's number of the version that it is of.

    *moment* is another one whenever the text is opened or changed; not when only more is learnt of it.
    """

    uri: str
    snapshot: Snapshot
    version: int
    moment: object = field(default_factory=object)


class Desk:
    """The open texts by their URI."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries.values()))

    def at(self, uri: str) -> Entry | None:
        return self._entries.get(uri)

    def open(
        self,
        uri: str,
        path: str,
        content: bytes,
        version: int,
        *,
        rules: RuleSet,
        limits: Limits | None = None,
        today: int | None = None,
        foreign: bool = True,
        origins: Runs | None = None,
        may_loosen: MayLoosen = anybody,
    ) -> Entry:
        """
        The text as it was opened; *today*, *foreign*, *origins* and *may_loosen* are as in `analysis.opened`.

        Effect: it takes the place of what stood under *uri*.
        """
        snapshot = opened(
            content,
            path,
            rules,
            limits,
            today=today,
            foreign=foreign,
            origins=origins,
            may_loosen=may_loosen,
        )
        return self._put(Entry(uri, snapshot, version))

    def change(self, uri: str, edits: Sequence[Edit], version: int, came: Came = unsaid) -> Entry:
        """
        The text after *edits*, each relative to the text that the ones before it made; *came* says where
        what each brings comes from.

        Raises NotOpenError. Effect: the new snapshot takes the place of the old one.
        """
        before = self._entries.get(uri)
        if before is None:
            raise NotOpenError(uri)
        return self._put(Entry(uri, advanced(before.snapshot, edits, came), version))

    def attribute(self, uri: str, span: Span, runs: Runs) -> Entry:
        """
        The text in which the bytes of *span* are known to be of the origins *runs*.

        Raises NotOpenError. Effect: the new snapshot takes the place of the old one.
        """
        before = self._entries.get(uri)
        if before is None:
            raise NotOpenError(uri)
        return self._put(Entry(uri, attributed(before.snapshot, span, runs), before.version, before.moment))

    def rejudge(self, uri: str) -> Entry | None:
        """
        The text *uri* when other reviews are known: silences whose authors decide are judged again.

        Effect: the new snapshot takes the place of the old one, if there is one.
        """
        before = self._entries.get(uri)
        if before is None:
            return None
        return self._put(Entry(uri, rejudged(before.snapshot), before.version, before.moment))

    def settle(
        self, asked: Entry, found: Sequence[Finding], tested: frozenset[str] = frozenset()
    ) -> Entry | None:
        """
        *asked* with what another tool, asked for *tested*, *found*; None when the text has moved on.

        Effect: the new snapshot takes the place of the old one.
        """
        now = self._entries.get(asked.uri)
        if now is None or now.moment is not asked.moment:
            return None
        return self._put(Entry(now.uri, settled(now.snapshot, found, tested), now.version, now.moment))

    def close(self, uri: str) -> None:
        self._entries.pop(uri, None)

    def _put(self, entry: Entry) -> Entry:
        self._entries[entry.uri] = entry
        return entry
