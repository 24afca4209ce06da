"""
Agent Trace records (0.1.0): which lines of a revision an agent wrote, as other tools store it.

Invariants:
    Reading never raises; a record without usable parts gives nothing.
    Ranges that tools write when they know none (`1-1`, the whole file) are given as they are.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from assaymark.dataclass import dataclass
from assaymark.origin import Author, Evidence, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

VERSION = "0.1.0"
_REVISION = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Files that stand for no file.
_PSEUDO = frozenset((".shell-history", ".sessions"))
_LONGEST = 250


class Traced(NamedTuple):
    """Lines of one origin, both ends included."""

    first: int
    last: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Record:
    """What one record says of a revision, by path."""

    revision: str
    files: Mapping[str, tuple[Traced, ...]]


def records(text: bytes) -> Iterator[Record]:
    """The records of a file with one on each line, or of one that holds a single record."""
    whole = _table(text)
    if whole is not None:
        yield from _record(whole)
        return
    for line in text.split(b"\n"):
        if (table := _table(line)) is not None:
            yield from _record(table)


def written(files: Mapping[str, Iterable[Traced]], *, revision: str, identifier: str, timestamp: str) -> str:
    """A record, on one line, of those lines of *revision* whose origin is known."""
    listed = [
        {"path": path, "conversations": conversations}
        for path, traced in files.items()
        if (conversations := [_conversation(one) for one in traced if one.origin.author in _TYPES])
    ]
    record = {
        "version": VERSION,
        "id": identifier,
        "timestamp": timestamp,
        "vcs": {"type": "git", "revision": revision},
        "tool": {"name": "assaymark"},
        "files": listed,
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


_TYPES = {Author.ai: "ai", Author.human: "human"}


def _conversation(one: Traced) -> dict[str, object]:
    contributor = {"type": _TYPES[one.origin.author]}
    if one.origin.author is Author.ai and one.origin.model:
        contributor["model_id"] = one.origin.model[:_LONGEST]
    return {"contributor": contributor, "ranges": [{"start_line": one.first, "end_line": one.last}]}


def _table(text: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _record(table: dict[str, object]) -> Iterator[Record]:
    revision = _text(_inner(table, "vcs").get("revision"))
    if not _REVISION.fullmatch(revision):
        return
    tool = _text(_inner(table, "tool").get("name"))
    files: dict[str, tuple[Traced, ...]] = {}
    for file in _tables(table.get("files")):
        path = _text(file.get("path"), 4096)
        if path and path not in _PSEUDO:
            files[path] = (*files.get(path, ()), *_traced(file, tool))
    yield Record(revision, files)


def _traced(file: dict[str, object], tool: str) -> Iterator[Traced]:
    for conversation in _tables(file.get("conversations")):
        contributor = _inner(conversation, "contributor")
        for one in _tables(conversation.get("ranges")):
            origin = _origin(_inner(one, "contributor") or contributor, tool)
            first, last = one.get("start_line"), one.get("end_line")
            if origin and isinstance(first, int) and isinstance(last, int) and 1 <= first <= last:
                yield Traced(first, last, origin)


def _origin(contributor: dict[str, object], tool: str) -> Origin | None:
    match contributor.get("type"):
        case "ai" | "mixed":
            model = _text(contributor.get("model_id"))
            return Origin(Author.ai, Evidence.note, tool=tool, model=model)
        case "human":
            return Origin(Author.human, Evidence.note)
        case _:
            return None


def _inner(table: dict[str, object], name: str) -> dict[str, object]:
    value = table.get(name)
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object, longest: int = _LONGEST) -> str:
    return value[:longest] if isinstance(value, str) else ""
