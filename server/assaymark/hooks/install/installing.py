"""
What installing and uninstalling would do, and doing it.

Invariants:
    A plan changes nothing; what is carried out is the plan that was shown.
    One agent gets its hooks once: where it would meet them twice, the second place is left alone, and said.
    What fails for one tool is said, and the others go on.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping

from assaymark.dataclass import dataclass, field, replace
from assaymark.hooks.install import codex, git_hooks
from assaymark.hooks.install.change import (
    Change,
    Record,
    can_be_added_to,
    has_hooks,
    hook_installed,
    hook_uninstalled,
    installed,
    installed_in_toml,
    is_in,
    is_in_script,
    is_script_of_ours,
    uninstalled,
    uninstalled_from_toml,
)
from assaymark.hooks.install.commands import UnspeakableError
from assaymark.hooks.install.files import content, kept_beside
from assaymark.hooks.install.jsonc import NotReadableError
from assaymark.hooks.install.places import Site, hook_folder
from assaymark.hooks.install.remarks import remarks
from assaymark.hooks.install.tool import Scope, Tool
from assaymark.hooks.install.tools import BY_NAME
from assaymark.repository.git import GitError

GIT = "git"
NAMES = (*BY_NAME, GIT)
_FRAMEWORKS = (b"lefthook",)


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What becomes of the hooks of one tool.

    *skipped*: why nothing is done. *notes*: what there is to know, *problems* what went wrong.
    """

    tool: str
    changes: tuple[Change, ...] = ()
    skipped: str = ""
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    is_shared: bool = field(default=False)

    @property
    def is_one(self) -> bool:
        """Whether there is anything to do."""
        return any(change.is_one for change in self.changes)


def planned(
    name: str, scope: Scope, site: Site, known: Mapping[str, Record], coming: Collection[str] = ()
) -> Plan:
    """
    How the hooks of the tool *name* would be installed, beside those of the tools that are *coming* too.
    """
    try:
        if name == GIT:
            return _with_problems(_planned_for_git(scope, site, known), site)
        return _with_problems(_planned_for(BY_NAME[name], scope, site, known, coming), site)
    except (OSError, UnspeakableError, GitError) as error:
        return Plan(name, problems=(said(error),))


def planned_away(name: str, scope: Scope | None, site: Site, known: Mapping[str, Record]) -> Plan:
    """
    How they would be taken out again.

    Without a *scope*: what is the user's, and what was installed from this machine in the repository here.
    """
    changes: list[Change] = []
    problems: list[str] = []
    try:
        places = sorted(set(_places(name, scope, site, known)))
        changes = [_away(name, place, known.get(place)) for place in places]
    except (OSError, GitError) as error:
        problems.append(said(error))
    there = tuple(change for change in changes if change.is_one or change.place in known or change.problem)
    return _with_problems(Plan(name, there, problems=tuple(problems)), site)


def away_everywhere(known: Mapping[str, Record]) -> Iterator[Change]:
    """How all that is remembered would be taken out, in whatever repository. Raises OSError."""
    yield from (_away(record.tool, place, record) for place, record in sorted(known.items()))


def where(name: str, site: Site, known: Mapping[str, Record]) -> tuple[str, ...]:
    """The files in which hooks of the tool *name* are in force here."""
    found = []
    for scope in Scope:
        for place in _candidates(name, scope, site, known):
            try:
                raw = content(place)
                is_there = raw is not None and _has_ours(name, place, raw)
            except (OSError, NotReadableError):
                continue
            if is_there and place not in found:
                found.append(place)
    return tuple(found)


def said(error: Exception) -> str:
    """What went wrong, for whoever reads it."""
    if not isinstance(error, OSError):
        return str(error)
    where_to = f"{error.filename}: " if error.filename else ""
    return f"{where_to}{(error.strerror or str(error)).lower()}"


def _planned_for(
    tool: Tool, scope: Scope, site: Site, known: Mapping[str, Record], coming: Collection[str]
) -> Plan:
    elsewhere = _elsewhere(tool, scope, site, known, coming)
    if elsewhere:
        return Plan(tool.name, skipped=elsewhere)
    additions = tool.additions(lambda event: site.commands(tool.name, scope, event))
    place = _chosen(tool, scope, site)
    blank, before = Record(place, tool.name, scope, existed=False), content(place)
    if place.endswith(".toml"):
        change = installed_in_toml(blank, before or b"", known.get(place), additions)
    else:
        change = installed(blank, before, known.get(place), additions)
    others = [other for other in tool.also_reads if other in coming or where(other, site, known)]
    notes = tuple(remarks(tool, scope, site, (place, before), others))
    return Plan(tool.name, (change,), notes=notes, is_shared=scope is Scope.project)


def _elsewhere(
    tool: Tool, scope: Scope, site: Site, known: Mapping[str, Record], coming: Collection[str]
) -> str:
    """Why *tool* has its hooks already, if it does."""
    own = set(_candidates(tool.name, scope, site, known))
    there = [place for place in where(tool.name, site, known) if place not in own]
    if there:
        first = f"installed already in {site.shown(there[0])}; from two places it would run twice"
        where_to = Scope.user if scope is Scope.project else Scope.project
        return f"{first} (to move it: assaymark hooks uninstall --{where_to.value} {tool.name})"
    for other in tool.also_reads if scope is Scope.project and tool.name == "copilot" else ():
        shared = site.settings_of(BY_NAME[other], Scope.project)
        if other in coming or shared in where(other, site, known):
            return f"{tool.title} reads {site.shown(shared)} too, where the hooks are; nothing more is needed"
    return ""


def _chosen(tool: Tool, scope: Scope, site: Site) -> str:
    """The file that hooks go into: Codex warns when a folder has hooks in both of its files."""
    place = site.settings_of(tool, scope)
    if tool.name != codex.CODEX.name:
        return place
    other = os.path.join(os.path.dirname(place), codex.OTHER_FILE)  # noqa: PTH118, PTH120
    raw = content(other)
    return other if raw is not None and has_hooks(raw) and content(place) is None else place


def _planned_for_git(scope: Scope, site: Site, known: Mapping[str, Record]) -> Plan:
    folder = hook_folder(site.place, scope)
    if folder is None:
        return Plan(GIT, skipped="no work tree of git here")
    if os.path.lexists(folder.path) and not os.path.isdir(folder.path):  # noqa: PTH112
        return Plan(
            GIT, skipped=f"git runs no hooks here: core.hooksPath is {folder.path}, which is no folder"
        )
    if folder.is_shared and scope is Scope.user:
        said = f"{site.shown(folder.path)} is part of the project; add --project to write there"
        return Plan(GIT, skipped=said)
    scope = Scope.project if folder.is_shared else Scope.user
    program = site.program_for(scope)
    # What a framework set aside would run beside what is put in now.
    changes = [_away(GIT, place, known.get(place)) for place in _renamed(folder.path)]
    for hook in git_hooks.HOOKS:
        place = os.path.join(folder.path, hook)  # noqa: PTH118
        before = content(place)
        kept = _kept(place, before, known.get(place))
        blank = Record(place, GIT, scope, existed=False, kept=kept)
        changes.append(hook_installed(blank, before, known.get(place), program))
    notes = [folder.note] if folder.note else []
    if folder.of_others:
        notes.append(f"core.hooksPath is {folder.path}, so this holds for all repositories that look there")
    if any(name in (change.before or b"") for change in changes for name in _FRAMEWORKS):
        notes.append("lefthook writes its hooks anew when its settings change; then install again")
    return Plan(GIT, tuple(changes), notes=tuple(notes), is_shared=folder.is_shared)


def _kept(place: str, before: bytes | None, known: Record | None) -> str:
    """Where the script at *place* is to be kept, if it cannot be added to."""
    if known is not None and known.kept and before is not None and is_in_script(before):
        return known.kept
    if before is None:
        return ""
    fits = not os.path.islink(place) and os.access(place, os.X_OK) and can_be_added_to(before)  # noqa: PTH114
    return "" if fits else kept_beside(place)


def _places(name: str, scope: Scope | None, site: Site, known: Mapping[str, Record]) -> Iterator[str]:
    if scope is not None:
        yield from _candidates(name, scope, site, known)
        return
    yield from _candidates(name, Scope.user, site, known)
    yield from (place for place in _candidates(name, Scope.project, site, known) if place in known)


def _candidates(name: str, scope: Scope, site: Site, known: Mapping[str, Record]) -> Iterator[str]:
    """Where hooks of the tool *name* may stand."""
    if name == GIT:
        folder = hook_folder(site.place, scope)
        yield from (
            os.path.join(folder.path, hook)  # noqa: PTH118
            for hook in git_hooks.HOOKS
            if folder is not None and folder.is_shared is (scope is Scope.project)
        )
        yield from _renamed(folder.path) if folder is not None and scope is Scope.user else ()
        # Where the folder was another one when they were installed.
        tops = tuple(filter(None, (site.place.top, site.place.common)))
        yield from (
            place
            for place, record in known.items()
            if record.tool == GIT
            and record.scope is scope
            and any(place.startswith(top + os.sep) for top in tops)
        )
        return
    place = site.settings_of(BY_NAME[name], scope)
    yield place
    if name == codex.CODEX.name:
        yield os.path.join(os.path.dirname(place), codex.OTHER_FILE)  # noqa: PTH118, PTH120


def _renamed(folder: str) -> Iterator[str]:
    """Scripts of ours that another framework set aside, as pre-commit and lefthook do with what they find."""
    for hook in git_hooks.HOOKS:
        for ending in (".legacy", ".old"):
            place = os.path.join(folder, hook + ending)  # noqa: PTH118
            raw = content(place)
            if raw is not None and is_script_of_ours(raw):
                yield place


def _away(name: str, place: str, known: Record | None) -> Change:
    before = content(place)
    if name == GIT:
        return hook_uninstalled(place, before, known)
    if place.endswith(".toml"):
        return (
            uninstalled_from_toml(place, before, known) if before is not None else Change(place, None, None)
        )
    return uninstalled(place, name, before, known)


def _has_ours(name: str, place: str, raw: bytes) -> bool:
    if name == GIT:
        return is_in_script(raw)
    if place.endswith(".toml"):
        return codex.is_in(raw)
    return is_in(raw, name)


def _with_problems(plan: Plan, site: Site) -> Plan:
    told = tuple(f"{site.shown(change.place)}: {change.problem}" for change in plan.changes if change.problem)
    return replace(plan, problems=(*plan.problems, *told))
