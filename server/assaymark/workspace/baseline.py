"""
A baseline: the findings that are known, in a file, so that a check shows only what came since.

The file is JSON, one entry a line, sorted: a diff of it shows what came and what went. An entry is the path
of a file from the folder that the baseline is in, a rule, a fingerprint, and how often it is there. It holds
no source text.

Invariants:
    An entry hides as many findings as it counts, the first ones in the order of the text.
    A fingerprint names the rule and the matched text, so what moved or was indented anew is known still.
    What was found in a file that is gone is known wherever it is found now.
    A file that cannot be read raises BadBaselineError: it never hides nothing, or everything, in silence.
    An entry in doubt hides nothing: it stands in bytes that an agent wrote and nobody has reviewed.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from assaymark.dataclass import dataclass, field
from assaymark.lineage.trusting import Doubts, no_doubts
from assaymark.workspace.doubting import doubted_lines

VERSION = 1

# What a finding is known by within a file: its rule and its fingerprint.
Mark = tuple[str, str]

_KEYS = ("path", "rule", "fingerprint", "count")
_LARGEST = 100_000_000
_SIGNS = b" \t\r\n,[]{}"
_DIGITS = re.compile(r"[0-9a-f]{16}")


class BadBaselineError(Exception):
    """Why a baseline cannot be used: the file, the line, and what to do."""


class Doubted(NamedTuple):
    """An entry that is not honoured: where it stands, what it would hide, and *whose* it is, in words."""

    line: int
    path: str
    rule: str
    whose: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """
    The known findings by the paths of their files, relative to *folder*.

    *gone* are those of files that are no longer there, *doubted* those that are not among them.
    """

    place: str = ""
    marks: Mapping[str, Counter[Mark]] = field(default_factory=dict)
    gone: Mapping[str, Counter[Mark]] = field(default_factory=dict)
    doubted: tuple[Doubted, ...] = ()

    def path_of(self, place: str) -> str:
        """What the file at *place* is called in it."""
        return path_from(self.place, place)

    def hidden(self, files: Mapping[str, Sequence[Mark]]) -> Hidden:
        """What it hides of the findings of *files*, by their paths in it and in the order of their texts."""
        allowed = {path: Counter(found) & self.marks.get(path, Counter()) for path, found in files.items()}
        moved: Counter[Mark] = sum(
            (marks for path, marks in self.gone.items() if path not in files), Counter()
        )
        for path in sorted(files):
            more = (Counter(files[path]) - allowed[path]) & moved
            allowed[path] += more
            moved -= more
        unmatched = {path: self.marks[path] - allowed[path] for path in self.marks.keys() & files.keys()}
        return Hidden(allowed, unmatched, moved)


@dataclass(frozen=True, slots=True)
class Hidden:
    """
    What a baseline hides, by file.

    *unmatched* are the entries of these files without a finding, *gone* those of files that are gone.
    """

    allowed: Mapping[str, Counter[Mark]] = field(default_factory=dict)
    unmatched: Mapping[str, Counter[Mark]] = field(default_factory=dict)
    gone: Counter[Mark] = field(default_factory=Counter)

    def of(self, path: str, found: Sequence[Mark]) -> frozenset[int]:
        """The numbers of those of the findings of *path* that are hidden: the first of each."""
        allowed = Counter(self.allowed.get(path, {}))
        hidden = []
        for number, mark in enumerate(found):
            if allowed[mark] > 0:
                allowed[mark] -= 1
                hidden.append(number)
        return frozenset(hidden)


def path_from(baseline: str, place: str) -> str:
    """The path of *place* from the folder of the file *baseline*, with `/` between folders."""
    folder = os.path.dirname(os.path.abspath(baseline))  # noqa: PTH100, PTH120 - texts: asked of every file
    try:
        return os.path.relpath(os.path.abspath(place), folder).replace(os.sep, "/")  # noqa: PTH100
    except ValueError:  # on another drive
        return place.replace(os.sep, "/")


def written(files: Mapping[str, Iterable[Mark]]) -> str:
    """The text of a baseline of these findings, by their paths in it."""
    rows = sorted(
        (path, rule, digits, count)
        for path, marks in files.items()
        for (rule, digits), count in Counter(marks).items()
    )
    entries = ",\n".join(f"    {json.dumps(dict(zip(_KEYS, row, strict=True)))}" for row in rows)
    listed = f"[\n{entries}\n  ]" if rows else "[]"
    return f'{{\n  "version": {VERSION},\n  "findings": {listed}\n}}\n'


def read(place: str, doubts: Doubts = no_doubts) -> Baseline:
    """
    The baseline in the file *place*, without what of it is in doubt.

    Raises BadBaselineError. Effect: looks which of its files are there.
    """
    try:
        with open(place, "rb") as stream:  # noqa: PTH123 - a text, as everywhere here
            raw = stream.read(_LARGEST)
        text = raw.decode()
    except OSError as error:
        raise _bad(
            place, 1, f"it cannot be read: {(error.strerror or type(error).__name__).lower()}"
        ) from error
    except UnicodeDecodeError as error:
        raise _bad(place, 1, "it is not UTF-8") from error
    marks, doubted = _marks(text, place, doubted_lines(raw, doubts(place, raw), _SIGNS))
    folder = os.path.dirname(os.path.abspath(place))  # noqa: PTH100, PTH120
    gone = {path: found for path, found in marks.items() if not os.path.lexists(os.path.join(folder, path))}  # noqa: PTH118
    return Baseline(place, marks, gone, doubted)


def stamp(place: str) -> tuple[int, ...]:
    """What is another once the file *place* is; empty when there is no such file."""
    try:
        status = os.stat(place)  # noqa: PTH116
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_size, status.st_ino


def _marks(
    text: str, place: str, in_doubt: Mapping[int, str]
) -> tuple[dict[str, Counter[Mark]], tuple[Doubted, ...]]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise _bad(place, error.lineno, f"not JSON: {error.msg}") from error
    except RecursionError as error:
        raise _bad(place, 1, "nested too deep") from error
    if not isinstance(document, dict) or not isinstance(document.get("findings"), list):
        raise _bad(place, 1, "no 'findings' in it")
    if document.get("version") != VERSION:
        raise _bad(place, _line(text, '"version"'), f"version {document.get('version')!r} is not {VERSION}")
    table: dict[str, Counter[Mark]] = {}
    # As we write them, each entry is a line; in what somebody wrote otherwise, the first line is named.
    lines = [
        number
        for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1)
        if '"findings"' not in line and '{"' in line
    ]
    is_ours = len(lines) == len(document["findings"])
    doubted: list[Doubted] = []
    # Where nobody can tell which line an entry is, one in doubt is all of them.
    anyone = next(iter(in_doubt.values()), "")
    for number, entry in enumerate(document["findings"]):
        line = lines[number] if is_ours else 1
        path, rule, digits, count = _entry(entry, place, line)
        whose = in_doubt.get(line, "") if is_ours else anyone
        if whose:
            doubted.append(Doubted(line, path, rule, whose))
            continue
        table.setdefault(path, Counter())[rule, digits] += count
    return table, tuple(doubted)


def _entry(entry: object, place: str, line: int) -> tuple[str, str, str, int]:
    if not isinstance(entry, dict):
        raise _bad(place, line, f"not an entry: {entry!r}")
    for key in entry:
        if key not in _KEYS:
            # Late: most are as we wrote them.
            from difflib import get_close_matches

            like = get_close_matches(str(key), _KEYS, n=1)
            raise _bad(
                place, line, f"{key!r} is not a key" + (f"; did you mean {like[0]!r}?" if like else "")
            )
    path, rule, digits = (entry.get(key) for key in _KEYS[:3])
    count = entry.get("count", 1)
    if not (isinstance(path, str) and isinstance(rule, str) and path and rule):
        raise _bad(place, line, "an entry needs a 'path' and a 'rule'")
    if not isinstance(digits, str) or not _DIGITS.fullmatch(digits):
        raise _bad(place, line, "a 'fingerprint' has sixteen hexadecimal digits")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise _bad(place, line, "a 'count' is a whole number from 1")
    return path, rule, digits, count


def _line(text: str, word: str) -> int:
    return text.count("\n", 0, max(text.find(word), 0)) + 1


def _bad(place: str, line: int, what: str) -> BadBaselineError:
    remedy = f"write it anew with: assaymark baseline --output {place}"
    return BadBaselineError(f"{place}:{line}: the baseline cannot be used: {what}; {remedy}")
