"""
Whether a person sits at this program, or an agent runs it: what is for people asks here first.

An agent's shell is told by the variables that agents set for the commands they run, in the environment of
this process and of those that started it (`env -u CLAUDECODE` changes only the last), and by their names.
This keeps an agent from what is for people, as long as it does not set out to deceive: whoever runs programs
as the user can let go of the processes that started it, and nothing that is unsigned can tell.

Invariants:
    Variables that are also set in a terminal that a person opened (CURSOR_TRACE_ID, REPL_ID, CODEX_HOME) tell
    nothing.
    What cannot be looked at is no evidence of an agent; without a terminal nobody counts as a person.
"""
# Read in /proc, where every name is a string.
# ruff: noqa: PTH123

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

REFUSED = 2

# By variable: the agent. Each is documented by its agent, or stands in its source (2026-11).
_VARIABLES = {
    # anthropics/claude-code: set in its shell tool, with the way it was started.
    "CLAUDECODE": "Claude Code",
    "CLAUDE_CODE_ENTRYPOINT": "Claude Code",
    # Cursor's terminal page: set in commands of its agent, and of its command line.
    "CURSOR_AGENT": "Cursor",
    # google-gemini/gemini-cli, docs/tools/shell.md; QwenLM/qwen-code is made from it.
    "GEMINI_CLI": "Gemini CLI",
    "QWEN_CODE": "Qwen Code",
    # developers.openai.com/codex/environment-variables; CODEX_CI stands in openai/codex' unified_exec.
    "CODEX_SANDBOX": "Codex",
    "CODEX_THREAD_ID": "Codex",
    "CODEX_CI": "Codex",
    # github/copilot-cli, changelog.md; microsoft/vscode#316267 for terminals of its agent.
    "COPILOT_CLI": "Copilot CLI",
    "COPILOT_AGENT": "Copilot",
    # anomalyco/opencode, packages/opencode/src/index.ts.
    "OPENCODE": "OpenCode",
    # cline/cline discussion 5366, and its documentation of terminals.
    "CLINE_ACTIVE": "Cline",
    # docs.augmentcode.com/cli/reference, "shell environment".
    "AUGMENT_AGENT": "Augment",
    # agentsmd/agents.md#136 and vercel/vercel, packages/detect-agent.
    "AMP_CURRENT_THREAD_ID": "Amp",
    "ANTIGRAVITY_AGENT": "Antigravity",
    "TRAE_AI_SHELL_ID": "Trae",
    # block/goose, its shell tool.
    "GOOSE_TERMINAL": "Goose",
}
# What any agent may set, with its name as the value; read last, since it seldom names one better.
_ANY = "AI_AGENT"
# Set to a name by Goose, Amp, Crush and OpenCode; elsewhere it means other things (an ssh agent, a build's).
_AGENT = "AGENT"
_OF_AGENT = {
    "goose": "Goose",
    "amp": "Amp",
    "crush": "Crush",
    "opencode": "OpenCode",
    "claude": "Claude Code",
}

# By the name of a program: the agent.
_PROGRAMS = {
    "claude": "Claude Code",
    "codex": "Codex",
    "gemini": "Gemini CLI",
    "qwen": "Qwen Code",
    "cursor-agent": "Cursor",
    "opencode": "OpenCode",
    "copilot": "Copilot CLI",
    "auggie": "Augment",
    "amp": "Amp",
    "goose": "Goose",
    "crush": "Crush",
    "droid": "Droid",
    "aider": "Aider",
    "cline": "Cline",
}
# These run a script, which is what is named then.
_INTERPRETERS = ("node", "bun", "deno", "python", "sh", "bash", "zsh", "env")
# A chain of processes that is longer is no terminal's.
_MOST_ANCESTORS = 64
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent, and what it was told by."""

    name: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A program that started this one, or what started that: its name and words, and what it was given."""

    words: tuple[str, ...]
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a program can see of who runs it."""

    environ: Mapping[str, str]
    ancestors: tuple[Ancestor, ...] = ()
    has_terminal: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why what is for people is not done: *because* completes "and this …", *remedy* who runs it instead."""

    because: str
    remedy: str

    def text(self, act: str, command: str) -> str:
        """What is printed: *act* as in "mark code as reviewed", *command* what a person would type."""
        return (
            f"assaymark: only a person can {act}, and this {self.because}. Nothing was recorded."
            f" {self.remedy}: {command}"
        )


def person(around: Surroundings | None = None) -> Refusal | None:
    """Why no person is at this program; None if one seems to be. An editor need not ask."""
    around = surroundings() if around is None else around
    agent = agent_in(around)
    if agent is not None:
        return Refusal(f"shell belongs to {agent.name} ({agent.evidence})", "Ask the user to run")
    if not around.has_terminal:
        return Refusal("command has no terminal", "Run it in one")
    return None


def agent_in(around: Surroundings) -> Agent | None:
    """The agent that the program belongs to, if any is seen."""
    own = agent_of(around.environ)
    if own is not None:
        return own
    for ancestor in around.ancestors:
        found = _named(ancestor.words)
        if found is not None:
            return found
        given = agent_of(ancestor.environ)
        if given is not None:
            return Agent(given.name, f"{given.evidence} for what started it")
    return None


def agent_of(environ: Mapping[str, str]) -> Agent | None:
    """The agent whose variable is set in *environ*, whatever its value is, as long as it has one."""
    for name, agent in _VARIABLES.items():
        if environ.get(name):
            return Agent(agent, f"{name} is set")
    said = environ.get(_AGENT, "").partition("@")[0].lower()
    if said in _OF_AGENT:
        return Agent(_OF_AGENT[said], f"{_AGENT} is set")
    return Agent("an agent", f"{_ANY} is set") if environ.get(_ANY) else None


def _named(words: tuple[str, ...]) -> Agent | None:
    """The agent whose program or script *words* start."""
    names = [_program(word) for word in words[:1]]
    if names and names[0].rstrip("0123456789.") in _INTERPRETERS:
        names += [_program(word) for word in words[1:] if not word.startswith("-")][:1]
    for name in names:
        if name in _PROGRAMS:
            return Agent(_PROGRAMS[name], f"`{name}` started it")
    return None


def _program(word: str) -> str:
    name = word.replace("\\", "/").rsplit("/", 1)[-1].lower()
    for ending in (".exe", ".js", ".mjs", ".cjs", ".py"):
        name = name.removesuffix(ending)
    return name


def surroundings() -> Surroundings:
    """What can be seen of who runs this program. Effect: reads what the system says of processes."""
    return Surroundings(os.environ, tuple(_ancestors(os.getppid())), _has_terminal())


def _has_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _ancestors(pid: int) -> Iterator[Ancestor]:
    """The processes from *pid* up; where there is no /proc, by one listing of `ps`."""
    if os.path.isdir("/proc/self"):  # noqa: PTH112 - as above
        return _by_proc(pid)
    if os.name == "posix":
        return _by_listing(pid, _listed())
    return iter(())


def _by_proc(pid: int) -> Iterator[Ancestor]:
    for _ in range(_MOST_ANCESTORS):
        # The name is in parentheses and may hold some; behind it stand the state and the parent.
        head, _, tail = _read(pid, "stat").rpartition(")")
        if not tail:
            return
        words = tuple(word for word in _read(pid, "cmdline").split("\0") if word)
        yield Ancestor((head.partition("(")[2],), {})
        yield Ancestor(words, _variables(_read(pid, "environ").split("\0")))
        pid = int(tail.split()[1])
        if pid < 1:
            return


def _read(pid: int, name: str) -> str:
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _variables(pairs: Iterable[str]) -> dict[str, str]:
    return {name: value for name, sign, value in (pair.partition("=") for pair in pairs) if sign}


def _listed() -> dict[int, tuple[int, tuple[str, ...]]]:
    """By process: its parent and its words. Effect: runs `ps`."""
    # Late: most systems have /proc.
    import subprocess

    try:
        listed = subprocess.run(
            ["/bin/ps", "-axo", "pid=,ppid=,command="], capture_output=True, check=False, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    rows = (line.split() for line in listed.stdout.decode("utf-8", "replace").splitlines())
    return {int(row[0]): (int(row[1]), tuple(row[2:])) for row in rows if len(row) > 2 and row[0].isdigit()}


def _by_listing(pid: int, listed: Mapping[int, tuple[int, tuple[str, ...]]]) -> Iterator[Ancestor]:
    for _ in range(_MOST_ANCESTORS):
        if pid not in listed:
            return
        parent, words = listed[pid]
        yield Ancestor(words, {})
        pid = parent
