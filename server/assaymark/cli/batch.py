"""
Files checked, few or many: from the cache, in this process, or by a crew of workers.

Invariants:
    Results come in the order of the files, whoever made them.
    A file is read by whoever checks it; only where earlier results are kept is it read to look for one.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from assaymark.analysis.snapshot import State
from assaymark.cli.plain import Plain, checked_from_plain, context, key
from assaymark.cli.report import Checked
from assaymark.cli.single import Asked, checked
from assaymark.cli.worker import Row, job, row
from assaymark.workspace.reading import Unreadable, read
from assaymark.workspace.walking import File

if TYPE_CHECKING:
    from assaymark.cli.cache import Cache

# Below this many bytes a second process is not up before the work is done.
_WORTH_A_CREW = 1_500_000
# Below this many files a look into the cache costs more than it saves.
_WORTH_A_CACHE = 16
# States that the text alone decides.
_KEPT = frozenset((State.clean.value, State.findings.value, State.partial.value))


def check_contents(
    contents: Mapping[str, bytes | Unreadable], files: Sequence[File], asked: Asked
) -> list[Checked]:
    """The results of *files*, whose contents (by place) do not come from the disk."""
    return [checked(contents[file.place], file.path, asked) for file in files]


def check_files(
    files: Sequence[File], asked: Asked, n_jobs: int, *, cached: bool, tell: Callable[[int], None]
) -> list[Checked]:
    """
    The results of *files*; *tell* hears how many are done.

    Effect: reads them, may start up to *n_jobs* - 1 processes, and uses the cache when *cached*.
    """
    if cached and len(files) >= _WORTH_A_CACHE:
        return _with_cache(files, asked, n_jobs, tell)
    return _in_order(files, _rows(files, asked, n_jobs, b"", tell))


def n_processors() -> int:
    """How many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _with_cache(
    files: Sequence[File], asked: Asked, n_jobs: int, tell: Callable[[int], None]
) -> list[Checked]:
    # Late: a check of few files does without SQLite.
    from assaymark.cli.cache import Cache, place

    where = place()
    if where is None:
        return _in_order(files, _rows(files, asked, n_jobs, b"", tell))
    base = context(asked)
    cache = Cache(where, base)
    try:
        known = {} if cache.is_empty else _known(files, asked, cache)
        missing = [file for file in files if file.path not in known]
        rows = _rows(missing, asked, n_jobs, base, lambda n_done: tell(len(known) + n_done))
        cache.keep(
            (bytes.fromhex(known_by), json.dumps(plain))
            for _, known_by, plain in rows
            if _is_kept(known_by, plain)
        )
    finally:
        cache.close()
    known |= {result.path: result for result in _in_order(missing, rows)}
    return [known[file.path] for file in files]


def _known(files: Sequence[File], asked: Asked, cache: Cache) -> dict[str, Checked]:
    """The results that the cache has, by path."""
    keys = {}
    for file in files:
        raw = read(file.place, asked.limits.max_bytes)
        if not isinstance(raw, Unreadable):
            keys[file.path] = key(cache.context, file.path, raw, asked.today)
    values = cache.found(list(keys.values()))
    known = ((path, _revived(path, values.get(key))) for path, key in keys.items())
    return {path: result for path, result in known if result is not None}


def _revived(path: str, value: str | None) -> Checked | None:
    if value is None:
        return None
    try:
        return checked_from_plain(path, json.loads(value))
    except (ValueError, TypeError, RecursionError):
        return None


def _is_kept(known_by: str, plain: Plain) -> bool:
    # What bandit did not check it may check the next time.
    return bool(known_by) and isinstance(plain, list) and plain[0] in _KEPT and not plain[3]


def _rows(
    files: Sequence[File], asked: Asked, n_jobs: int, context: bytes, tell: Callable[[int], None]
) -> list[Row]:
    # What was imported stays; only what comes of files is worth looking through.
    gc.freeze()
    gc.enable()
    n_bytes = sum(file.size for file in files)
    can_have_crew = bool(sys.executable) and not getattr(sys, "frozen", False)
    if n_jobs > 1 and n_bytes > _WORTH_A_CREW and can_have_crew:
        # Late: a check of few files needs neither processes nor threads.
        from assaymark.cli.crew import checked_by_crew

        work = job(asked, [(file.place, file.path) for file in files], context)
        return checked_by_crew(work, [file.size for file in files], asked, n_jobs - 1, tell)
    return _alone(files, asked, context, tell)


def _alone(files: Sequence[File], asked: Asked, context: bytes, tell: Callable[[int], None]) -> list[Row]:
    rows: list[Row] = []
    for number, file in enumerate(files):
        rows.append((number, *row(file.place, file.path, asked, context)))
        tell(number + 1)
    return rows


def _in_order(files: Sequence[File], rows: Sequence[Row]) -> list[Checked]:
    results: list[Checked | None] = [None] * len(files)
    for number, _, plain in rows:
        results[number] = checked_from_plain(files[number].path, plain)
    lost = "no result came back"
    return [
        Checked(file.path, State.failed, lost) if result is None else result
        for file, result in zip(files, results, strict=True)
    ]
