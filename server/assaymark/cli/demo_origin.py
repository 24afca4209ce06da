"""A demonstration: who wrote which line, and on what evidence."""

from __future__ import annotations

from assaymark.cli.demo_editor import Editor
from assaymark.cli.demo_stage import Stage, Wrong

_TYPED = "import yaml\n"
_ACCEPTED = "\ndef load(body):\n    return yaml.safe_load(body)\n"
_AGENTS = "\ndef total(rows):\n    return sum(row.price for row in rows)\n"
_PASTED = "\nTIMEOUT = 10  # from elsewhere\n"
# What of each line must be said; blank lines are nobody's.
WANTED = (
    ("import yaml", "typed in the editor"),
    ("return yaml.safe_load(body)", "GitHub Copilot"),
    ("return sum(row.price for row in rows)", "Claude Code"),
    ("TIMEOUT = 10", "pasted"),
)


def origin(stage: Stage) -> str:
    """What was shown. Effect: shows it. Raises Failed or Wrong."""
    stage.tell("A file is written: typed, accepted, by an agent, pasted")
    with Editor(stage, "shop.py") as editor:
        editor.type(_TYPED)
        editor.insert(_ACCEPTED, "accept", tool="copilot")
        editor.save()
        stage.tell("Claude Code edits the file, and its hook tells of that")
        text = _TYPED + _ACCEPTED
        stage.agent_edits("shop.py", text, text + _AGENTS)
        editor.reload()
        editor.insert(_PASTED, "paste")
        editor.save()
    stage.tell("Where each line comes from")
    said = stage.run("assaymark", "blame", "shop.py")
    for text, whose in WANTED:
        if not any(text in line and whose in line for line in said.splitlines()):
            msg = f"`{text}` should be said to be: {whose}"
            raise Wrong(msg)
    stage.run("assaymark", "why", "shop.py:7")
    return "Each line was told from the others by what reported it; nothing was guessed."
