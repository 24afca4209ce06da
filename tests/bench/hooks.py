"""
How long an agent waits for a hook: whole processes, from start to end.

Each tool's edit is reported as often as asked for, in a repository of its own; then an edit in a file of 1,000
lines, which is checked, with a finding and without, alone and where an editor's server runs, and both beside two
processes that keep the machine busy; then a command of an agent, before and after it, in a repository of 10,000
files. A start of Python that does nothing is shown beside them. Exit status 1 when a budget of budgets.toml is
broken.

    python tests/bench/hooks.py [--runs N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAYLOADS = ROOT / "tests" / "hooks" / "payloads"
EDITS = {
    "claude": "PostToolUse_Edit",
    "cursor": "afterFileEdit",
    "copilot": "PostToolUse_replace",
    "copilot-cli": "postToolUse_camel",
    "codex": "PostToolUse_apply_patch",
    "gemini": "AfterTool_replace",
    "windsurf": "post_write_code",
}
# As the script on PATH starts it.
START = "from assaymark.cli.entry import main; main()"


class _Call(NamedTuple):
    """A process to start: its command, what it reads, and where."""

    command: list[str]
    given: bytes
    folder: str


def main() -> int:
    parser = argparse.ArgumentParser(description="how long an agent waits for a hook")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    budgets = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text("utf-8"))["hooks"]
    with tempfile.TemporaryDirectory() as folder:
        times = _of_tools(Path(folder), options.runs)
        checks = _of_checks(Path(folder) / "check", options.runs)
        served = Path(folder) / "served"
        with _served(served):
            checks |= _named(_of_checks(served, options.runs), "with a server")
        with _busy(2):
            beside = _of_checks(Path(folder) / "busy", options.runs)
            with _served(Path(folder) / "both"):
                beside |= _named(_of_checks(Path(folder) / "both", options.runs), "with a server")
        # Last: while 10,000 new files are on their way to the disk, a hook that syncs waits for them.
        shell = _of_command(Path(folder) / "many", options.runs)
    crowded = {f"{name}, busy": times for name, times in beside.items()}
    for tool, (half, most) in (times | shell | checks | crowded).items():
        print(f"{tool:<42} p50 {half:6.1f} ms   p95 {most:6.1f} ms")
    if options.json:
        options.json.write_text(
            json.dumps({tool: {"p50_ms": half, "p95_ms": most} for tool, (half, most) in times.items()})
        )
    slow = [tool for tool, (_, most) in times.items() if most > budgets["p95_ms"]]
    slow += [event for event, (_, most) in shell.items() if most > budgets["command_p95_ms"]]
    slow += [name for name, (_, most) in checks.items() if most > budgets["checked_p95_ms"]]
    slow += [name for name, (_, most) in crowded.items() if most > budgets["busy_p95_ms"]]
    if slow:
        print(f"over their budget: {', '.join(slow)}", file=sys.stderr)
    return 1 if slow else 0


def _of_tools(folder: Path, n_runs: int) -> dict[str, tuple[float, float]]:
    """A start that does nothing, and each tool's edit: by turns, since what else a machine does comes and goes."""
    calls = {"(python -c pass)": _Call([sys.executable, "-c", "pass"], b"", str(folder))}
    calls |= {tool: _of_tool(tool, name, folder / tool) for tool, name in EDITS.items()}
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(n_runs + 1):
        for name, call in calls.items():
            taken[name].append(_once(*call))
    # The first run makes what is kept compiled.
    return {name: _summed(times[1:]) for name, times in taken.items()}


def _of_tool(tool: str, name: str, folder: Path) -> _Call:
    folder.mkdir()
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    payload = (PAYLOADS / tool / f"{name}.json").read_text("utf-8").replace("@TOP@", folder.as_posix())
    (folder / "shop.py").write_text("import db\n" * 200 + "total = price * (1 + rate)\n", "utf-8")
    return _Call([sys.executable, "-c", START, "hook", tool], payload.encode(), str(folder))


def _of_checks(top: Path, n_runs: int) -> dict[str, tuple[float, float]]:
    """Claude Code's edit of one line in a file of 1,000, by turns: flawed, and not."""
    subprocess.run(["git", "init", "-q", str(top)], check=True)
    before = _ordinary(990) + "import yaml\n\n\ndef load(body):\n    pass\n"
    lines = {
        "checked, one finding": "    return yaml.load(body)\n",
        "checked, none": "    return yaml.safe_load(body)\n",
    }
    taken: dict[str, list[float]] = {name: [] for name in lines}
    for number in range(n_runs + 3):
        for name, new in lines.items():
            (top / "app.py").write_text(before.replace("    pass\n", new), "utf-8")
            said = {"file_path": f"{top}/app.py", "old_string": "    pass\n", "new_string": new}
            payload = {
                # A conversation of its own, or what was said is not said again.
                "session_id": f"{name} {number}",
                "cwd": str(top),
                "hook_event_name": "PostToolUse",
                "tool_name": "Edit",
                "tool_input": said,
                "tool_response": {"filePath": said["file_path"], "originalFile": before},
            }
            command = [sys.executable, "-c", START, "hook", "claude"]
            taken[name].append(_once(command, json.dumps(payload).encode(), str(top)))
    # The first runs make what is kept compiled, rules among it.
    return {name: _summed(times[3:]) for name, times in taken.items()}


def _named(several: dict[str, tuple[float, float]], how: str) -> dict[str, tuple[float, float]]:
    return {f"{name}, {how}": times for name, times in several.items()}


@contextmanager
def _served(top: Path) -> Iterator[None]:
    """Effect: what an editor's server has run for hooks is there for *top*, which has a ledger."""
    store = top / ".git" / "assaymark"
    subprocess.run(["git", "init", "-q", str(top)], check=True)
    store.mkdir(mode=0o700)
    code = "import sys; from assaymark.hooks.checking.serving import serve; serve(sys.argv[1:])"
    running = subprocess.Popen(
        [sys.executable, "-c", code, str(top)], stdin=subprocess.PIPE, env=_environment(), cwd=top
    )
    while running.poll() is None and not [*store.glob("server/*.sock")]:
        time.sleep(0.05)
    try:
        yield
    finally:
        running.communicate()


def _ordinary(n_lines: int) -> str:
    """So many lines as people write them: of our own modules, one behind the other."""
    lines: list[str] = []
    for file in sorted((ROOT / "server" / "assaymark" / "lsp").glob("*.py")):
        lines += [line.partition("  # noqa")[0] for line in file.read_text("utf-8").splitlines()]
    # Our own name opens comments that silence.
    lines = [line.replace("assaymark", "shop") for line in lines]
    return "\n".join(line for line in lines[:n_lines] if "__future__" not in line) + "\n"


@contextmanager
def _busy(n_processes: int) -> Iterator[None]:
    """Effect: so many processes do nothing, as fast as they can."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(n_processes)]
    try:
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


def _of_command(top: Path, n_runs: int) -> dict[str, tuple[float, float]]:
    """Before and after a command that changes a file, among 10,000."""
    for number in range(10_000):
        file = top / f"d{number % 100}" / f"f{number}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"x = {number}\n" * 30, "utf-8")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(top))
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "x")):
        subprocess.run([*git, *words], check=True)
    times: dict[str, list[float]] = {"before a command": [], "after a command": []}
    for number in range(n_runs):
        for event, name in (("before a command", "PreToolUse_Bash"), ("after a command", "PostToolUse_Bash")):
            payload = (
                (PAYLOADS / "claude" / f"{name}.json").read_text("utf-8").replace("@TOP@", top.as_posix())
            )
            times[event].append(
                _once([sys.executable, "-c", START, "hook", "claude"], payload.encode(), str(top))
            )
            (top / "d1" / "f1.py").write_text(f"y = {number}\n", "utf-8")
    return {event: _summed(taken) for event, taken in times.items()}


def _once(command: list[str], given: bytes, folder: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, input=given, cwd=folder, env=_environment(), capture_output=True, check=True)
    return (time.perf_counter() - start) * 1000


def _environment() -> dict[str, str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "server")}
    # What is installed is compiled; without this each run here would do that again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _summed(taken: list[float]) -> tuple[float, float]:
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
