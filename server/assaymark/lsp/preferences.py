"""
The settings that hold for a document: the user's, and those of the folder that it is in.

Invariant: a workspace that is not trusted loosens nothing of what the user set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assaymark.lsp.client import Client
from assaymark.lsp.options import Options, options_of
from assaymark.lsp.outbox import Outbox
from assaymark.lsp.places import folder_of, path_of
from assaymark.settings.values import Settings


class Preferences:
    """The workspace's folders and what is set in each."""

    def __init__(self, client: Client, outbox: Outbox) -> None:
        self.folders = client.folders
        self._outbox = outbox
        self._may_loosen = client.trusted
        self._by_folder: dict[str | None, Options] = {}
        self.user = self._honoured(client.options, Options(Settings()), may_loosen=True)

    def options(self, uri: str) -> Options:
        """What holds for the document *uri*: the settings of its innermost folder, else those of none."""
        folder = folder_of(uri, self.folders)
        return self._by_folder.get(folder) or self._by_folder.get(None) or self.user

    def path(self, uri: str, language_id: str) -> str:
        """The path by which rules know the document *uri*."""
        return path_of(uri, language_id, self.folders)

    def configure(self, given: Mapping[str | None, Mapping[str, Any]]) -> None:
        """Effect: the settings *given* for each folder hold from now on; None stands for what is in none."""
        self._by_folder = {
            folder: self._honoured(settings, self.user, may_loosen=self._may_loosen)
            for folder, settings in given.items()
        }

    def move(self, added: Sequence[str], removed: Sequence[str]) -> None:
        """Effect: the workspace has these folders more and those less."""
        kept = tuple(folder for folder in self.folders if folder not in removed and folder not in added)
        self.folders = (*kept, *added)

    def _honoured(self, settings: Mapping[str, Any], before: Options, *, may_loosen: bool) -> Options:
        options, complaints = options_of(settings, before, may_loosen=may_loosen)
        for complaint in complaints:
            self._outbox.warn(complaint)
        return options
