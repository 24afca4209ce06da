"""
Compiled rules on disk: in the user's cache folder, and beside the pages of an installed package.

Invariants:
    A stored file is lines of JSON: the checksum of the rest, what there is, and then for each rule the rule,
    and its formulas and needs, each on a line of its own, since it is not read before it is asked for.
    Nothing in it can run.
    What cannot be trusted word for word (damaged, stale, another's) is ignored, never repaired.
    Nothing is written inside a repository.
    A file is replaced whole or not at all.
    A file that is as it was when it was read last is not read again: the rules are those of then.
"""

# Texts where a hook asks, since `pathlib` takes long to import.
# ruff: noqa: PTH110, PTH116, PTH117, PTH118, PTH120, PTH123

from __future__ import annotations

import os
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from assaymark.quickjson import dumps, loads
from assaymark.rules.rule import Problem
from assaymark.rules.ruleset import RuleSet
from assaymark.rules.stored import PlainFix, PlainRule, rule_from_plain, rule_to_plain
from assaymark.tables import TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from assaymark.rules.rule import Rule

_MAX_BYTES = 50_000_000
_SHIPPED = "compiled.jsonl"
# Each folder of a workspace asks for rules of its own; few of these differ.
_MOST_READ = 8

# Of a file: its size, its times and its number.
_Stamp = tuple[int, int, int, int]
# By file: how it was when it was read, for which key, and its rules, which all may have: they are values.
_READ: dict[str, tuple[_Stamp, str, RuleSet]] = {}


class Entry(TypedDict):
    """A rule in the list of a stored file: what tells who asks for it, and how long its lines are."""

    id: str
    engine: str
    language: str
    level: str
    compares: bool
    leads: list[str]
    speaks_for: list[str]
    sizes: list[int]


# The ids of those that are asked for.
Chosen: TypeAlias = "Callable[[Sequence[Entry]], AbstractSet[str]]"


class _Content(TypedDict):
    key: str
    digest: str
    rules: list[Entry]
    problems: list[tuple[str, int, str, str, str]]


def cache_folder(environ: Mapping[str, str], home: Path, platform: str) -> Path | None:
    """The user's cache folder for us, by the platform's custom; None when it lies inside a repository."""
    from pathlib import Path

    place = cache_place(environ, str(home), platform)
    return None if place is None else Path(place)


def cache_place(environ: Mapping[str, str], home: str, platform: str) -> str | None:
    """The same as a text."""
    if platform == "win32" and environ.get("LOCALAPPDATA"):
        base = environ["LOCALAPPDATA"]
    elif environ.get("XDG_CACHE_HOME"):
        base = environ["XDG_CACHE_HOME"]
    elif platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    else:
        base = os.path.join(home, ".cache")
    # XDG: a relative path counts as unset, and would lie in whatever is checked.
    folder = os.path.join(base if os.path.isabs(base) else os.path.join(home, ".cache"), "assaymark")
    return None if _in_repository(folder) else folder


def stored_rules(file: Path | str, key: str) -> RuleSet | None:
    """The rules that *file* holds for *key*; None when it holds none that can be trusted."""
    return _read(str(file), key, _own)


def stored_some(file: str, key: str, chosen: Chosen) -> RuleSet | None:
    """Those of them that are *chosen*; of the others only the names are read."""
    try:
        return _rules(_own(file), key, chosen)
    except OSError:
        return None


def shipped_some(pages: str, key: Callable[[], str], chosen: Chosen) -> RuleSet | None:
    """The same of those that were compiled when the package was built."""
    file = os.path.join(pages, _SHIPPED)
    try:
        return _rules(_any(file), key(), chosen) if os.path.exists(file) else None
    except OSError:
        return None


def shipped_rules(pages: Path | str, key: Callable[[], str]) -> RuleSet | None:
    """The rules that were compiled when the package was built, if they are those of *key*."""
    file = os.path.join(pages, _SHIPPED)
    # As trustworthy as the code beside it, whoever owns both.
    return _read(file, key(), _any) if os.path.exists(file) else None


def _read(file: str, key: str, content: Callable[[str], bytes]) -> RuleSet | None:
    """The rules in the *content* of *file*, unless they were read from it before, and it is the same."""
    try:
        stamp = _stamp(file)
        stamp_then, key_then, known = _READ.get(file, (None, "", None))
        if (stamp, key) == (stamp_then, key_then):
            return known
        rules = _rules(content(file), key)
    except OSError:
        return None
    if rules is not None:
        if len(_READ) >= _MOST_READ:
            _READ.clear()
        # A file that is replaced meanwhile has another stamp than this, and is read again.
        _READ[file] = (stamp, key, rules)
    return rules


def _stamp(file: str) -> _Stamp:
    status = os.stat(file)
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _rules(stored: bytes, key: str, chosen: Chosen | None = None) -> RuleSet | None:
    try:
        head, at = _trusted_head(stored)
        content: _Content = loads(head)
        if content["key"] != key:
            return None
        problems = tuple(Problem(*problem) for problem in content["problems"])
        rules: list[Rule] = []
        left_out: list[str] = []
        wanted = None if chosen is None else chosen(content["rules"])
        for entry in content["rules"]:
            if wanted is None or entry["id"] in wanted:
                rules.append(_rule(stored, at, entry["sizes"]))
            else:
                left_out.append(entry["id"])
            at += sum(entry["sizes"])
        if wanted is None:
            return RuleSet(tuple(rules), content["digest"], problems)
        return RuleSet.of(rules, problems).without(frozenset(left_out))
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration, RuntimeError):
        return None


def _rule(stored: bytes, at: int, sizes: Sequence[int]) -> Rule:
    """The rule whose lines are in *stored* from *at* on, each as long as *sizes* say."""
    ends = [*accumulate(sizes, initial=at)]
    first, *texts = [stored[start : end - 1].decode() for start, end in pairwise(ends)]
    return rule_from_plain(_with_texts(loads(first), iter(texts)))


def store_rules(file: Path, key: str, rules: RuleSet) -> None:
    """
    Keep *rules* in *file* for *key*.

    Effect: replaces the file; does nothing where the folder cannot be written.
    """
    try:
        _replace(file, _stored(key, rules))
    except OSError:
        return


def ship_rules(folder: Path, key: str, rules: RuleSet) -> Path:
    """
    The file with *rules* to ship beside the pages.

    Effect: writes it into *folder*.
    """
    file = folder / _SHIPPED
    _replace(file, _stored(key, rules))
    return file


def _stored(key: str, rules: RuleSet) -> bytes:
    entries: list[Entry] = []
    lines: list[bytes] = []
    for rule in rules.rules:
        plain = rule_to_plain(rule)
        texts: list[str] = []
        first = dumps(_without_texts(plain, texts), separators=(",", ":"))
        its = [text.encode() + b"\n" for text in (first, *texts)]
        entries.append(
            Entry(
                id=rule.id,
                engine=rule.engine,
                language=rule.language,
                level=rule.level.value,
                compares=rule.removal is not None,
                leads=plain["leads"][0],
                speaks_for=sorted(rule.speaks_for),
                sizes=[*map(len, its)],
            )
        )
        lines += its
    problems = [(one.path, one.line, one.message, one.rule, one.key) for one in rules.problems]
    content = _Content(key=key, digest=rules.digest, rules=entries, problems=problems)
    body = b"".join((dumps(content, separators=(",", ":")).encode(), b"\n", *lines))
    return dumps({"checksum": crc32(body)}).encode() + b"\n" + body


def _any(file: str) -> bytes:
    """What *file* holds, whosever it is."""
    with open(file, "rb") as stream:
        return stream.read()


def _own(file: str) -> bytes:
    """What *file* holds, when it is this user's."""
    with open(file, "rb") as stream:
        status = os.fstat(stream.fileno())
        if status.st_size > _MAX_BYTES or (os.name == "posix" and status.st_uid != os.getuid()):
            return b""
        return stream.read()


def _trusted_head(stored: bytes) -> tuple[str, int]:
    """
    The line behind the checksum, and where the next one starts.

    Raises ValueError where the checksum is not that of the rest.
    """
    start = stored.index(b"\n") + 1
    if loads(stored[:start])["checksum"] != crc32(memoryview(stored)[start:]):
        msg = "not as it was written"
        raise ValueError(msg)
    end = stored.index(b"\n", start)
    return stored[start:end].decode(), end + 1


def _without_texts(plain: PlainRule, texts: list[str]) -> PlainRule:
    """
    The rule with its texts and needs left blank.

    Effect: appends them to *texts*.
    """
    texts += [
        plain["formula"],
        plain["needs"],
        *(fix["formula"] for fix in plain["fixes"] if fix["formula"] is not None),
    ]
    blank: list[PlainFix] = [
        {**fix, "formula": None if fix["formula"] is None else ""} for fix in plain["fixes"]
    ]
    return {**plain, "formula": "", "needs": "", "fixes": blank}


def _with_texts(plain: PlainRule, texts: Iterator[str]) -> PlainRule:
    """The rule with the next of *texts* in its blanks."""
    plain["formula"], plain["needs"] = next(texts), next(texts)
    for fix in plain["fixes"]:
        if fix["formula"] is not None:
            fix["formula"] = next(texts)
    return plain


def _replace(file: Path, data: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Named by hand: importing tempfile costs more than reading the whole cache.
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        partial.write_bytes(data)
        partial.replace(file)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def _in_repository(folder: str) -> bool:
    above = os.path.dirname(folder)
    return os.path.exists(os.path.join(folder, ".git")) or (above != folder and _in_repository(above))
