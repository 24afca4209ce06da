"""
The time from a keystroke to its diagnostics, over stdio, beside ruff's server in the same run.

Types one character, pulls, waits for the reply, and goes on. Each scenario leaves the text as it found it.
Exit status 1 when a budget of budgets.toml is broken, 2 when a server gave up.

    python tests/bench/keystrokes.py [--sizes 100,2000] [--servers ruff] [--samples 80] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from made_up import source
from puller import Document, Server, Silence

SIZES = (100, 2_000, 9_000, 45_000)
FLAWED = 500
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A change that a client sends; only those that a person waits for are measured."""

    start: Place
    end: Place
    new: str
    measured: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """What one scenario took on one server and size."""

    server: str
    scenario: str
    n_lines: int
    n_findings: int
    n_samples: int
    median_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Start:
    """What a server costs before anything is typed."""

    server: str
    initialize_s: float
    memory_mb: float


def fresh_top_level_line(lines: list[str], row: int) -> Iterator[Stroke]:
    yield Stroke((row, 0), (row, 0), "\n", measured=False)
    yield from _typed(row, 0, "subproce")
    yield Stroke((row, 0), (row + 1, 0), "", measured=False)


def in_a_method(lines: list[str], row: int) -> Iterator[Stroke]:
    yield from _on_a_line_of_its_own(row, "", "self.seen(limit)")


def newline_in_a_method(lines: list[str], row: int) -> Iterator[Stroke]:
    end = len(lines[row - 1])
    for n_new in range(4):
        place = (row - 1, end) if n_new == 0 else (row - 1 + n_new, 8)
        yield Stroke(place, place, "\n        ")
    yield Stroke((row - 1, end), (row + 3, 8), "", measured=False)


def docstring_opened_and_closed(lines: list[str], row: int) -> Iterator[Stroke]:
    yield from _on_a_line_of_its_own(row, "", '"""Why."""')


def bracket_left_open(lines: list[str], row: int) -> Iterator[Stroke]:
    yield from _on_a_line_of_its_own(row, "seen", "(limit, n")


def with_500_findings(lines: list[str], row: int) -> Iterator[Stroke]:
    yield from _on_a_line_of_its_own(row, "", "self.seen(limit)")


SCENARIOS: tuple[Callable[[list[str], int], Iterator[Stroke]], ...] = (
    fresh_top_level_line,
    in_a_method,
    newline_in_a_method,
    docstring_opened_and_closed,
    bracket_left_open,
    with_500_findings,
)


def main() -> int:
    options = _options()
    budgets = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text("utf-8"))["keystrokes"]
    rows: list[Row] = []
    starts: list[Start] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "ruff.toml").write_text('[lint]\nselect = ["S"]\n')
        commands = _commands(options.servers)
        try:
            for n_lines in options.sizes:
                for row in _measured(commands, folder, n_lines, options.samples):
                    rows.append(row)
                    print(_line(row), flush=True)
            for server, command in commands.items():
                starts.append(_start(server, command, folder))
                print(f"{server:<10} initialize {starts[-1].initialize_s:.2f} s, "
                      f"{starts[-1].memory_mb:.0f} MB with 50 files of 300 lines open")  # fmt: skip
        except Silence as silence:
            print(f"gave up: {silence}", file=sys.stderr)
            return 2
    verdicts = list(_judged(rows, starts, budgets))
    for holds, claim in verdicts:
        print("held  " if holds else "BROKEN", claim)
    if options.json:
        result = {"rows": [asdict(row) for row in rows], "starts": [asdict(start) for start in starts]}
        result["budgets"] = [{"held": holds, "claim": claim} for holds, claim in verdicts]
        options.json.write_text(json.dumps(result, indent=1))
    return 0 if all(holds for holds, _ in verdicts) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=lambda text: [int(size) for size in text.split(",")], default=SIZES)
    parser.add_argument("--servers", type=lambda text: text.split(","), default=["assaymark", "ruff"])
    parser.add_argument("--samples", type=int, default=80, help="measured keystrokes for each row, at least")
    parser.add_argument("--json", type=Path, help="write the table there too")
    return parser.parse_args()


def _commands(servers: list[str]) -> dict[str, list[str]]:
    """How each server is started; ruff's is the one of this environment."""
    beside = str(Path(sys.executable).parent)
    ruff = shutil.which("ruff", path=beside) or shutil.which("ruff") or "ruff"
    known = {"assaymark": [sys.executable, "-m", "assaymark", "lsp"], "ruff": [ruff, "server"]}
    return {server: known[server] for server in servers}


def _measured(commands: dict[str, list[str]], folder: Path, n_lines: int, n_samples: int) -> Iterator[Row]:
    """All scenarios at one size; the servers take turns, so that a busy minute hits them alike."""
    running = {server: Server(command, folder) for server, command in commands.items()}
    try:
        for n_flaws in (None, FLAWED):
            if n_flaws and n_lines < 2_000:
                continue
            text = source(n_lines, n_flaws)
            path = folder / f"typed_{n_lines}_{n_flaws or 'few'}.py"
            path.write_text(text)
            documents = {server: Document(running[server], path, text) for server in running}
            for server, document in documents.items():
                # Editors ask as soon as the cursor rests; what a server loads for it is no part of typing.
                running[server].asked("textDocument/hover", document.at(0, 0))
            for scenario in SCENARIOS:
                if (scenario is with_500_findings) == (n_flaws is not None):
                    for server, document in documents.items():
                        yield _row(server, scenario, document, text, n_samples)
    finally:
        for server in running.values():
            server.close()


def _row(server: str, scenario: Callable, document: Document, text: str, n_samples: int) -> Row:
    lines = text.split("\n")
    n_findings = document.n_findings
    taken: list[float] = []
    for n, place in enumerate(_places(scenario, lines)):
        times = [
            (stroke, document.replaced(stroke.start, stroke.end, stroke.new))
            for stroke in scenario(lines, place)
        ]
        # The first place warms up what is built once.
        if n:
            taken += [time for stroke, time in times if stroke.measured]
        if len(taken) >= n_samples:
            break
    taken.sort()
    p95 = taken[min(len(taken) - 1, round(len(taken) * 0.95))]
    name = scenario.__name__.replace("_", " ")
    return Row(server, name, len(lines), n_findings, len(taken), statistics.median(taken), p95)


def _places(scenario: Callable, lines: list[str]) -> Iterator[int]:
    """Rows in the middle third of the text at which *scenario* makes sense, again and again."""
    top = scenario is fresh_top_level_line
    wanted = ("def ", "class ") if top else ("        return ",)
    rows = [row for row, line in enumerate(lines) if line.startswith(wanted)]
    third = rows[len(rows) // 3 : 1 + 2 * len(rows) // 3]
    # Far apart, so that a server gains nothing from having just been there.
    step = max(1, len(third) // 7)
    for turn in range(1_000):
        yield third[turn * step % len(third)]


def _on_a_line_of_its_own(row: int, before: str, typed: str) -> Iterator[Stroke]:
    yield Stroke((row, 0), (row, 0), f"        {before}\n", measured=False)
    yield from _typed(row, 8 + len(before), typed)
    yield Stroke((row, 0), (row + 1, 0), "", measured=False)


def _typed(row: int, column: int, text: str) -> Iterator[Stroke]:
    for offset, character in enumerate(text, column):
        yield Stroke((row, offset), (row, offset), character)


def _start(server: str, command: list[str], folder: Path) -> Start:
    """The median of five starts, and the memory with 50 ordinary files open."""
    seconds = []
    for _ in range(4):
        started = Server(command, folder)
        seconds.append(started.initialize_s)
        started.close()
    running = Server(command, folder)
    seconds.append(running.initialize_s)
    for number in range(50):
        text = source(300 + number, 1)
        path = folder / f"ordinary_{number}.py"
        path.write_text(text)
        Document(running, path, text)
    memory = running.memory_mb()
    running.close()
    return Start(server, statistics.median(seconds), memory)


def _line(row: Row) -> str:
    return (
        f"{row.n_lines:>6} lines  {row.scenario:<28} {row.server:<10} {row.median_ms:8.2f} ms median "
        f"{row.p95_ms:8.2f} ms p95  ({row.n_samples} keystrokes, {row.n_findings} findings)"
    )


def _judged(rows: list[Row], starts: list[Start], budgets: dict[str, float]) -> Iterator[tuple[bool, str]]:
    table = {(row.server, row.scenario, _nearest(row.n_lines)): row for row in rows}
    for (server, scenario, size), row in table.items():
        if server != "assaymark":
            continue
        where = f"{scenario}, {size} lines:"
        spread = row.p95_ms / row.median_ms
        yield spread <= budgets["spread"], f"{where} p95 is {spread:.2f} × the median (≤ {budgets['spread']})"
        if scenario == with_500_findings.__name__.replace("_", " "):
            yield row.n_findings >= FLAWED, f"{where} it reports {row.n_findings} findings"
        small = table.get((server, scenario, budgets["growth_from"]))
        if small is not None and size == max(SIZES):
            growth = row.median_ms / small.median_ms
            yield (
                growth <= budgets["growth"],
                f"{where} median is {growth:.2f} × that of {budgets['growth_from']} lines (≤ {budgets['growth']})",
            )
        other = table.get(("ruff", scenario, size))
        if other is not None and size >= budgets["faster_from"]:
            yield (
                row.median_ms < other.median_ms,
                f"{where} median is {other.median_ms / row.median_ms:.1f} × faster than ruff's",
            )
            yield (
                row.p95_ms < other.p95_ms,
                f"{where} p95 is {other.p95_ms / row.p95_ms:.1f} × faster than ruff's",
            )
    for start in starts:
        if start.server == "assaymark":
            yield (
                start.initialize_s <= budgets["initialize_s"],
                f"initialize {start.initialize_s:.2f} s (≤ {budgets['initialize_s']})",
            )
            yield (
                start.memory_mb <= budgets["memory_mb"],
                f"memory {start.memory_mb:.0f} MB (≤ {budgets['memory_mb']})",
            )


def _nearest(n_lines: int) -> int:
    """The size that was asked for: a generated text ends at a definition, a little before or after it."""
    return min(SIZES, key=lambda size: abs(size - n_lines))


if __name__ == "__main__":
    sys.exit(main())
