"""A demonstration: the gate on review fails closed, whatever is taken away from it or holds it up."""

from __future__ import annotations

import shlex

from assaymark.cli.demo_stage import Stage, Wrong
from assaymark.cli.output import say
from assaymark.cli.style import harmless

_CLEAN = "import yaml\n"
_FLAW = "\n\ndef load(body):\n    return yaml.load(body)\n"
_GATE = ("assaymark", "check", "--gate", "--diff", "main")
_PASSED, _BLOCKED, _UNJUDGED = 0, 1, 2
# A rule whose expression needs more time than there is.
_SLOW = """\
---
severity: high
confidence: high
cwe: 95
message: "A name of many letters; call it otherwise."
patterns:
  - pattern: $X = $Y
  - metavariable-regex:
      metavariable: $Y
      regex: '(x+x+)+y'
---
# slow

## Why it matters

It hangs.

## Use instead

A rule that ends.

## What it does not see

Anything.
"""


def gate(stage: Stage) -> str:
    """What was shown. Effect: shows it. Raises Failed or Wrong."""
    stage.write("shop.py", _CLEAN)
    _commit(stage, "Begin")
    stage.run("git", "checkout", "-q", "-b", "topic")
    stage.tell("An agent writes a flaw, and it is committed: the hook of git tells, and lets it be")
    stage.agent_edits("shop.py", _CLEAN, _CLEAN + _FLAW)
    _commit(stage, "Load orders", "in staged lines nobody reviewed: shop.py:5 yaml-unsafe-load")
    stage.tell("The gate asks whether somebody read it: nobody did, and the exit code is 1")
    _ask(stage, _BLOCKED, "that nobody reviewed: shop.py:5 yaml-unsafe-load")
    stage.tell("Without the ledger the notes tell it")
    stage.remove(".git/assaymark")
    _ask(stage, _BLOCKED, "Record of origins: notes")
    stage.tell("Without the notes nobody can tell: exit code 2, and what to run")
    stage.run("git", "update-ref", "-d", "refs/notes/ai")
    stage.run("git", "update-ref", "-d", "refs/notes/assaymark")
    _ask(
        stage,
        _UNJUDGED,
        "cannot judge review: refs/notes/ai is not in this clone. Run: assaymark notes fetch",
    )
    stage.tell("Without hooks nobody knows of the next flaw: unknown counts as an agent's")
    stage.run("assaymark", "hooks", "uninstall", "git")
    stage.write("more.py", _CLEAN + _FLAW)
    _ask(stage, _BLOCKED, "more.py:5 yaml-unsafe-load", "assaymark", "check", "--gate")
    stage.tell("The flaws are repaired; nothing is left to ask about")
    for name in ("shop.py", "more.py"):
        stage.write(name, (_CLEAN + _FLAW).replace("yaml.load", "yaml.safe_load"))
    _ask(stage, _PASSED, "Gate passed")
    stage.tell("A rule hangs: what was not checked is not a pass")
    stage.write("slow.py", f"LETTERS = {'x' * 60}\n")
    pages = stage.folder / "slow" / "python"
    pages.mkdir(parents=True)
    (pages / "slow.md").write_text(_SLOW, encoding="utf-8")
    told = "slow.py was not checked: timed out after 1 s. This is not a pass."
    _ask(stage, _UNJUDGED, told, *_GATE, "--rules", "../slow", "--timeout", "1")
    return "Whatever was taken away or hung: the gate passed only where nothing was left to ask about."


def _commit(stage: Stage, message: str, told: str = "") -> None:
    stage.run("git", "add", ".")
    if told not in stage.run("git", "commit", "-q", "-m", message):
        msg = f"the commit should have told: {told}"
        raise Wrong(msg)


def _ask(stage: Stage, wanted: int, told: str, *words: str) -> None:
    """Effect: shows what the gate says. Raises Wrong where it ends otherwise than it should."""
    command = words or _GATE
    say([f"  {stage.style('path', f'$ {shlex.join(command)}')}\n"])
    code, said = stage.ran(command)
    say(f"    {harmless(line)}\n" for line in said.splitlines())
    say([f"    exit code {code}\n"])
    if code != wanted or told not in said:
        msg = f"{shlex.join(command)} should end with {wanted} and say: {told}"
        raise Wrong(msg)
