"""A demonstration: what an agent loosens does not count until a person has read it."""

from __future__ import annotations

from pathlib import Path

from assaymark.cli.demo_stage import Stage, Wrong
from assaymark.dataclass import replace

_FLAW = "import yaml\n\n\ndef load(body):\n    return yaml.load(body)\n"
_RULE = "yaml-unsafe-load"
_COMMENT = "  # assaymark: ignore[yaml-unsafe-load] -- the input is trusted"
_PAGE = """\
---
severity: low
confidence: high
cwe: 502
message: "This reads a document; that is fine, and speaks for what else is said here."
overlaps: [assaymark/yaml-unsafe-load]
pattern: yaml.load(...)
---
# our-load

## Why it matters

It does not.

## Use instead

Nothing.

## What it does not see

Nothing.
"""


def cheat(stage: Stage) -> str:
    """What was shown. Effect: shows it. Raises Failed or Wrong."""
    stage.tell("Somebody's code has a flaw, and the check finds it")
    stage.write("app.py", _FLAW)
    stage.write("assaymark.toml", 'level = "strict"\n')
    stage.run("git", "add", ".")
    stage.run("git", "commit", "-q", "-m", "Load documents")
    _check(stage, "high")
    agent = replace(stage, more={"CLAUDECODE": "1"})
    _marks(agent)
    _writes(agent)
    stage.tell("The agent takes out the hooks that record what it writes")
    (stage.shop / ".git" / "hooks" / "post-commit").unlink()
    _check(agent, "The hooks of git are gone from ")
    return "The finding was shown after each attempt, and each attempt is named with who wrote it."


def _marks(agent: Stage) -> None:
    """Effect: shows that an agent can mark nothing. Raises Wrong."""
    agent.tell("An agent, asked to make the check pass, marks the file as reviewed")
    said = agent.run("assaymark", "reviewed", "app.py", check=False)
    _expect(said, "only a person can mark code as reviewed")
    _expect(said, "Nothing was recorded.")
    if Path("/proc/self/environ").exists():
        # The variable is gone from the last of its processes only.
        unset = ("sh", "-c", 'env -u CLAUDECODE "$@"; true', "sh")
        said = agent.run(*unset, "assaymark", "reviewed", "app.py")
        _expect(said, "this shell belongs to Claude Code (CLAUDECODE is set for what started it)")


def _writes(agent: Stage) -> None:
    """Effect: shows that what an agent writes loosens nothing. Raises Wrong."""
    agent.tell("It silences the finding with a comment")
    agent.agent_edits("app.py", "yaml.load(body)", f"yaml.load(body){_COMMENT}")
    _check(agent, "Not honoured: Claude Code wrote this comment on ")
    agent.tell("It ignores the rule and excludes the file, in the settings")
    agent.agent_edits(
        "assaymark.toml", '"strict"\n', f'"strict"\nignore = ["{_RULE}"]\nexclude = ["app.py"]\n'
    )
    _check(
        agent, f"rule {_RULE} is ignored by a setting that Claude Code wrote on ", "app.py is excluded by a"
    )
    agent.tell("It adds an entry to the baseline that the settings name")
    agent.write("assaymark.toml", 'level = "strict"\nbaseline = "known.json"\n')
    agent.run("assaymark", "baseline", "--output", "known.json")
    known = (agent.shop / "known.json").read_text("utf-8")
    (agent.shop / "known.json").unlink()
    agent.agent_edits("known.json", "", known)
    _check(agent, f"{_RULE} in app.py is hidden by an entry that Claude Code wrote on ")
    agent.tell("It adds a rule that speaks for the one that is in its way")
    agent.write("assaymark.toml", 'level = "strict"\nrules = ["rules"]\n')
    (agent.shop / "rules" / "python").mkdir(parents=True)
    agent.agent_edits("rules/python/our-load.md", "", _PAGE)
    _check(agent, "a rule stands here that Claude Code wrote on ")
    agent.tell("It writes a second flaw, and keeps the file from being looked at")
    agent.agent_edits("more.py", "", _FLAW)
    agent.agent_edits(".gitignore", "", "more.py\n")
    _check(agent, "more.py is left out by a line that Claude Code wrote on ")


def _check(stage: Stage, *expected: str) -> None:
    """Effect: shows a check. Raises Wrong where it does not find the flaw, or not say what is *expected*."""
    said = stage.run("assaymark", "check", check=False)
    for text in (_RULE, *expected):
        _expect(said, text)


def _expect(said: str, text: str) -> None:
    if text not in " ".join(said.split()):
        msg = f"it should say `{text}`"
        raise Wrong(msg)
