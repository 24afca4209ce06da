"""URIs and the paths that rules know documents by."""

from __future__ import annotations

import pytest

from assaymark.lsp.places import file_path, folder_of, path_of

FOLDERS = ("file:///project", "file:///project/app", "file:///proj")


@pytest.mark.parametrize(
    "uri, folder",
    [
        ("file:///project/a.py", "file:///project"),
        ("file:///project/app/a.py", "file:///project/app"),
        ("file:///projects/a.py", None),
        ("untitled:Untitled-1", None),
    ],
)
def test_the_innermost_folder(uri: str, folder: str | None) -> None:
    """A folder holds what is below it, and nothing that only begins alike."""
    assert folder_of(uri, FOLDERS) == folder


@pytest.mark.parametrize(
    "uri, language, path",
    [
        ("file:///project/tests/test%20a.py", "python", "tests/test a.py"),
        ("file:///project/app/x.py", "python", "x.py"),
        ("file:///elsewhere/x.py", "python", "/elsewhere/x.py"),
        ("untitled:Untitled-1", "python", "Untitled-1.py"),
        ("untitled:Untitled-1", "markdown", "Untitled-1"),
        ("vscode-vfs://github/o/r/x.py", "python", "/o/r/x.py"),
        ("file:///elsewhere/script", "python", "/elsewhere/script"),
    ],
)
def test_paths(uri: str, language: str, path: str) -> None:
    """Within the folder where there is one, so that `tests/` in a rule means what it says."""
    assert path_of(uri, language, FOLDERS) == path


def test_a_drive_of_windows() -> None:
    """`file:///c%3A/x` and `file:///c:/x` are one path."""
    assert file_path("file:///c%3A/x/y.py") == file_path("file:///c:/x/y.py") == "c:/x/y.py"
