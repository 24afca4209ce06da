"""
The settings that hold for a document: those of files, and those that the editor gave for its folder.

Invariants:
    A terminal that checks the file of a document comes to the same settings, but for what an editor says.
    A workspace that is not trusted loosens nothing of what the user set.
    What is wrong, refused or loosened is told once, and again when it came back.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assaymark.dataclass import replace
from assaymark.lsp.client import Client
from assaymark.lsp.options import Options
from assaymark.lsp.outbox import Outbox
from assaymark.lsp.places import file_path, folder_of, path_of
from assaymark.settings.beside import doubting_beside
from assaymark.settings.decoding import from_editor
from assaymark.settings.deferring import deferral_for
from assaymark.settings.layer import Given, Layer
from assaymark.settings.resolving import Resolved
from assaymark.settings.shapes import Ground
from assaymark.settings.standing import Lookup, Standing, our_places
from assaymark.settings.values import Settings
from assaymark.workspace.today import today
from assaymark.workspace.walking import Excluding

if TYPE_CHECKING:
    from assaymark.record.doubting import Doubting
    from assaymark.settings.doubting import Doubtful


class Preferences:
    """The workspace's folders and what is set in each."""

    def __init__(self, client: Client, outbox: Outbox) -> None:
        self.folders = client.folders
        self._outbox = outbox
        self._trusted = client.trusted
        self._places = our_places()
        self._doubting: Doubting | None = None
        # What was told, by what it is about: a repository's file, or everything else.
        self._told: dict[str | None, frozenset[str]] = {}
        self._by_folder: dict[str | None, Given] = {}
        self._user = self._heard(client.options, Layer.editor, next(iter(self.folders), None))

    def options(self, uri: str) -> Options:
        """
        What holds for the document *uri*.

        Effect: settings files that changed are read; what is wrong with them is told.
        """
        folder = folder_of(uri, self.folders)
        # With the separators of this machine.
        place = os.path.normpath(file_path(uri))
        # A folder is asked about with a slash at its end.
        inner = place if uri.endswith("/") else os.path.dirname(place)  # noqa: PTH120 - paths stay strings
        lookup = Lookup(self._standing(folder), _path_of_folder(folder) or inner)
        if not uri.startswith("file:"):
            self._tell(None, lookup.everywhere)
            return Options(lookup.everywhere.settings)
        found = lookup.at(inner)
        self._tell(found.file, found.resolved)
        settings = _excluded(found.settings, lookup.excluding(place))
        if not settings.defer or not self._trusted:
            return Options(settings)
        return Options(settings, deferral_for(settings.defer, place, found.top))

    def excluding(self, folder: str) -> Excluding:
        """What, by the settings that hold there, excludes a place in *folder*."""
        return Lookup(self._standing(folder), _path_of_folder(folder)).excluding

    def path(self, uri: str, language_id: str) -> str:
        """The path by which rules know the document *uri*."""
        return path_of(uri, language_id, self.folders)

    def configure(self, given: Mapping[str | None, Mapping[str, Any]]) -> None:
        """Effect: the settings *given* for each folder hold from now on; None stands for what is in none."""
        self._by_folder = {
            folder: self._heard(settings, Layer.folder, folder) for folder, settings in given.items()
        }

    def move(self, added: Sequence[str], removed: Sequence[str]) -> None:
        """Effect: the workspace has these folders more and those less."""
        kept = tuple(folder for folder in self.folders if folder not in removed and folder not in added)
        self.folders = (*kept, *added)

    def _standing(self, folder: str | None) -> Standing:
        ours = self._by_folder.get(folder) or self._by_folder.get(None)
        if ours is not None and ours.entries and self._trusted:
            ours = doubting_beside(ours, _path_of_folder(folder), self.doubts)
        told = (self._user,) if ours is None else (self._user, ours)
        return Standing(self._places, told, self._trusted, self.doubts)

    def doubts(self, place: str, raw: bytes) -> Sequence[Doubtful]:
        """What of the file *place* an agent wrote and nobody reviewed. Effect: reads the records."""
        if self._doubting is None:
            # Late: most settings loosen nothing.
            from assaymark.record.doubting import Doubting

            self._doubting = Doubting(today())
        return self._doubting(place, raw)

    def _heard(self, settings: Mapping[str, Any], layer: Layer, folder: str | None) -> Given:
        """What an editor says of *folder*. Effect: what is wrong with it is told."""
        given = from_editor(settings, layer, Ground(_path_of_folder(folder)))
        for wrong in given.wrong:
            self._outbox.warn(str(wrong))
        return given

    def _tell(self, file: str | None, resolved: Resolved) -> None:
        """Effect: what there is to say about *resolved*, which *file* has a part in, is told if it is new."""
        wrong = [str(one) for one in resolved.wrong if not _is_editors(one.where)]
        known = frozenset[str]().union(*self._told.values())
        said = (*wrong, *map(str, resolved.refused), *_loosened(resolved))
        self._told[file] = frozenset(said)
        for line in said:
            if line not in known:
                self._outbox.warn(line)
        for line in wrong:
            if line not in known:
                self._outbox.show(f"{line}. This setting, or the file, is left out.")


def _path_of_folder(folder: str | None) -> str:
    """The path of *folder*; nothing when it is none on this machine."""
    return os.path.normpath(file_path(folder)) if folder is not None and folder.startswith("file:") else ""


def _excluded(settings: Settings, pattern: str) -> Settings:
    """*settings*; of a document that *pattern* excludes nothing is analysed."""
    if not pattern:
        return settings
    return replace(settings, limits=replace(settings.limits, excluded=f"excluded by {pattern}"))


def _is_editors(where: str) -> bool:
    return where.startswith("the editor's setting ")


def _loosened(resolved: Resolved) -> Iterable[str]:
    names = [f"{held.setting.name} ({held.where})" for held in resolved.loosened]
    if not names:
        return []
    counted = (
        "1 setting of the repository makes"
        if len(names) == 1
        else f"{len(names)} settings of the repository make"
    )
    return [f"{counted} the check looser: {', '.join(names)}"]
