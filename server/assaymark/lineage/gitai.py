"""
The notes of git-ai (its standard 3.0.0) in refs/notes/ai: which lines of a commit are of which session.

Invariants:
    A line in no range is of unknown origin, never human.
    A transcript that a note carries is neither shown nor copied; a foreign note keeps what it has.
    What we write holds tool and model, a hashed conversation, and no person unless one is given.
"""

from __future__ import annotations

from assaymark.lineage import attested
from assaymark.lineage.attested import Entry, Note, Table, who
from assaymark.lineage.hashing import hashed, is_hexadecimal
from assaymark.lineage.ranges import spelled
from assaymark.origin import Arrival, Author, Evidence, Origin, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "authorship/3.0.0"
_HEX = 14
_SESSION, _HUMAN = "s_", "h_"
# Models that name none.
_NO_MODEL = frozenset(("", "unknown", "default", "<synthetic>"))
_LONGEST = 250
# What stands before the hash of a conversation's name.
_DIGEST = "sha256:"
_DIGITS = 32
_COMMITTED = unknown(Arrival.committed)


def read(note: bytes | str) -> Note:
    """What *note* says, as far as it can be read."""
    return attested.read(note)


def written(note: Note) -> str:
    """The text of *note* by the grammar."""
    return attested.written(note)


def merged(ours: Note, theirs: Note) -> Note:
    """*theirs*, as it is, with what *ours* adds."""
    return attested.merged(ours, theirs)


def origin_of(note: Note, key: str) -> Origin:
    """Where lines of *key* come from, by the records of *note*; a key may have no record."""
    if key.startswith(_HUMAN):
        return Origin(Author.human, Evidence.note)
    record = record_of(note, key)
    if not record and not key.startswith(_SESSION) and not _is_older(key):
        return _COMMITTED
    agent = record.get("agent_id")
    agent = agent if isinstance(agent, dict) else {}
    model = _text(agent.get("model"))
    return Origin(
        Author.ai,
        Evidence.note,
        tool=_text(agent.get("tool")),
        model="" if model in _NO_MODEL else model,
        session=_text(agent.get("id")),
    )


def record_of(note: Note, key: str) -> Table:
    """The record that *key* resolves in; an empty one when there is none."""
    record = _shelf(note.records, _shelf_of(key)).get(who(key))
    return record if isinstance(record, dict) else {}


def with_records_of(note: Note, keys: Mapping[str, object]) -> Table:
    """The shelves of *note*'s records for these *keys* alone, without any transcript."""
    found: Table = {}
    for key in keys:
        if record := record_of(note, key):
            shelf = found.setdefault(_shelf_of(key), {})
            if isinstance(shelf, dict):
                shelf[who(key)] = {name: value for name, value in record.items() if name != "messages"}
    return found


def keyed(origin: Origin) -> tuple[str, Table]:
    """
    The key of the session of an *origin*, and the record that it resolves in.

    The first half of a key is what git-ai makes of the same conversation. The second half is random there;
    here it follows from what was asked and the model, so that the same lines always give the same note.
    """
    # What was read from one of our notes is hashed already.
    before, _, conversation = origin.session.partition(_DIGEST)
    if before or len(conversation) != _DIGITS or not is_hexadecimal(conversation):
        conversation = hashed(f"{origin.tool}:{origin.session}")[:_DIGITS]
    step = hashed(f"{conversation}:{origin.model}:{origin.prompt}")[:_HEX]
    agent = {"tool": origin.tool, "id": f"{_DIGEST}{conversation}", "model": origin.model or "unknown"}
    return f"{_SESSION}{conversation[:_HEX]}::t_{step}", {"agent_id": agent}


def human_keyed(person: str) -> tuple[str, Table]:
    """The key of *person*, as `Name <e-mail>`, and the record that it resolves in."""
    return f"{_HUMAN}{hashed(person)[:_HEX]}", {"author": person}


def shelved(key: str, record: Table) -> Table:
    """*record* where a note's records have it."""
    return {_shelf_of(key): {who(key): record}}


def note_of(lines: Mapping[str, Mapping[int, str]], records: Table, commit: str) -> Note:
    """The note for *commit* that says of each line, by path and number, its key; *records* are by shelf."""
    files = {path: _entries(keys) for path, keys in sorted(lines.items()) if attested.is_speakable(path)}
    frame: Table = {"schema_version": SCHEMA, "base_commit_sha": commit, "prompts": {}}
    return Note({path: entries for path, entries in files.items() if entries}, frame | records)


def _is_older(key: str) -> bool:
    """Whether *key* is one of an older note: a hash, a part of one, or a UUID."""
    return 4 <= len(key) <= 64 and is_hexadecimal(key.replace("-", "0").lower())


def _entries(keys: Mapping[int, str]) -> tuple[Entry, ...]:
    lines: dict[str, list[int]] = {}
    for line in sorted(keys):
        lines.setdefault(keys[line], []).append(line)
    return tuple(Entry(key, spelled(several)) for key, several in lines.items())


def _shelf_of(key: str) -> str:
    if key.startswith(_SESSION):
        return "sessions"
    return "humans" if key.startswith(_HUMAN) else "prompts"


def _shelf(records: Mapping[str, object], name: str) -> Table:
    shelf = records.get(name)
    return shelf if isinstance(shelf, dict) else {}


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""
