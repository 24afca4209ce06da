"""The version of this installation."""

from __future__ import annotations


def version() -> str:
    """The installed version; from a checkout that was not installed, a word that says so."""
    # Late: its import takes as long as a small check.
    from importlib import metadata

    try:
        return metadata.version("assaymark")
    except metadata.PackageNotFoundError:
        return "0+checkout"
