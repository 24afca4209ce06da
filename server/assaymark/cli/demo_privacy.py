"""A demonstration: what stands in code and in prompts is nowhere in what we write."""

from __future__ import annotations

from assaymark.cli.demo_editor import Editor
from assaymark.cli.demo_search import found_in
from assaymark.cli.demo_stage import Stage, Wrong, claude_says
from assaymark.cli.output import say

MARKER = "MARKER-5f2d9c41-of-nobody"
_WITH = f'KEY = "{MARKER}"\n'
_WITHOUT = 'KEY = os.environ["KEY"]\n'


def privacy(stage: Stage) -> str:
    """What was shown. Effect: shows it. Raises Failed or Wrong."""
    _work(stage)
    # What was handed in lies beside the repository; all else is what we and git wrote.
    places = [stage.shop, *(stage.folder / name for name in ("home", "recorded.jsonl", "server.log"))]
    stage.tell(
        "Looking for it: every file, every object of git, every row of the ledger, as text, hex and base64"
    )
    looked, found = found_in(places, MARKER.encode())
    say(
        [f"    {looked} places, {len(found)} of them with the marker\n", *(f"      {one}\n" for one in found)]
    )
    if found:
        msg = f"the marker stands in {', '.join(found)}"
        raise Wrong(msg)
    stage.tell("To see that the search can find: the marker is put into an object of git")
    stage.run("git", "hash-object", "-w", "--stdin", given=f"{MARKER}\n", shown=" <<< MARKER")
    _, planted = found_in(places, MARKER.encode())
    say([f"      {one}\n" for one in planted])
    if len(planted) != 1:
        msg = "the search does not find what was planted"
        raise Wrong(msg)
    return f"In none of {looked} places stands a word of the prompt or of the code that went."


def _work(stage: Stage) -> None:
    stage.tell(f"Somebody asks an agent for something; `{MARKER}` stands in the prompt and in the code")
    prompt = claude_says(stage.shop, "UserPromptSubmit", prompt=f"use the key {MARKER}", source="user")
    stage.hook("claude", prompt, "claude-prompt.json")
    stage.agent_edits("shop.py", "", "import os\n" + _WITH)
    command = claude_says(
        stage.shop,
        "PreToolUse",
        tool_name="Bash",
        tool_use_id="toolu_1",
        tool_input={"command": f"echo {MARKER}"},
    )
    stage.hook("claude", command, "claude-shell.json")
    stage.tell("A hook that does not understand what it is told, and one that is to write it down")
    stage.hook(
        "claude", {"hook_event_name": "PostToolUse", "tool_name": "Edit", "tool_input": MARKER}, "odd.json"
    )
    stage.run(
        "assaymark",
        "hook",
        "claude",
        "--record",
        "../recorded.jsonl",
        given=_text(stage),
        shown=" < ../claude-edit.json",
    )
    _work_in_an_editor(stage)
    stage.tell("The key is taken out of the code again, and the rest is committed")
    stage.agent_edits("shop.py", _WITH, _WITHOUT)
    stage.run("git", "add", ".")
    stage.run("git", "commit", "-q", "-m", "Read the key from outside")
    stage.run("assaymark", "blame", "shop.py")
    stage.run("git", "notes", "--ref", "refs/notes/ai", "show")


def _work_in_an_editor(stage: Stage) -> None:
    stage.tell("The code is opened in an editor, typed into and saved; what the server logs is looked at too")
    typed, accepted = f"# typed: {MARKER}\n", f"# accepted: {MARKER}\n"
    with Editor(stage, "shop.py", str(stage.folder / "server.log")) as editor:
        editor.reload()
        editor.type(typed)
        editor.insert(accepted, "accept", tool="copilot")
        editor.save()
        editor.take_out(typed)
        editor.take_out(accepted)
        editor.save()


def _text(stage: Stage) -> str:
    return (stage.folder / "claude-edit.json").read_text(encoding="utf-8")
