"""Documents' URIs and the paths that rules and settings know them by."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from assaymark.dataclass import dataclass
from assaymark.workspace.project import is_notebook, path_in_repository


@dataclass(frozen=True, slots=True)
class Place:
    """A file as the disk and as the client calls it: by the folder, and the path in it."""

    path: str
    folder: str
    inside: str

    @property
    def uri(self) -> str:
        return f"{self.folder.rstrip('/')}/{quote(self.inside)}"


def folder_of(uri: str, folders: Sequence[str]) -> str | None:
    """The innermost of *folders* that holds *uri*."""
    holding = (folder for folder in folders if uri.startswith(folder.rstrip("/") + "/"))
    return max(holding, key=len, default=None)


def path_of(uri: str, language_id: str, folders: Sequence[str]) -> str:
    """
    The path of the document *uri*: within its repository, else within its folder, with `/` between folders.

    A text that was never saved has no suffix that says what it is: the editor's word counts.
    """
    if not uri.startswith("file:"):
        name = unquote(_split(uri)[1])
        return f"{name}.py" if language_id == "python" and not name.endswith((".py", ".pyi")) else name
    place = file_path(uri)
    inside = path_in_repository(place)
    if inside is not None:
        return inside
    folder = folder_of(uri, folders)
    if folder is None:
        return place
    return unquote(uri[len(folder.rstrip("/")) + 1 :])


def is_file_of(uri: str, content: bytes) -> bool:
    """Whether the file *uri* holds just *content*."""
    try:
        file = Path(file_path(uri))
        return file.stat().st_size == len(content) and file.read_bytes() == content
    except (OSError, ValueError):
        return False


def is_as_long(uri: str, n_bytes: int) -> bool:
    """Whether the file *uri* holds as many bytes."""
    try:
        return Path(file_path(uri)).stat().st_size == n_bytes
    except (OSError, ValueError):
        return False


def file_path(uri: str) -> str:
    """The path that a file URI names (RFC 8089): `file:///c%3A/x` is `c:/x` on Windows."""
    host, path = _split(uri)
    path = unquote(path)
    if host and os.name == "nt":
        return f"//{host}{path}"
    if path[2:3] == ":" and path[:1] == "/" and path[1:2].isalpha():
        return path[1:]
    return path


def placed(path: str, folders: Sequence[str]) -> Place | None:
    """The file *path* by the innermost of *folders* that holds it; None outside of all, or a notebook."""
    known_as = path.replace("\\", "/")
    tops = {f"{file_path(folder).rstrip('/')}/": folder for folder in folders if folder.startswith("file:")}
    top = max((top for top in tops if known_as.startswith(top)), key=len, default=None)
    if top is None or is_notebook(path):
        return None
    return Place(path, tops[top], known_as.removeprefix(top))


def _split(uri: str) -> tuple[str, str]:
    """Host and path of *uri*; one that is none is all path."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return "", uri
    return parts.netloc, parts.path
