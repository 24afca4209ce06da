"""
What Semgrep checks in a repository: the rules whose files stand in it.

Files: `.semgrep.yml`, `semgrep.yml` (or `.yaml`), what is in `.semgrep/`, and what a pre-commit hook's
`--config` names. What a pack of its registry holds cannot be known here, so nothing of it counts.

Invariants:
    Only ids are read; no rule is interpreted.
    A file that `.semgrepignore` names, or without one a test, is not checked.
"""
# ruff: noqa: PTH112, PTH118, PTH208

from __future__ import annotations

import os
import re

from assaymark.dataclass import dataclass
from assaymark.rules.globs import glob
from assaymark.settings.tools.tables import is_inside, text

_NAMES = (".semgrep.yml", ".semgrep.yaml", "semgrep.yml", "semgrep.yaml")
_ENDINGS = (".yml", ".yaml")
_RULE = re.compile(r"^\s*-?\s*[\"']?id[\"']?:\s*[\"']?([\w./-]+)[\"']?\s*(?:#.*)?$", re.MULTILINE)
_CONFIG = re.compile(r"--config[=\s\"',]+([\w./-]+)")
_MOST_FILES = 500
# What Semgrep passes over where no .semgrepignore says otherwise.
_PASSED_OVER = ("node_modules", "build", "dist", "vendor", ".env", ".venv", ".tox", "test", "tests")


@dataclass(frozen=True, slots=True)
class Semgrep:
    """The ids of the rules in the repository at *top*, and the globs of files that are passed over."""

    top: str
    ids: frozenset[str]
    excluded: tuple[str, ...]

    def finds(self, check: str, place: str) -> bool:
        """Whether the rule *check* is asked of the file *place*."""
        path = os.path.relpath(place, self.top).replace(os.sep, "/")
        return check in self.ids and not any(_may_match(pattern, path) for pattern in self.excluded)


def semgrep_at(top: str) -> Semgrep | None:
    """How Semgrep is set up in the repository at *top*; None when no rule of it stands there."""
    ids: set[str] = set()
    for file in _files(top):
        content = text(file) if is_inside(file, top) else None
        # The registry's names hold the path of a rule; its last part is the rule's own.
        ids.update(name.rsplit(".", 1)[-1] for name in _RULE.findall(content or ""))
    ignored = text(os.path.join(top, ".semgrepignore"))
    return Semgrep(top, frozenset(ids), _PASSED_OVER if ignored is None else _globs(ignored)) if ids else None


def _files(top: str) -> list[str]:
    hooks = text(os.path.join(top, ".pre-commit-config.yaml")) or ""
    named = [os.path.join(top, name) for name in (*_NAMES, ".semgrep", *_CONFIG.findall(hooks))]
    files: list[str] = []
    for place in named:
        inner = os.listdir(place) if os.path.isdir(place) and is_inside(place, top) else []
        files += [os.path.join(place, name) for name in sorted(inner) if name.endswith(_ENDINGS)] or [place]
    return files[:_MOST_FILES]


def _globs(ignored: str) -> tuple[str, ...]:
    lines = (line.strip() for line in ignored.splitlines())
    return tuple(line for line in lines if line.strip("/") and not line.startswith(("#", ":")))


def _may_match(pattern: str, path: str) -> bool:
    # A pattern that takes another back only makes less excluded; brackets and braces may be read otherwise.
    if pattern.startswith("!"):
        return False
    return "[" in pattern or "{" in pattern or glob(pattern).search(path) is not None
