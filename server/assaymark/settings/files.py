"""
Settings files: read, and made what a layer says.

Invariants:
    Nothing here raises: what is wrong with a file is said with its line and what to do, and sets nothing.
    A file that does not name us is not parsed; no more than a megabyte is read.
    A repository's file that leads out of the repository by a link is not followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache

from assaymark.settings.decoding import from_file
from assaymark.settings.doubting import Doubtful, Doubts, with_doubts
from assaymark.settings.layer import Given, Layer, Wrong
from assaymark.settings.places import SHARED
from assaymark.settings.shapes import Ground
from assaymark.workspace.ignoring import with_separator
from assaymark.workspace.reading import Unreadable, read

_MAX_BYTES = 1_000_000
_NAME = b"assaymark"
_SECTION = "tool.assaymark"
_AT = re.compile(r" \(at line (\d+), column \d+\)$")
_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*([\w."'-]+(?:\s*\.\s*[\w"'-]+)*)\s*=""")


def settings_in(place: str, layer: Layer, *, top: str | None = None) -> Given | None:
    """
    What the file *place* says; None when it is not there, or holds nothing of ours.

    *top* is that of the repository it belongs to, if any: there its paths have to stay.
    """
    if not os.path.lexists(place):
        return None
    real = os.path.realpath(place)
    if top is None or real.startswith(with_separator(os.path.realpath(top))):
        return _settings_in(place, layer, top, _stamp(real))
    if _is_shared(place):
        return None  # it may be any other tool's
    return _broken(place, layer, top, "a link out of the repository; put the file itself here")


def given_in(raw: bytes, place: str) -> Given | None:
    """What a repository's file at *place* says if it holds *raw*; None when that is nothing of ours."""
    try:
        return _parsed(raw.decode(), place, Layer.repository, None)
    except UnicodeDecodeError:
        return None


def doubting(given: Given, place: str, doubts: Doubts) -> Given:
    """*given*, which the file *place* says, with what of it is in doubt. Effect: reads the file."""
    raw = read(place, _MAX_BYTES)
    doubtful = () if isinstance(raw, Unreadable) else tuple(doubts(place, raw))
    if not doubtful or isinstance(raw, Unreadable):
        return given
    return _doubting(given, raw, _section(place), doubtful)


def doubted(place: str, doubts: Doubts) -> Doubtful | None:
    """What of the file *place* is in doubt first, be it a setting or not. Effect: reads the file."""
    raw = read(place, _MAX_BYTES)
    return None if isinstance(raw, Unreadable) else next(iter(doubts(place, raw)), None)


@lru_cache(maxsize=64)
def _doubting(given: Given, raw: bytes, section: str, doubtful: tuple[Doubtful, ...]) -> Given:
    # Kept: what comes of the settings is, by what layers say.
    return with_doubts(given, raw, section, doubtful)


def named(place: str, top: str | None) -> str:
    """What messages call the file *place*: within its repository, else by its whole path."""
    return place if top is None else os.path.relpath(place, top).replace(os.sep, "/")


@lru_cache(maxsize=256)
def _settings_in(place: str, layer: Layer, top: str | None, _: object) -> Given | None:
    """As `settings_in`, kept as long as the file's stamp, the last argument, stays."""
    raw = read(place, _MAX_BYTES)
    if isinstance(raw, Unreadable):
        return _broken(place, layer, top, raw.reason)
    if _is_shared(place) and _NAME not in raw:
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return _broken(place, layer, top, "not UTF-8; save it as UTF-8", line)
    return _parsed(text, place, layer, top)


def _parsed(text: str, place: str, layer: Layer, top: str | None) -> Given | None:
    # Late: most folders have no settings of ours, and starting is to cost nothing.
    import tomllib

    try:
        table: object = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _AT.search(str(error))
        what = _AT.sub("", str(error)) if not isinstance(error, RecursionError) else "it is nested too deeply"
        line = int(found[1]) if found else text.count("\n") + 1
        return _broken(place, layer, top, f"not TOML: {what[:1].lower()}{what[1:]}", line)
    section = _section(place)
    for name in section.split(".") if section else ():
        table = table.get(name) if isinstance(table, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        return _broken(place, layer, top, "tool.assaymark is no table; write [tool.assaymark]", 1)
    lines = _lines(text, section)
    if not section and isinstance(table.get("tool"), dict):
        line = lines.get("tool", 1)
        return _broken(place, layer, top, "leave [tool.assaymark] out: all of this file is ours", line)
    called = named(place, top)
    folder = os.path.dirname(place)  # noqa: PTH120 - as below
    within = "" if top is None or folder == top else named(folder, top)
    ground = Ground(folder, confined_to=top, within=within)
    return from_file(table, layer, ground, lambda key: f"{called}:{_line_of(key, lines)}")


def _line_of(key: str, lines: Mapping[str, int]) -> int:
    """The line of a setting, or of the table that it stands in."""
    return lines.get(key) or lines.get(key.partition(".")[0], 1)


def _lines(text: str, section: str) -> dict[str, int]:
    """The line of each key of the table *section*, however the file spells it."""
    lines: dict[str, int] = {}
    at = ""
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        if header:
            at = _plain(header[1])
            # A table of its own where a value belongs: [tool.assaymark.severity].
            if at.startswith(f"{section}." if section else ""):
                lines.setdefault(at.removeprefix(section).strip(".").split(".")[0], number)
        elif key := _KEY.match(line):
            whole = f"{at}.{_plain(key[1])}" if at else _plain(key[1])
            if whole.startswith(f"{section}." if section else ""):
                lines.setdefault(whole.removeprefix(section).strip(".").split(".")[0], number)
    return lines


def _plain(key: str) -> str:
    return re.sub(r"""["'\s]""", "", key)


def _broken(place: str, layer: Layer, top: str | None, what: str, line: int = 1) -> Given:
    return Given(layer, wrong=(Wrong(f"{named(place, top)}:{line}", what),))


def _section(place: str) -> str:
    return _SECTION if _is_shared(place) else ""


def _is_shared(place: str) -> bool:
    return place.endswith(SHARED)


def _stamp(place: str) -> tuple[int, ...]:
    try:
        status = os.stat(place)  # noqa: PTH116 - paths are strings here
    except OSError:
        return ()
    # The change time too: a file's owner can set the others back.
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
