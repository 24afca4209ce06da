"""What the server records of origins, and what it hears from the programs that record beside it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from assaymark.analysis.attributing import runs_of
from assaymark.analysis.snapshot import Snapshot
from assaymark.hooks.install.change import Record
from assaymark.hooks.install.record import remember
from assaymark.hooks.install.tool import Scope
from assaymark.ledger.events import Change, Edited, stamp
from assaymark.ledger.secret import secret_of
from assaymark.ledger.spool import append
from assaymark.ledger.store import opened
from assaymark.lineage.cuts import cuts
from assaymark.lsp.document import Document
from assaymark.origin import Author, Evidence, Origin, covering
from assaymark.repository.place import place_of
from assaymark.text import Span
from e2e.authors import SHOWS, asking_hints, lenses
from e2e.inside import PULLS, Inside, insert, of, reached, replace

AGENT = Origin(Author.ai, Evidence.hook, tool="claude", model="m-1", session="s-1", time=5)


class World:
    """A file in a repository, an editor that has it open, and an agent beside it."""

    def __init__(self, folder: Path) -> None:
        # As git lays a repository out; nothing here starts it.
        git = folder / ".git"
        for name in ("objects", "refs"):
            (git / name).mkdir(parents=True)
        (git / "HEAD").write_text("ref: refs/heads/main\n")
        self.file = folder / "app.py"
        self.place = place_of(str(self.file))
        self.editors: list[Inside] = []

    @property
    def uri(self) -> str:
        return self.file.as_uri()

    def editor(self, **options: object) -> Inside:
        """A fresh editor with the file open."""
        editor = Inside(PULLS, initializationOptions=options)
        self.editors.append(editor)
        editor.open(self.file.read_text(), self.uri)
        editor.clock.pass_by(0.1)
        return editor

    def agent_writes(self, old: str, new: str, *, report: bool = True) -> None:
        """The agent replaces the one *old* in the file by *new*."""
        before = self.file.read_bytes()
        self.file.write_bytes(before.replace(old.encode(), new.encode()))
        if report:
            self.agent_reports(before.decode(), old, new)

    def agent_reports(self, before: str, old: str, new: str) -> None:
        secret = secret_of(self.place.store)
        content = before.replace(old, new).encode()
        at = before.index(old)
        edit = Change(at, at + len(old), len(new))
        digests = secret.digest(before.encode()), secret.digest(content)
        assert self.place.path is not None
        outlines = secret.outline(content), secret.outline(before.encode())
        event = Edited(
            *stamp("hook"),
            self.place.path,
            AGENT,
            *digests,
            (edit,),
            len(content),
            outlines[0],
            "call",
            (),
            outlines[1],
            tuple(cuts(before.encode(), content, [(at, at + len(old), at, at + len(new))])),
        )
        append(self.place.store, [event])

    def save(self, editor: Inside) -> None:
        self.file.write_bytes(editor.session.read(self.uri).snapshot.text.whole())
        editor.notify("textDocument/didSave", {"textDocument": {"uri": self.uri}})

    def told(self, editor: Inside) -> list[tuple[str, str]]:
        text = editor.session.read(self.uri).snapshot.text
        found, at, whole = [], 0, text.whole().decode()
        for n_bytes, origin in runs_of(text):
            why = origin.arrival.value if origin.arrival else origin.evidence.value
            found.append((whole[at : at + n_bytes], f"{origin.author.value}:{why}"))
            at += n_bytes
        return found


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "project"
    folder.mkdir()
    world = World(folder)
    world.file.write_text("x = 1\n")
    yield world
    for editor in world.editors:
        editor.door.close()


def test_what_was_saved_is_known_when_it_is_opened_again(world: World) -> None:
    """Typed in one session of the editor, shown in the next."""
    editor = world.editor()
    editor.come(editor.change(insert(1, 0, "y"), insert(1, 1, "\n"), uri=world.uri))
    world.save(editor)
    assert world.told(world.editor()) == [("x = 1\n", "unknown:standing"), ("y\n", "human:typed")]


def test_what_an_agent_wrote_while_no_editor_ran_is_its(world: World) -> None:
    """The file is opened after the agent's hook reported."""
    world.agent_writes("1", "load(body)")
    assert world.told(world.editor()) == [
        ("x = ", "unknown:standing"),
        ("load(body)", "ai:hook"),
        ("\n", "unknown:standing"),
    ]


@pytest.mark.parametrize("first", ["hook", "reload"])
def test_an_agents_write_is_known_when_the_editor_reads_the_file_again(world: World, first: str) -> None:
    """Whichever comes first: the hook's report, or the editor's change."""
    editor = world.editor()
    world.agent_writes("1", "load(body)", report=first == "hook")
    editor.come(editor.change(replace(0, 4, 0, 5, "load(body)"), uri=world.uri))
    if first == "reload":
        editor.clock.pass_by(2)
        world.agent_reports("x = 1\n", "1", "load(body)")
    editor.clock.pass_by(5)
    assert ("load(body)", "ai:hook") in world.told(editor)


def test_typing_goes_on_while_the_report_is_under_way(world: World) -> None:
    """What was typed since keeps its author, and moves what is reported."""
    editor = world.editor()
    world.agent_writes("1", "load(body)", report=False)
    editor.come(editor.change(replace(0, 4, 0, 5, "load(body)"), uri=world.uri))
    editor.clock.pass_by(0.1)
    editor.come(editor.change(insert(0, 9, "m"), insert(0, 10, "y"), uri=world.uri))
    world.agent_reports("x = 1\n", "1", "load(body)")
    editor.clock.pass_by(5)
    assert world.told(editor) == [
        ("x = ", "unknown:standing"),
        ("load(", "ai:hook"),
        ("my", "human:typed"),
        ("body)", "ai:hook"),
        ("\n", "unknown:standing"),
    ]


def test_the_editors_diagnostics_are_told_when_origins_become_known(world: World) -> None:
    """Their data holds them."""
    world.file.write_text("x = 1\n")
    editor = world.editor()
    world.agent_writes("1", "eval(y)")
    editor.come(editor.change(replace(0, 4, 0, 5, "eval(y)"), uri=world.uri))
    editor.new()
    editor.clock.pass_by(1)
    assert ("eval(y)", "ai:hook") in world.told(editor)


def test_what_the_file_has_and_nobody_reported_came_from_the_disk(world: World) -> None:
    """Lines that it still has keep their origin, however the editor spells the reload."""
    editor = world.editor()
    editor.come(editor.change(insert(1, 0, "y"), insert(1, 1, "\n"), uri=world.uri))
    world.save(editor)
    editor.clock.pass_by(1)
    world.file.write_text("new = 0\nx = 1\ny\n")
    editor.come(editor.change({"text": "new = 0\nx = 1\ny\n"}, uri=world.uri))
    editor.clock.pass_by(2)
    assert world.told(editor) == [
        ("new = 0\n", "unknown:disk"),
        ("x = 1\n", "unknown:standing"),
        ("y\n", "human:typed"),
    ]


def test_a_paste_that_is_saved_at_once_did_not_come_from_the_disk(world: World) -> None:
    """The editor wrote it there."""
    editor = world.editor()
    editor.come(editor.change(insert(1, 0, "new = 0\n"), uri=world.uri))
    world.save(editor)
    editor.clock.pass_by(2)
    assert world.told(editor)[-1] == ("new = 0\n", "unknown:bulk")


def test_a_file_that_changed_while_it_was_closed_keeps_the_lines_that_it_has(world: World) -> None:
    """The others are unknown."""
    editor = world.editor()
    editor.come(editor.change(insert(1, 0, "y"), insert(1, 1, "\n"), uri=world.uri))
    world.save(editor)
    world.file.write_text("x = 1\nz = 3\ny\n")
    assert world.told(world.editor()) == [
        ("x = 1\n", "unknown:standing"),
        ("z = 3\n", "unknown:disk"),
        ("y\n", "human:typed"),
    ]


def test_nothing_is_recorded_where_nothing_is_known(world: World) -> None:
    """To open and to save a file leaves no trace."""
    editor = world.editor()
    world.save(editor)
    assert not Path(world.place.store).exists()


def test_nothing_is_recorded_when_that_is_switched_off(world: World) -> None:
    """And nothing that is recorded is read; that there is a gap is recorded, once."""
    world.agent_writes("1", "2")
    editor = world.editor(record=False)
    editor.come(editor.change(insert(1, 0, "y"), uri=world.uri))
    world.save(editor)
    assert world.told(editor) == [("x = 2\n", "unknown:standing"), ("y", "human:typed")]
    world.editor(record=False)
    editor.open("", (world.file.parent / "other.py").as_uri())
    with opened(world.place.store) as ledger:
        events = list(ledger.events())
    assert [type(event).__name__ for event in events] == ["Edited", "Gap", "Gap"]


def test_recording_that_is_switched_off_and_on_is_so_for_what_is_open(world: World) -> None:
    """From then on, and each time it is a gap."""
    world.agent_writes("1", "2")
    editor = world.editor()

    def switch(*, on: bool) -> None:
        settings = {"settings": {"assaymark": {"record": on}}}
        editor.notify("workspace/didChangeConfiguration", settings)
        editor.come(editor.change(insert(0, 0, "y"), uri=world.uri))
        editor.clock.pass_by(1)
        world.save(editor)

    def kinds() -> list[str]:
        with opened(world.place.store) as ledger:
            return [type(event).__name__ for event in ledger.events() if not isinstance(event, Edited)]

    switch(on=False)
    switch(on=False)
    off = kinds()
    assert "Gap" in off
    assert "Saved" not in off
    switch(on=True)
    assert kinds() == [*off, "Saved"]
    switch(on=False)
    assert kinds() == [*off, "Saved", "Gap"]


def test_without_a_ledger_everything_goes_on(world: World) -> None:
    """It is said once."""
    Path(world.place.store).write_text("no folder")
    editor = world.editor()
    editor.come(editor.change(insert(1, 0, "y"), uri=world.uri))
    world.save(editor)
    world.save(editor)
    said = [
        one["message"] for one in of(editor.sent, "window/logMessage") if "not recorded" in one["message"]
    ]
    assert len(said) <= 1
    assert world.told(editor)[-1] == ("y", "human:typed")


def test_no_source_text_is_kept(world: World) -> None:
    """Neither in the ledger nor in the spool."""
    editor = world.editor()
    editor.come(
        editor.change(*(insert(1, at, letter) for at, letter in enumerate("verysecretword\n")), uri=world.uri)
    )
    world.save(editor)
    world.agent_writes("verysecretword", "anothersecretword")
    kept = b"".join(path.read_bytes() for path in Path(world.place.store).rglob("*") if path.is_file())
    assert len(kept) > 100
    assert b"secretword" not in kept


def test_bandits_answer_holds_when_origins_became_known_meanwhile(world: World) -> None:
    """Only another text makes an answer out of date."""
    editor = world.editor()
    asked = editor.session.desk.at(world.uri)
    size = asked.snapshot.text.n_bytes
    editor.session.desk.attribute(world.uri, Span(0, size), covering(size, AGENT))
    assert editor.session.desk.settle(asked, []) is not None
    assert world.told(editor) == [("x = 1\n", "ai:hook")]
    editor.come(editor.change(insert(1, 0, "y"), uri=world.uri))
    editor.session.read(world.uri)
    assert editor.session.desk.settle(asked, []) is None


def test_hooks_that_are_gone_are_noticed(world: World, tmp_path: Path) -> None:
    """When a file that is recorded is opened, and when something comes from the disk; once."""
    settings = tmp_path / "settings.json"
    settings.write_text('"... exec assaymark hook claude; ..."')
    known = Record(str(settings), "claude", Scope.user, existed=True)
    remember(str(tmp_path / "state" / "assaymark" / "hooks"), {known.place: known})
    world.agent_writes("1", "2")
    editor = world.editor()

    def gaps() -> list[tuple[str, str]]:
        for _ in range(2):
            editor.clock.pass_by(3)
        with opened(world.place.store) as ledger:
            return [(event.by, event.reason) for event in ledger.gaps()]

    assert gaps() == []
    settings.write_text("{}")
    for number in "34":
        world.file.write_text(f"x = {number} + load(body)\n")
        editor.come(editor.change(replace(0, 0, 1, 0, world.file.read_text()), uri=world.uri))
        assert gaps() == [("server", "the hooks of claude are gone: nothing is heard of what it writes")]


def test_a_ledger_is_closed_some_time_after_the_last_of_its_files(world: World, tmp_path: Path) -> None:
    """However many folders were visited, no descriptor stays; and what was recorded is known again."""
    world.agent_writes("1", "2")
    folders = [_recorded(tmp_path / f"project{number}") for number in range(5)]
    editor = world.editor()
    n_before = _n_descriptors()
    for other in folders:
        editor.open(other.file.read_text(), other.uri)
        editor.clock.pass_by(0.1)
    assert _n_descriptors() >= n_before + len(folders)
    for other in folders:
        editor.notify("textDocument/didClose", {"textDocument": {"uri": other.uri}})
    editor.clock.pass_by(30)
    assert _n_descriptors() >= n_before + len(folders)
    editor.clock.pass_by(31)
    assert _n_descriptors() == n_before
    assert ("2", "ai:hook") in world.told(editor)
    editor.open(folders[0].file.read_text(), folders[0].uri)
    editor.clock.pass_by(0.1)
    assert ("2", "ai:hook") in folders[0].told(editor)


def test_a_ledger_that_was_asked_for_closed_files_is_closed_too(world: World) -> None:
    """A view may ask for them all day."""
    world.agent_writes("1", "2")
    folders = [{"uri": world.file.parent.as_uri(), "name": "here"}]
    editor = Inside(PULLS, workspaceFolders=folders)
    world.editors.append(editor)
    n_before = _n_descriptors()
    assert editor.request("assaymark/unreviewed", {"closed": True})["result"]
    assert _n_descriptors() > n_before
    editor.clock.pass_by(61)
    assert _n_descriptors() == n_before
    assert editor.request("assaymark/unreviewed", {"closed": True})["result"]


def test_nothing_of_a_text_is_kept_when_it_was_closed(world: World) -> None:
    """Neither by what asked about it, nor by what was to look again."""
    world.agent_writes("1", "eval(2)")
    editor = Inside(SHOWS, initializationOptions={"workspaceDiagnostics": True})
    world.editors.append(editor)
    editor.open(world.file.read_text(), world.uri)
    editor.clock.pass_by(0.1)
    editor.come(editor.change(insert(0, 0, "y = eval(x)\n"), uri=world.uri))
    editor.come(editor.pull(uri=world.uri), asking_hints(editor, uri=world.uri))
    lenses(editor, world.uri)
    here = {"line": 0, "character": 5}
    asked = {"textDocument": {"uri": world.uri}, "position": here, "range": {"start": here, "end": here}}
    editor.request("textDocument/hover", asked)
    editor.request("textDocument/codeAction", asked | {"context": {"diagnostics": []}})
    editor.notify(
        "assaymark/origin", {"uri": world.uri, "kind": "accept", "tool": "copilot", "text": "never"}
    )
    world.save(editor)
    assert reached(editor.session, Document)
    assert reached(editor.session, Snapshot)
    editor.notify("textDocument/didClose", {"textDocument": {"uri": world.uri}})
    editor.clock.pass_by(1_000)
    editor.clock.pass_by(1_000)
    assert not reached(editor.session, Document)
    assert not reached(editor.session, Snapshot)


def test_what_is_remembered_of_edits_does_not_grow(world: World) -> None:
    """Though there is always a text that an agent may still report, hour after hour."""
    editor = world.editor()
    edits = editor.session.recording._tracks[world.uri].edits
    for _ in range(20):
        editor.clock.pass_by(200)
        editor.come(editor.change(insert(0, 0, "# one\n# two\n"), uri=world.uri))
        for _ in range(20):
            editor.come(editor.change(insert(0, 0, "x"), uri=world.uri))
            editor.clock.pass_by(1)
    assert 0 < len(edits) < 150


def _recorded(folder: Path) -> World:
    """A repository in *folder*, in whose file an agent wrote something."""
    folder.mkdir()
    world = World(folder)
    world.file.write_text("x = 1\n")
    world.agent_writes("1", "2")
    return world


def _n_descriptors() -> int:
    # What tests before this one left is no matter of it.
    gc.collect()
    return sum(1 for _ in Path("/dev/fd").iterdir())
