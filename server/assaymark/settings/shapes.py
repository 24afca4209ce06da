"""
The shapes that values have: each reads what a file, an editor or a command line says.

Invariants:
    A shape returns a value or raises WrongValueError, whose text says what to write.
    A path becomes absolute; one that is confined lies, links followed, in the folder it is confined to.
"""
# Paths stay strings until they are values: most are none of ours.
# ruff: noqa: PTH111, PTH117, PTH118

from __future__ import annotations

import os
import re
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from assaymark.dataclass import dataclass
from assaymark.rules.globs import glob
from assaymark.settings.guess import did_you_mean


class WrongValueError(Exception):
    """What was written is no value of the setting; the text says what to write."""


@dataclass(frozen=True, slots=True)
class Ground:
    """
    Where relative paths start, and the folder that they may not leave, if any.

    *within* is *folder* as globs write it, from the top of the repository; empty at the top.
    """

    folder: str
    confined_to: str | None = None
    within: str = ""


Shape = Callable[[object, Ground], object]


def one_of(kind: type[Enum]) -> Shape:
    """A member of *kind*, by its name."""
    names = [str(member.value) for member in kind]

    def read(value: object, _: Ground) -> object:
        if value not in names:
            guess = did_you_mean(value, names) if isinstance(value, str) else ""
            msg = f"{_said(value)} is not one of {', '.join(names)}{guess}"
            raise WrongValueError(msg)
        return kind(value)

    return read


def some_of(names: tuple[str, ...]) -> Shape:
    """A list of *names*."""

    def read(value: object, ground: Ground) -> object:
        for text in texts(value, ground):
            if text not in names:
                msg = f"{_said(text)} is not one of {', '.join(names)}{did_you_mean(text, names)}"
                raise WrongValueError(msg)
        return texts(value, ground)

    return read


def texts(value: object, _: Ground) -> tuple[str, ...]:
    """A list of strings, none empty."""
    if isinstance(value, str):
        msg = f"a list is needed; write [{_said(value)}]"
        raise WrongValueError(msg)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        msg = 'a list of strings is needed, as in ["a", "b"]'
        raise WrongValueError(msg)
    if not all(item.strip() for item in value):
        msg = "a name in the list is empty; take it out"
        raise WrongValueError(msg)
    return tuple(value)


def globs(value: object, ground: Ground) -> tuple[str, ...]:
    """A list of path globs, from the top of the repository."""
    return tuple(_from_top(text, ground) for text in texts(value, ground))


def paths(value: object, ground: Ground) -> tuple[Path, ...]:
    """A list of files or folders."""
    return tuple(_path(text, ground) for text in texts(value, ground))


def path(value: object, ground: Ground) -> Path:
    """A file."""
    if not isinstance(value, str) or not value.strip():
        msg = f"{_said(value)} is not a path"
        raise WrongValueError(msg)
    return _path(value, ground)


def truth(value: object, _: Ground) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        msg = f"{_said(value)} is not a truth value; write true or false"
        raise WrongValueError(msg)
    return value


def milliseconds(value: object, _: Ground) -> int:
    """A whole number of milliseconds, at most a minute."""
    return _whole(value, 0, 60_000, "milliseconds")


def n_bytes(value: object, _: Ground) -> int:
    """A size."""
    return _whole(value, 1, 1_000_000_000, "bytes")


def seconds(value: object, _: Ground) -> float:
    """A number of seconds, less than a day."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 86_400:
        msg = f"{_said(value)} is not a number of seconds between 0 and 86,400"
        raise WrongValueError(msg)
    return float(value)


def _whole(value: object, least: int, most: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        msg = f"{_said(value)} is not a whole number of {what} from {least} to {most:,}"
        raise WrongValueError(msg)
    return value


def _from_top(text: str, ground: Ground) -> str:
    try:
        glob(text)
    except re.error as error:
        msg = f"{_said(text)} is not a path glob: {error.msg}"
        raise WrongValueError(msg) from None
    if not text.strip("/"):
        msg = f"{_said(text)} names everything; name what is not to be checked"
        raise WrongValueError(msg)
    if ".." in text.split("/"):
        msg = f"{_said(text)} leaves the folder; write it from the folder of the settings, without '..'"
        raise WrongValueError(msg)
    if not ground.within:
        return text
    between = "/" if text.startswith("/") else "/**/"
    return f"/{ground.within}{between}{text.removeprefix('/')}"


def _path(text: str, ground: Ground) -> Path:
    if "\0" in text:
        msg = "a path cannot hold NUL"
        raise WrongValueError(msg)
    if ground.confined_to is None:
        return Path(os.path.normpath(os.path.join(ground.folder, os.path.expanduser(text))))
    if os.path.isabs(text) or text.startswith(("~", "/", "\\")) or ".." in re.split(r"[/\\]", text):
        msg = f"{_said(text)} may lie outside of the repository; write it from here, without '..'"
        raise WrongValueError(msg)
    place = os.path.normpath(os.path.join(ground.folder, text))
    top = os.path.realpath(ground.confined_to)
    real = os.path.realpath(place)
    if real != top and not real.startswith(top.rstrip(os.sep) + os.sep):
        msg = f"{_said(text)} leads out of the repository by a link; put the file itself into the repository"
        raise WrongValueError(msg)
    return Path(place)


def _said(value: object) -> str:
    """*value* as messages quote it: on one line, and short."""
    if isinstance(value, bool):
        return str(value).lower()
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    text = "".join(character if character.isprintable() else "?" for character in text)
    return text if len(text) <= 60 else f"{text[:57]}…"
