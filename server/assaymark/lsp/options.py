"""
Settings as the editor gives them, and what is honoured of them.

Invariants:
    What is not understood is said and changes nothing.
    In a workspace that is not trusted, nothing that comes from it loosens what the user set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from assaymark.finding import Level, Severity
from assaymark.settings.values import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of a folder."""

    settings: Settings


def options_of(
    given: Mapping[str, Any], before: Options, *, may_loosen: bool = True
) -> tuple[Options, list[str]]:
    """*before* with what *given* sets, and a line on everything in it that was not honoured."""
    options, complaints = before, []
    for key, value in given.items():
        read = _READERS.get(key)
        if read is None:
            complaints.append(_unknown(key))
            continue
        try:
            wanted = read(options, value)
        except (TypeError, ValueError) as error:
            complaints.append(f"setting {key} was left out: {error}")
            continue
        if may_loosen or not _is_looser(key, options, wanted):
            options = wanted
        else:
            complaints.append(f"setting {key} was left out: the workspace is not trusted")
    return options, complaints


def _is_looser(key: str, before: Options, after: Options) -> bool:
    old, new = before.settings, after.settings
    if key == "severity":
        return new.severity > old.severity
    if key == "level":
        return new.level < old.level
    return key in {"select", "ignore", "rules"} and after != before


def _unknown(key: str) -> str:
    near = get_close_matches(key, [name for name in _READERS if name != "trusted"], 1)
    return f"{key} is not a setting" + (f"; did you mean {near[0]}?" if near else "")


def _severity(options: Options, value: object) -> Options:
    return replace(options, settings=replace(options.settings, severity=Severity.named(_text(value))))


def _level(options: Options, value: object) -> Options:
    return replace(options, settings=replace(options.settings, level=Level.named(_text(value))))


def _select(options: Options, value: object) -> Options:
    return replace(options, settings=replace(options.settings, select=_texts(value)))


def _ignore(options: Options, value: object) -> Options:
    return replace(options, settings=replace(options.settings, ignore=_texts(value)))


def _typing_delay(options: Options, value: object) -> Options:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        msg = "milliseconds are needed, a whole number from 0"
        raise ValueError(msg)
    return replace(options, settings=replace(options.settings, typing_delay_ms=value))


def _rules(options: Options, value: object) -> Options:
    return replace(
        options, settings=replace(options.settings, rules=tuple(Path(text) for text in _texts(value)))
    )


def _trusted(options: Options, value: object) -> Options:
    """Read with the client's facts; a workspace cannot declare itself trusted."""
    return options


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    msg = "a string is needed"
    raise TypeError(msg)


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    msg = "a list of strings is needed"
    raise TypeError(msg)


_READERS: Mapping[str, Callable[[Options, object], Options]] = {
    "severity": _severity,
    "level": _level,
    "select": _select,
    "ignore": _ignore,
    "typingDelay": _typing_delay,
    "rules": _rules,
    "trusted": _trusted,
}
