"""
The world of a scenario: a folder with an editor, agents, git and the command line, and what each step does in it.

The editor speaks to the server's door in this process; hooks, git and the command line are processes, but for what is
only looked at afterwards, and for a person who says that they read lines.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from assaymark.cli import main, reviewed
from assaymark.origin import Origin, Runs
from scenario_agents import Agents, Payload, encoded, hook_of
from scenario_editor import Buffer, Editor, Swap, least
from scenario_page import BAR, Expected, Scenario, Shown, Step

_BLANK = " \t\r\n"


@dataclass
class World:
    """One scenario while it is played, in *root*; *template* is the repository that `repository` copies."""

    root: Path
    template: Path
    environment: dict[str, str]
    agents: Agents = field(default_factory=Agents)
    here: Path = field(init=False)
    at: Buffer | None = None
    pending: list[tuple[str, Payload]] = field(default_factory=list)
    said: str = ""
    code: int = 0
    _editor: Editor | None = None

    def __post_init__(self) -> None:
        self.here = self.root / "work"
        self.here.mkdir(parents=True)

    @property
    def editor(self) -> Editor:
        if self._editor is None:
            self._editor = Editor(self.root / "work")
        return self._editor

    @property
    def buffer(self) -> Buffer:
        assert self.at is not None, "no file is open; write `open FILE` first"
        return self.at

    def uri(self, path: str) -> str:
        return (self.here / path).as_uri()

    def end(self) -> None:
        if self._editor is not None:
            self._editor.end()
            self._editor = None

    def rest(self, seconds: float = 1.0) -> None:
        """Effect: for the editor, time goes by."""
        if self._editor is not None:
            self._editor.inside.clock.pass_by(seconds)

    def run(self, *command: str, given: bytes = b"", check: bool = True) -> None:
        """Effect: a program runs; what it said and its exit code are kept."""
        done = subprocess.run(
            command,
            cwd=self.here,
            env=self.environment,
            input=given,
            capture_output=True,
            timeout=60,
            check=False,
        )
        self.said, self.code = (done.stdout + done.stderr).decode("utf-8", "replace"), done.returncode
        if check and done.returncode:
            msg = f"{shlex.join(command)} ended with {done.returncode}:\n{self.said}"
            raise AssertionError(msg)

    def told(self, *command: str) -> str:
        """What a program prints on standard output."""
        done = subprocess.run(
            command, cwd=self.here, env=self.environment, capture_output=True, timeout=60, check=False
        )
        said = done.stdout.decode("utf-8", "replace")
        assert not done.returncode, (
            f"{shlex.join(command)} ended with {done.returncode}:\n{said}{done.stderr.decode()}"
        )
        return said

    def here_run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code and what the command line prints, in this process: for what is to be seen, not to be tried."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.chdir(self.here), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main.run(list(arguments))
        return code, out.getvalue(), err.getvalue()

    def blamed(self, path: str) -> list[dict[str, Any]]:
        """What the command line says of the lines of a file in the work tree."""
        code, out, err = self.here_run("blame", "--json", path)
        assert not code, f"blame {path} ended with {code}:\n{out}{err}"
        lines = json.loads(out)["lines"]
        assert isinstance(lines, list)
        return lines

    def assaymark(self, *arguments: str, given: bytes = b"", check: bool = True) -> None:
        self.run("assaymark", *arguments, given=given, check=check)


Does = Callable[[World, Step, tuple[str, ...], dict[str, str]], None]
STEPS: dict[str, Does] = {}


def step(name: str) -> Callable[[Does], Does]:
    def known(does: Does) -> Does:
        STEPS[name] = does
        return does

    return known


def play(world: World, scenario: Scenario) -> None:
    """Effect: the scenario happens. Raises AssertionError, which names the place, where it comes out otherwise."""
    try:
        for part in scenario.parts:
            _played(world, part)
    finally:
        world.end()


def _played(world: World, part: Step | Expected) -> None:
    try:
        if isinstance(part, Expected):
            _compare(part, _view(world, part.view, part.subject))
        else:
            _step(world, part)
    except Exception as error:
        what = (
            f"{part.where}: {part.raw}"
            if isinstance(part, Step)
            else f"{part.where}: {part.view} {part.subject}"
        )
        msg = f"{what}\n{error if isinstance(error, AssertionError) else repr(error)}"
        raise AssertionError(msg) from error


def _step(world: World, one: Step) -> None:
    name, *rest = one.words
    does = STEPS.get(name)
    if does is None:
        msg = f"no step is called `{name}`; there are {', '.join(sorted(STEPS))}"
        raise AssertionError(msg)
    does(world, one, tuple(rest), one.said)


# ---- files and the editor


@step("file")
def _file(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """Somebody unknown writes a file."""
    file = world.here / words[0]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_text(one, words[1:]).encode())


@step("open")
def _open(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    file = world.here / words[0]
    text = file.read_bytes().decode() if file.exists() else ""
    world.at = world.editor.open(world.uri(words[0]), text)
    world.rest(0.1)


@step("notebook")
def _notebook(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    cells = (one.body or "").removesuffix("\n").split("\n%%\n")
    world.at = world.editor.open_notebook(world.uri(words[0]), cells)[0]


@step("cell")
def _cell(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    number = int(words[0])
    world.at = next(buffer for uri, buffer in world.editor.buffers.items() if uri.endswith(f"#{number}"))


@step("on")
def _on(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.at = world.editor.buffers[world.uri(words[0])]


@step("close")
def _close(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.editor.close(world.buffer.uri)
    world.at = None


@step("save")
def _save(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    _file_of(world).write_bytes(world.buffer.text.encode())
    world.editor.saved(world.buffer.uri)
    world.rest(0.1)


@step("reload")
def _reload(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """The editor shows what the disk has: as the least edit, or as a whole new text."""
    buffer, new = world.buffer, _file_of(world).read_bytes().decode()
    if "whole" in words:
        world.editor.make(buffer, Swap(0, buffer.text, new))
    elif buffer.text != new:
        world.editor.make(buffer, least(buffer.text, new))
    world.editor.disk_changed(buffer.uri)
    world.rest(0.1)


@step("type")
def _type(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """Key by key; all of it is one step to undo."""
    buffer, at = world.buffer, world.buffer.offset(words[0])
    for offset, character in enumerate(words[1]):
        world.editor.make(buffer, Swap(at + offset, "", character))
    world.editor.merge_steps(buffer, len(words[1]))


@step("backspace")
def _backspace(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """So many characters before a position, key by key."""
    buffer, at, n = world.buffer, world.buffer.offset(words[0]), int(words[1])
    for offset in range(n):
        world.editor.make(buffer, Swap(at - offset - 1, buffer.text[at - offset - 1], ""))
    world.editor.merge_steps(buffer, n)


@step("insert")
def _insert(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.editor.make(world.buffer, Swap(world.buffer.offset(words[0]), "", _text(one, words[1:])))


@step("delete")
def _delete(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.editor.make(world.buffer, _swap(world.buffer, words[0], ""))


@step("replace")
def _replace(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.editor.make(world.buffer, _swap(world.buffer, words[0], _text(one, words[1:])))


@step("copy")
def _copy(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.editor.clipboard = _swap(world.buffer, words[0], "").old


@step("cut")
def _cut(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    swap = _swap(world.buffer, words[0], "")
    world.editor.clipboard = swap.old
    world.editor.make(world.buffer, swap)


@step("paste")
def _paste(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """What was copied, or a text from elsewhere; `silent` is an editor that tells of no paste."""
    elsewhere = [word for word in words[1:] if word != "silent"]
    text = _text(one, tuple(elsewhere)) if elsewhere or one.body else world.editor.clipboard
    buffer = world.buffer
    world.editor.make(buffer, Swap(buffer.offset(words[0]), "", text))
    if "silent" not in words:
        world.editor.report(buffer, "paste", version=buffer.version)


@step("undo")
def _undo(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    for _ in range(int(next((word for word in words if word.isdecimal()), "1"))):
        world.editor.undo(world.buffer)
        if "silent" not in words:
            world.editor.report(world.buffer, "undo", version=world.buffer.version)


@step("redo")
def _redo(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.editor.redo(world.buffer)
    if "silent" not in words:
        world.editor.report(world.buffer, "redo", version=world.buffer.version)


@step("format")
def _format(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """A formatter of the editor puts the text under the step in the place of the whole."""
    buffer = world.buffer
    world.editor.make(buffer, Swap(0, buffer.text, _text(one, words)))
    world.editor.report(buffer, "format", version=buffer.version, **said)


@step("rename")
def _rename(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """A name gives way to another everywhere."""
    buffer = world.buffer
    swaps = [
        Swap(found.start(), words[0], words[1]) for found in re.finditer(rf"\b{words[0]}\b", buffer.text)
    ]
    world.editor.at_once(buffer, *swaps)
    world.editor.report(buffer, "rename", version=buffer.version, **said)


@step("fix")
def _fix(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """A quick fix of ours is chosen on a line, by a part of its title."""
    buffer = world.buffer
    actions = world.editor.actions(buffer, int(words[0]) - 1)
    action = next(action for action in actions if words[1] in action["title"])
    (changed,) = world.editor.resolved(action)["edit"]["documentChanges"]
    swaps = []
    for edit in changed["edits"]:
        start, end = (
            buffer.offset(f"{edit['range'][at]['line'] + 1}:{edit['range'][at]['character'] + 1}")
            for at in ("start", "end")
        )
        swaps.append(Swap(start, buffer.text[start:end], edit["newText"]))
    world.editor.at_once(buffer, *swaps)


@step("report")
def _report(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """`report KIND ["text"]` tells of the last change; `report next KIND` of the one that comes."""
    following = words[0] == "next"
    kind, *text = words[1:] if following else words
    details: dict[str, Any] = dict(said)
    if text:
        details["text"] = text[0]
    if details.pop("version", "") != "none":
        details["version"] = world.buffer.version + following
    world.editor.report(world.buffer, kind, **details)


@step("accept")
def _accept(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """A suggestion is accepted, and the editor tells so."""
    _insert(world, one, words, said)
    world.editor.report(world.buffer, "accept", version=world.buffer.version, **said)


@step("wait")
def _wait(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.editor.inside.clock.pass_by(float(words[0]))


# ---- agents


@step("hook")
def _hook(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """An agent does something, and its hook is told at once."""
    _told(world, one, words, said)
    world.rest()


def _told(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    if words[0] == "now":
        pending, world.pending = world.pending, []
        for tool, payload in pending:
            world.assaymark("hook", hook_of(tool), given=encoded(payload))
        return
    tool, what, *rest = words
    match what:
        case "shell":
            command = rest[0]
            before, after = (
                world.agents.shell(tool, world.here, command, event) for event in ("Pre", "Post")
            )
            world.assaymark("hook", tool, given=encoded(before))
            world.run("sh", "-c", command)
            world.assaymark("hook", tool, given=encoded(after))
        case "prompt":
            world.assaymark("hook", tool, given=encoded(world.agents.prompt(world.here, rest[0])))
        case "begin":
            world.assaymark("hook", tool, given=encoded(world.agents.began(world.here, said["model"])))
        case _:
            payload = _agent_writes(world, one, tool, what, rest)
            world.assaymark("hook", hook_of(tool), given=encoded(_changed(payload, said)))


@step("agent")
def _agent(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """An agent writes; its hook is told later, by `hook now`, or never."""
    tool, what, *rest = words
    world.pending.append((tool, _changed(_agent_writes(world, one, tool, what, rest), said)))


def _agent_writes(world: World, one: Step, tool: str, what: str, rest: list[str]) -> Payload:
    file = world.here / rest[0]
    if what == "edit":
        old, new = (rest[1], rest[2]) if len(rest) > 2 else _old_and_new(one)
        return world.agents.edit(tool, world.here, file, old, new)
    assert what == "write", f"an agent can `edit` and `write`, not `{what}`"
    return world.agents.write(tool, world.here, file, _text(one, tuple(rest[1:])))


def _changed(payload: Payload, said: dict[str, str]) -> Payload:
    """*payload* with what a scenario says of the answer: `staged=true`, or what was `proposed` and then changed."""
    response, given = payload.get("tool_response"), payload.get("tool_input")
    if not said or not isinstance(response, dict) or not isinstance(given, dict):
        return payload
    if "proposed" in said:
        given, said = given | {"new_string": said["proposed"]}, {"userModified": "true"}
    extra = {key: json.loads(value) for key, value in said.items()}
    return payload | {"tool_input": given, "tool_response": response | extra}


def _old_and_new(one: Step) -> tuple[str, str]:
    old, _, new = (one.body or "").partition("====\n")
    return old, new


# ---- git, the command line, and others


@step("repository")
def _repository(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """A repository with one empty commit, in which our hooks are installed."""
    shutil.copytree(world.template, world.here, dirs_exist_ok=True, symlinks=True)


@step("git")
def _git(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.run(*shlex.split(one.raw), check=False)
    if world.code:
        world.said = f"git ended with {world.code}:\n{world.said}"


@step("assaymark")
def _assaymark(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.run(*shlex.split(one.raw), check=False)


@step("reviewed")
def _reviewed(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """A person at a terminal says so, where there is none."""
    with mock.patch.object(reviewed, "person", return_value=None):
        world.code, *said_by_it = world.here_run(*shlex.split(one.raw))
    world.said = "".join(said_by_it)


@step("sh")
def _sh(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.run("sh", "-c", one.raw.removeprefix("sh").strip())


@step("cd")
def _cd(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    world.here = (world.here / words[0]).resolve()


@step("says")
def _says(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """What the last program said; `says not` what it did not."""
    text = one.words[-1]
    if one.words[1] == "not":
        assert text not in world.said, f"it says that:\n{world.said}"
    else:
        assert text in world.said, f"it says:\n{world.said}"


@step("quit")
def _quit(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    """The editor ends, and with it the server; the next `open` starts others."""
    world.end()
    world.at = None


@step("fails")
def _fails(world: World, one: Step, words: tuple[str, ...], said: dict[str, str]) -> None:
    assert world.code, f"it ended with 0 and said:\n{world.said}"


# ---- what is seen


def _view(world: World, view: str, subject: str) -> list[Shown]:
    match view:
        case "editor":
            world.rest()
            data, runs = world.editor.runs(world.uri(subject))
            return list(drawn(data.decode(), runs))
        case "blame":
            return list(_blamed(world, subject))
        case "review":
            return list(_read(world, subject))
    return list(_noted(world, subject))


def drawn(text: str, runs: Runs) -> Iterator[Shown]:
    """Each line of *text* with its origins, blanks aside."""
    labels = _labels(text, runs)
    at = 0
    for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text):
        if not line and at == len(text):
            return
        own = [label for label, character in zip(labels[at:], line, strict=False) if character not in _BLANK]
        distinct = list(dict.fromkeys(own))
        ruler = "".join(
            " " if character in _BLANK else str(distinct.index(label) + 1)
            for label, character in zip(labels[at:], line, strict=False)
        ).rstrip()
        yield Shown(", ".join(distinct), line.rstrip("\r\n").rstrip(), ruler)
        at += len(line)


def _labels(text: str, runs: Runs) -> list[str]:
    """The origin of each character, which is that of its first byte."""
    labels = [label(origin) for n_bytes, origin in runs for _ in range(n_bytes)]
    found, at = [], 0
    for character in text:
        found.append(labels[at])
        at += len(character.encode())
    assert at == len(labels), "the attribution does not cover the text"
    return found


def label(origin: Origin) -> str:
    """An origin as scenarios write it."""
    why = origin.arrival.value if origin.arrival else origin.evidence.value
    named = origin.tool or origin.named
    return f"{origin.author.value}:{why}{' ' if named else ''}{named}"


def _compare(expected: Expected, seen: list[Shown]) -> None:
    """Raises AssertionError unless they are the same; a ruler is compared where the page draws one."""
    rulers = [line.ruler is not None for line in expected.lines]
    rulers += [False] * (len(seen) - len(rulers))
    shown = [
        Shown(line.origins, line.text, line.ruler if with_ruler else None)
        for line, with_ruler in zip(seen, rulers, strict=False)
    ]
    if list(expected.lines) != shown:
        rows = "\n".join(_rows([Shown(line.origins, line.text, line.ruler) for line in seen]))
        msg = f"expected:\n{chr(10).join(_rows(list(expected.lines)))}\n\nseen:\n{rows}"
        raise AssertionError(msg)


def _rows(lines: list[Shown]) -> Iterator[str]:
    width = max((len(line.origins) for line in lines), default=0)
    for line in lines:
        yield f"{line.origins:<{width}} {BAR} {line.text}".rstrip()
        if line.ruler and "," in line.origins:
            yield f"{'':<{width}} {BAR} {line.ruler}"


def _blamed(world: World, path: str) -> Iterator[Shown]:
    """What the command line says of a file in the work tree, the lines behind its last line end left out."""
    texts = re.split(r"\r\n|\n|\r", (world.here / path).read_bytes().decode())
    for line, text in zip(world.blamed(path), texts, strict=False):
        if text or line["line"] < len(texts):
            origins = dict.fromkeys(_label_of(origin) for origin in line["origins"])
            yield Shown(", ".join(origins), text.rstrip())


def _read(world: World, path: str) -> Iterator[Shown]:
    """How it stands with each line of a file in the work tree; nothing with those that nobody need read."""
    texts = re.split(r"\r\n|\n|\r", (world.here / path).read_bytes().decode())
    for line, text in zip(world.blamed(path), texts, strict=False):
        if text or line["line"] < len(texts):
            yield Shown("" if line["standing"] == "written" else line["standing"], text.rstrip())


def _label_of(origin: dict[str, Any]) -> str:
    words = [
        f"{origin['author']}:{origin.get('arrival') or origin['evidence']}",
        origin.get("tool"),
        origin.get("named"),
    ]
    return " ".join(word for word in words if word)


def _noted(world: World, commit: str) -> Iterator[Shown]:
    """What the git-ai note of a commit attests, read by its grammar alone: each file's lines, and whose they are."""
    note = world.told("git", "notes", "--ref", "refs/notes/ai", "show", commit)
    attested, _, records = note.partition("\n---\n")
    sessions = json.loads(records)["sessions"] if records else {}
    path = ""
    for line in attested.splitlines():
        if not line.startswith("  "):
            path = line.strip('"')
            continue
        key, ranges = line.strip().split(" ")
        session = sessions.get(key.partition("::")[0])
        yield Shown("human" if session is None else str(session["agent_id"]["tool"]), f"{path} {ranges}")


# ---- texts


def _text(one: Step, words: tuple[str, ...]) -> str:
    """The text of a step: its last word, or the lines under it."""
    if one.body is not None:
        return one.body
    assert words, "a text is missing: in quotes, or as lines under the step that begin with |"
    return words[-1]


def _file_of(world: World) -> Path:
    return Path(world.buffer.uri.removeprefix("file://"))


def _swap(buffer: Buffer, where: str, new: str) -> Swap:
    start, end = where.split("-")
    first, last = buffer.offset(start), buffer.offset(end)
    return Swap(first, buffer.text[first:last], new)


@contextlib.contextmanager
def variables(values: dict[str, str]) -> Iterator[None]:
    """Effect: for a while, this process sees the scenario's environment."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
