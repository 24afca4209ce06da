"""
Which settings hold where: the files that count for a folder, read and resolved.

Invariants:
    It depends on the file's folder and on who set what, never on the folder that a check was started in: an
    editor and a terminal come to the same. (Outside of a repository the search ends where somebody started.)
    The repository's file is the nearest one, from the file's folder up to the top of its repository.
    What a folder is excluded by, no settings inside of it can take back.
"""
# Paths stay strings: this is asked of every file of a run.
# ruff: noqa: PTH118, PTH120

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from assaymark.dataclass import dataclass, replace
from assaymark.rules.globs import glob
from assaymark.settings.doubting import Doubts, no_doubts
from assaymark.settings.files import doubted, doubting, settings_in
from assaymark.settings.layer import Given, Layer
from assaymark.settings.places import Places, candidates, places, top_of
from assaymark.settings.relaxing import stricter_part, unsettled, was_stricter
from assaymark.settings.resolving import Held, Resolved, resolved
from assaymark.settings.values import Settings


def _no_mistrust() -> str:
    """The user's own settings may loosen what they may."""
    return ""


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What holds for everything that is checked: the user's and the managed file, and what doors were told.

    *told* is what an editor or a command line says, *trusted* whether a repository may loosen anything,
    *doubts* what tells which bytes of its files must not, and *mistrust* why the user's own may not. *before*
    tells what a file of settings held before a change that is asked about: what was stricter there holds
    on, unless somebody is known to have loosened it.
    """

    places: Places
    told: tuple[Given, ...] = ()
    trusted: bool = True
    doubts: Doubts = no_doubts
    mistrust: Callable[[], str] = _no_mistrust
    before: Callable[[str], bytes | None] | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds in a folder; *top* is its repository's, *file* the one with the repository's settings."""

    resolved: Resolved
    top: str
    file: str | None = None
    layers: tuple[Given, ...] = ()

    @property
    def settings(self) -> Settings:
        return self.resolved.settings


class Lookup:
    """What holds in each folder, looked up once: for one run, or for one question of an editor."""

    __slots__ = ("_everywhere", "_excluded", "_known", "_repositories", "_standing", "_within")

    def __init__(self, standing: Standing, within: str) -> None:
        self._standing = standing
        self._within = within
        self._known: dict[str, InForce] = {}
        self._repositories: dict[str, str | None] = {}
        # By folder: the glob that excludes it.
        self._excluded: dict[str, str] = {}
        files = (
            _mistrusted(settings_in(standing.places.user, Layer.user), standing.mistrust),
            settings_in(standing.places.managed, Layer.managed),
        )
        self._everywhere = (*standing.told, *(given for given in files if given is not None))

    @property
    def everywhere(self) -> Resolved:
        """What holds where no repository says anything."""
        return _resolved(self._everywhere, self._standing.trusted)

    def at(self, folder: str) -> InForce:
        """What holds for the files of *folder*, which is absolute."""
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = self._looked_up(folder)
        return known

    def excluding(self, place: str) -> str:
        """The glob that excludes *place*, a file or a folder, or a folder above it; "" if none does."""
        folder = os.path.dirname(place)
        above = self._excluded.get(folder)
        if above is None:
            above = self._excluded[folder] = "" if self._is_outermost(folder) else self.excluding(folder)
        # Each folder's settings speak of what stands in it; with none, as nearly always, this is cheap.
        return above or self._named_in(folder, place)

    def _is_outermost(self, folder: str) -> bool:
        """Whether nothing above *folder* decides; a repository in another one is a folder of that one too."""
        outer = os.path.dirname(folder)
        return outer == folder or (folder == self.at(folder).top and self._repository(outer) is None)

    def _named_in(self, folder: str, place: str) -> str:
        found = self.at(folder)
        patterns = found.settings.exclude
        if not patterns:
            return ""
        path = os.path.relpath(place, found.top).replace(os.sep, "/")
        return next((pattern for pattern in patterns if glob(pattern).search(path)), "")

    def _looked_up(self, folder: str) -> InForce:
        top = self._repository(folder) or top_of(folder, self._within)
        own = _said_in(folder, top)
        above = os.path.dirname(folder)
        if own is None and folder not in {top, above}:
            return self._with(self.at(above), self._was(folder))
        was = self._were(folder, top)
        if own is None:
            return self._with(InForce(self.everywhere, top, layers=self._everywhere), was)
        given, file = own
        found = _resolved((*self._everywhere, given), self._standing.trusted)
        if was is not None or any(held.layer is Layer.repository and _matters(held) for held in found.held):
            # Only now are records looked at: most repositories loosen nothing.
            given = doubting(given, file, self._standing.doubts)
        layers = (*self._everywhere, given)
        found = _resolved(layers, self._standing.trusted)
        here = self._with(InForce(found, top, file, layers), None if was is None else unsettled(was, given))
        return self._beside(here, folder, given)

    def _beside(self, found: InForce, folder: str, given: Given) -> InForce:
        """*found*, where *given* is in doubt with the stricter settings whose place it would take."""
        replaced = self._replaced(folder, found)
        kept = None if replaced is None else unsettled(stricter_part(replaced), given)
        if kept is None or not kept.entries or found.file is None:
            return found
        why = doubted(found.file, self._standing.doubts)
        if why is None:
            return found
        # Late: seldom is there any.
        from assaymark.settings.refusing import not_replaced

        after = self._with(found, kept)
        refused = (*after.resolved.refused, *not_replaced(kept, found.file, why.whose))
        return replace(after, resolved=replace(after.resolved, refused=refused))

    def _replaced(self, folder: str, found: InForce) -> Given | None:
        """What would count in *folder* without the file that does: settings beside it, else further out."""
        for place in candidates(folder):
            if place != found.file:
                given = settings_in(place, Layer.repository, top=found.top)
                if given is not None:
                    return given
        above = os.path.dirname(folder)
        outer = () if folder in {found.top, above} else self.at(above).layers
        return next((one for one in reversed(outer) if one.layer is Layer.repository), None)

    def _was(self, folder: str) -> Given | None:
        """What the settings in *folder* said before the change that is asked about, as far as stricter."""
        return None if self._standing.before is None else was_stricter(folder, self._standing.before)

    def _were(self, folder: str, top: str) -> Given | None:
        """As `_was`, of the nearest settings: those that new ones further in would take the place of."""
        was, above = self._was(folder), os.path.dirname(folder)
        return self._were(above, top) if was is None and folder not in {top, above} else was

    def _with(self, found: InForce, was: Given | None) -> InForce:
        """What holds where *was* held before too."""
        if was is None or not was.entries:
            return found
        layers = (*found.layers, was)
        return replace(found, resolved=_resolved(layers, self._standing.trusted), layers=layers)

    def _repository(self, folder: str) -> str | None:
        """The nearest folder, *folder* or above it, that holds a `.git`; each is looked into once."""
        if folder not in self._repositories:
            above = os.path.dirname(folder)
            if os.path.lexists(os.path.join(folder, ".git")):
                self._repositories[folder] = folder
            else:
                self._repositories[folder] = None if above == folder else self._repository(above)
        return self._repositories[folder]


def our_places() -> Places:
    """The managed and the user's file of this machine and user."""
    return places(os.environ, str(Path.home()), sys.platform)


def _mistrusted(given: Given | None, mistrust: Callable[[], str]) -> Given | None:
    """*given*, with why it may loosen nothing; that is asked only where it would."""
    if given is None or mistrust is _no_mistrust or not any(map(_matters, resolved((given,)).held)):
        return given
    why = mistrust()
    return replace(given, mistrusted=why) if why else given


def _matters(held: Held) -> bool:
    return held.loosens or (held.setting.adds and held.layer is not Layer.default)


def _said_in(folder: str, top: str) -> tuple[Given, str] | None:
    for place in candidates(folder):
        given = settings_in(place, Layer.repository, top=top)
        if given is not None:
            return given, place
    return None


@lru_cache(maxsize=64)
def _resolved(layers: tuple[Given, ...], trusted: bool) -> Resolved:  # noqa: FBT001 - a part of the key
    return resolved(layers, trusted=trusted)
