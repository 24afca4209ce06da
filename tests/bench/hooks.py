"""
How long an agent waits for a hook: whole processes, from start to end.

Each tool's edit is reported as often as asked for, in a repository of its own, and a command of an agent before
and after it, in one of 10,000 files; a start of Python that does nothing is shown beside them. Exit status 1 when a budget of budgets.toml is broken.

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
from pathlib import Path

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


def main() -> int:
    parser = argparse.ArgumentParser(description="how long an agent waits for a hook")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    budgets = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text("utf-8"))["hooks"]
    with tempfile.TemporaryDirectory() as folder:
        times = {"(python -c pass)": _times([sys.executable, "-c", "pass"], b"", folder, options.runs)}
        for tool, name in EDITS.items():
            times[tool] = _of_tool(tool, name, Path(folder) / tool, options.runs)
        shell = _of_command(Path(folder) / "many", options.runs)
    for tool, (half, most) in (times | shell).items():
        print(f"{tool:<18} p50 {half:6.1f} ms   p95 {most:6.1f} ms")
    if options.json:
        options.json.write_text(
            json.dumps({tool: {"p50_ms": half, "p95_ms": most} for tool, (half, most) in times.items()})
        )
    slow = [tool for tool, (_, most) in times.items() if most > budgets["p95_ms"]]
    slow += [event for event, (_, most) in shell.items() if most > budgets["command_p95_ms"]]
    if slow:
        print(f"over their budget: {', '.join(slow)}", file=sys.stderr)
    return 1 if slow else 0


def _of_tool(tool: str, name: str, folder: Path, n_runs: int) -> tuple[float, float]:
    folder.mkdir()
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    payload = (PAYLOADS / tool / f"{name}.json").read_text("utf-8").replace("@TOP@", folder.as_posix())
    (folder / "shop.py").write_text("import db\n" * 200 + "total = price * (1 + rate)\n", "utf-8")
    return _times([sys.executable, "-c", START, "hook", tool], payload.encode(), str(folder), n_runs)


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


def _times(command: list[str], given: bytes, folder: str, n_runs: int) -> tuple[float, float]:
    """The median and the 95th percentile of *n_runs* runs, in milliseconds."""
    # The first run makes what is kept compiled.
    return _summed([_once(command, given, folder) for _ in range(n_runs + 1)][1:])


def _once(command: list[str], given: bytes, folder: str) -> float:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "server")}
    start = time.perf_counter()
    subprocess.run(command, input=given, cwd=folder, env=environment, capture_output=True, check=True)
    return (time.perf_counter() - start) * 1000


def _summed(taken: list[float]) -> tuple[float, float]:
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
