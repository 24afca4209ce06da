"""The check of the workspace: closed files, one a turn; what is told, withdrawn, stopped and looked at again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from assaymark.lsp import workspace_check
from e2e.inside import PULLS, PUSHED, Inside, Message, insert, of, reply_to

FLAW = "x = eval(y)\n"
CHECK = {"command": "assaymark.checkWorkspace"}
DISMISS = {"command": "assaymark.dismissWorkspaceCheck"}
WATCHING: Message = {"didChangeWatchedFiles": {"dynamicRegistration": True}}
SHOWING: Message = {"window": {"workDoneProgress": True}}


class World:
    """A folder on the disk, open in an editor."""

    def __init__(self, folder: Path, capabilities: Message, **params: Any) -> None:
        self.folder = folder
        (folder / "main.py").write_text(FLAW)
        (folder / "clean.py").write_text("x = 1\n")
        (folder / "lib").mkdir()
        (folder / "lib" / "more name.py").write_text(f"\n{FLAW}")
        (folder / ".gitignore").write_text("out/\n")
        (folder / "out").mkdir()
        (folder / "out" / "made.py").write_text(FLAW)
        (folder / ".git").mkdir()
        folders = [{"uri": folder.as_uri(), "name": "x"}]
        self.editor = Inside(capabilities, workspaceFolders=folders, **params)
        self.editor.new()

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def name(self, uri: str) -> str:
        return uri.removeprefix(self.folder.as_uri() + "/")

    def run(self) -> list[Message]:
        """What comes until nothing is left to do."""
        clock = self.editor.clock
        while any(not call.cancelled and call.due <= clock.now for call in clock.calls):
            clock.pass_by(0)
        return self.editor.new()

    def command(self, params: Message) -> tuple[Message, list[Message]]:
        """The request, and all that comes of it."""
        request = self.editor.ask("workspace/executeCommand", params)
        return request, self.editor.come(request) + self.run()

    def ask(self, previous: dict[str, str] | None = None, **params: Any) -> Message:
        had = [{"uri": uri, "value": value} for uri, value in (previous or {}).items()]
        return self.editor.ask("workspace/diagnostic", {"previousResultIds": had, **params})

    def pull(self, previous: dict[str, str] | None = None, **params: Any) -> list[Message]:
        """The reports of a workspace pull."""
        request = self.ask(previous, **params)
        return reply_to(self.editor.come(request) + self.run(), request)["result"]["items"]

    def publishes(self, messages: list[Message]) -> dict[str, int]:
        """By file, how many diagnostics were published last."""
        published = of(messages, "textDocument/publishDiagnostics")
        return {self.name(one["uri"]): len(one["diagnostics"]) for one in published}

    def happened(self, *names: str) -> list[Message]:
        changes = [{"uri": self.uri(name), "type": 2} for name in names]
        came = self.editor.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        return came + self.run()


@pytest.fixture
def pushed(tmp_path: Path) -> World:
    return World(tmp_path, PUSHED | SHOWING)


@pytest.fixture
def pulling(tmp_path: Path) -> World:
    workspace = PULLS["workspace"] | WATCHING
    return World(tmp_path, PULLS | SHOWING | {"workspace": workspace})


def test_nothing_is_checked_unasked(pushed: World) -> None:
    """Closed files are nobody's business by default."""
    assert pushed.run() == []


def test_the_command_publishes_closed_files(pushed: World) -> None:
    """Files with findings, by the folder's name for them; what is ignored or clean is not published."""
    request, came = pushed.command(CHECK)
    assert pushed.publishes(came) == {"main.py": 1, "lib/more%20name.py": 1}
    assert reply_to(came, request)["result"] == {"files": 3, "failed": 0, "high": 2}
    assert all("version" not in one for one in of(came, "textDocument/publishDiagnostics"))


def test_what_the_settings_exclude_is_left_out(pushed: World) -> None:
    """As the command line leaves it out: folders are not even looked through."""
    (pushed.folder / "assaymark.toml").write_text('exclude = ["lib"]\n')
    assert pushed.publishes(pushed.command(CHECK)[1]) == {"main.py": 1}


def test_a_second_check_publishes_what_is_new(pushed: World) -> None:
    """Nothing is sent twice; a file that became clean, or is gone, is withdrawn."""
    pushed.command(CHECK)
    assert pushed.publishes(pushed.command(CHECK)[1]) == {}
    (pushed.folder / "main.py").write_text("x = 1\n")
    (pushed.folder / "lib" / "more name.py").unlink()
    assert pushed.publishes(pushed.command(CHECK)[1]) == {"main.py": 0, "lib/more%20name.py": 0}


def test_a_dismissed_check_is_withdrawn(pushed: World) -> None:
    """And what changes afterwards is nobody's business again."""
    pushed.command(CHECK)
    assert pushed.publishes(pushed.command(DISMISS)[1]) == {"main.py": 0, "lib/more%20name.py": 0}
    assert pushed.happened("main.py") == []


def test_an_open_document_is_left_to_itself(pushed: World) -> None:
    """Its text is the editor's, not the disk's; once it is closed the disk's holds again."""
    pushed.editor.open("x = 1\n", pushed.uri("main.py"))
    assert pushed.publishes(pushed.command(CHECK)[1]) == {"lib/more%20name.py": 1}
    closed = {"textDocument": {"uri": pushed.uri("main.py")}}
    came = pushed.editor.notify("textDocument/didClose", closed) + pushed.run()
    assert pushed.publishes(came) == {"main.py": 1}
    assert pushed.publishes(pushed.editor.open("x = 1\n", pushed.uri("main.py"))) == {"main.py": 0}
    assert pushed.publishes(pushed.command(DISMISS)[1]) == {"lib/more%20name.py": 0}


def test_changed_files_are_checked_again(pushed: World) -> None:
    """Those that changed, came or went; not those that are ignored."""
    pushed.command(CHECK)
    (pushed.folder / "clean.py").write_text(FLAW * 2)
    (pushed.folder / "new.py").write_text(FLAW)
    (pushed.folder / "main.py").unlink()
    (pushed.folder / "out" / "other.py").write_text(FLAW)
    came = pushed.happened("clean.py", "new.py", "main.py", "out/other.py", ".git/x.py")
    assert pushed.publishes(came) == {"clean.py": 2, "new.py": 1, "main.py": 0}


def test_progress_is_begun_counted_and_ended(pushed: World) -> None:
    """Under a token of ours once the client took it."""
    request = pushed.editor.ask("workspace/executeCommand", CHECK)
    (create,) = (one for one in pushed.editor.come(request) if "method" in one)
    assert create["method"] == "window/workDoneProgress/create"
    came = pushed.editor.come({"id": create["id"], "result": None}) + pushed.run()
    values = [one["value"] for one in of(came, "$/progress")]
    assert [value["kind"] for value in values] == ["begin", "report", "report", "report", "end"]
    assert [value.get("percentage") for value in values] == [0, 33, 66, 100, None]
    assert values[-1]["message"] == "2 findings in 3 closed files"


def test_the_clients_own_token_is_used(pushed: World) -> None:
    """And nothing is created."""
    _, came = pushed.command(CHECK | {"workDoneToken": 7})
    assert {one["token"] for one in of(came, "$/progress")} == {7}
    assert of(came, "window/workDoneProgress/create") == []


@pytest.mark.parametrize("how", ["request", "progress"])
def test_it_can_be_stopped_at_any_moment(pushed: World, how: str) -> None:
    """Who waits is told so, the progress ends, and nothing more is done."""
    request = pushed.editor.ask("workspace/executeCommand", CHECK | {"workDoneToken": "t"})
    pushed.editor.come(request)
    pushed.editor.clock.pass_by(0)
    pushed.editor.clock.pass_by(0)
    stop = {
        "request": ("$/cancelRequest", {"id": request["id"]}),
        "progress": ("window/workDoneProgress/cancel", {"token": "t"}),
    }
    came = pushed.editor.notify(*stop[how])
    assert reply_to(came, request)["error"]["code"] == -32800
    assert [one["value"]["kind"] for one in of(came, "$/progress")][-1] == "end"
    assert pushed.run() == []


def test_it_rests_while_somebody_types(pushed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two keys no file is checked; after a rest it goes on."""
    looked: list[object] = []
    checked = workspace_check.checked
    monkeypatch.setattr(workspace_check, "checked", lambda *args: looked.append(1) or checked(*args))
    pushed.editor.open("x = 1\n", "file:///elsewhere.py")
    pushed.editor.come(pushed.editor.ask("workspace/executeCommand", CHECK))
    for column in range(5):
        pushed.editor.come(pushed.editor.change(insert(0, column, "y"), uri="file:///elsewhere.py"))
        pushed.editor.clock.pass_by(0)
    assert looked == []
    for _ in range(2):  # it sees the last keys, and then that none came
        pushed.editor.clock.pass_by(1)
    pushed.run()
    assert len(looked) == 3


def test_a_key_is_answered_between_two_files(pulling: World) -> None:
    """The pull of an open document does not wait for the check."""
    pulling.editor.open(FLAW)
    pulling.editor.come(pulling.ask())
    pulling.editor.clock.pass_by(0)
    assert len(pulling.editor.report()["items"]) == 1


def test_a_pull_of_the_workspace_is_answered_with_what_has_findings(pulling: World) -> None:
    """Full reports of closed files without a version, of open documents with theirs."""
    pulling.editor.open("x = 1\n", pulling.uri("main.py"))
    reports = {pulling.name(one["uri"]): one for one in pulling.pull()}
    assert {name: (one["version"], len(one["items"])) for name, one in reports.items()} == {
        "main.py": (1, 0),
        "lib/more%20name.py": (None, 1),
    }


def test_what_the_client_has_is_not_sent_again(pulling: World) -> None:
    """Unchanged, full and empty, by the ids that it says."""
    had = {one["uri"]: one["resultId"] for one in pulling.pull()}
    assert {one["kind"] for one in pulling.pull(had)} == {"unchanged"}
    (pulling.folder / "main.py").write_text("x = 1\n")
    pulling.happened("main.py")
    reports = {pulling.name(one["uri"]): one for one in pulling.pull(had)}
    assert reports["main.py"]["items"] == []
    assert reports["lib/more%20name.py"]["kind"] == "unchanged"
    (pulling.folder / "lib" / "more name.py").unlink()
    pulling.happened("lib/more name.py")
    assert {pulling.name(one["uri"]): one["items"] for one in pulling.pull(had)}["lib/more%20name.py"] == []


def test_partial_results_come_before_an_empty_answer(pulling: World) -> None:
    """Fifty reports at once."""
    for number in range(60):
        (pulling.folder / f"x{number}.py").write_text(FLAW)
    request = pulling.ask(partialResultToken="part")
    came = pulling.editor.come(request) + pulling.run()
    parts = [one["value"]["items"] for one in of(came, "$/progress") if one["token"] == "part"]
    assert [len(part) for part in parts] == [50, 12]
    assert reply_to(came, request)["result"] == {"items": []}


def test_a_cancelled_pull_of_the_workspace_is_answered_once(pulling: World) -> None:
    """And nobody is left to check for."""
    request = pulling.ask()
    came = pulling.editor.come(request, {"method": "$/cancelRequest", "params": {"id": request["id"]}})
    assert reply_to(came, request)["error"]["code"] == -32800
    assert pulling.run() == []


def test_a_client_that_pulls_asks_again_when_closed_files_changed(pulling: World) -> None:
    """It is never published to."""
    pulling.pull()
    (pulling.folder / "clean.py").write_text(FLAW)
    came = pulling.happened("clean.py")
    assert [one["method"] for one in came] == ["workspace/diagnostic/refresh"]
    assert len(pulling.pull()) == 3


def test_pulls_of_the_workspace_are_offered_when_they_are_wanted(tmp_path: Path) -> None:
    """To a client that can be told later; until the check is dismissed."""
    text = PULLS["textDocument"] | {"diagnostic": {"dynamicRegistration": True}}
    world = World(tmp_path, PULLS | {"textDocument": text})
    offered = world.editor.sent[0]["result"]["capabilities"]["diagnosticProvider"]
    assert not offered["workspaceDiagnostics"]
    _, came = world.command(CHECK)
    ((registration,),) = (one["registrations"] for one in of(came, "client/registerCapability"))
    assert registration["registerOptions"]["workspaceDiagnostics"]
    _, came = world.command(DISMISS)
    ((gone,),) = (one["unregisterations"] for one in of(came, "client/unregisterCapability"))
    assert gone["id"] == registration["id"]


def test_a_removed_folder_takes_its_results_along(pushed: World) -> None:
    """What is in a folder that came meanwhile stays."""
    pushed.command(CHECK)
    folder = {"uri": pushed.folder.as_uri(), "name": "x"}
    inner = {"uri": (pushed.folder / "lib").as_uri(), "name": "lib"}
    event = {"event": {"added": [inner], "removed": [folder]}}
    came = pushed.editor.notify("workspace/didChangeWorkspaceFolders", event) + pushed.run()
    assert pushed.publishes(came) == {"main.py": 0}
    back = {"event": {"added": [folder], "removed": [inner]}}
    came = pushed.editor.notify("workspace/didChangeWorkspaceFolders", back) + pushed.run()
    assert pushed.publishes(came) == {"main.py": 1}


def test_a_file_that_cannot_be_checked_is_said(pushed: World) -> None:
    """Never clean."""
    (pushed.folder / "main.py").write_bytes(b"x = '\xff'\n")
    _, came = pushed.command(CHECK)
    (publish,) = (
        one for one in of(came, "textDocument/publishDiagnostics") if one["uri"] == pushed.uri("main.py")
    )
    assert "not UTF-8" in publish["diagnostics"][0]["message"]


def test_a_fault_in_one_file_costs_that_file(pushed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are checked."""
    checked = workspace_check.checked

    def broken(session: Any, path: str, *rest: Any) -> Any:
        if path.endswith("main.py"):
            raise RuntimeError
        return checked(session, path, *rest)

    monkeypatch.setattr(workspace_check, "checked", broken)
    request, came = pushed.command(CHECK)
    assert pushed.publishes(came) == {"main.py": 1, "lib/more%20name.py": 1}
    assert reply_to(came, request)["result"]["failed"] == 1


def test_shutting_down_answers_who_waits(pulling: World) -> None:
    """No request is left open."""
    request = pulling.ask()
    pulling.editor.come(request)
    came = pulling.editor.come(pulling.editor.ask("shutdown", None))
    assert reply_to(came, request)["error"]["code"] == -32800


def test_files_are_watched_by_who_can(pulling: World) -> None:
    """Python, settings, ignore files."""
    (registration,) = (
        one
        for message in of(pulling.editor.sent, "client/registerCapability")
        for one in message["registrations"]
        if one["method"] == "workspace/didChangeWatchedFiles"
    )
    patterns = [one["globPattern"] for one in registration["registerOptions"]["watchers"]]
    assert {"**/*.py", "**/assaymark.toml", "**/pyproject.toml", "**/.gitignore"} <= set(patterns)


def test_a_rule_file_that_changes_is_read_again(tmp_path: Path) -> None:
    """Open documents are judged by what stands in it now."""
    (tmp_path / "project").mkdir()
    rule = tmp_path / "own.yml"
    write_rule(rule, "first()")
    world = World(tmp_path / "project", PUSHED, initializationOptions={"rules": [str(rule)]})
    assert world.publishes(world.editor.open("second()\n", world.uri("a.py"))) == {"a.py": 0}
    write_rule(rule, "second()")
    change = {"changes": [{"uri": rule.as_uri(), "type": 2}]}
    assert world.publishes(world.editor.notify("workspace/didChangeWatchedFiles", change)) == {"a.py": 1}


def test_rule_files_are_watched_where_they_are(tmp_path: Path) -> None:
    """Those that the settings name, once, also outside of the workspace."""
    (tmp_path / "project").mkdir()
    watched = {"didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True}}
    options = {"rules": [str(tmp_path / "own.yml"), str(tmp_path)]}
    able = PULLS | {"workspace": PULLS["workspace"] | watched}
    world = World(tmp_path / "project", able, initializationOptions=options)
    world.editor.notify("workspace/didChangeConfiguration", {"settings": {"assaymark": {}}})
    named = [
        watcher["globPattern"]
        for message in of(world.editor.sent, "client/registerCapability")
        for watcher in message["registrations"][0]["registerOptions"]["watchers"]
        if isinstance(watcher["globPattern"], dict)
    ]
    above = tmp_path.as_uri()
    assert named == [{"baseUri": above, "pattern": "**"}, {"baseUri": above, "pattern": "own.yml"}]


def write_rule(file: Path, pattern: str) -> None:
    file.write_text(
        f"rules:\n- id: own\n  languages: [python]\n  severity: ERROR\n  message: bad\n  pattern: {pattern}\n"
    )


def test_settings_can_want_the_check(tmp_path: Path) -> None:
    """Then it is made without being asked for."""
    world = World(tmp_path, PUSHED, initializationOptions={"workspaceDiagnostics": True})
    assert world.publishes(world.run()) == {"main.py": 1, "lib/more%20name.py": 1}


def test_every_message_fits_its_type(tmp_path: Path) -> None:
    """What is written as raw JSON is what the specification's types say."""
    text = PULLS["textDocument"] | {"diagnostic": {"dynamicRegistration": True}}
    window = {"workDoneProgress": True, "showDocument": {"support": True}}
    workspace = PULLS["workspace"] | WATCHING | {"applyEdit": True}
    world = World(tmp_path, PULLS | {"textDocument": text, "window": window, "workspace": workspace})
    world.editor.open("import yaml\n\ncfg = yaml.load(x)\n", world.uri("open.py"))
    world.command({"command": "assaymark.explain", "arguments": ["eval-code"]})
    world.command({"command": "assaymark.fixAll", "arguments": [world.uri("open.py")]})
    world.command(CHECK | {"workDoneToken": "work"})
    request = world.ask(partialResultToken="part")
    came = world.editor.come(request) + world.run()
    world.command(DISMISS)
    converter = get_converter()
    reply = reply_to(came, request) | {"jsonrpc": "2.0"}
    converter.structure(reply, types.WorkspaceDiagnosticResponse)
    for part in (one["value"] for one in of(came, "$/progress") if one["token"] == "part"):
        converter.structure(part, types.WorkspaceDiagnosticReportPartialResult)
    for message in world.editor.sent:
        if "method" in message:
            converter.structure(message, types.METHOD_TO_TYPES[message["method"]][0])
    values = [one["value"] for one in of(world.editor.sent, "$/progress") if one["token"] == "work"]
    kinds = {
        "begin": types.WorkDoneProgressBegin,
        "report": types.WorkDoneProgressReport,
        "end": types.WorkDoneProgressEnd,
    }
    for value in values:
        assert converter.unstructure(converter.structure(value, kinds[value["kind"]])) == value
    registered = [one["registrations"] for one in of(world.editor.sent, "client/registerCapability")]
    options = {one["method"]: one["registerOptions"] for (one,) in registered}
    structured = converter.structure(options["textDocument/diagnostic"], types.DiagnosticRegistrationOptions)
    assert structured.workspace_diagnostics
    converter.structure(
        options["workspace/didChangeWatchedFiles"], types.DidChangeWatchedFilesRegistrationOptions
    )
