"""
A search that opens what hides a text: git's objects, databases, compressed values, hex and base64.

Invariant: what cannot be read is no reason to pass it over: it raises.
"""

from __future__ import annotations

import base64
import sqlite3
import subprocess
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

_DATABASE = b"SQLite format 3\x00"


def found_in(places: Sequence[Path], marker: bytes) -> tuple[int, list[str]]:
    """How many contents were looked at, and the names of those that hold *marker*, however it is spelled."""
    spelled = _spellings(marker)
    looked = 0
    found: list[str] = []
    for place in places:
        for name, content in _contents(place):
            looked += 1
            if any(one in content for one in spelled):
                found.append(name)
    return looked, found


def _spellings(marker: bytes) -> list[bytes]:
    """*marker* as it may stand somewhere: base64 depends on where in a text it begins."""
    shifted = (base64.b64encode(b"\0" * before + marker)[4:-4] for before in range(3))
    wide = marker.decode().encode("utf-16-le")
    return [marker, marker[::-1], marker.hex().encode(), marker.hex().upper().encode(), wide, *shifted]


def _contents(place: Path) -> Iterator[tuple[str, bytes]]:
    files = sorted(file for file in place.rglob("*") if file.is_file()) if place.is_dir() else [place]
    for file in files:
        yield from _of_file(str(file.relative_to(place.parent)), file)
    if (place / ".git").is_dir():
        yield from _objects(place)


def _of_file(name: str, file: Path) -> Iterator[tuple[str, bytes]]:
    content = file.read_bytes()
    yield name, content
    yield from _unpacked(name, content)
    if content.startswith(_DATABASE):
        yield from _rows(name, file)


def _rows(name: str, file: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of every table."""
    database = sqlite3.connect(file)
    try:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - a name from the database itself
                value = b"\0".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
                yield f"{name}, table {table}", value
                for one in row:
                    if isinstance(one, bytes):
                        yield from _unpacked(f"{name}, table {table}", one)
    finally:
        database.close()


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """What *content* holds compressed, as git's loose objects are."""
    try:
        yield f"{name}, unpacked", zlib.decompress(content)
    except zlib.error:
        return


def _objects(repository: Path) -> Iterator[tuple[str, bytes]]:
    """Every object that git has, in packs too."""
    command = ["git", "cat-file", "--batch-all-objects", "--batch"]
    out = subprocess.run(command, cwd=repository, check=True, capture_output=True, timeout=60).stdout
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        name, kind, size = out[at:end].decode().split(" ")
        at = end + 1 + int(size) + 1
        # A loose object was looked at as the file that it is.
        if not (repository / ".git" / "objects" / name[:2] / name[2:]).exists():
            yield f"the {kind} {name}", out[end + 1 : at - 1]
