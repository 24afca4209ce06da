"""
The files that the client is to watch for us: Python, settings, what they name (rules, baselines), and HEAD.

Invariant: a client that cannot be told so is told nothing; no file is asked for twice.
Source: LSP 3.18, "DidChangeWatchedFiles Notification".
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assaymark.lsp.session import Session

WATCHED = (
    "**/*.py",
    "**/*.pyi",
    "**/*.pyw",
    "**/assaymark.toml",
    "**/pyproject.toml",
    "**/.bandit",
    # What other tools have enabled, for the setting `defer`.
    "**/ruff.toml",
    "**/.ruff.toml",
    "**/.semgrep.yml",
    "**/.pre-commit-config.yaml",
    "**/.gitignore",
    "**/*baseline*.json",
    # Which commit is the last one.
    "**/.git/HEAD",
    "**/.git/logs/HEAD",
)


def is_of_git(path: str) -> bool:
    """Whether *path* is one of git's own files, which hold nothing but where HEAD is."""
    return "/.git/" in path.replace("\\", "/")


class Watching:
    """What one client watches."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._named: set[Path] = set()
        self._n_asked = 0

    def start(self) -> None:
        """Effect: the client watches what is always of interest."""
        self._ask([{"globPattern": pattern} for pattern in WATCHED])

    def follow(self) -> None:
        """Effect: it watches the files that the settings name now, too."""
        named = set(self._files_named())
        new, self._named = named - self._named, named | self._named
        if new:
            self._ask([self._watcher(path) for path in sorted(new)])

    def _files_named(self) -> Iterable[Path]:
        preferences = self._session.preferences
        for folder in preferences.folders or ("",):
            settings = preferences.options(f"{folder.rstrip('/')}/").settings
            yield from settings.rules
            if settings.baseline is not None:
                yield settings.baseline

    def _watcher(self, path: Path) -> dict[str, object]:
        """A watcher of the file *path*, or of all in that folder."""
        inner = "**" if path.is_dir() else path.name
        above = path if path.is_dir() else path.parent
        if self._session.client.watches_elsewhere and path.is_absolute():
            return {"globPattern": {"baseUri": above.as_uri(), "pattern": inner}}
        return {"globPattern": f"{above.as_posix()}/{inner}"}

    def _ask(self, watchers: list[dict[str, object]]) -> None:
        if not self._session.client.watches_files:
            return
        self._n_asked += 1
        registration = {
            "id": f"assaymark-files-{self._n_asked}",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": watchers},
        }
        self._session.outbox.ask("client/registerCapability", {"registrations": [registration]})
