"""
What may loosen nothing where a gate asks: an agent's lines, and changed ones of which nothing is recorded.

Invariants:
    What the commit that is compared with had already loosens as it does elsewhere: it went through a gate.
    Without any record a line that came since loosens nothing, so taking records away helps nobody.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assaymark.cli.changed import changes
from assaymark.cli.gate import older_state
from assaymark.cli.gate_place import mistrust
from assaymark.cli.usage import UsageError
from assaymark.dataclass import replace
from assaymark.lineage.reviews import NO_REVIEWS
from assaymark.lineage.trusting import MayLoosen, doubtful, no_agent, once_read, whose
from assaymark.origin import STANDING, Author, Evidence, Origin, Run, Runs, covering, joined, sliced
from assaymark.record.reading import known_reviews, runs_of
from assaymark.repository.git import GitError, at
from assaymark.repository.objects import contents, texts
from assaymark.repository.place import Place, place_of
from assaymark.settings.doubting import Doubtful
from assaymark.settings.places import is_settings_file
from assaymark.text import LINE_END
from assaymark.workspace.ignoring import with_separator
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from assaymark.settings.standing import Standing

_DOUBTED = frozenset((Author.ai, Author.unknown))
# What stands for whatever was there before, and is not known.
_FROM_BEFORE = Origin(Author.human, Evidence.note)
_LARGEST = 16 << 20


def of_a_gate(standing: Standing, reference: str | None) -> Standing:
    """*standing* for a gate over what changed since *reference* (without one, the last commit)."""
    doubts = GateDoubts(reference)
    return replace(standing, doubts=doubts, mistrust=mistrust, before=doubts.settings_before)


class GateDoubts:
    """What is in doubt where lines count as changed against *reference* (without one, the last commit)."""

    def __init__(self, reference: str | None) -> None:
        self._reference = reference
        self._older: str | None = None
        # The objects of files of settings, by place.
        self._settings: dict[str, str] | None = None

    def __call__(self, place: str, raw: bytes) -> Sequence[Doubtful]:
        """What of the file *place*, which holds *raw*, may loosen nothing. Effect: asks the records."""
        runs, may_loosen = self.told(place_of(place), raw)
        day = today()
        found = doubtful(raw, runs, may_loosen)
        return tuple(Doubtful(start, end, whose(origin, day)) for start, end, origin in found)

    def told(self, where: Place, raw: bytes) -> tuple[Runs, MayLoosen]:
        """The origins of the bytes of *raw*, the file at *where*, and whose may loosen anything."""
        top = place_of(os.curdir).top
        if where.top != top and where.top.startswith(with_separator(top)):
            # What looks like a repository within this one may be part of it.
            return covering(len(raw), STANDING), once_read(lambda: NO_REVIEWS, _DOUBTED)
        if where.path is None or where.common is None or where.top != top:
            # It is no part of what the gate is about.
            return covering(len(raw), STANDING), no_agent
        runs = runs_of(where, raw)
        reviews = known_reviews(where, runs)
        kept = joined(_parts(raw, runs, self._changed(where, raw)))
        return kept, once_read(lambda: reviews, _DOUBTED)

    def settings_before(self, place: str) -> bytes | None:
        """What the file of settings *place* held in the older state; None where it was not there."""
        top = place_of(os.curdir).top
        if self._settings is None:
            self._settings = _settings_in(self._from, top)
        blob = self._settings.get(os.path.realpath(place))
        return None if blob is None else contents([blob], top, _LARGEST).get(blob)

    @property
    def _from(self) -> str:
        if self._older is None:
            self._older = older_state(self._reference)[0]
        return self._older

    def _changed(self, where: Place, raw: bytes) -> AbstractSet[int]:
        """The lines of *raw* (from 1) that came since."""
        try:
            (old,) = texts([f"{self._from}:{where.path}"], where.top, _LARGEST)
        except GitError:
            old = None
        return changes(old or b"", raw, strict=True).lines


def _settings_in(tree: str, top: str) -> dict[str, str]:
    try:
        found = at(tree, top)
    except GitError as error:
        raise UsageError(str(error)) from error
    return {name: blob for name, blob in found.items() if is_settings_file(name)}


def _parts(raw: bytes, runs: Runs, changed: AbstractSet[int]) -> Iterator[Runs]:
    """*runs* line by line, where what is unknown and was there before is in no doubt."""
    start = 0
    ends = [*(found.end() for found in LINE_END.finditer(raw)), len(raw)]
    for number, end in enumerate(ends, 1):
        its = sliced(runs, start, end)
        yield its if number in changed else tuple(_settled(its))
        start = end


def _settled(runs: Runs) -> Iterator[Run]:
    for n_bytes, origin in runs:
        yield Run(n_bytes, _FROM_BEFORE if _is_unknown(origin) else origin)


def _is_unknown(origin: Origin) -> bool:
    """Whether nobody knows who wrote it, or who cut it last."""
    return origin.author is Author.unknown if origin.cut is None else not origin.cut.tool
