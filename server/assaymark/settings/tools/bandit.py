"""
What bandit checks in a repository: `[tool.bandit]`, `.bandit`, or a pre-commit hook that names no options.

It counts as set up where one of these stands at the top of the repository. Then all of its tests are enabled
but those that `tests` and `skips` take out, in all files but those of `exclude` and `exclude_dirs`.

Invariant: where options may hide findings (a level, a test by its name), nothing counts as enabled.
"""
# ruff: noqa: PTH118

from __future__ import annotations

import os
import re
from functools import lru_cache

from assaymark.dataclass import dataclass
from assaymark.engines.bandit.terms import Configuration
from assaymark.settings.places import SHARED
from assaymark.settings.tools.tables import table, text

_HOOKS = ".pre-commit-config.yaml"
_HOOK = re.compile(r"^\s*-?\s*id:\s*[\"']?bandit[\"']?\s*$(?P<rest>(?:\n(?!\s*-\s).*)*)", re.MULTILINE)
_ID = re.compile(r"B\d{3}$")


@dataclass(frozen=True, slots=True)
class Bandit:
    """How bandit is set up in the repository at *top*."""

    top: str
    tests: tuple[str, ...]
    skips: tuple[str, ...]
    excluded: tuple[str, ...]

    def finds(self, check: str, place: str) -> bool:
        """Whether bandit has the test *check* enabled for the file *place*."""
        path = os.path.relpath(place, self.top).replace(os.sep, "/")
        if check in self.skips or (self.tests and check not in self.tests):
            return False
        return not Configuration(exclude=self.excluded).excludes(path)


def bandit_at(top: str) -> Bandit | None:
    """How bandit is set up in the repository at *top*; None when it is not, or one cannot tell."""
    table_text = table(os.path.join(top, SHARED), "tool", "bandit")
    ini, hooks = text(os.path.join(top, ".bandit")), text(os.path.join(top, _HOOKS))
    hook = _HOOK.search(hooks) if hooks is not None else None
    if table_text is None and ini is None and hook is None:
        return None
    if hook is not None and _narrows(hook["rest"]):
        return None
    return _told(top, repr(table_text), ini)


def _narrows(rest: str) -> bool:
    """Whether the options of a hook may hide findings; those that name a file of settings do not."""
    options = re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", rest)
    return not {"-c", "--configfile", "-r", "--recursive", "-q", "--quiet", "--ini"}.issuperset(options)


@lru_cache(maxsize=16)
def _told(top: str, *_: object) -> Bandit | None:
    """As `bandit_at`, kept as long as what stands in the files stays."""
    # Late: only who defers to bandit reads how it is set up.
    from assaymark.second.configuration import told_by

    configuration = told_by(top).configuration
    if not all(_ID.match(name) for name in (*configuration.tests, *configuration.skips)):
        return None
    return Bandit(top, configuration.tests, configuration.skips, configuration.exclude)
