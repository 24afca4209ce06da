"""Hooks go into files of others and come out again, byte for byte."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.hooks.install.adding import applied
from assaymark.hooks.install.commands import ON_PATH, Program, UnspeakableError, anywhere, in_sh, tool_of
from assaymark.hooks.install.files import install, uninstall
from assaymark.hooks.install.git_hooks import HOOKS, KEPT
from assaymark.hooks.install.insertion import undone
from assaymark.hooks.install.installing import GIT, NAMES, Plan, planned, planned_away, where
from assaymark.hooks.install.jsonc import NotReadableError, parsed
from assaymark.hooks.install.places import Site, this_program
from assaymark.hooks.install.record import records
from assaymark.hooks.install.removing import without
from assaymark.hooks.install.tool import Commands, Scope
from assaymark.hooks.install.tools import BY_NAME, TOOLS
from assaymark.repository.place import place_of

unix = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")

# What people have in their settings.
SETTINGS = {
    "empty": b"",
    "an empty object": b"{}",
    "an empty object without an end": b"{\n}",
    "in one line": b'{"model": "x", "env": {"A": "1"}}',
    "four blanks": b'{\n    "model": "x",\n    "env": {\n        "A": "1"\n    }\n}\n',
    "tabs and CRLF": b'{\r\n\t"model": "x"\r\n}\r\n',
    "a mark at the beginning": b'\xef\xbb\xbf{\n  "model": "x"\n}\n',
    "comments and trailing commas": (
        b'// mine\n{\n  "a": [1, 2,], // one, two\n  /* b, */ "hooks": {\n    // none yet\n  },\n}\n// end'
    ),
    "hooks of others": (
        b'{"hooks": {"PostToolUse": [{"matcher": "X", "hooks": [{"type": "command", "command": "y"}]}],\n'
        b'  "Stop": [], "stop": [ {"command": "a"} , {"command": "b"} ] }, "version": 1 }'
    ),
    "letters of all kinds": '{\n  "ü\\u00e9": "\\"{[ // no comment, /* nor this",\n  "n": -1.5e3\n}'.encode(),
}


@dataclass(frozen=True)
class World:
    """A home and a repository, with the record of what is installed."""

    root: Path
    site: Site

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def here(self) -> Path:
        return Path(self.site.place.top)

    def install(self, *names: str, scope: Scope = Scope.user) -> list[Plan]:
        """The plans, after they were carried out."""
        known = records(self.site.state)
        plans: list[Plan] = []
        for name in names:
            plan = planned(name, scope, self.site, known, [other.tool for other in plans])
            for change in plan.changes if not plan.problems else ():
                known = install(change, known, self.site.state) if change.is_one else known
            plans.append(plan)
        return plans

    def uninstall(self, *names: str, scope: Scope | None = None) -> list[Plan]:
        """The same for uninstalling."""
        known = records(self.site.state)
        plans = [planned_away(name, scope, self.site, known) for name in names]
        for plan in plans:
            for change in plan.changes if not plan.problems else ():
                known = uninstall(change, known, self.site.state)
        return plans

    def where(self, name: str) -> list[str]:
        return [self.site.shown(place) for place in where(name, self.site, records(self.site.state))]

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.here, check=True, capture_output=True, text=True
        )
        return done.stdout

    def hook(self, name: str, content: str | bytes, mode: int = 0o755) -> Path:
        """A script of somebody else's in the folder of the hooks."""
        file = self.here / ".git" / "hooks" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        file.chmod(mode)
        return file

    def log(self) -> list[str]:
        """What our program was called with, and got on its standard input."""
        file = self.root / "log"
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def world(tmp_path: Path) -> World:
    home, here = tmp_path / "home", tmp_path / "repo"
    home.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", here], check=True)
    shutil.rmtree(here / ".git" / "hooks")
    program = tmp_path / "bin" / "assaymark"
    program.parent.mkdir()
    # It fails, as ours must be allowed to.
    program.write_text(
        f'#!/bin/sh\necho "$*" >> "{tmp_path}/log"\nsed "s/^/< /" >> "{tmp_path}/log"\nexit 7\n'
    )
    program.chmod(0o755)
    return World(tmp_path, Site(place_of(str(here)), {}, str(home), "linux", Program((str(program),))))


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below *folder*, folders and links included: its permissions and what it holds."""
    found = {}
    for file in sorted(folder.rglob("*")):
        if "objects" in file.parts or file.name in {"index", "COMMIT_EDITMSG"} or "logs" in file.parts:
            continue
        held = (
            str(file.readlink()).encode()
            if file.is_symlink()
            else file.read_bytes()
            if file.is_file()
            else b"/"
        )
        found[str(file.relative_to(folder))] = (file.lstat().st_mode, held)
    return found


def settings(world: World, name: str, scope: Scope = Scope.user) -> Path:
    file = Path(world.site.settings_of(BY_NAME[name], scope))
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


# The settings of tools


@pytest.mark.parametrize("form", SETTINGS)
@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("scope", Scope)
def test_settings_come_back_byte_for_byte(world: World, name: str, form: str, scope: Scope) -> None:
    """Whatever their layout; and what was there is still there while the hooks are."""
    file = settings(world, name, scope)
    file.write_bytes(SETTINGS[form])
    before = tree(world.root)
    (plan,) = world.install(name, scope=scope)
    assert plan.problems == ()
    raw = file.read_bytes()
    letters = iter(raw)
    assert all(letter in letters for letter in SETTINGS[form])
    assert parsed(raw.decode("utf-8-sig")) is not None
    world.uninstall(name)
    assert tree(world.root) == before


@pytest.mark.parametrize("name", BY_NAME)
def test_what_was_not_there_is_gone(world: World, name: str) -> None:
    """Files and the folders that were made for them, and nothing is remembered."""
    before = tree(world.root)
    for scope in Scope:
        world.install(name, scope=scope)
        assert world.where(name)
        world.uninstall(name)
        assert tree(world.root) == before


@pytest.mark.parametrize("name", NAMES)
def test_installing_again_changes_nothing(world: World, name: str) -> None:
    """Not even a byte."""
    world.install(name)
    before = tree(world.root)
    (plan,) = world.install(name)
    assert not plan.is_one
    assert tree(world.root) == before


@pytest.mark.parametrize("name", NAMES)
def test_another_program_takes_the_place_of_the_first(world: World, name: str) -> None:
    """And everything is still as it was, afterwards."""
    before = tree(world.root)
    world.install(name)
    moved = World(
        world.root, Site(world.site.place, {}, world.site.home, "linux", Program(("/opt/assaymark",)))
    )
    moved.install(name)
    held = "".join(
        Path(world.here, place).read_text() if name == GIT else settings(world, name).read_text()
        for place in world.where(name)
    )
    assert "/opt/assaymark" in held
    assert str(world.root / "bin") not in held
    moved.uninstall(name)
    assert tree(world.root) == before


def test_only_ours_is_taken_out_of_what_was_edited_since(world: World) -> None:
    """The user's own hooks stay, and so does a comment, and a hook that was added to our group."""
    file = settings(world, "claude")
    file.write_text('{\n  "model": "x"\n}\n')
    world.install("claude")
    edited = file.read_text().replace('"model": "x"', '// mine\n  "model": "y"')
    own = '{"type": "command", "command": "own"}'
    edited = re.sub(r'("matcher": "Bash",\s+"hooks": \[)', rf"\1{own}, ", edited, count=1)
    file.write_text(edited)
    world.uninstall("claude")
    left = file.read_text()
    assert left.startswith('{\n  // mine\n  "model": "y",\n')
    without_comment = json.loads(left.replace("// mine", ""))
    assert without_comment == {
        "model": "y",
        "hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "own"}]}]},
    }


def test_what_the_user_had_empty_stays(world: World) -> None:
    """A list of hooks that was there is not ours, though we leave it empty."""
    file = settings(world, "cursor")
    file.write_text('{"version": 1, "hooks": {"stop": []}}')
    world.install("cursor")
    file.write_text(" " + file.read_text())
    world.uninstall("cursor")
    assert file.read_text() == ' {"version": 1, "hooks": {"stop": []}}'


def test_a_file_of_ours_that_was_edited_stays(world: World) -> None:
    """With what the user wrote into it."""
    world.install("windsurf")
    file = settings(world, "windsurf")
    file.write_text(file.read_text().replace("{\n", '{\n  "mine": 1,\n', 1))
    world.uninstall("windsurf")
    assert json.loads(file.read_text()) == {"mine": 1}


@pytest.mark.parametrize("name", BY_NAME)
def test_without_a_record_ours_is_known_by_its_command(world: World, name: str) -> None:
    """As in the clone of a teammate: nothing of ours is left, and what others wrote is."""
    file = settings(world, name)
    file.write_text('{"mine": [1]}')
    world.install(name)
    shutil.rmtree(world.site.state)
    world.uninstall(name)
    left = json.loads(file.read_text())
    assert left.pop("version", 1) == 1
    assert left == {"mine": [1]}


@pytest.mark.parametrize(
    "text, problem",
    [
        (b'{\n "a": 1\n "b": 2}', "line 3: a comma is missing"),
        (b'{"a": }', "line 1: a value is missing"),
        (b'{"a" 1}', "line 1: a colon is missing"),
        (b'{\n"hooks": [', "line 2: a value is missing"),
        (b"{} {}", "line 1: there is something behind the end"),
        (b'{\n"a": "\\x"}', "line 2: it is not spelled as JSON spells values"),
        (b'{"hooks": [1]}', "hooks is not the object that it has to be"),
        (b'{"hooks": {"PostToolUse": {}}}', "hooks.PostToolUse is not the list that it has to be"),
        (b"[]", "the file is not the object that it has to be"),
        (b'{\n"a": "\xff"}', "line 2: it is not UTF-8"),
        (b"[" * 9999, "line 1: it is nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_named_and_left_alone(world: World, text: bytes, problem: str) -> None:
    """With its line; the other tools go on."""
    file = settings(world, "claude")
    file.write_bytes(text)
    broken, other = world.install("claude", "cursor")
    assert broken.problems == (f"~/.claude/settings.json: {problem}",)
    assert file.read_bytes() == text
    assert other.problems == ()
    assert world.where("cursor") == ["~/.cursor/hooks.json"]


def test_links_stay_links(world: World) -> None:
    """Settings that lie in a folder of dotfiles are changed there."""
    real = world.root / "dotfiles.json"
    real.write_text("{}")
    file = settings(world, "claude")
    file.symlink_to(real)
    before = tree(world.root)
    world.install("claude")
    assert file.is_symlink()
    assert "assaymark" in real.read_text()
    world.uninstall("claude")
    assert tree(world.root) == before


def test_one_agent_gets_its_hooks_once(world: World) -> None:
    """Neither for the user and in the project, nor where it reads another tool's."""
    world.install("claude")
    (plan,) = world.install("claude", scope=Scope.project)
    assert "installed already in ~/.claude/settings.json" in plan.skipped
    world.uninstall("claude")
    _, plan = world.install("claude", "copilot", scope=Scope.project)
    assert plan.skipped.startswith("GitHub Copilot reads .claude/settings.json too")
    assert world.where("copilot") == []


def test_what_is_switched_off_is_said(world: World) -> None:
    """Hooks would never run."""
    settings(world, "claude").write_text('{"disableAllHooks": true}')
    (plan,) = world.install("claude")
    assert "hooks are switched off: disableAllHooks in ~/.claude/settings.json" in plan.notes


def test_codex_keeps_hooks_in_one_file(world: World) -> None:
    """Where config.toml has some, ours go to its end; and everything comes back."""
    file = settings(world, "codex").with_name("config.toml")
    theirs = b'model = "x"  # mine\r\n[[hooks.SessionStart]]\r\n[[hooks.SessionStart.hooks]]\r\ntype = "command"\r\ncommand = "y"'
    file.write_bytes(theirs)
    before = tree(world.root)
    world.install("codex")
    raw = file.read_bytes()
    assert raw.startswith(theirs)
    hooks = tomllib.loads(raw.decode().replace("\r\n", "\n"))["hooks"]
    assert [group["hooks"][0]["command"][:10] for group in hooks["SessionStart"]] == ["y", "command -v"]
    for event in ("PreToolUse", "PostToolUse"):
        assert {"apply_patch", "Bash"} <= {*hooks[event][0]["matcher"].split("|")}
    assert world.where("codex") == ["~/.codex/config.toml"]
    world.install("codex")
    assert file.read_bytes() == raw
    world.uninstall("codex")
    assert tree(world.root) == before


def test_codex_trust_is_no_hook(world: World) -> None:
    """What Codex notes in config.toml about hooks elsewhere decides nothing."""
    settings(world, "codex").with_name("config.toml").write_text('[hooks.state."x"]\ntrusted_hash = "1"\n')
    world.install("codex")
    assert world.where("codex") == ["~/.codex/hooks.json"]


def test_codex_with_hooks_switched_off(world: World) -> None:
    """They would never run, which is said."""
    settings(world, "codex").with_name("config.toml").write_text("[features]\nhooks = false\n")
    (plan,) = world.install("codex")
    assert "hooks are switched off: features.hooks in ~/.codex/config.toml" in plan.notes


_BLANKS = st.sampled_from(["", " ", "\n", "\r\n  ", "\n\t", " // x,\n", "/* } */", "\n\n    "])


@st.composite
def _json(draw: st.DrawFn, depth: int = 0) -> str:
    kind = draw(st.sampled_from("sn{[" if depth < 3 else "sn"))
    blank = lambda: draw(_BLANKS)  # noqa: E731 - reads best so
    if kind == "s":
        return json.dumps(draw(st.text(max_size=4)), ensure_ascii=draw(st.booleans()))
    if kind == "n":
        return draw(st.sampled_from(["1", "-0.5e3", "true", "null"]))
    parts = [draw(_json(depth + 1)) for _ in range(draw(st.integers(0, 3)))]
    if kind == "{":
        keys = draw(st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=len(parts), max_size=len(parts)))
        parts = [f'"{key}"{blank()}:{blank()}{part}' for key, part in zip(keys, parts, strict=True)]
    comma = "," if parts and draw(st.booleans()) else ""
    inside = ",".join(f"{blank()}{part}{blank()}" for part in parts) + comma + blank()
    return f"{{{inside}}}" if kind == "{" else f"[{inside}]"


@given(st.data())
def test_any_json_is_added_to_and_comes_back(data: st.DataObject) -> None:
    """By undoing exactly; and by taking out what is ours, which leaves the same values."""
    members = data.draw(st.lists(_json(), max_size=3))
    inside = ",".join(f'{data.draw(_BLANKS)}"k{n}":{value}' for n, value in enumerate(members))
    text = f"{data.draw(_BLANKS)}{{{inside}{data.draw(_BLANKS)}}}{data.draw(_BLANKS)}"
    tool = data.draw(st.sampled_from(TOOLS))
    command = in_sh(Program(("/opt/a b",)), tool.name, "PostToolUse")
    after, insertions = applied(text, tool.additions(lambda _: Commands(command, command, command)))
    assert undone(after, insertions) == text
    assert _values(after).items() >= _values(text).items()
    # As it is, and after a program wrote the whole file anew.
    for form in (after, json.dumps(_values(after), indent=data.draw(st.sampled_from([None, 1, "\t"])))):
        bare = without(form, lambda strings: tool_of(str(strings.get("command"))) == tool.name)
        left = _values(bare)
        left.pop("version", None)
        assert left == _values(text)


def _values(text: str) -> dict[str, object]:
    value = parsed(text)
    assert value is not None
    plain = _plain(value)
    assert isinstance(plain, dict)
    return plain


def _plain(value: object) -> object:
    if value.members is not None:
        return {member.key: _plain(member.value) for member in value.members}
    return [_plain(item) for item in value.items] if value.items is not None else value.plain


@given(st.text(alphabet='{}[]",:/* \n\\a1', max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing else happens."""
    with contextlib.suppress(NotReadableError):
        parsed(text)


# The commands


@unix
@pytest.mark.parametrize("form", [in_sh, anywhere])
def test_a_command_is_silent_without_assaymark(form: object, tmp_path: Path) -> None:
    """Exit code 0 and not a byte, at whatever event."""
    for program in (ON_PATH, Program((str(tmp_path / "a b" / "assaymark"),)), Program(("/none", "-m", "x"))):
        for tool, event in (("claude", "PreToolUse"), ("cursor", "afterFileEdit"), ("codex", "PostToolUse")):
            command = form(program, tool, event)
            assert _run_without_assaymark(command, tmp_path, {}) == (0, b"", b"")


@unix
@pytest.mark.parametrize("form", [in_sh, anywhere])
def test_a_command_without_assaymark_does_not_stop_cursor(form: object, tmp_path: Path) -> None:
    """Where Cursor asks whether it may go on it hears an empty object, also from Claude Code's hooks."""
    there = {"CURSOR_VERSION": "2.0"}
    for tool, event, environ, said in (
        ("cursor", "beforeShellExecution", {}, b"{}\n"),
        ("cursor", "beforeSubmitPrompt", there, b"{}\n"),
        ("claude", "PreToolUse", there, b"{}\n"),
        ("claude", "UserPromptSubmit", there, b"{}\n"),
        ("claude", "PostToolUse", there, b""),
        ("cursor", "afterShellExecution", there, b""),
    ):
        assert _run_without_assaymark(form(ON_PATH, tool, event), tmp_path, environ) == (0, said, b"")


def _run_without_assaymark(command: str, tmp_path: Path, environ: dict[str, str]) -> tuple[int, bytes, bytes]:
    environ = {**_bare_path(tmp_path), **environ}
    done = subprocess.run(["sh", "-c", command], capture_output=True, env=environ, check=False)
    return done.returncode, done.stdout, done.stderr


@unix
@pytest.mark.parametrize("form", [in_sh, anywhere])
def test_a_command_runs_the_program_that_installed_it(form: object, tmp_path: Path) -> None:
    """With standard input and its exit code; without it, the one on PATH."""
    environ = _bare_path(tmp_path)
    ours = tmp_path / "a b" / "assaymark"
    ours.parent.mkdir()
    for name, file in (("mine", ours), ("path", tmp_path / "path" / "assaymark")):
        file.write_text(f'#!/bin/sh\necho "{name} $*"; cat; exit 2\n')
        file.chmod(0o755)
    command = ["sh", "-c", form(Program((str(ours),)), "claude", "PreToolUse")]
    done = subprocess.run(command, input=b"{}", capture_output=True, env=environ, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (2, b"mine hook claude\n{}")
    ours.unlink()
    done = subprocess.run(command, input=b"{}", capture_output=True, env=environ, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (2, b"path hook claude\n{}")


@unix
def test_a_command_is_free_of_the_repository_it_stands_in(world: World) -> None:
    """Git tells an alias of a work tree where its directory is, and others must not look there."""
    world.git("commit", "-q", "--allow-empty", "-m", "0")
    world.git("worktree", "add", "-q", "../other")
    program = world.root / "bin" / "assaymark"
    program.write_text("#!/bin/sh\nenv | grep -E '^GIT_(DIR|WORK_TREE|PREFIX|CONFIG_PARAMETERS)='\nexit 0\n")
    command = anywhere(Program((str(program),)), "gemini", "AfterTool")
    done = subprocess.run(["sh", "-c", command], cwd=world.root / "other", capture_output=True, check=True)
    assert done.stdout == b""


def _bare_path(tmp_path: Path) -> dict[str, str]:
    """An environment in which no assaymark is found but that in a folder of the test."""
    folder = tmp_path / "path"
    folder.mkdir(exist_ok=True)
    for name in ("git", "sh", "cat", "printenv"):
        found = shutil.which(name)
        if found and not (folder / name).exists():
            (folder / name).symlink_to(found)
    return {"PATH": str(folder), "GIT_EXEC_PATH": subprocess.getoutput("git --exec-path")}


@pytest.mark.parametrize("path", ["/a$b", "/a`b", '/a"b', "/a'b", "/100%", "/R&D", "/a!b", "/a\nb", "/a;b"])
def test_what_shells_read_differently_is_refused(path: str) -> None:
    """Rather than to be quoted for one of them."""
    with pytest.raises(UnspeakableError):
        in_sh(Program((path,)), "claude", "PreToolUse")


def test_windows_paths() -> None:
    """With slashes, which every shell there takes."""
    command = anywhere(Program(("C:\\Users\\A B\\assaymark.exe",)), "codex", "PostToolUse")
    assert "exec 'C:/Users/A B/assaymark.exe' hook codex; " in command
    assert tool_of(command) == "codex"
    assert not set("$`%\\\n") & set(command)


def test_a_project_names_no_place_of_ours(world: World) -> None:
    """What is committed holds for everybody."""
    for name in BY_NAME:
        world.install(name, scope=Scope.project)
    held = "".join(file.read_text() for file in world.here.rglob("*.json") if ".git/" not in str(file))
    assert "assaymark hook" in held
    assert str(world.root) not in held


def test_the_program_is_the_one_that_runs(tmp_path: Path) -> None:
    """As it was started; else the script beside the interpreter; else the module, never from the current folder."""
    python, script = tmp_path / "python", tmp_path / "assaymark"
    assert this_program("/x/pytest", str(python)).words == (str(python), "-P", "-m", "assaymark")
    script.touch(mode=0o755)
    assert this_program("/x/pytest", str(python)).words == (str(script),)
    other = tmp_path / "bin" / "assaymark"
    other.parent.mkdir()
    other.touch(mode=0o755)
    assert this_program(str(other), str(python)).words == (str(other),)


# The hooks of git


@unix
def test_hooks_of_git_run_and_go(world: World) -> None:
    """At a real commit and an amend; afterwards the repository's files are as before."""
    world.git("commit", "-q", "--allow-empty", "-m", "0")
    before = tree(world.here / ".git")
    (plan,) = world.install(GIT)
    assert plan.problems == ()
    world.git("commit", "-q", "--allow-empty", "-m", "1")
    old = world.git("rev-parse", "HEAD").strip()
    world.git("commit", "-q", "--allow-empty", "--amend", "-m", "2")
    new = world.git("rev-parse", "HEAD").strip()
    assert world.log() == [
        "hook git-pre-commit",
        "hook git-post-commit",
        "hook git-pre-commit",
        "hook git-post-commit",
        "hook git-post-rewrite amend",
        f"< {old} {new}",
    ]
    world.uninstall(GIT)
    after = tree(world.here / ".git")
    assert {name: held for name, held in after.items() if "refs" not in name and name != "ORIG_HEAD"} == {
        name: held for name, held in before.items() if "refs" not in name
    }


SCRIPTS = {
    "sh": '#!/bin/sh\ncat > "{log}"; echo "$*" >> "{log}"; exit 3\n',
    "sh that stops at once": '#!/bin/sh -eu\ncat > "{log}"; echo "$*" >> "{log}"; exit 3',
    "bash by env, at its end exec": '#!/usr/bin/env bash\nset -euo pipefail\nexec sh -c \'cat > "{log}"; echo "$*" >> "{log}"; exit 3\' x "$@"',
    "no first line": 'cat > "{log}"; echo "$*" >> "{log}"; exit 3\n',
    "python": "#!{python}\nimport sys\nopen('{log}', 'w').write(sys.stdin.read() + ' '.join(sys.argv[1:]) + '\\n')\nsys.exit(3)\n",
}


@unix
@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("said", ["", "a b\n", "a b\nc d\n", "$x `y` \\n\n\n"])
def test_a_script_that_was_there_notices_nothing(world: World, kind: str, said: str) -> None:
    """The same arguments, standard input and exit code, though ours fails; and ours gets them too."""
    theirs = world.root / "theirs"
    content = SCRIPTS[kind].replace("{log}", str(theirs)).replace("{python}", sys.executable)
    hook = world.hook("post-rewrite", content)
    before = tree(world.here)
    world.install(GIT)
    # As git does, by a sh where there is no first line.
    command = ["sh", "-c", '"$0" "$@"', hook, "rebase"]
    done = subprocess.run(command, input=said.encode(), cwd=world.here, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (3, b"")
    told = said.rstrip("\n") + "\n" if said else ""
    assert theirs.read_text() == f"{told}rebase\n"
    assert world.log()[0] == "hook git-post-rewrite rebase"
    world.uninstall(GIT)
    assert tree(world.here) == before


@unix
def test_a_long_standard_input_arrives(world: World) -> None:
    """A rebase of thousands of commits, more than a pipe holds."""
    hook = world.hook("post-rewrite", f'#!/bin/sh\ncat > "{world.root}/theirs"\n')
    world.install(GIT)
    said = "".join(f"{n:040x} {n + 1:040x}\n" for n in range(5000)).encode()
    subprocess.run([hook, "rebase"], input=said, cwd=world.here, check=True)
    assert (world.root / "theirs").read_bytes() == said
    assert len(world.log()) == 5001


@unix
@pytest.mark.parametrize("kind", ["link", "not to be executed", "CRLF", "binary"])
def test_what_no_shell_reads_is_kept_and_called(world: World, kind: str) -> None:
    """As it is; what git would not run stays so; a link leads where it did, under its own name."""
    said = f'#!/bin/sh\necho "${{0##*/}}" > "{world.root}/theirs"\n'
    if kind == "link":
        (world.here / "scripts").mkdir()
        (world.here / "scripts" / "any").write_text(said)
        (world.here / "scripts" / "any").chmod(0o755)
        world.hook("post-commit", "").unlink()
        (world.here / ".git/hooks/post-commit").symlink_to("../../scripts/any")
    else:
        content = {"CRLF": b"#!/bin/sh\r\n", "binary": b"#!/bin/true\n\0\xff"}.get(kind, said.encode())
        world.hook("post-commit", content, 0o644 if kind == "not to be executed" else 0o755)
    before = tree(world.here)
    world.install(GIT)
    assert os.path.lexists(world.here / ".git" / "hooks" / KEPT / "post-commit")
    world.install(GIT)
    world.git("commit", "-q", "--allow-empty", "-m", "1")
    assert world.log() == ["hook git-pre-commit", "hook git-post-commit"]
    assert (world.root / "theirs").exists() is (kind == "link")
    if kind == "link":
        assert (world.root / "theirs").read_text() == "post-commit\n"
    world.uninstall(GIT)
    left = {
        name: held for name, held in tree(world.here).items() if "refs" not in name and "ORIG" not in name
    }
    assert left == {name: held for name, held in before.items() if "refs" not in name}


@unix
def test_scripts_that_are_written_anew_are_added_to_again(world: World) -> None:
    """As lefthook and pre-commit do; what they wrote stays when ours goes."""
    world.install(GIT)
    hook = world.hook("post-commit", "#!/bin/sh\nexit 0\n")
    assert not any("post-commit" in place for place in world.where(GIT))
    world.install(GIT)
    assert "hook git-post-commit" in hook.read_text()
    world.uninstall(GIT)
    assert {file.name: file.read_text() for file in hook.parent.iterdir()} == {
        "post-commit": "#!/bin/sh\nexit 0\n"
    }


@unix
@pytest.mark.parametrize("again", [False, True])
def test_a_script_that_a_framework_set_aside_goes_too(world: World, again: bool) -> None:
    """pre-commit calls what it found `.legacy`, and runs it: ours is to run once, and then not at all."""
    world.install(GIT)
    hook = world.here / ".git" / "hooks" / "post-commit"
    hook.rename(hook.with_name("post-commit.legacy"))
    world.hook("post-commit", "#!/bin/sh\ntrue\n")
    assert ".git/hooks/post-commit.legacy" in world.where(GIT)
    if again:
        world.install(GIT)
        assert sorted(world.where(GIT)) == [f".git/hooks/{name}" for name in sorted(HOOKS)]
        assert not world.install(GIT)[0].is_one
    world.uninstall(GIT)
    assert [file.name for file in hook.parent.iterdir()] == ["post-commit"]
    assert hook.read_text() == "#!/bin/sh\ntrue\n"


def test_hooks_of_git_that_are_switched_off(world: World) -> None:
    """Where git is told to look in no folder, nothing is written."""
    world.git("config", "core.hooksPath", os.devnull)
    (plan,) = world.install(GIT)
    assert plan.skipped.startswith("git runs no hooks here")


@unix
def test_without_a_record_a_script_is_known_by_its_words(world: World) -> None:
    """Ours are gone, theirs are as they were, and what was kept is back."""
    world.hook("post-commit", "#!/bin/sh\ntrue")
    world.hook("post-merge", f"#!{sys.executable}\n")
    before = tree(world.here)
    world.install(GIT)
    shutil.rmtree(world.site.state)
    world.uninstall(GIT)
    assert tree(world.here) == before


@unix
def test_the_folder_that_git_is_told_of_is_used(world: World) -> None:
    """core.hooksPath, from the top; in a project that commits it, only with --project."""
    world.git("config", "core.hooksPath", "tools/hooks")
    (plan,) = world.install(GIT)
    assert plan.skipped == "tools/hooks is part of the project; add --project to write there"
    before = tree(world.here)
    (plan,) = world.install(GIT, scope=Scope.project)
    assert plan.is_shared
    assert sorted(file.name for file in (world.here / "tools" / "hooks").iterdir()) == sorted(HOOKS)
    assert str(world.root) not in (world.here / "tools" / "hooks" / "post-commit").read_text()
    world.uninstall(GIT)
    assert tree(world.here) == before


@unix
def test_husky(world: World) -> None:
    """Its own folder, which git ignores, is this clone's; the scripts beside it are the project's."""
    folder = world.here / ".husky" / "_"
    folder.mkdir(parents=True)
    (folder / ".gitignore").write_text("*")
    wrapper = '#!/usr/bin/env sh\n. "$(dirname "$0")/h"'
    (folder / "post-commit").write_text(wrapper)
    (folder / "post-commit").chmod(0o755)
    (folder / "h").write_text(f'echo "$(basename "$0")" > "{world.root}/theirs"\n')
    world.git("config", "core.hooksPath", ".husky/_")
    before = tree(world.here)
    (plan,) = world.install(GIT)
    assert "husky writes this folder anew" in plan.notes[0]
    world.git("commit", "-q", "--allow-empty", "-m", "1")
    assert world.log() == ["hook git-pre-commit", "hook git-post-commit"]
    assert (world.root / "theirs").read_text() == "post-commit\n"
    world.uninstall(GIT)
    assert (folder / "post-commit").read_text() == wrapper
    world.install(GIT, scope=Scope.project)
    assert (world.here / ".husky" / "post-commit").exists()
    world.uninstall(GIT)
    left = {name: held for name, held in tree(world.here).items() if ".git/" not in name}
    assert left == {name: held for name, held in before.items() if ".git/" not in name}


@unix
def test_a_folder_for_all_repositories_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written there holds for the others too."""
    everywhere = world.root / "everywhere"
    file = world.root / "gitconfig"
    file.write_text(f"[core]\nhooksPath = {everywhere}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    (plan,) = world.install(GIT)
    assert "holds for all repositories" in plan.notes[0]
    assert (everywhere / "post-commit").exists()
    world.uninstall(GIT)
    assert not everywhere.exists()


@unix
def test_worktrees_and_submodules(world: World) -> None:
    """Hooks lie in the folder that all work trees share; a submodule has its own."""
    world.git("commit", "-q", "--allow-empty", "-m", "0")
    world.git("worktree", "add", "-q", "../other")
    other = World(
        world.root,
        Site(place_of(str(world.root / "other")), {}, world.site.home, "linux", world.site.program),
    )
    other.install(GIT)
    assert (world.here / ".git" / "hooks" / "post-commit").exists()
    assert not world.install(GIT)[0].is_one
    inner = world.root / "inner"
    subprocess.run(["git", "init", "-q", inner], check=True)
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a", "commit", "-q", "--allow-empty", "-m", "0"],
        cwd=inner,
        check=True,
    )
    world.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "sub")
    sub = World(
        world.root, Site(place_of(str(world.here / "sub")), {}, world.site.home, "linux", world.site.program)
    )
    sub.install(GIT)
    assert (world.here / ".git" / "modules" / "sub" / "hooks" / "post-commit").exists()


def test_without_git(tmp_path: Path) -> None:
    """There is nothing to install."""
    site = Site(place_of(str(tmp_path)), {}, str(tmp_path), "linux", ON_PATH)
    assert planned(GIT, Scope.user, site, {}).skipped == "no work tree of git here"


@unix
def test_a_commit_goes_on_when_assaymark_is_gone(world: World) -> None:
    """Not a word of it."""
    world.install(GIT)
    (world.root / "bin" / "assaymark").unlink()
    done = subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a", "commit", "-q", "--allow-empty", "-m", "1"],
        cwd=world.here,
        capture_output=True,
        env=_bare_path(world.root),
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_what_is_remembered_is_private_and_holds_nothing_of_others(world: World) -> None:
    """A secret of the settings is in no file of ours."""
    settings(world, "claude").write_text('{"env": {"TOKEN": "marker-secret"}}')
    world.install("claude", GIT)
    held = Path(world.site.state, "installed.json")
    assert "marker-secret" not in held.read_text()
    if sys.platform != "win32":
        assert held.stat().st_mode & 0o077 == 0


def test_a_record_that_cannot_be_read_is_none(world: World) -> None:
    """Then ours is known by its commands."""
    world.install("claude")
    Path(world.site.state, "installed.json").write_text("{")
    world.uninstall("claude")
    assert world.where("claude") == []


def test_every_tool_is_named_in_the_arguments() -> None:
    """They are written out there, so that typing waits for no import."""
    from assaymark.cli.hooks_arguments import TOOLS as TYPED

    assert set(TYPED) == {*NAMES, "all"}
