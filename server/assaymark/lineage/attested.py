"""
The text of a note: entries (a key and ranges of lines) by file, a line `---`, and records as JSON.

The grammar is git-ai's, version 3.0.0; our own notes share it.

Invariants:
    Reading never raises, on any bytes; what is not understood is listed, and the rest is read.
    What was well formed and not changed is written byte for byte as it was read.
"""

from __future__ import annotations

from assaymark.dataclass import dataclass, field
from assaymark.lineage.ranges import flattened, is_well, ranges, spelled_ranges, without
from assaymark.quickjson import dumps
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from assaymark.lineage.ranges import Piece

Table: TypeAlias = "dict[str, object]"

# Entries and files beyond this are passed over, and the note is then kept as it is.
MOST_ENTRIES = 200_000
_MOST_PROBLEMS = 20
_DEEPEST = 50
_DIVIDER = "---"


class Entry(NamedTuple):
    """The lines, as ranges that are read when they are asked for, of one key."""

    key: str
    spelled: str


@dataclass(frozen=True, slots=True)
class Note:
    """
    What a note says: entries by path, *records* behind the divider, and what was not understood.

    *text* spells the records as they were read, until they change; *whole* says that it can be written again
    without losing anything.
    """

    files: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    records: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    text: str = field(default="", compare=False)
    whole: bool = True

    def pieces(self, path: str) -> list[Piece]:
        """Whose the lines of *path* are: disjoint pieces in ascending order."""
        return flattened(self.files.get(path, ()))


def read(note: bytes | str) -> Note:
    """What *note* says, as far as it can be read."""
    text = note.decode("utf-8", "surrogateescape") if isinstance(note, bytes) else note
    head, behind = _divided(text)
    files, problems, whole = _attestations(head)
    if behind is None:
        return Note(files, {}, tuple([*problems, "no line --- and no records"][:_MOST_PROBLEMS]), "", whole)
    records, spelled, problem = _records(behind)
    # Records that cannot be read are somebody's all the same.
    whole = whole and (spelled != "" or not behind.strip())
    return Note(files, records, tuple([*problems, *problem][:_MOST_PROBLEMS]), spelled, whole)


def written(note: Note) -> str:
    """The text of *note*. Files whose path the grammar cannot spell, or without entries, are left out."""
    lines: list[str] = []
    for path, entries in note.files.items():
        if entries and is_speakable(path):
            lines.append(_header(path))
            lines += [f"  {key} {spelled}" for key, spelled in entries]
    return "\n".join([*lines, _DIVIDER, note.text or _spelled(note.records)])


def is_speakable(path: str) -> bool:
    """Whether the grammar, which escapes nothing, can spell *path*."""
    if not path or "\n" in path or "\r" in path or "\0" in path or path == _DIVIDER:
        return False
    # Quotes round the whole would be taken away.
    return path[0] != '"'


def first_of(text: str) -> tuple[str, str]:
    """
    The first note of *text*, and what stands behind it.

    Git joins the notes of rewritten commits into one text when `notes.rewriteMode` is `concatenate`.
    """
    _head, behind = _divided(text)
    if behind is None:
        return text, ""
    end = _end_of_records(behind)
    start = len(text) - len(behind)
    return text[: start + end], text[start + end :]


def merged(ours: Note, theirs: Note) -> Note:
    """
    *theirs* with what *ours* adds.

    Nothing of theirs goes away: where both name a line, our entry stands later, and so wins; where both say
    the same of it, theirs is enough. A record that both have stays theirs, with fields that only ours has.
    """
    if not theirs.whole:
        return theirs
    files = dict(theirs.files)
    for path, entries in ours.files.items():
        files[path] = (*files.get(path, ()), *_news(entries, theirs.pieces(path)))
    records = _joined(theirs.records, ours.records)
    return Note(
        {path: entries for path, entries in files.items() if entries},
        records,
        theirs.problems,
        theirs.text if records == theirs.records else "",
    )


def _spelled(records: Mapping[str, object]) -> str:
    text = dumps(records, indent=2, ensure_ascii=False)
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # Half a pair of surrogates, which JSON can escape and UTF-8 cannot hold.
        return dumps(records, indent=2)
    return text


def _news(entries: tuple[Entry, ...], known: list[Piece]) -> list[Entry]:
    found: list[Entry] = []
    pieces = flattened(entries)
    said: dict[str, list[tuple[int, int]]] = {}
    for piece in known:
        said.setdefault(who(piece.key), []).append((piece.first, piece.last))
    for key in dict.fromkeys(entry.key for entry in entries):
        mine = [(piece.first, piece.last) for piece in pieces if piece.key == key]
        if left := without(mine, said.get(who(key), [])):
            found.append(Entry(key, spelled_ranges(left)))
    return found


def who(key: str) -> str:
    """The part of *key* that names a record: what stands before `::`."""
    return key.partition("::")[0]


def _joined(theirs: Mapping[str, object], ours: Mapping[str, object]) -> Table:
    found: Table = dict(theirs)
    for name, value in ours.items():
        before = found.get(name)
        if name not in found:
            found[name] = value
        elif isinstance(before, dict) and isinstance(value, dict):
            found[name] = _joined(before, value)
    return found


def _divided(text: str) -> tuple[str, str | None]:
    """What stands before the first line `---`, and behind it; None when there is no such line."""
    at = 0
    while (at := text.find(_DIVIDER, at)) >= 0:
        end = text.find("\n", at)
        line = text[at:] if end < 0 else text[at:end]
        if (at == 0 or text[at - 1] == "\n") and line.rstrip() == _DIVIDER:
            return text[:at], "" if end < 0 else text[end + 1 :]
        at += 1
    return text, None


def _attestations(head: str) -> tuple[dict[str, tuple[Entry, ...]], list[str], bool]:
    files: dict[str, list[Entry]] = {}
    problems: list[str] = []
    entries: list[Entry] | None = None
    n_entries = 0
    for n, raw in enumerate(_lines(head), 1):
        line = raw.rstrip()
        if not line:
            continue
        n_entries += 1
        if n_entries > MOST_ENTRIES:
            problems.insert(0, f"line {n}: more than {MOST_ENTRIES:,} entries; the rest is not read")
            break
        if not line.startswith((" ", "\t")):
            entries = files.setdefault(_path(line), [])
        elif problem := _entry(line, entries):
            problems.append(f"line {n}: {problem}")
    found = {path: tuple(entries) for path, entries in files.items() if entries}
    return found, problems[:_MOST_PROBLEMS], n_entries <= MOST_ENTRIES


def _entry(line: str, entries: list[Entry] | None) -> str:
    """What is wrong with *line*. Effect: adds its entry to *entries*."""
    key, _, spelled = line[2:].partition(" ")
    if not line.startswith("  ") or not key or key[0].isspace():
        return "neither a file nor an entry"
    if entries is None:
        return "an entry before any file"
    if not is_well(spelled):
        if next(ranges(spelled), None) is None:
            return "an entry without lines"
        entries.append(Entry(key, spelled))
        return "ranges that are not all understood"
    entries.append(Entry(key, spelled))
    return ""


def _lines(text: str) -> list[str]:
    # Not splitlines: a path may hold what Unicode takes for a line end.
    return text.split("\n")


def _path(line: str) -> str:
    return line[1:-1] if len(line) > 1 and line[0] == line[-1] == '"' else line


def _header(path: str) -> str:
    return f'"{path}"' if _is_quoted(path) else path


def _is_quoted(path: str) -> bool:
    return " " in path or "\t" in path or path != path.strip()


def _records(text: str) -> tuple[Table, str, list[str]]:
    """The records, how they are spelled, and what is wrong with them."""
    body = text.lstrip()
    try:
        records, end = _decoded(body)
    except (ValueError, RecursionError):
        return {}, "", ["the records behind --- are not JSON"]
    if not isinstance(records, dict):
        return {}, "", ["the records behind --- are no table"]
    if _is_deep(records):
        return {}, "", ["the records behind --- are nested too deeply"]
    # Git may have joined a second note to this one; its lines are those of another commit.
    more = ["something stands behind the records"] if body[end:].strip() else []
    return records, text if not more else body[:end], more


def _is_deep(records: Table) -> bool:
    """Whether what stands in *records* is nested more deeply than anybody means."""
    level: list[object] = [records]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (
                outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ()
            )
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _end_of_records(behind: str) -> int:
    body = behind.lstrip()
    try:
        _, end = _decoded(body)
    except (ValueError, RecursionError):
        return len(behind)
    return len(behind) - len(body) + end


def _decoded(text: str) -> tuple[object, int]:
    """The value that *text* begins with, and where it ends. Raises ValueError, RecursionError."""
    # Late: a commit waits for what is imported, and most write their notes without reading any.
    import json

    value, end = json.JSONDecoder().raw_decode(text)
    return value, end
