"""What teams run without an editor: the action's and the template's steps, run as their services would."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from git_world import World, attest, isolated, made, text, who

ROOT = Path(__file__).parents[1]
ACTION: Mapping[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
GITLAB: Mapping[str, Any] = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text("utf-8"))[".assaymark"]
LEGACY = "import yaml\n\n\ndef old(body):\n    return yaml.load(body)\n"
FLAW = "\n\ndef new(text):\n    return eval(text)\n"

pytestmark = pytest.mark.e2e


@pytest.fixture
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A repository on a forge: legacy code with a flaw on main."""
    isolated(monkeypatch, tmp_path)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "assaymark").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m assaymark "$@"\n', "utf-8")
    (programs / "assaymark").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    World(tmp_path).git("init", "-q", "--bare", "-b", "main", "forge")
    world = made(tmp_path / "author")
    world.git("remote", "add", "origin", f"file://{tmp_path / 'forge'}")
    world.commit("Begin", legacy=LEGACY)
    world.commit("Go on", other="x = 1\n")
    world.git("push", "-q", "-u", "origin", "main")
    return world


def checkout(origin: World, tmp_path: Path, branch: str, depth: int = 1) -> World:
    """What a service clones: shallow, and of one branch."""
    target = tmp_path / f"checkout-{branch}"
    tmp = World(tmp_path)
    tmp.git("clone", "-q", f"--depth={depth}", "-b", branch, f"file://{tmp_path / 'forge'}", str(target))
    return World(target)


def step(name: str, where: World, values: Mapping[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    """What the action's step did, its `${{ }}` filled from *values* and the inputs' defaults."""
    (found,) = [one for one in ACTION["runs"]["steps"] if one["name"] == name]
    known = {f"inputs.{key}": one["default"] for key, one in ACTION["inputs"].items()} | dict(values)

    def filled(spelled: str) -> str:
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda one: known.get(one[1], ""), spelled)

    environment = {key: filled(value) for key, value in found.get("env", {}).items()}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", filled(found["run"])],
        cwd=where.root,
        env={**os.environ, "GITHUB_ACTION_PATH": str(ROOT), "ASSAYMARK_PYTHON": sys.executable}
        | environment
        | more,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def checked(where: World, values: Mapping[str, str]) -> tuple[int, str, str]:
    """The exit code of the check, its log and its summary."""
    summary = where.root / ".git" / "summary"
    summary.unlink(missing_ok=True)
    done = step("Check", where, values, GITHUB_STEP_SUMMARY=str(summary))
    return (
        done.returncode,
        done.stdout + done.stderr,
        summary.read_text("utf-8") if summary.exists() else "",
    )


def test_a_pull_request_answers_for_its_lines_alone(origin: World, tmp_path: Path) -> None:
    """Legacy code never turns it red, though the clone is shallow; its own flaw does, in log, SARIF and summary."""
    origin.git("checkout", "-q", "-b", "side")
    origin.commit(side="y = 2\n")
    origin.git("push", "-q", "origin", "side")
    where = checkout(origin, tmp_path, "side")
    code, log, summary = checked(where, {"github.base_ref": "main"})
    assert (code, summary) == (0, "**Assaymark**: no findings in changed lines\n"), log

    origin.commit(side="y = 2\n" + FLAW)
    origin.git("push", "-q", "origin", "side")
    where.git("pull", "-q")
    code, log, summary = checked(where, {"github.base_ref": "main"})
    assert code == 1
    assert "::error file=side.py,line=5" in log
    assert "legacy.py" not in log
    assert summary.startswith(
        "**Assaymark**: 1 finding in changed lines (1 high)\n\n`side.py:5` `eval-code`: "
    )
    assert summary.count("\n") <= 5
    results = json.loads(where.read("assaymark.sarif"))["runs"][0]["results"]
    assert [one["ruleId"] for one in results] == ["eval-code"]


def test_a_push(origin: World, tmp_path: Path) -> None:
    """Against what was there before it; a new branch against the commit before; the first commit is no failure."""
    before = origin.head
    origin.commit(late=FLAW)
    origin.git("push", "-q", "origin", "main")
    where = checkout(origin, tmp_path, "main", depth=2)
    assert checked(where, {"github.event.before": before})[0] == 1
    code, log, _ = checked(where, {"github.event.before": "0" * 40})
    assert (code, "late.py" in log, "legacy.py" in log) == (1, True, False)
    assert checked(where, {"inputs.diff": "all"})[1].count("::error") == 2
    where.git("checkout", "-q", "--orphan", "fresh")
    where.git("commit", "-q", "-m", "All anew")
    assert checked(where, {"github.event.before": "0" * 40})[0] == 0


def test_what_cannot_be_compared_with_is_no_pass(origin: World, tmp_path: Path) -> None:
    """A base that is nowhere."""
    where = checkout(origin, tmp_path, "main")
    code, log, _ = checked(where, {"github.base_ref": "gone"})
    assert (code, "is not in this clone" in log) == (2, True)
    assert checked(where, {"inputs.diff": "f" * 40})[0] == 2


def test_a_file_that_was_not_checked_is_in_the_summary(origin: World, tmp_path: Path) -> None:
    """In at most five lines, all the same."""
    origin.git("checkout", "-q", "-b", "side")
    origin.write("strange.py", b"\xff\xfe\x00 = eval(x)\n")
    origin.commit(side="y = 2\n" + FLAW)
    origin.git("push", "-q", "origin", "side")
    code, log, summary = checked(checkout(origin, tmp_path, "side"), {"github.base_ref": "main"})
    assert (code, summary.count("\n") <= 5) == (2, True), log
    assert "Not checked" in summary


@pytest.fixture
def pull_request(origin: World) -> dict[str, str]:
    """A branch of two commits with notes, while main has gone on; both are on the forge."""
    base = origin.commit(a=text(*"abcdefgh"))
    origin.git("checkout", "-q", "-b", "side")
    origin.commit(a=text(*"abcdefgh", "one"))
    attest(origin, "x 9")
    head = origin.commit(a=text(*"abcdefgh", "one", "two"))
    attest(origin, "y 10")
    origin.git("push", "-q", "origin", "side:refs/pull/7/head", "refs/notes/ai", "main")
    origin.git("checkout", "-q", "main")
    return {
        "github.event.pull_request.base.sha": base,
        "github.event.pull_request.head.sha": head,
        "github.event.pull_request.number": "7",
    }


def merge(origin: World, how: str) -> str:
    """The id of what the pull request became on main. Effect: it is pushed."""
    if how == "squash":
        origin.git("merge", "-q", "--squash", "side")
        origin.git("commit", "-q", "-m", "Merge (#7)")
    elif how == "rebase":
        origin.commit(z="1\n")
        origin.git("cherry-pick", "side~1", "side")
    else:
        origin.git("merge", "-q", "--no-ff", "--no-edit", "side")
    origin.git("push", "-q", "origin", "main")
    return origin.head


@pytest.mark.parametrize("how", ["squash", "rebase", "merge"])
def test_notes_are_carried_after_a_merge(
    origin: World, tmp_path: Path, pull_request: dict[str, str], how: str
) -> None:
    """By a shallow clone, and anybody who fetches has them."""
    values = {**pull_request, "github.event.pull_request.merge_commit_sha": merge(origin, how)}
    done = step("Carry notes", checkout(origin, tmp_path, "main"), values)
    assert done.returncode == 0
    assert ("have kept their notes" in done.stdout) == (how == "merge"), done.stdout + done.stderr
    reader = World(tmp_path / "reader")
    World(tmp_path).git("clone", "-q", f"file://{tmp_path / 'forge'}", "reader")
    reader.git("fetch", "-q", "origin", "refs/notes/*:refs/notes/*")
    assert who(reader) == "." * 8 + "xy", done.stdout + done.stderr


def test_without_permission_to_write(origin: World, tmp_path: Path, pull_request: dict[str, str]) -> None:
    """The job does not fail, and says who can do it by which command."""
    values = {**pull_request, "github.event.pull_request.merge_commit_sha": merge(origin, "squash")}
    where = checkout(origin, tmp_path, "main")
    hook = tmp_path / "forge/hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'not for you' >&2\nexit 1\n", "utf-8")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    done = step("Carry notes", where, values)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::notice::assaymark: the notes were not pushed" in done.stdout
    assert "assaymark notes carry --from" in done.stdout


def test_a_merge_that_changed_something_carries_nothing(
    origin: World, tmp_path: Path, pull_request: dict[str, str]
) -> None:
    """Nor does it fail."""
    origin.git("merge", "-q", "--squash", "side")
    origin.commit("Merge (#7)", a=text(*"abcdefgh", "other"))
    origin.git("push", "-q", "origin", "main")
    values = {**pull_request, "github.event.pull_request.merge_commit_sha": origin.head}
    done = step("Carry notes", checkout(origin, tmp_path, "main"), values)
    assert (done.returncode, "nothing was carried. Refused" in done.stdout) == (0, True), done.stdout


def test_the_template_of_gitlab(origin: World, tmp_path: Path) -> None:
    """Its script, but for the installation."""
    origin.git("checkout", "-q", "-b", "side")
    origin.commit(side=FLAW)
    origin.git("push", "-q", "origin", "side")
    where = checkout(origin, tmp_path, "side")
    (tmp_path / "checkout-side.assaymark").symlink_to(ROOT)
    script = [
        line for line in GITLAB["script"] if not re.match(r"git clone|python3 -m venv|pip |PATH=", line)
    ]
    assert len(script) == 3
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(script)],
        cwd=where.root,
        env={
            **os.environ,
            **GITLAB["variables"],
            "ASSAYMARK_PYTHON": sys.executable,
            "CI_PROJECT_DIR": str(where.root),
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, "side.py" in done.stdout) == (1, True), done.stdout + done.stderr
    names = [one["check_name"] for one in json.loads(where.read("gl-code-quality-report.json"))]
    assert names == ["eval-code"]
    assert (where.root / "assaymark.sarif").exists()
