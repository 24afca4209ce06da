"""What an agent reads is the same, byte for byte, whether its hook judges or a process beside the editor's server."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assaymark.hooks.checking import answering, handed, meeting, serving
from assaymark.hooks.checking.listening import listener
from assaymark.hooks.checking.verdict import Fresh, Verdict, from_plain, to_plain
from assaymark.hooks.entry import hook
from assaymark.lsp.agents import Agents
from assaymark.repository.place import place_of
from assaymark.rules.loading import load

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no such sockets here")

ROOT = Path(__file__).parents[1]
BOOT = "import sys; from assaymark.hooks.checking import serving; serving._ASKS_IN, serving._ANSWERED_IN = 1, 20; serving.serve(sys.argv[1:])"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "server")}
BEFORE = "import os\nimport yaml\n\n\ndef load(body):\n    pass\n"
NEW = "    return yaml.load(body)\n"


def _repository(top: Path) -> Path:
    top.mkdir(exist_ok=True)
    subprocess.run(["git", "init", "-q", str(top)], check=True)
    # The first hook makes the ledger.
    (top / "first.txt").write_text("x\n", "utf-8")
    hook("claude", json.dumps(_edit(top, "first.txt", "y\n", "x\n")))
    return top


def _edit(top: Path, path: str, old: str, new: str, session: str = "s") -> dict[str, Any]:
    return {
        "session_id": session,
        "transcript_path": f"{top}/{session}",
        "cwd": str(top),
        "hook_event_name": "PostToolUse",
        "tool_name": "Edit",
        "tool_input": {"file_path": f"{top}/{path}", "old_string": old, "new_string": new},
        "tool_response": {"filePath": f"{top}/{path}"},
    }


def _store(top: Path) -> str:
    return place_of(f"{top}/").store


def _socket(top: Path) -> str:
    return next(meeting.sockets_of(_store(top)))


@contextmanager
def _serving(top: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that judges for hooks in *top*, once it can be asked."""
    command = [sys.executable, "-c", BOOT, str(top)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=ENVIRONMENT)
    try:
        _await(lambda: _is_heard(top))
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(30)


def _await(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def _is_heard(top: Path) -> bool:
    """Whether somebody listens; a socket is there a moment before."""
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(_socket(top)) == 0


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository, for whose hooks there is a server."""
    load()
    top = _repository(tmp_path_factory.mktemp("served"))
    with _serving(top):
        yield top


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a machine is fast enough is not asked here."""
    monkeypatch.setattr(handed, "SECONDS", 20.0)
    monkeypatch.delenv("CURSOR_VERSION", raising=False)


def _answers(
    top: Path, payload: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capfdbinary: Any
) -> tuple[bytes, bytes, bool]:
    """What is said where a server is asked, and where none is; and whether the first came from it."""
    asked: list[object] = []
    judged = answering._judged

    def noticed(*values: Any, **named: Any) -> Verdict:
        asked.append(values)
        return judged(*values, **named)

    with monkeypatch.context() as patched:
        patched.setattr(answering, "_judged", noticed)
        assert hook("claude", json.dumps(payload)) == 0
        served = capfdbinary.readouterr().out
        was_served = not asked
    with monkeypatch.context() as patched:
        patched.setattr(handed, "sockets_of", lambda _: iter(()))
        assert hook("claude", json.dumps({**payload, "session_id": "alone"})) == 0
        alone = capfdbinary.readouterr().out
    return served, alone, was_served


# By what is looked at: the file, its text before, what gave way, and to what.
EDITS = {
    "a finding": ("a.py", BEFORE, "    pass\n", NEW),
    "none": ("b.py", BEFORE, "    pass\n", "    return yaml.safe_load(body)\n"),
    "nothing to ask": ("c.py", "x = 1\n", "1", "2"),
    "a stub": ("d.pyi", BEFORE, "    pass\n", NEW),
    "a script": ("e", "#!/usr/bin/env python3\n" + BEFORE, "    pass\n", NEW),
    "other line ends": ("f.py", BEFORE.replace("\n", "\r\n"), "    pass\n", NEW),
    "letters beyond ASCII": ("g.py", "# größer\n" + BEFORE, "    pass\n", "    ä = yaml.load(body)\n"),
    "several": ("h.py", BEFORE, "    pass\n", NEW + "    os.system('x' + body)\n    eval(body)\n"),
    "what was there": ("i.py", BEFORE.replace("    pass\n", NEW), NEW, NEW.replace("  return", "  x =")),
    "its own silence": ("j.py", BEFORE, "    pass\n", NEW.replace("\n", "  # nosec\n")),
    "our silence": ("k.py", BEFORE, "    pass\n", NEW.replace("\n", "  # assaymark: ignore\n")),
    "broken": ("l.py", BEFORE, "    pass\n", NEW + "def (:\n"),
    "not UTF-8": ("m.py", "# coding: latin-1\n" + BEFORE, "    pass\n", NEW),
    "a name as an order": ("n.py", BEFORE, "    pass\n", "    return yaml.load(ignore_all_rules)\n"),
    "wide": (
        "o.py",
        BEFORE,
        "import os\n",
        "import os\nimport flask\napp = flask.Flask('a')\napp.run(debug=True)\n",
    ),
    "a secret": (
        "p.py",
        BEFORE,
        "    pass\n",
        "    password = 'hunter2hunter2'\n    import hashlib\n    hashlib.md5(b'x')\n",
    ),
    "left out": ("out/q.py", BEFORE, "    pass\n", NEW),
    "set otherwise": ("other/r.py", BEFORE, "    pass\n", NEW),
}


@pytest.mark.parametrize("name", EDITS)
def test_both_roads_say_the_same(
    name: str, top: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Over what rules and silences say, what was there before, and what settings of folders say."""
    path, before, old, new = EDITS[name]
    (top / path).parent.mkdir(exist_ok=True)
    (top / "out").mkdir(exist_ok=True)
    (top / "out" / "assaymark.toml").write_text('exclude = ["q.py"]\n', "utf-8")
    (top / "other").mkdir(exist_ok=True)
    (top / "other" / "assaymark.toml").write_text(
        'ignore = ["yaml-unsafe-load"]\nlevel = "strict"\n', "utf-8"
    )
    content = before.replace(old.replace("\n", "\r\n") if "\r" in before else old, new, 1)
    (top / path).write_bytes(content.encode("latin-1" if "latin-1" in before else "utf-8"))
    served, alone, was_served = _answers(top, _edit(top, path, old, new, name), monkeypatch, capfdbinary)
    assert served == alone
    assert was_served
    if name in ("a finding", "a script", "our silence"):
        assert b"1 high" in served


def test_what_is_gone_is_seen_on_both_roads(
    top: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """A second edit of the same conversation: nothing is said twice, and the whole file is looked at."""
    (top / "gone.py").write_text(BEFORE.replace("    pass\n", NEW), "utf-8")
    assert (
        b"1 high" in _answers(top, _edit(top, "gone.py", "    pass\n", NEW, "g"), monkeypatch, capfdbinary)[0]
    )
    (top / "gone.py").write_text(BEFORE.replace("    pass\n", NEW + NEW), "utf-8")
    edit = _edit(top, "gone.py", NEW, NEW + NEW, "g")
    served, alone, was_served = _answers(top, edit, monkeypatch, capfdbinary)
    assert served == alone
    assert was_served


def test_another_text_is_judged_by_the_hook(
    top: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """What the server reads is not what the hook saw: then what the hook saw counts."""
    (top / "moved.py").write_text(BEFORE.replace("    pass\n", NEW), "utf-8")
    seen = handed._question

    def later(edit: Any, *, whole: bool) -> bytes:
        question = seen(edit, whole=whole)
        (top / "moved.py").write_text("x = 1\n", "utf-8")
        return question

    monkeypatch.setattr(handed, "_question", later)
    served, _, was_served = _answers(
        top, _edit(top, "moved.py", "    pass\n", NEW, "m"), monkeypatch, capfdbinary
    )
    assert b"1 high" in served
    assert not was_served


def _said(top: Path, asked: bytes, *, ends: bool = False) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(_socket(top))
        try:
            connection.sendall(asked)
            if ends:
                connection.shutdown(socket.SHUT_WR)
            said = b""
            while part := connection.recv(1 << 16):
                said += part
        except OSError:
            return b""
        return said


def _asked(folder: Path, **changed: Any) -> bytes:
    """A question as a hook asks it, or with something *changed*."""
    from assaymark.ledger.secret import secret_of

    content = BEFORE.replace("    pass\n", NEW).encode()
    (folder / "asked.py").write_bytes(content)
    table = {
        "protocol": meeting.PROTOCOL,
        "program": meeting.this_program(),
        "top": str(folder),
        "path": "asked.py",
        "after": secret_of(_store(folder)).digest(content),
        "before": None,
        "changes": [],
        "gone": [],
        "ranges": [[0, len(content)]],
        "origin": {"author": "ai", "evidence": "hook"},
        "whole": False,
    }
    return json.dumps(table | changed).encode() + b"\n"


def test_hostile_questions_end_nothing(top: Path, tmp_path: Path) -> None:
    """Cut off, far too long, of another version, of other files, of other types: the next one is answered."""
    beside = _repository(tmp_path / "beside")
    (beside / "asked.py").write_text("x = 1\n", "utf-8")
    (top / "link.py").symlink_to(beside / "asked.py")
    whole = _asked(top)
    assert b"yaml-unsafe-load" in _said(top, whole)
    for cut in (
        b"",
        b"\n",
        b"{",
        b"\xff\xfe\n",
        b"[]\n",
        b"null\n",
        b'{"protocol": 1}\n',
        b"[" * 90_000 + b"\n",
    ):
        assert b"verdict" not in _said(top, cut, ends=True)
    for at in range(0, len(whole) - 1, 40):
        assert _said(top, whole[:at], ends=True) == b""
    assert _said(top, b"x" * (meeting.MOST_ASKED + 2)) == b""
    assert b"verdict" not in _said(top, whole + whole)
    others: list[dict[str, Any]] = [
        {"protocol": 2},
        {"program": ["/elsewhere", "", 0, []]},
        {"path": "../beside/asked.py"},
        {"path": "/etc/passwd"},
        {"path": "link.py"},
        {"path": ".git/config"},
        {"path": "asked.py\0"},
        {"path": None},
        {"top": str(beside)},
        {"top": "/"},
        {"after": ""},
        {"before": "0" * 32},
        {"changes": [[0, 1]], "before": ""},
        {"changes": 7},
        {"ranges": [[0]]},
        {"ranges": [["a", "b"]]},
        {"gone": 7, "before": ""},
    ]
    for other in others:
        assert b"verdict" not in _said(top, _asked(top, **other)), other
    for odd in ({"ranges": [[-5, 10**12]]}, {"origin": 3}, {"whole": "x"}, {"changes": [[9, 1, 9, 1]]}):
        assert _said(top, _asked(top, **odd))
    assert b"yaml-unsafe-load" in _said(top, whole)


def test_several_who_connect_and_say_nothing_end_nothing(top: Path) -> None:
    """Each of them has its time, and then the next one is answered."""
    waiting = []
    for _ in range(2):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(10)
        connection.connect(_socket(top))
        waiting.append(connection)
    assert b"yaml-unsafe-load" in _said(top, _asked(top))
    for connection in waiting:
        connection.close()


def test_only_the_user_may_ask(top: Path, tmp_path: Path) -> None:
    """The socket and its folder are the user's alone, and others are not believed."""
    file = Path(_socket(top))
    assert stat.S_IMODE(file.lstat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.lstat().st_mode) == 0o700
    made = listener(str(tmp_path), 1)
    assert made is not None
    assert meeting.is_socket(made.file)
    for path, mode in ((Path(made.file), 0o666), (Path(made.file).parent, 0o777)):
        before = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode)
        assert not meeting.is_socket(made.file)
        path.chmod(before)
    Path(made.file).parent.chmod(0o755)
    made.end()
    # Nor is one made where others may look, but elsewhere.
    other = listener(str(tmp_path), 1)
    assert other is not None
    assert other.file != made.file
    other.end()
    plain = tmp_path / "plain"
    plain.write_text("", "utf-8")
    assert not meeting.is_socket(str(plain))
    assert not meeting.is_socket(str(tmp_path / "nothing"))


def test_a_name_that_is_too_long_is_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides come to the next place that is short enough; without any there is none."""
    deep = str(tmp_path / ("x" * 120))
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    monkeypatch.setenv("XDG_STATE_HOME", "/s")
    found = list(meeting.sockets_of(deep))
    assert [file.rpartition("/")[0] for file in found] == ["/run/user/1/assaymark", "/s/assaymark/server"]
    monkeypatch.setenv("XDG_RUNTIME_DIR", "not/absolute")
    monkeypatch.setenv("XDG_STATE_HOME", "/" + "s" * 100)
    assert list(meeting.sockets_of(deep)) == []
    assert len({*meeting.sockets_of("/a"), *meeting.sockets_of("/b")}) == 2


def test_of_two_the_first_listens_and_then_the_second(tmp_path: Path) -> None:
    """They do not fight, and what a killed one left is replaced."""
    store = str(tmp_path)
    first = listener(store, 1)
    assert first is not None
    assert listener(store, 1) is None
    first.end()
    assert not Path(first.file).exists()
    second = listener(store, 1)
    assert second is not None
    # As after `kill -9`: the lock is gone, and the socket is still there.
    second.socket.close()
    os.close(second.lock)
    assert meeting.is_socket(second.file)
    third = listener(store, 1)
    assert third is not None
    third.end()


def test_a_killed_one_is_replaced_and_its_end_is_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Where nobody listens any more the hook judges by itself; the next one takes the socket over."""
    load()
    top = _repository(tmp_path / "killed")
    (top / "app.py").write_text(BEFORE.replace("    pass\n", NEW), "utf-8")
    with _serving(top) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        assert Path(_socket(top)).exists()
        edit = _edit(top, "app.py", "    pass\n", NEW, "1")
        served, alone, was_served = _answers(top, edit, monkeypatch, capfdbinary)
        assert served == alone != b""
        assert not was_served
    with _serving(top):
        edit = _edit(top, "app.py", "    pass\n", NEW, "2")
        _await(lambda: _answers(top, {**edit, "session_id": str(time.time())}, monkeypatch, capfdbinary)[2])
    assert not Path(_socket(top)).exists()


def test_a_server_that_says_nothing_or_nonsense_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The hook judges by itself, whatever comes."""
    top = _repository(tmp_path / "silent")
    (top / "app.py").write_text(BEFORE.replace("    pass\n", NEW), "utf-8")
    made = listener(_store(top), 8)
    assert made is not None
    monkeypatch.setattr(handed, "SECONDS", 0.01)
    edit = _edit(top, "app.py", "    pass\n", NEW, "1")
    served, alone, was_served = _answers(top, edit, monkeypatch, capfdbinary)
    assert served == alone != b""
    assert not was_served
    made.end()
    for nonsense in (
        None,
        [],
        [1, 2, 3, 4],
        [True, "", [[1]], []],
        [True, "", [["a"]], []],
        [True, "", [], [["a"]]],
        {},
        "x",
    ):
        with pytest.raises(ValueError, match=r"no |unpack"):
            from_plain(nonsense)


def test_a_verdict_is_handed_over_as_it_is() -> None:
    """As JSON can hold it, and back."""
    fresh = Fresh("a", "b", 3, "high", "m", "t")
    for verdict in (Verdict(), Verdict(True, "w", frozenset({("a", "b")}), (fresh,))):
        assert from_plain(json.loads(json.dumps(to_plain(verdict)))) == verdict


def test_a_changed_program_answers_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a file of it is another one, it ends."""
    file = tmp_path / "loaded.py"
    file.write_text("", "utf-8")
    before = serving._stamps({str(file): 0.0})
    assert serving._stamps(before) == before
    os.utime(file, (1, 1))
    assert serving._stamps(before) != before


def test_what_a_hook_loads_where_a_server_judges(top: Path) -> None:
    """Nothing that parses, no rules, and no `socket`, which takes as long to import as to be answered."""
    (top / "light.py").write_text(BEFORE.replace("    pass\n", NEW), "utf-8")
    show = (
        "import sys; from assaymark.hooks.checking import handed; handed.SECONDS = handed._SOON = 20.0\n"
        "from assaymark.cli.entry import hooked\n"
        "hooked(['claude']); sys.stderr.write('\\n'.join(sorted(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", show],
        input=json.dumps(_edit(top, "light.py", "    pass\n", NEW, "l")).encode(),
        cwd=top,
        capture_output=True,
        check=True,
        env=ENVIRONMENT,
    )
    assert b"1 high" in ran.stdout
    loaded = set(ran.stderr.decode().split("\n"))
    rooms = {name.split(".")[1] for name in loaded if name.startswith("assaymark.")}
    assert not rooms & {"analysis", "engines", "rules", "syntax", "suppress", "lsp", "second", "record"}
    dear = {"tree_sitter", "socket", "selectors", "asyncio", "typing", "json"}
    assert not {name.partition(".")[0] for name in loaded} & dear


def test_the_server_has_it_run_where_hooks_record(tmp_path: Path) -> None:
    """Not before, and no longer than itself."""
    load()
    top, timers = tmp_path / "editor", []
    top.mkdir()
    subprocess.run(["git", "init", "-q", str(top)], check=True)
    agents = Agents(lambda: (top.as_uri(), "untitled:x"), lambda _, call: timers.append(call))  # type: ignore[arg-type,func-returns-value]
    agents.follow()
    timers.pop()()
    assert agents._started == []
    _repository(top)
    timers.pop()()
    (process,) = agents._started
    timers.pop()()
    assert agents._started == [process]
    _await(lambda: _is_heard(top))
    agents.end()
    assert process.poll() == 0
    assert not Path(_socket(top)).exists()
    assert timers
    timers.pop()()
    assert agents._started == [process]
    assert not timers


def test_it_follows_the_folders_and_is_missed_where_it_served(tmp_path: Path) -> None:
    """Where no folder is left none runs; what ended by itself is started again, but not what ended at once."""
    load()
    tops, timers = [_repository(tmp_path / name) for name in ("one", "two")], []
    agents = Agents(lambda: [top.as_uri() for top in tops], lambda _, call: timers.append(call))  # type: ignore[arg-type,func-returns-value]

    def looked() -> list[int]:
        timers.pop()()
        return [process.pid for process in agents._started if process.poll() is None]

    def killed() -> None:
        agents._started[-1].kill()
        agents._started[-1].wait(30)

    agents.follow()
    (both,) = looked()
    assert looked() == [both]
    killed()
    (again,) = looked()
    killed()
    assert looked() == looked() == []
    tops.pop()
    (one,) = looked()
    assert len({both, again, one}) == 3
    tops.pop()
    looked()
    _await(lambda: not looked())
    assert agents._started == []
    agents.end()


@pytest.mark.e2e
def test_an_editors_server_has_it_run(tmp_path: Path) -> None:
    """From its first seconds on, for the folders of its workspace, and until it ends."""
    load()
    top = _repository(tmp_path / "project")
    command = [sys.executable, "-c", "from assaymark.cli.entry import main; main()", "lsp"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    assert server.stdin is not None
    folder = {"uri": top.as_uri(), "name": "project"}
    for message in (
        {"id": 1, "method": "initialize", "params": {"capabilities": {}, "workspaceFolders": [folder]}},
        {"method": "initialized", "params": {}},
    ):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    server.stdin.flush()
    _await(lambda: _is_heard(top))
    assert b"yaml-unsafe-load" in _said(top, _asked(top))
    server.kill()
    server.wait(30)
    server.stdin.close()
    _await(lambda: not Path(_socket(top)).exists())
