"""
What notes say that are about to leave this machine, and whether somebody has seen that already.

Invariant: it is read from the very notes that leave, those that other tools wrote included.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from assaymark.cli.style import harmless
from assaymark.lineage import gitai
from assaymark.lineage.attested import Note
from assaymark.lineage.review_records import records_in
from assaymark.repository.git import GitError, run

# In the folder of the record: where somebody agreed that notes leave for.
FILE = "pushed"
_MOST = 8


def summary(leaving: Mapping[str, Mapping[str, bytes]], remote: str) -> Iterator[str]:
    """What they say, for whoever is to agree."""
    read = {ref: [gitai.read(text) for text in found.values()] for ref, found in leaving.items()}
    every = [note for several in read.values() for note in several]
    yield f"Notes that {harmless(remote)} does not have, and what they say:\n"
    for ref, several in read.items():
        yield f"  {ref}: notes on {len(several):,} commit{'' if len(several) == 1 else 's'}\n"
    facts = {
        "paths of files and numbers of lines": sorted({path for note in every for path in note.files}),
        "tools": _said(every, "tool"),
        "models": _said(every, "model"),
        "conversations, hashed or as their tool names them": _said(every, "id"),
        "days": _said(every, "date"),
        "persons": sorted(
            {
                *_said(every, "author", "human_author", within=("humans", "sessions", "prompts")),
                *_said(every, "who", within=("reviews",)),
            }
        ),
        "that lines were read, by": _said(every, "channel", within=("reviews",)),
    }
    for what, values in facts.items():
        if values:
            shown = ", ".join(harmless(value) for value in values[:_MOST])
            yield f"  {what}: {shown}{f' and {len(values) - _MOST:,} more' if len(values) > _MOST else ''}\n"
    reviews = [record for note in every for record in records_in(note).values()]
    if n_signed := sum(bool(record.get("signature")) for record in reviews):
        yield f"  signatures of reviews: {n_signed:,}, with the public key, and hashes of the lines read\n"
    n_transcripts = sum(_has_transcript(note) for note in every)
    if n_transcripts:
        yield f"  {n_transcripts:,} of them, by another tool, hold whole conversations (`messages`)\n"
    yield "No text of a file, no prompt, no time of the day.\n" if not n_transcripts else ""


def is_known(store: str, remote: str, here: str) -> bool:
    """Whether somebody agreed before that notes leave for where *remote* leads."""
    try:
        return _place(remote, here) in Path(store, FILE).read_text("utf-8").split()
    except OSError:
        return False


def known_from_now(store: str, remote: str, here: str) -> None:
    """Effect: that somebody agreed is remembered; where it cannot be, the question comes again."""
    if is_known(store, remote, here):
        return
    with contextlib.suppress(OSError):
        Path(store).mkdir(mode=0o700, parents=True, exist_ok=True)
        with Path(store, FILE).open("a", encoding="utf-8") as file:
            file.write(f"{_place(remote, here)}\n")


def _place(remote: str, here: str) -> str:
    """What stands for the address of *remote*, which may hold a password."""
    try:
        address = run(("remote", "get-url", "--push", "--all", "--", remote), here)
    except GitError:
        address = os.fsencode(remote)
    return hashlib.sha256(address).hexdigest()


def _said(every: list[Note], *names: str, within: tuple[str, ...] = ()) -> list[str]:
    """The values of these names in the records of notes."""
    found: set[str] = set()
    for note in every:
        shelves = within or ("sessions", "prompts", "evidence", "humans", "reviews")
        for shelf in (note.records.get(name) for name in shelves):
            for record in shelf.values() if isinstance(shelf, dict) else ():
                found |= set(_values(record, names))
    return sorted(found)


def _values(record: object, names: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(record, dict):
        return
    for one in (record, record.get("agent_id")):
        if isinstance(one, dict):
            yield from (value for name in names if isinstance(value := one.get(name), str) and value)


def _has_transcript(note: Note) -> bool:
    prompts = note.records.get("prompts")
    return isinstance(prompts, dict) and any(
        isinstance(record, dict) and record.get("messages") for record in prompts.values()
    )
