"""
What a change added to files that decide more than their own text: dependencies, permissions, hooks.

Invariants:
    A file that cannot be read says nothing of what it holds, and is named as changed.
    What was there before, wherever in the file, was not added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~@;#].*)?$")
_NAME = re.compile(r"[A-Za-z0-9@][\w./@-]*")
_GO = re.compile(r"^\s*(?:require\s+)?([\w.-]+\.[\w./-]+)\s+v\d")
_GEM = re.compile(r"""^\s*gem\s+["']([^"']+)["']""")
_WRITE = re.compile(r"^\s*([\w-]+):\s*(write(?:-all)?)\s*(?:#.*)?$")
_TRIGGER = re.compile(r"\b(pull_request_target|workflow_run)\b")
_HOOK_ID = re.compile(r"""^\s*-\s*id:\s*["']?([\w.-]+)""")
_PACKAGES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_ON_INSTALL = ("preinstall", "install", "postinstall", "prepare", "prepublish")


class Added(NamedTuple):
    """What came: a `dependency`, a `permission` or a `hook`, by its name."""

    kind: str
    name: str


def added(path: str, before: bytes, after: bytes) -> tuple[Added, ...]:
    """What the change of the file at *path* added; nothing for a file that decides nothing beside itself."""
    read = _reader(PurePosixPath(path))
    if read is None:
        return ()
    known = frozenset(_read(read, before))
    return tuple(one for one in dict.fromkeys(_read(read, after)) if one not in known)


def _read(read: Callable[[str], Iterable[Added]], content: bytes) -> list[Added]:
    try:
        return list(read(content.decode("utf-8", "replace")))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return []


def _reader(path: PurePosixPath) -> Callable[[str], Iterable[Added]] | None:
    name, folder = path.name, path.parent.name
    if name in _BY_NAME:
        return _BY_NAME[name]
    if re.fullmatch(r"(?:requirements|constraints)[\w.-]*\.(?:txt|in)", name) or folder == "requirements":
        return _requirements
    if folder == "workflows" and path.suffix in {".yml", ".yaml"}:
        return _workflow
    if folder in {".claude", ".gemini", ".cursor", ".codex", ".windsurf"} and path.suffix == ".json":
        return _agent_settings
    return (lambda _: [Added("hook", name)]) if folder in {".husky", "hooks"} and not path.suffix else None


def _requirements(text: str) -> Iterator[Added]:
    for line in text.splitlines():
        if found := _REQUIREMENT.match(line):
            yield Added("dependency", _plain(found[1]))


def _pyproject(text: str) -> Iterator[Added]:
    import tomllib

    table = tomllib.loads(text)
    project, tool = table.get("project", {}), table.get("tool", {})
    lists = [
        project.get("dependencies", []),
        table.get("build-system", {}).get("requires", []),
        *project.get("optional-dependencies", {}).values(),
        *table.get("dependency-groups", {}).values(),
        *_poetry(tool.get("poetry", {})),
    ]
    for one in (entry for entries in lists for entry in entries):
        if isinstance(one, str) and (found := _NAME.match(one)):
            yield Added("dependency", _plain(found[0]))


def _poetry(table: Mapping[str, object]) -> Iterator[list[str]]:
    groups = table.get("group", {})
    several = [table, *(groups.values() if isinstance(groups, dict) else ())]
    for one in several:
        for name in ("dependencies", "dev-dependencies"):
            found = one.get(name, {}) if isinstance(one, dict) else {}
            yield [name for name in found if name != "python"]


def _package_json(text: str) -> Iterator[Added]:
    table = json.loads(text)
    for name in _PACKAGES:
        yield from (Added("dependency", package) for package in table.get(name, {}))
    scripts = table.get("scripts", {})
    yield from (Added("hook", f"{name} (npm runs it)") for name in _ON_INSTALL if name in scripts)


def _cargo(text: str) -> Iterator[Added]:
    yield from _tables(text, ("dependencies", "dev-dependencies", "build-dependencies"))


def _pipfile(text: str) -> Iterator[Added]:
    yield from _tables(text, ("packages", "dev-packages"))


def _tables(text: str, names: tuple[str, ...]) -> Iterator[Added]:
    import tomllib

    table = tomllib.loads(text)
    for name in names:
        yield from (Added("dependency", package) for package in table.get(name, {}))


def _go(text: str) -> Iterator[Added]:
    yield from (Added("dependency", found[1]) for line in text.splitlines() if (found := _GO.match(line)))


def _gems(text: str) -> Iterator[Added]:
    yield from (Added("dependency", found[1]) for line in text.splitlines() if (found := _GEM.match(line)))


def _workflow(text: str) -> Iterator[Added]:
    for line in text.splitlines():
        if found := _WRITE.match(line):
            yield Added("permission", f"{found[1]}: {found[2]}")
        elif found := _TRIGGER.search(line):
            yield Added("permission", found[1])


def _pre_commit(text: str) -> Iterator[Added]:
    yield from (Added("hook", found[1]) for line in text.splitlines() if (found := _HOOK_ID.match(line)))


def _agent_settings(text: str) -> Iterator[Added]:
    table = json.loads(text)
    permissions = table.get("permissions", {})
    for name in ("allow", "additionalDirectories"):
        yield from (Added("permission", str(one)) for one in permissions.get(name, ()))
    if permissions.get("defaultMode") == "bypassPermissions":
        yield Added("permission", "bypassPermissions")
    for event, entries in table.get("hooks", {}).items():
        yield from (Added("hook", f"{event}: {command}") for command in _commands(entries))
    yield from (Added("permission", f"server {name}") for name in table.get("mcpServers", {}))


def _commands(entries: object) -> Iterator[str]:
    if isinstance(entries, dict):
        if isinstance(entries.get("command"), str):
            yield entries["command"]
        for value in entries.values():
            yield from _commands(value)
    elif isinstance(entries, list):
        for value in entries:
            yield from _commands(value)


def _plain(name: str) -> str:
    """The name of a package as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


_BY_NAME: Mapping[str, Callable[[str], Iterable[Added]]] = {
    "pyproject.toml": _pyproject,
    "Pipfile": _pipfile,
    "package.json": _package_json,
    "Cargo.toml": _cargo,
    "go.mod": _go,
    "Gemfile": _gems,
    ".pre-commit-config.yaml": _pre_commit,
    "lefthook.yml": _pre_commit,
    ".mcp.json": _agent_settings,
}
