"""Workers that come, go, hang and die: every file gets one result."""

from __future__ import annotations

import io
import time
from collections import Counter
from pathlib import Path

import pytest

from assaymark.cli import crew
from assaymark.cli.progress import progress
from assaymark.cli.worker import Job

# A worker that checks nothing: it answers "clean", and does to a file what the file's path says.
STAND_IN = """
import json, os, sys, time
job = json.loads(sys.stdin.buffer.readline())
if "unborn" in job["extra"]:
    sys.exit(1)
print('"ready"', flush=True)
for line in sys.stdin.buffer:
    for number in json.loads(line):
        path = job["files"][number][1]
        if path == "dies":
            os._exit(3)
        if path == "hangs":
            time.sleep(60)
        if path == "raves":
            print("{}", flush=True)
            time.sleep(60)
        print(json.dumps([False, [[number, "", ["clean", "by worker", []]]]]), flush=True)
    print("[true, []]", flush=True)
"""


def job(paths: list[str], extra: list[str] | None = None) -> Job:
    return Job(
        files=[(f"/{number}", path) for number, path in enumerate(paths)],
        extra=extra or [],
        select=[],
        ignore=[],
        limits={},
        seconds=0.2,
        context="",
    )


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_BOOT", STAND_IN)
    monkeypatch.setattr(crew, "_GRACE", 0.3)

    def slowly(numbers: list[int], job: Job, asked: object) -> object:
        time.sleep(0.3)
        yield True, [(number, "", ["clean", "by the first process", []]) for number in numbers]

    monkeypatch.setattr(crew, "answers", slowly)


def run(paths: list[str], n_workers: int = 2, extra: list[str] | None = None) -> dict[str, tuple[str, str]]:
    """State and reason of each path; every file must have exactly one result."""
    work = job(paths, extra)
    rows = crew.checked_by_crew(work, [10_000] * len(paths), None, n_workers, lambda n: None)
    assert Counter(row[0] for row in rows) == Counter(range(len(paths)))
    return {paths[number]: (plain[0], plain[1]) for number, _, plain in rows}


def test_the_work_is_shared() -> None:
    """The first process and the workers each do a part."""
    results = run([f"file {number}" for number in range(100)])
    assert {reason for _, reason in results.values()} == {"by worker", "by the first process"}


@pytest.mark.parametrize(
    "deed, result",
    [
        ("dies", ("failed", "its worker ended before its time")),
        ("hangs", ("timed out", "timed out after 0.2 s")),
    ],
)
def test_a_bad_file_costs_itself_only(deed: str, result: tuple[str, str]) -> None:
    """The other files of its chunk are clean."""
    # The first chunk is the first process's, which must not meet the bad file.
    results = run(
        [*(f"file {number}" for number in range(40)), deed, *(f"after {number}" for number in range(20))]
    )
    assert results.pop(deed) == result or deed not in results
    assert {state for state, _ in results.values()} == {"clean"}


def test_a_worker_that_does_not_start_is_done_without() -> None:
    """The first process does it all."""
    results = run([f"file {number}" for number in range(3)], extra=["unborn"])
    assert {reason for _, reason in results.values()} == {"by the first process"}


def test_a_program_that_is_not_there_is_done_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not even Python can be started."""
    monkeypatch.setattr(crew.sys, "executable", str(tmp_path / "gone"))
    assert {reason for _, reason in run(["a", "b"]).values()} == {"by the first process"}


def test_an_interrupt_ends_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is left."""
    started = []
    popen = crew.subprocess.Popen

    def watched(*arguments: object, **options: object) -> object:
        started.append(popen(*arguments, **options))
        return started[-1]

    def interrupted(n_done: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(crew.subprocess, "Popen", watched)
    with pytest.raises(KeyboardInterrupt):
        crew.checked_by_crew(job([f"file {n}" for n in range(100)]), [10_000] * 100, None, 2, interrupted)
    assert started
    assert all(one.wait(5) is not None for one in started)


def test_chunks_hold_every_file_once_and_shrink() -> None:
    """Large files come first; the last chunks are small."""
    sizes = [(number * 7919) % 50_000 for number in range(3000)]
    runs = crew.chunks(sizes, 2)
    assert sorted(number for run in runs for number in run) == list(range(3000))
    assert sizes[runs[0][0]] == max(sizes)
    assert sum(sizes[number] for number in runs[-1]) <= 16_000 < sum(sizes[number] for number in runs[0])
    assert max(map(len, runs)) <= 64


def test_progress_is_for_a_person_who_watches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal, on standard error, when it takes a while; else not at all."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for watching, n_bytes in ((False, 10**8), (True, 1000), (True, 10**8)):
        err = Terminal() if watching else io.StringIO()
        monkeypatch.setattr("sys.stderr", err)
        monkeypatch.setenv("TERM", "xterm")
        with progress(10, n_bytes) as tell:
            tell(5)
        assert ("Checking" in err.getvalue()) == (watching and n_bytes > 1000)
    assert capsys.readouterr().out == ""
