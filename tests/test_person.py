"""Whether a person is at a program: agents are told by their variables, and by what started the program."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from assaymark.person import Agent, Ancestor, Surroundings, agent_in, agent_of, person

ASK = "import sys; from assaymark.person import person; r = person(); print(r.text('mark', 'x') if r else 'a person')"


@pytest.mark.parametrize(
    "variable, name",
    [
        ("CLAUDECODE", "Claude Code"),
        ("CLAUDE_CODE_ENTRYPOINT", "Claude Code"),
        ("CURSOR_AGENT", "Cursor"),
        ("GEMINI_CLI", "Gemini CLI"),
        ("CODEX_SANDBOX", "Codex"),
        ("CODEX_THREAD_ID", "Codex"),
        ("COPILOT_CLI", "Copilot CLI"),
        ("OPENCODE", "OpenCode"),
        ("AI_AGENT", "an agent"),
    ],
)
def test_an_agents_variable_names_it(variable: str, name: str) -> None:
    """Whatever the value is: who sets it means it."""
    assert agent_of({variable: "0"}) == Agent(name, f"{variable} is set")


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"CLAUDECODE": ""},
        {"CURSOR_TRACE_ID": "1"},
        {"CODEX_HOME": "/home/me/.codex"},
        {"AGENT": "jenkins-7"},
        {"SSH_AGENT_PID": "7"},
    ],
)
def test_what_a_persons_terminal_has_names_none(environ: dict[str, str]) -> None:
    """An editor's terminal, settings of an agent and other agents' names are no evidence."""
    assert agent_of(environ) is None


def test_the_refusal_says_whose_shell_it_is_and_who_can() -> None:
    """With the variable, so that it can be checked, and the command, so that it can be passed on."""
    refusal = person(Surroundings({"CLAUDECODE": "1"}))
    assert refusal is not None
    assert refusal.text("mark code as reviewed", "assaymark reviewed a.py:1-4") == (
        "assaymark: only a person can mark code as reviewed, and this shell belongs to Claude Code"
        " (CLAUDECODE is set). Nothing was recorded. Ask the user to run: assaymark reviewed a.py:1-4"
    )


def test_without_a_terminal_nobody_is_a_person() -> None:
    """A script, a pipe and a hook have none."""
    refusal = person(Surroundings({}, has_terminal=False))
    assert refusal is not None
    assert refusal.text("mark code as reviewed", "assaymark reviewed a.py") == (
        "assaymark: only a person can mark code as reviewed, and this command has no terminal."
        " Nothing was recorded. Run it in one: assaymark reviewed a.py"
    )
    assert person(Surroundings({})) is None


@pytest.mark.parametrize(
    "words, name",
    [
        (("claude",), "Claude Code"),
        (("node", "--no-warnings", "/usr/local/bin/gemini", "-p", "x"), "Gemini CLI"),
        (("/opt/codex/codex.exe", "exec"), "Codex"),
        (("/usr/bin/python3.12", "/home/me/.local/bin/aider"), "Aider"),
    ],
)
def test_an_agents_program_among_the_ancestors_is_enough(words: tuple[str, ...], name: str) -> None:
    """An agent that unsets its variable, or brings a terminal along, still started the program."""
    found = agent_in(Surroundings({}, (Ancestor(("bash",), {}), Ancestor(words, {}))))
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "words", [("vim", "claude"), ("bash", "-c", "grep codex x"), ("less", "gemini.md"), ()]
)
def test_a_file_that_is_called_like_an_agent_is_none(words: tuple[str, ...]) -> None:
    """Only what runs counts, not what it is given."""
    assert agent_in(Surroundings({}, (Ancestor(words, {}),))) is None


def test_an_ancestors_variable_is_found_when_the_last_one_lost_it() -> None:
    """`env -u CLAUDECODE assaymark …` changes the environment of one process only."""
    found = agent_in(Surroundings({}, (Ancestor(("sh",), {"CLAUDECODE": "1"}),)))
    assert found == Agent("Claude Code", "CLAUDECODE is set for what started it")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc here")
def test_a_terminal_of_its_own_does_not_make_a_person(tmp_path: Path) -> None:
    """Real processes: an agent's shell that unsets the variable and opens a terminal is still seen."""
    script = tmp_path / "ask.py"
    script.write_text(ASK)
    environ = {**os.environ, "CODEX_SANDBOX": "1", "ASK": f"env -u CODEX_SANDBOX {sys.executable} {script}"}
    # The shell stays, since a command follows.
    master, slave = pty.openpty()
    run = subprocess.Popen(["/bin/sh", "-c", "$ASK; true"], env=environ, stdin=slave, stdout=slave)
    os.close(slave)
    said = b""
    while b"\n" not in said:
        said += os.read(master, 4096)
    run.wait()
    os.close(master)
    assert b"only a person can mark" in said
