"""What hooks report adds up: every byte is whose it was, whichever tool told of it and whoever was faster."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from assaymark.hooks.shell import watching
from assaymark.ledger.events import Saved, stamp
from assaymark.ledger.secret import secret_of
from assaymark.ledger.spool import append
from assaymark.ledger.store import opened
from assaymark.origin import Arrival, Author, Evidence, Origin, Run, Runs, unknown
from hook_world import World, world

__all__ = ["world"]

TYPED = Origin(Author.human, Evidence.typed)
DISK = unknown(Arrival.disk)


def _store(world: World) -> str:
    return str(world.top / ".git" / "assaymark")


def _whose(world: World, path: str = "shop.py") -> list[tuple[str, str]]:
    """The text of a file in pieces, each with its author."""
    content = (world.top / path).read_bytes()
    with opened(_store(world)) as ledger:
        runs = ledger.state(path, content)
    if runs is None:
        return [("unheard of", content.decode())]
    found: list[tuple[str, str]] = []
    at = 0
    for n_bytes, origin in runs:
        found.append((origin.author.value, content[at : at + n_bytes].decode("utf-8", "replace")))
        at += n_bytes
    assert at == len(content)
    return found


def _save(world: World, content: bytes, *runs: tuple[int, Origin], path: str = "shop.py") -> None:
    """The editor saves *content*, and says whose it is."""
    world.write(path, content)
    secret = secret_of(_store(world))
    own: Runs = tuple(Run(n, origin) for n, origin in runs)
    assert sum(n for n, _ in runs) == len(content)
    append(
        _store(world),
        [Saved(*stamp("server"), path, secret.digest(content), own, secret.outline(content))],
    )


def _edit(world: World, old: str, new: str, tool: str = "claude", *, knows: bool = True) -> None:
    """The agent of *tool* edits the file, and its hook tells of it."""
    file = world.top / "shop.py"
    original = file.read_bytes().decode()
    assert original.count(old) == 1
    file.write_bytes(original.replace(old, new).encode())
    world.say(tool, _told(world, tool, old, new, original if knows else None))


def _told(world: World, tool: str, old: str, new: str, original: str | None) -> dict[str, Any]:
    top, path = world.top.as_posix(), f"{world.top.as_posix()}/shop.py"
    if tool == "cursor":
        edits = [{"old_string": old, "new_string": new}]
        return {
            "hook_event_name": "afterFileEdit",
            "workspace_roots": [top],
            "file_path": path,
            "edits": edits,
        }
    if tool == "windsurf":
        edits = [{"old_string": old, "new_string": new}]
        return {"agent_action_name": "post_write_code", "tool_info": {"file_path": path, "edits": edits}}
    table: dict[str, Any] = {"hook_event_name": "PostToolUse", "session_id": "s", "cwd": top}
    if tool in {"codex", "copilot"}:
        given = {"filePath": path, "oldString": old, "newString": new}
        return {**table, "tool_use_id": "c", "transcript_path": "x", "tool_name": "Edit", "tool_input": given}
    given = {"file_path": path, "old_string": old, "new_string": new}
    response = {} if original is None else {"originalFile": original}
    return {**table, "tool_name": "Edit", "tool_input": given, "tool_response": response}


@pytest.mark.parametrize("tool", ["claude", "cursor", "copilot", "codex", "windsurf"])
def test_only_what_an_agent_wrote_is_its(world: World, tool: str) -> None:
    """In a file that was never heard of the rest is unknown."""
    world.write("shop.py", b"a = price\nb = 1\n")
    _edit(world, "a = price\n", "a = price * rate\n", tool, knows=tool == "claude")
    assert _whose(world) == [("unknown", "a = price"), ("ai", " * rate"), ("unknown", "\nb = 1\n")]


def test_what_was_typed_stays_typed(world: World) -> None:
    """An agent's edit of a typed line takes what it changed, and no more."""
    _save(world, b"a = price\n", (10, TYPED))
    _edit(world, "a = price\n", "b = 1\na = gross_price\n")
    assert _whose(world) == [("ai", "b = 1\n"), ("human", "a = "), ("ai", "gross_price"), ("human", "\n")]


@pytest.mark.parametrize("editor_first", [True, False])
def test_editor_and_hook_in_either_order(world: World, editor_first: bool) -> None:
    """The editor sees bytes come from the disk, the hook tells whose they are: the order decides nothing."""
    before, after = b"a = 1\n", b"a = 1\nb = 2\n"
    _save(world, before, (6, TYPED))
    table = _told(world, "claude", "a = 1\n", "a = 1\nb = 2\n", before.decode())
    if editor_first:
        _save(world, after, (6, TYPED), (6, DISK))
        world.say("claude", table)
    else:
        world.write("shop.py", after)
        world.say("claude", table)
        _save(world, after, (6, TYPED), (6, DISK))
    assert _whose(world) == [("human", "a = 1\n"), ("ai", "b = 2\n")]


def test_another_editor_in_between(world: World) -> None:
    """Lines that nobody told of are unknown, and the agent's before and after them stay its."""
    _save(world, b"a = 1\n", (6, TYPED))
    _edit(world, "a = 1\n", "a = 1\nb = 2\n")
    world.write("shop.py", b"a = 1\nb = 2\nmine = 3\n")
    _edit(world, "mine = 3\n", "mine = 3\nc = 4\n")
    assert _whose(world) == [
        ("human", "a = 1\n"),
        ("ai", "b = 2\n"),
        ("unknown", "mine = 3\n"),
        ("ai", "c = 4\n"),
    ]


def test_a_changed_proposal_in_the_record(world: World) -> None:
    """The agent's, what a person made of it, and what was there."""
    _save(world, b"total = price\n", (14, TYPED))
    world.write("shop.py", b"total = price * (1 + tax)\n")
    table = _told(world, "claude", "total = price\n", "total = price * (1 + rate)\n", "total = price\n")
    table["tool_response"] |= {"newString": "total = price * (1 + tax)\n", "oldString": "total = price\n"}
    table["tool_response"]["userModified"] = True
    world.say("claude", table)
    assert _whose(world) == [
        ("human", "total = price"),
        ("ai", " * (1 + "),
        ("unknown", "tax"),
        ("ai", ")"),
        ("human", "\n"),
    ]


@pytest.mark.parametrize("both", [False, True])
def test_who_types_while_a_command_runs_has_typed(
    world: World, monkeypatch: pytest.MonkeyPatch, both: bool
) -> None:
    """What was saved from an editor during a command is not the command's, in the same file either."""
    monkeypatch.setattr(watching, "PATIENCE", 60)
    table = {"session_id": "s", "cwd": str(world.top), "tool_name": "Bash", "tool_input": {"command": "x"}}
    _save(world, b"a = 1\nz = 9\n", (12, TYPED))
    world.say("claude", {**table, "hook_event_name": "PreToolUse"})
    _save(world, b"a = 1\nmine = 2\nz = 9\n", (21, TYPED))
    if both:
        world.write("shop.py", b"a = 1\nmine = 2\nz = 9\nb = 3\n")
    world.say("claude", {**table, "hook_event_name": "PostToolUse", "tool_response": {}})
    its = [("ai", "b = 3\n")] if both else []
    assert _whose(world) == [("human", "a = 1\nmine = 2\nz = 9\n"), *its]


def test_a_command_that_formats(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words stay whose they were; the new blanks are the agent's command's."""
    monkeypatch.setattr(watching, "PATIENCE", 60)
    table = {"session_id": "s", "cwd": str(world.top), "tool_name": "Bash", "tool_input": {"command": "fmt"}}
    _save(world, b"f(a,b)\n", (7, TYPED))
    world.say("claude", {**table, "hook_event_name": "PreToolUse"})
    world.write("shop.py", b"f(a, b)\n")
    world.say("claude", {**table, "hook_event_name": "PostToolUse", "tool_response": {}})
    assert _whose(world) == [("human", "f(a,"), ("ai", " "), ("human", "b)\n")]


@pytest.mark.parametrize("seed", range(12))
def test_a_session_of_many_edits(world: World, seed: int) -> None:
    """Typing, five agents and another editor by turns: no byte that a person wrote becomes an agent's."""
    chance = random.Random(seed)
    lines = [f"def f{n}():\n    return {n}\n" for n in range(6)]
    text = "".join(lines)
    _save(world, text.encode(), (len(text), TYPED))
    for step in range(12):
        text = (world.top / "shop.py").read_bytes().decode()
        names = [line for line in text.splitlines(keepends=True) if text.count(line) == 1]
        line = chance.choice(names)
        match chance.choice(["agent", "agent", "agent", "type", "elsewhere"]):
            case "agent":
                tool = chance.choice(["claude", "cursor", "copilot", "codex", "windsurf"])
                new = chance.choice(
                    [f"{line}agent_{step} = {step}\n", line.replace("return", f"agent_{step} +")]
                )
                if new != line:
                    _edit(world, line, new, tool, knows=tool == "claude")
            case "type":
                before = _whose(world)
                at = text.index(line)
                runs = [(author, char) for author, piece in before for char in piece]
                typed = f"human_{step} = 1\n"
                runs[at:at] = [("human", char) for char in typed]
                origins = {"human": TYPED, "ai": Origin(Author.ai, Evidence.hook), "unknown": DISK}
                _save(world, (text[:at] + typed + text[at:]).encode(), *((1, origins[a]) for a, _ in runs))
            case _:
                world.write("shop.py", text.replace(line, f"{line}other_{step} = 1\n").encode())
    found = _whose(world)
    authors = [author for author, piece in found for _ in piece]
    text = (world.top / "shop.py").read_bytes().decode()
    assert text == "".join(piece for _, piece in found)
    for at, author in enumerate(authors):
        word = _word_at(text, at)
        if word.startswith(("human_", "other_", "def")):
            assert author != "ai", (word, found)
        if word.startswith("agent_"):
            assert author in {"ai", "unknown"}, (word, found)
    n_agent = [author for at, author in enumerate(authors) if _word_at(text, at).startswith("agent_")]
    assert n_agent.count("ai") >= 0.99 * len(n_agent)


def _word_at(text: str, at: int) -> str:
    start = at
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    end = at
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return text[start:end]


def test_the_record_holds_no_text(world: World) -> None:
    """After a prompt, an edit, a command and a fault, none of their words is anywhere beside the repository's own."""
    marker = "kingfisher_7731"
    world.write("shop.py", f"{marker} = 1\n".encode())
    table = {"session_id": "s", "cwd": str(world.top)}
    world.say("claude", {**table, "hook_event_name": "UserPromptSubmit", "prompt": f"write {marker}"})
    _edit(world, "= 1", f"= {marker} + 1")
    world.say("claude", {**table, "hook_event_name": "Odd", marker: marker, "x": {"y": marker}})
    command = {"tool_name": "Bash", "tool_input": {"command": f"echo {marker}"}}
    world.say("claude", {**table, **command, "hook_event_name": "PreToolUse"})
    _whose(world)
    kept = [file for file in (world.top / ".git").rglob("*") if file.is_file() and "assaymark" in str(file)]
    # A key that looks like a name is one, and says which field a newer version sends.
    said = [file.name for file in kept if f'"{marker}' in json.dumps(file.read_bytes().decode("latin-1"))]
    assert said == []
    assert all(f"write {marker}".encode() not in file.read_bytes() for file in kept)
