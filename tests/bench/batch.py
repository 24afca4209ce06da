"""
The time of a whole check, beside bandit's in the same run.

The corpus is a folder, or Django's sdist, which pip brings into a cache folder outside the clone. Each program
starts afresh for every run; the disk is warm for all of them, since one unmeasured read comes first.
Exit status 1 when a budget of budgets.toml is broken, 2 when a program failed.

    python tests/bench/batch.py [CORPUS] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from made_up import source

DJANGO = "Django==5.2.8"
ASSAYMARK = [sys.executable, "-m", "assaymark", "check", "--exit-zero", "--format", "json"]
BANDIT = [sys.executable, "-m", "bandit", "--quiet", "--exit-zero", "--format", "json"]


@dataclass(frozen=True, slots=True)
class Times:
    """Wall seconds; of several runs the median."""

    no_cache_s: float
    cold_s: float
    warm_s: float
    bandit_s: float
    one_file_first_s: float
    one_file_next_s: float
    n_files: int
    n_failed: int
    n_findings: int
    n_bandit: int


def main() -> int:
    options = _options()
    budgets = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text("utf-8"))["batch"]
    corpus = (options.corpus or _django()).resolve()
    try:
        with tempfile.TemporaryDirectory() as folder:
            times = _times(corpus, Path(folder))
    except subprocess.CalledProcessError as failed:
        print(f"gave up: {failed}\n{failed.stderr}", file=sys.stderr)
        return 2
    for line in _table(corpus, times):
        print(line)
    verdicts = list(_judged(times, budgets))
    for holds, claim in verdicts:
        print("held  " if holds else "BROKEN", claim)
    if options.json:
        result = {
            "times": asdict(times),
            "budgets": [{"held": holds, "claim": claim} for holds, claim in verdicts],
        }
        options.json.write_text(json.dumps(result, indent=1))
    return 0 if all(holds for holds, _ in verdicts) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--json", type=Path, help="write the table there too")
    return parser.parse_args()


def _django() -> Path:
    """The folder of Django's sources. Effect: pip downloads them, once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "assaymark-bench"
    folder = cache / DJANGO
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as name:
        # Not ":all:", which would have pip build Django's build backend from source too.
        pip = [sys.executable, "-m", "pip", "--quiet", "download", "--no-deps", "--no-binary", "Django"]
        subprocess.run([*pip, "--dest", name, DJANGO], check=True)
        (sdist,) = Path(name).glob("*.tar.gz")
        with tarfile.open(sdist) as archive:
            archive.extractall(Path(name, "unpacked"), filter="data")
        Path(name, "unpacked").rename(folder)
    return folder


def _times(corpus: Path, scratch: Path) -> Times:
    n_files = sum(1 for path in corpus.rglob("*.py") if path.read_bytes() is not None)
    report = scratch / "report.json"
    whole = [*ASSAYMARK, "--output", str(report), str(corpus)]
    none = _with_rules(scratch / "none")
    no_cache = [_seconds([*whole, "--no-cache"], none) for _ in range(3)]
    # Each pair has a cache folder of its own: filled by the first run, used by the second.
    folders = [_with_rules(scratch / f"pair{n}") for n in range(3)]
    pairs = [(_seconds(whole, folder), _seconds(whole, folder)) for folder in folders]
    found = json.loads(report.read_text("utf-8"))
    n_failed = sum(1 for file in found["files"] if file["state"] in {"failed", "timed out"})
    bandit = scratch / "bandit.json"
    bandit_s = _seconds([*BANDIT, "--output", str(bandit), "--recursive", str(corpus)], scratch)
    n_bandit = len(json.loads(bandit.read_text("utf-8"))["results"])
    first, following = zip(*(_one_file(scratch, number) for number in range(5)), strict=True)
    return Times(
        no_cache_s=statistics.median(no_cache),
        cold_s=statistics.median(cold for cold, _ in pairs),
        warm_s=statistics.median(warm for _, warm in pairs),
        bandit_s=bandit_s,
        one_file_first_s=statistics.median(first),
        one_file_next_s=statistics.median(following),
        n_files=n_files,
        n_failed=n_failed,
        n_findings=len(found["findings"]),
        n_bandit=n_bandit,
    )


def _with_rules(cache: Path) -> Path:
    """The folder *cache*, in which only the rules are compiled, as they are in what is installed."""
    file = cache.parent / "rules.py"
    file.write_text("x = 1\n")
    _seconds([*ASSAYMARK, str(file)], cache)
    return cache


def _one_file(scratch: Path, number: int) -> tuple[float, float]:
    """`check one.py` with nothing cached, and again after the file changed (its rules are compiled by then)."""
    cache = scratch / f"one{number}"
    file = scratch / "one.py"
    taken = []
    for n_lines in (100, 110):
        file.write_text(source(n_lines + number, 2))
        taken.append(_seconds([*ASSAYMARK, str(file)], cache))
    return taken[0], taken[1]


def _seconds(command: list[str], cache: Path) -> float:
    """
    What *command* took, with its caches in *cache*. Raises CalledProcessError.

    Exit status 2 is a run that came to its end too: some file could not be judged, and the report says which.
    """
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    started = time.perf_counter()
    ended = subprocess.run(
        command, env=environment, cwd=cache.parent, check=False, capture_output=True, text=True
    )
    taken = time.perf_counter() - started
    if ended.returncode not in {0, 2}:
        ended.check_returncode()
    return taken


def _table(corpus: Path, times: Times) -> Iterator[str]:
    yield f"{corpus}: {times.n_files} Python files"
    yield f"  assaymark, no cache        {times.no_cache_s:8.2f} s  ({times.n_findings} findings, {times.n_failed} files failed)"
    yield f"  assaymark, filling a cache {times.cold_s:8.2f} s"
    yield f"  assaymark, from the cache  {times.warm_s:8.2f} s"
    yield f"  bandit                     {times.bandit_s:8.2f} s  ({times.n_bandit} findings)"
    yield f"  one file, nothing cached   {times.one_file_first_s:8.3f} s"
    yield f"  one file, rules compiled   {times.one_file_next_s:8.3f} s"


def _judged(times: Times, budgets: dict[str, float]) -> Iterator[tuple[bool, str]]:
    speedup = times.bandit_s / times.no_cache_s
    yield (
        speedup >= budgets["speedup"],
        f"without cache {speedup:.1f} × bandit's speed (≥ {budgets['speedup']})",
    )
    warm = times.warm_s / times.cold_s
    yield warm <= budgets["warm"], f"warm takes {warm:.2f} of cold (≤ {budgets['warm']})"
    one = times.one_file_next_s
    yield one <= budgets["one_file_s"], f"one file {one:.3f} s (≤ {budgets['one_file_s']})"


if __name__ == "__main__":
    sys.exit(main())
