"""
What ruff checks in a repository: `ruff.toml`, `.ruff.toml` or `[tool.ruff]`, the nearest one.

A check is enabled when a selector that names it is longer than every one that ignores it; `ALL` is the
shortest. What ruff enables by default differs between its versions, so only what is named counts.

Invariants:
    Where it is not sure that ruff checks something, it does not: a finding too many is better than none.
    A file that the settings extend counts only when it lies in the repository.
"""
# Paths stay strings, as elsewhere in settings.
# ruff: noqa: PTH118, PTH120

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from assaymark.dataclass import dataclass
from assaymark.rules.globs import glob
from assaymark.settings.places import SHARED, upwards
from assaymark.settings.tools.tables import is_inside, table, texts

_FILES = ((".ruff.toml", ()), ("ruff.toml", ()), (SHARED, ("tool", "ruff")))
_MOST_EXTENDED = 5
# Folders that ruff passes over by itself.
_PASSED_OVER = ("build", "dist", "node_modules", "site-packages", "venv", ".venv", "_build", "__pypackages__")
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Ruff:
    """How ruff is set up for what is in *folder*: selectors, and globs with the selectors they ignore."""

    folder: str
    selected: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    by_file: tuple[tuple[str, tuple[str, ...]], ...] = ()
    excluded: tuple[str, ...] = ()

    def finds(self, check: str, place: str) -> bool:
        """Whether ruff has *check* enabled for the file *place*."""
        path = os.path.relpath(place, self.folder).replace(os.sep, "/")
        if any(_may_match(pattern, path) for pattern in self.excluded):
            return False
        if _rank(self.selected, check) <= _rank(self.ignored, check):
            return False
        ignored = (codes for pattern, codes in self.by_file if _may_match(pattern, path))
        return not any(_rank(codes, check) >= 0 for codes in ignored)


def ruff_for(place: str, top: str) -> Ruff | None:
    """How ruff is set up for the file *place* in the repository at *top*; None when it is not."""
    for folder in upwards(os.path.dirname(place), top):
        for name, section in _FILES:
            file = os.path.join(folder, name)
            found = table(file, *section)
            if found is not None and is_inside(file, top):
                return _made(folder, _extended(found, folder, top, _MOST_EXTENDED))
    return None


def _extended(given: Mapping[str, object], folder: str, top: str, n_more: int) -> list[Mapping[str, object]]:
    """*given* and the tables that it extends, nearest first; none when one of them is not to be had."""
    named = given.get("extend")
    if not isinstance(named, str):
        return [given]
    file = os.path.normpath(os.path.join(folder, named))
    section = ("tool", "ruff") if file.endswith(SHARED) else ()
    more = table(file, *section) if n_more and is_inside(file, top) else None
    further = _extended(more, os.path.dirname(file), top, n_more - 1) if more is not None else []
    return [given, *further] if further else []


def _made(folder: str, tables: list[Mapping[str, object]]) -> Ruff:
    lints = [_lint(one) for one in tables]
    by_file: list[tuple[str, tuple[str, ...]]] = []
    for lint in lints:
        for key in ("per-file-ignores", "extend-per-file-ignores"):
            found = lint.get(key)
            if isinstance(found, Mapping):
                by_file += ((name, texts(codes)) for name, codes in found.items())
    own = _first(tables, "exclude")
    return Ruff(
        folder,
        selected=(*_first(lints, "select"), *_every(lints, "extend-select")),
        ignored=(*_first(lints, "ignore"), *_every(lints, "extend-ignore")),
        by_file=tuple(by_file),
        excluded=(*(own or _PASSED_OVER), *_every(tables, "extend-exclude"), *_every(lints, "exclude")),
    )


def _lint(given: Mapping[str, object]) -> Mapping[str, object]:
    """What *given* says about linting; older files say it at their top."""
    lint = given.get("lint")
    older = {key: value for key, value in given.items() if key != "exclude"}
    return {**older, **lint} if isinstance(lint, Mapping) else older


def _first(tables: list[Mapping[str, object]], key: str) -> tuple[str, ...]:
    return next((texts(one[key]) for one in tables if key in one), ())


def _every(tables: list[Mapping[str, object]], key: str) -> tuple[str, ...]:
    return tuple(name for one in tables for name in texts(one.get(key)))


def _rank(selectors: tuple[str, ...], check: str) -> int:
    """How closely the closest of *selectors* names *check*; -1 when none does."""
    return max((len(one) if one != "ALL" else 0 for one in selectors if _names(one, check)), default=-1)


def _names(selector: str, check: str) -> bool:
    if selector == "ALL":
        return True
    # `S` does not name SIM105; `PL` names all of its families.
    same_family = _DIGITS.split(selector)[0] == _DIGITS.split(check)[0]
    return check.startswith(selector) and (same_family or selector == "PL")


def _may_match(pattern: str, path: str) -> bool:
    """Whether *pattern* matches *path*, or may: some of ruff's patterns are not ours."""
    plain = pattern.removeprefix("!").removeprefix("./")
    if "{" in plain or "[" in plain or os.path.isabs(plain):  # noqa: PTH117 - as above
        return True
    return (glob(plain).search(path) is not None) is not pattern.startswith("!")
