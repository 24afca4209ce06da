"""A demonstration: attribution goes along when history is rewritten."""

from __future__ import annotations

from assaymark.cli.demo_stage import Stage, Wrong

_NO_HOOKS = ("-c", "core.hooksPath=/nowhere")


def history(stage: Stage) -> str:
    """What was shown. Effect: shows it. Raises Failed or Wrong."""
    stage.tell("Two agents write, and what they wrote is committed")
    stage.write("readme.txt", "A shop.\n")
    _commit(stage, "Begin")
    stage.run("git", "tag", "start")
    stage.run("git", "checkout", "-q", "-b", "work")
    stage.agent_edits("shop.py", "", "def price(row):\n    return row.price\n")
    _commit(stage, "Add prices")
    stage.agent_edits("shop.py", "    return row.price\n", "    return row.price * (1 + TAX)\n", tool="codex")
    _commit(stage, "Add the tax")
    _see(stage, "as committed")
    stage.tell("Amend: the message alone")
    stage.run("git", "commit", "-q", "--amend", "-m", "Add the tax, amended")
    _see(stage, "after the amend")
    stage.tell("Rebase onto a main that went on")
    stage.run("git", "checkout", "-q", "main")
    stage.write("readme.txt", "A shop with prices.\n")
    _commit(stage, "Say more")
    stage.run("git", "checkout", "-q", "work")
    stage.run("git", "rebase", "-q", "main")
    _see(stage, "after the rebase")
    stage.tell("Squash, as a server does it: no hook of ours runs there")
    stage.run("git", "tag", "fork", "main")
    stage.run("git", "checkout", "-q", "main")
    stage.run("git", *_NO_HOOKS, "merge", "-q", "--squash", "work")
    stage.run("git", *_NO_HOOKS, "commit", "-q", "-m", "Prices, squashed")
    stage.run("assaymark", "notes", "carry", "--from", "fork..work", "--to", "main")
    stage.run("git", "notes", "--ref", "refs/notes/ai", "show", "main")
    _see(stage, "after the squash")
    return "Amended, rebased and squashed: the lines are still their authors'."


def _commit(stage: Stage, message: str) -> None:
    stage.run("git", "add", ".")
    stage.run("git", "commit", "-q", "-m", message)


def _see(stage: Stage, when: str) -> None:
    said = stage.run("assaymark", "blame", "shop.py").splitlines()
    for text, whose in (("def price", "Claude Code"), ("(1 + TAX)", "Codex")):
        if not any(text in line and whose in line for line in said):
            msg = f"{when}, the line with `{text}` should be {whose}'s"
            raise Wrong(msg)
