"""
What a project tells bandit: `[tool.bandit]` of its pyproject.toml, and its `.bandit`.

Bandit itself reads the first when it is named on its command line, and the second where it finds it. Both
are read from the project's top folder here; the second decides where both speak.

Invariants:
    What cannot be read is said, with its file, and changes nothing.
    Only files of the project are read, and nothing in them is run: bandit's settings are data.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assaymark.dataclass import dataclass, replace
from assaymark.engines.bandit.terms import Configuration
from assaymark.lineage.trusting import Doubts, no_doubts

_OWN = frozenset(("tests", "skips", "exclude_dirs", "exclude", "targets", "profiles", "include"))
_MOST_BYTES = 5_000_000
_TABLE = re.compile(
    rb"^[ \t]*\[tool\.bandit[.\]].*?(?=^[ \t]*\[(?!tool\.bandit\b)|\Z)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Told:
    """The configuration, and a line on everything that was left out of it."""

    configuration: Configuration
    complaints: tuple[str, ...] = ()


def told_by(root: str, doubts: Doubts = no_doubts) -> Told:
    """What the project in the folder *root* tells bandit; files that there are *doubts* of tell nothing."""
    complaints: list[str] = []
    project = _Project(root, complaints, doubts)
    configuration = _from_table(_table(project, "pyproject.toml"), "pyproject.toml", complaints)
    ini = _ini(project)
    if ini.get("configfile"):
        named = ini["configfile"]
        configuration = _from_table(_table(project, named), named, complaints)
    configuration = replace(
        configuration,
        tests=_parted(ini.get("tests")) or configuration.tests,
        skips=(*configuration.skips, *_parted(ini.get("skips"))),
        exclude=(*configuration.exclude, *_parted(ini.get("exclude"))),
        ignores_nosec=bool(ini.get("ignore-nosec")),
        known=_known(project, ini.get("baseline", "")),
    )
    return Told(configuration, tuple(complaints))


@dataclass(frozen=True, slots=True)
class _Project:
    """A project's folder, what is said of its files, and what of them is in doubt."""

    root: str
    complaints: list[str]
    doubts: Doubts


def _table(project: _Project, named: str) -> Mapping[str, Any]:
    """Bandit's table in the file *named*."""
    complaints = project.complaints
    content = _read(project, named)
    if content is None:
        return {}
    try:
        if not named.endswith(".toml"):
            # Late: few projects have one, and what reads YAML takes long to import.
            import yaml

            table = yaml.safe_load(content) or {}
        else:
            table = tomllib.loads(content.decode()).get("tool", {}).get("bandit", {})
    except (ValueError, AttributeError, RecursionError) as error:
        complaints.append(f"{named}: bandit's settings were left out: {_first_line(error)}")
        return {}
    except Exception as error:  # noqa: BLE001 - YAML's own errors, whose module is not imported otherwise
        complaints.append(f"{named}: bandit's settings were left out: {type(error).__name__}")
        return {}
    if isinstance(table, Mapping):
        return table
    complaints.append(f"{named}: bandit's settings were left out: a table is needed")
    return {}


def _from_table(table: Mapping[str, Any], named: str, complaints: list[str]) -> Configuration:
    lists: dict[str, tuple[str, ...]] = {}
    for key in ("tests", "skips", "exclude_dirs"):
        value = table.get(key) or []
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            lists[key] = tuple(value)
        else:
            complaints.append(
                f"{named}: {key} of bandit's settings was left out: a list of strings is needed"
            )
    plugins = {key: value for key, value in table.items() if key not in _OWN}
    try:
        # They go to another process.
        plugins = json.loads(json.dumps(plugins))
    except (TypeError, ValueError, RecursionError):
        complaints.append(f"{named}: the settings of bandit's tests were left out: plain values are needed")
        plugins = {}
    return Configuration(
        lists.get("tests", ()), lists.get("skips", ()), lists.get("exclude_dirs", ()), plugins
    )


def _ini(project: _Project) -> Mapping[str, str]:
    content = _read(project, ".bandit")
    if content is None:
        return {}
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(content.decode())
    except (configparser.Error, ValueError):
        # Older ones are YAML and are named on bandit's command line; they are not for us to find.
        project.complaints.append(".bandit: left out: it is not an ini file")
        return {}
    return dict(parser.items("bandit")) if parser.has_section("bandit") else {}


def _known(project: _Project, named: str) -> tuple[tuple[str, ...], ...]:
    """The findings of the report *named*: bandit's baselines are reports in JSON."""
    content = _read(project, named) if named else None
    if content is None:
        return ()
    try:
        return tuple(
            (
                os.path.normpath(row["filename"]).replace(os.sep, "/"),
                str(row["test_id"]),
                str(row["issue_text"]),
                str(row["issue_severity"]),
                str(row["issue_confidence"]),
            )
            for row in json.loads(content)["results"]
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        project.complaints.append(f"{named}: left out: it is not a report of bandit's in JSON")
        return ()


def _read(project: _Project, named: str) -> bytes | None:
    """The content of a file of the project; None where it is not there, or tells bandit what is in doubt."""
    content = _content(project.root, named, project.complaints)
    if content is None:
        return None
    start, end = _of_bandit(content) if named.endswith(".toml") else (0, len(content))
    doubtful = project.doubts(str(Path(project.root, named)), content) if start < end else ()
    told = content[start:end]
    whose = next((one[2] for one in doubtful if _is_told(told, one[0] - start, one[1] - start)), "")
    if not whose:
        return content
    project.complaints.append(f"{named}: bandit's settings were left out: a line of them is one {whose}")
    return None


def _is_told(content: bytes, start: int, end: int) -> bool:
    """Whether something of *content* stands from *start* to *end*, or went there from within it."""
    gone = start == end and 0 < start < len(content)
    return gone or bool(content[max(start, 0) : max(end, 0)].strip())


def _of_bandit(content: bytes) -> tuple[int, int]:
    """From where to where a file in TOML may speak of bandit."""
    found = _TABLE.search(content)
    if found is not None:
        return found.span()
    return (0, len(content)) if b"bandit" in content else (0, 0)


def _content(root: str, named: str, complaints: list[str]) -> bytes | None:
    place = Path(root, named)
    try:
        if not place.resolve().is_relative_to(Path(root).resolve()):
            complaints.append(f"{named}: left out: it lies outside of the project")
            return None
        if not place.is_file():
            if named not in {"pyproject.toml", ".bandit"}:
                complaints.append(f"{named}: there is no such file, which .bandit names")
            return None
        if place.stat().st_size > _MOST_BYTES:
            complaints.append(f"{named}: left out: larger than {_MOST_BYTES:,} bytes")
            return None
        return place.read_bytes()
    except OSError as error:
        complaints.append(f"{named}: cannot be read: {(error.strerror or '').lower()}")
        return None


def _parted(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
