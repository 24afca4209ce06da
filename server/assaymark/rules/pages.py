"""Where the rule pages are, and which files a folder of rules holds."""
# Texts where a hook asks, since `pathlib` takes long to import.
# ruff: noqa: PTH112, PTH118, PTH120

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = ".md"
SEMGREP = (".yml", ".yaml")

# The index is made from the pages, and the language is described beside them; neither is a rule.
_NOT_RULES = frozenset({"README.md", "PATTERNS.md"})


# What messages put before a page of ours, wherever its folder is.
_OURS = "rules/"


class RulesNotFoundError(Exception):
    """No rules stand where they were looked for."""


def pages_folder() -> Path:
    """
    The folder of the rule pages: beside the code when installed, in `rules/` of a checkout otherwise.

    Raises RulesNotFoundError, which names both places.
    """
    from pathlib import Path

    return Path(pages_place())


def pages_place() -> str:
    """The same as a text."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    checkout = os.path.dirname(os.path.dirname(package))
    return found_in(os.path.join(package, "pages"), os.path.join(checkout, "rules"))


def found_in(installed: str, checkout: str) -> str:
    """The first of the two that is a folder of pages."""
    for folder in (installed, checkout):
        if os.path.isdir(os.path.join(folder, "python")):
            return folder
    msg = f"no rule pages in {installed} nor in {checkout}; install assaymark again"
    raise RulesNotFoundError(msg)


def source_of(name: str) -> str:
    """How messages call the page *name* of ours: by its place in the project."""
    return _OURS + name


def page_of(source: str) -> Path | None:
    """
    The page that a rule with this *source* was read from; None when it is no page, or gone.

    A page of ours is found beside the code or in the checkout, any other where its path says.
    """
    from pathlib import Path

    try:
        ours = pages_folder() / source.removeprefix(_OURS)
    except RulesNotFoundError:
        ours = Path(source)
    file = ours if source.startswith(_OURS) and ours.is_file() else Path(source)
    return file if file.suffix == PAGE and file.is_file() else None


def rule_files(place: Path) -> tuple[Path, ...]:
    """
    The rule files at *place*, a file or a folder, sorted; hidden ones are left out.

    Raises RulesNotFoundError when there is no such place.
    """
    from pathlib import Path

    if place.is_file():
        return (place,)
    if not place.is_dir():
        msg = f"no rules at {place}: there is no such file or folder"
        raise RulesNotFoundError(msg)
    return tuple(Path(file) for file in sorted(_walk(place)))


def page_names(folder: str) -> tuple[str, ...]:
    """The paths of the rule files in *folder*, relative to it, with `/` between folders, sorted."""
    n_before = len(folder) + 1
    return tuple(file[n_before:].replace(os.sep, "/") for file in sorted(_walk(folder)))


def _walk(place: Path | str) -> Iterator[str]:
    # os.walk, since it follows no link into a loop and is several times faster than rglob.
    for folder, folders, names in os.walk(place):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.endswith((PAGE, *SEMGREP)) and name not in _NOT_RULES and not name.startswith("."):
                yield f"{folder}{os.sep}{name}"
