"""
Our own notes, in refs/notes/assaymark: on what evidence each line's origin rests, and room for reviews.

The grammar is that of git-ai's notes; server/NOTES.md describes the records.

Invariants:
    Dates without times; a conversation only as its hash; no path, no prompt, no person.
    A record's key follows from what it says, so that notes of two clones merge without being renumbered.
"""

from __future__ import annotations

from assaymark.lineage import attested, gitai
from assaymark.lineage.attested import Entry, Note, Table, who
from assaymark.lineage.hashing import hashed
from assaymark.lineage.ranges import flattened, spelled, spelled_ranges, without
from assaymark.origin import Author, Evidence, Origin
from assaymark.quickjson import dumps
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from assaymark.lineage.ranges import Piece

SCHEMA = "assaymark/1"
_EVIDENCE, _REVIEW = "e_", "r_"
_HEX = 12


def keyed(origin: Origin, others: Iterable[Author], date: str, cut: Table | None = None) -> tuple[str, Table]:
    """
    The key and the record of lines of *origin*.

    *others* wrote parts of them too; *date* is the day, as 2026-11-14, or empty. *cut* is what is said of
    their cut, where there is one.
    """
    record: Table = {"author": origin.author.value, "evidence": origin.evidence.value}
    if origin.author is not Author.human:
        record |= {name: text for name in ("tool", "model") if (text := getattr(origin, name))}
    if origin.author is Author.ai:
        record["session"] = who(gitai.keyed(origin)[0])
    if date:
        record["date"] = date
    if mixed := sorted({author.value for author in others}):
        record["mixed"] = mixed
    if cut is not None:
        record["cut"] = cut
    return f"{_EVIDENCE}{_hashed(record)}", record


class Read(NamedTuple):
    """Which reviews lines were part of, by path and number, and the records of these."""

    lines: Mapping[str, Mapping[int, tuple[str, ...]]]
    records: Mapping[str, Table]


def note_of(
    lines: Mapping[str, Mapping[int, str]], records: Mapping[str, Table], read: Read | None = None
) -> Note:
    """The note that says of each line, by path and number, its key, with the *records* of the keys."""
    several = {} if read is None else read.lines
    files: dict[str, tuple[Entry, ...]] = {}
    for path in sorted({*lines, *several}):
        entries = (*_entries(lines.get(path, {})), *_review_entries(several.get(path, {})))
        if entries and attested.is_speakable(path):
            files[path] = entries
    reviews = {} if read is None else dict(sorted(read.records.items()))
    return Note(
        files, {"schema_version": SCHEMA, "evidence": dict(sorted(records.items())), "reviews": reviews}
    )


def merged(ours: Note, theirs: Note) -> Note:
    """
    *theirs*, as it is, with what *ours* adds.

    Entries of reviews stand beside those of origins: a line keeps all that either has. A review that one
    side knows to be withdrawn is.
    """
    if not theirs.whole:
        return theirs
    known = origins_alone(theirs)
    found = attested.merged(origins_alone(ours), known)
    files = dict(theirs.files)
    for path, entries in ours.files.items():
        before = theirs.files.get(path, ())
        # What is new of origins stands behind what was known of them.
        news = found.files.get(path, ())[len(known.files.get(path, ())) :]
        files[path] = (*before, *news, *_new_reviews(entries, before))
    return Note(
        {path: entries for path, entries in files.items() if entries},
        found.records,
        theirs.problems,
        theirs.text if found.records == theirs.records else "",
    )


def with_reviews(note: Note, records: Mapping[str, Table]) -> Note:
    """*note* with these *records* of reviews for those that it has."""
    shelf = note.records.get("reviews")
    reviews = {**shelf, **records} if isinstance(shelf, dict) else dict(records)
    return Note(note.files, {**note.records, "reviews": reviews}, note.problems)


def _entries(keys: Mapping[int, str]) -> tuple[Entry, ...]:
    by_key: dict[str, list[int]] = {}
    for line in sorted(keys):
        by_key.setdefault(keys[line], []).append(line)
    return tuple(Entry(key, spelled(several)) for key, several in by_key.items())


def _review_entries(keys: Mapping[int, tuple[str, ...]]) -> tuple[Entry, ...]:
    by_key: dict[str, list[int]] = {}
    for line in sorted(keys):
        for key in keys[line]:
            by_key.setdefault(key, []).append(line)
    return tuple(Entry(key, spelled(several)) for key, several in sorted(by_key.items()))


def _new_reviews(ours: tuple[Entry, ...], theirs: tuple[Entry, ...]) -> Iterator[Entry]:
    """What *ours* have of reviews that *theirs* have not."""
    for key in dict.fromkeys(entry.key for entry in ours if is_review(entry.key)):
        mine, known = (
            [(piece.first, piece.last) for piece in flattened(one for one in several if one.key == key)]
            for several in (ours, theirs)
        )
        if left := without(mine, known):
            yield Entry(key, spelled_ranges(left))


def record_of(note: Note, key: str) -> Table:
    """What is recorded under *key*; an empty table when nothing is."""
    shelf = note.records.get("evidence")
    record = shelf.get(key) if isinstance(shelf, dict) else None
    return record if isinstance(record, dict) else {}


def is_review(key: str) -> bool:
    """Whether *key* says that lines were read, and not where they come from."""
    return key.startswith(_REVIEW)


def has_reviews(note: Note, path: str) -> bool:
    """Whether *note* says that lines of *path* were read."""
    return any(is_review(entry.key) for entry in note.files.get(path, ()))


def pieces(note: Note, path: str) -> list[Piece]:
    """On what evidence the lines of *path* are whose they are: disjoint pieces in ascending order."""
    return flattened(entry for entry in note.files.get(path, ()) if not is_review(entry.key))


def origins_alone(note: Note) -> Note:
    """*note* without its entries about reviews."""
    files = {
        path: tuple(entry for entry in entries if not is_review(entry.key))
        for path, entries in note.files.items()
    }
    return Note(files, note.records, note.problems, whole=note.whole)


def evidence_in(record: Table) -> Evidence | None:
    """The evidence that *record* names."""
    try:
        return Evidence(record.get("evidence"))
    except ValueError:
        return None


def author_in(record: Table) -> Author:
    try:
        return Author(record.get("author"))
    except ValueError:
        return Author.unknown


def is_mixed(record: Table) -> bool:
    """Whether others than its author wrote parts of these lines."""
    return bool(record.get("mixed"))


def _hashed(record: Table) -> str:
    text = dumps(record, sort_keys=True, ensure_ascii=False)
    return hashed(text)[:_HEX]
