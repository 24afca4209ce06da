"""`assaymark ledger`: verify, compact, export and import, and what `doctor` says of it."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from assaymark.ledger import spool
from assaymark.ledger.compacting import DAYS
from assaymark.ledger.events import Change, Committed, Edited, Gap, Saved, Session, Stamp, stamp
from assaymark.ledger.merging import ASIDE, begun
from assaymark.ledger.secret import KEY, secret_of
from assaymark.ledger.store import FILE, opened
from assaymark.origin import Author, Evidence, Origin, Run
from assaymark.repository.place import place_of
from cli_world import World, world

__all__ = ["world"]

AI = Origin(Author.ai, Evidence.hook, tool="claude", session="s", time=3)
LONG_AGO = int(time.time()) - (DAYS + 1) * 86_400


@pytest.fixture
def store(world: World) -> str:
    """Where the ledger of the world's repository is."""
    world.commit(a="x = 1\n")
    return str(world.here / ".git" / "assaymark")


def edited(store: str, before: bytes, after: bytes, by: Stamp | None = None, path: str = "a.py") -> Edited:
    """All of one text gave way to all of the other."""
    secret = secret_of(store)
    digests = (secret.digest(before), secret.digest(after))
    change = Change(0, len(before), len(after))
    return Edited(*(by or stamp("hook")), path, AI, *digests, (change,), len(after), secret.outline(after))


def aged(by: str) -> Stamp:
    """A stamp of long ago."""
    new = stamp(by)
    return new._replace(id=f"0{new.id[1:]}", time=LONG_AGO)


def test_where_nothing_was_recorded_nothing_is_wrong(world: World, store: str) -> None:
    """And `verify` makes nothing."""
    ran = world.run("ledger", "verify")
    assert ran.code == 0
    assert "no ledger yet" in ran.out
    assert not Path(store).exists()


def test_a_ledger_that_is_whole(world: World, store: str) -> None:
    """What is in it is said, and what waits."""
    with opened(store) as ledger:
        ledger.record([edited(store, b"", b"one\n")])
    spool.append(store, [Gap(*stamp("x"), "y")])
    ran = world.run("ledger", "verify")
    assert ran.code == 0, ran.out
    assert f"{store}/{FILE}: version 2, 1 event, 1 state of 1 file" in ran.out
    assert "1 event to be merged" in ran.out
    assert ran.out.endswith("No problems.\n")
    assert len(spool.waiting(store)) == 1


def test_a_ledger_that_cannot_be_written_is_verified(
    world: World, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only reading is allowed, that is enough."""
    with opened(store) as ledger:
        ledger.record([edited(store, b"", b"one\n")])
    monkeypatch.setattr(os, "access", lambda path, _: not str(path).startswith(store))
    with monkeypatch.context() as patch:
        patch.setattr(
            "assaymark.cli.ledger.place_of", lambda _: place_of(str(world.here))._replace(store=store)
        )
        assert world.run("ledger", "verify").code == 0


def test_each_problem_has_a_remedy(world: World, store: str) -> None:
    """Whatever is wrong is named, with its file, and nothing is changed by looking."""
    with opened(store) as ledger:
        ledger.record([edited(store, b"", b"one\n"), edited(store, b"", b"two\n", path="b.py")])
    with closing(sqlite3.connect(f"{store}/{FILE}")) as database, database:
        database.execute("UPDATE states SET runs = '[[9,1]]' WHERE path = 'a.py'")
        database.execute("UPDATE events SET body = '{}' WHERE path = 'b.py'")
    spool.append(store, [Gap(*stamp("x"), "y"), Gap(*stamp("x"), "z")])
    (file,) = map(Path, spool.waiting(store))
    file.write_bytes(file.read_bytes()[:-3])
    part = Path(store, "spool", "x.part")
    part.write_bytes(b"")
    os.utime(part, (0, 0))
    Path(store, f"{FILE}.corrupt-2026-01-01").write_bytes(b"")
    Path(store, ASIDE).mkdir()
    Path(store, ASIDE, "x.events").write_bytes(b"1\n2\n")
    ran = world.run("ledger", "verify")
    assert ran.code == 2
    for said in (
        f"{store}/{FILE}: states 'a.py' ",
        f"{store}/{FILE}: events 2 cannot be understood",
        f"{file}: 1 record cut off or changed",
        f"{part} was never finished",
        f"{FILE}.corrupt-2026-01-01 was damaged",
        "2 records set aside",
        "5 problems.",
    ):
        assert said in ran.out
    assert ran.out.count("  remedy: ") == 5


def test_a_damaged_a_newer_and_a_foreign_ledger(world: World, store: str) -> None:
    """`verify` says so and leaves it alone."""
    with opened(store) as ledger:
        ledger.record([edited(store, b"", b"one\n")])
    file = Path(store, FILE)
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA user_version = 9")
    assert "version 9" in world.run("ledger", "verify").out
    ran = world.run("ledger", "compact")
    assert ran.code == 2
    assert "update assaymark" in ran.out
    file.write_bytes(b"no database" * 1000)
    ran = world.run("ledger", "verify")
    assert (ran.code, "file is not a database" in ran.out) == (2, True)
    assert file.read_bytes() == b"no database" * 1000


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_a_secret_that_others_can_read(world: World, store: str) -> None:
    """Or that is gone, or no secret."""
    with opened(store):
        pass
    key = Path(store, KEY)
    key.chmod(0o644)
    assert f"chmod 600 {key}" in world.run("ledger", "verify").out
    key.write_bytes(b"short")
    assert "5 bytes" in world.run("ledger", "verify").out
    key.unlink()
    assert "is missing" in world.run("ledger", "verify").out


def test_what_is_old_and_in_a_note_is_forgotten(world: World, store: str) -> None:
    """Not what is younger, came after the commit, has no note, or is a file of no such commit."""
    world.git("notes", "--ref=ai", "add", "-m", "x", "HEAD")
    commit = (world.here / ".git" / "refs" / "heads" / "main").read_text().strip()
    with opened(store) as ledger:
        ledger.record(
            [
                Session(*aged("hook"), "claude", "s", "m", "/there"),
                Session(*aged("hook"), "claude", "gone", "m", "/there"),
                edited(store, b"", b"one\n" * 500, aged("hook")),
                edited(store, b"", b"old, and not in the commit\n", aged("hook"), "b.py"),
                edited(store, b"", b"old, and in one without a note\n", aged("hook"), "c.py"),
                edited(store, b"one\n" * 500, b"two\n"),
            ]
        )
        ledger.record(
            [
                Committed(*stamp("git"), commit, ("a.py",)),
                Committed(*stamp("git"), "0" * 40, ("c.py",)),
            ]
        )
        ledger.record([edited(store, b"x", b"old, and after the commit\n", aged("hook"))])
    ran = world.run("ledger", "compact")
    assert ran.code == 0, ran.out
    assert "2 events and 1 state gone" in ran.out
    with opened(store) as ledger:
        assert ledger.state("a.py", b"two\n") == (Run(4, AI),)
        assert ledger.state("b.py", b"old, and not in the commit\n") == (Run(27, AI),)
        assert ledger.state("a.py", b"old, and after the commit\n") == (Run(26, AI),)
        assert ledger.state_by_digest("a.py", ledger.secret.digest(b"one\n" * 500)) is None
        assert [one.session for one in ledger.sessions()] == ["s"]
    assert world.run("ledger", "verify").code == 0
    assert "0 events and 0 states gone" in world.run("ledger", "compact").out


def test_of_saves_that_follow_each_other_fast_the_last_is_kept(world: World, store: str) -> None:
    """Once they are a day old; not one that an agent's edit starts from."""
    secret = secret_of(store)
    texts = [b"%d\n" % n for n in range(40)]
    with opened(store) as ledger:
        for n, text in enumerate(texts):
            by = Stamp(f"{n:012x}-000000-a", LONG_AGO + n, "server")
            ledger.record([Saved(*by, "a.py", secret.digest(text), (Run(len(text), AI),))])
        ledger.record([edited(store, texts[7], b"eight\n")])
    ran = world.run("ledger", "compact")
    assert "38 events and 38 states gone" in ran.out
    assert "No commit here has a note" in ran.out
    with opened(store) as ledger:
        known = [n for n, text in enumerate(texts) if ledger.state_by_digest("a.py", secret.digest(text))]
        assert known == [7, 39]


def test_nobody_waits_for_a_ledger_that_is_being_written(world: World, store: str) -> None:
    """It is said, and can be tried again."""
    with opened(store) as ledger:
        ledger.record([edited(store, b"", b"one\n")])
        assert begun(ledger.database)
        ran = world.run("ledger", "compact")
        assert (ran.code, "try again" in ran.out) == (2, True)


def test_what_is_exported_can_be_imported(world: World, store: str) -> None:
    """Once or twice, into a ledger with the same secret; without texts, transcripts or the secret."""
    with opened(store) as ledger:
        ledger.record(
            [
                Session(*stamp("hook"), "claude", "s", "m", "/there/transcript.jsonl"),
                edited(store, b"", b"secret = 1\n"),
                edited(store, b"", b"x\n", path="\udcff.py"),
            ]
        )
        events = list(ledger.events())
    assert world.run("ledger", "export", "--output", "out.jsonl").out == "Written: out.jsonl\n"
    text = Path("out.jsonl").read_text()
    assert text == world.run("ledger", "export").out
    head, *lines = map(json.loads, text.splitlines())
    assert (head["format"], head["version"]) == ("assaymark-ledger", 1)
    assert [line["kind"] for line in lines] == ["session", "edited", "edited", "state", "state"]
    key = Path(store, KEY).read_bytes()
    assert not any(word in text for word in ("secret = 1", "transcript.jsonl", key.hex()))
    for file in Path(store).glob(f"{FILE}*"):
        file.unlink()
    ran = world.run("ledger", "import", "out.jsonl")
    assert ran.out == "3 events and 2 states imported that were not known.\n"
    assert world.run("ledger", "import", "out.jsonl").out.startswith("0 events and 0 states imported")
    assert world.run("ledger", "export").out == text
    with opened(store) as ledger:
        assert ledger.state("a.py", b"secret = 1\n# x") == (
            Run(11, AI),
            ledger.state("a.py", b"q")[0]._replace(n_bytes=3),
        )
        assert ledger.state("\udcff.py", b"x\n") == (Run(2, AI),)
        assert list(ledger.events()) == [events[0]._replace(transcript=""), *events[1:]]
    assert world.run("ledger", "verify").code == 0


def test_an_import_takes_nothing_away(world: World, store: str) -> None:
    """What is known stays, and is newer than what is brought back."""
    with opened(store) as ledger:
        ledger.record([edited(store, b"", b"one\n")])
    world.run("ledger", "export", "--output", "out.jsonl")
    for file in Path(store).glob(f"{FILE}*"):
        file.unlink()
    with opened(store) as ledger:
        ledger.record([edited(store, b"", b"two\n")])
    assert world.run("ledger", "import", "out.jsonl").out.startswith("1 event and 1 state imported")
    with opened(store) as ledger:
        assert ledger.state("a.py", b"one\n") == ledger.state("a.py", b"two\n") == (Run(4, AI),)
        assert ledger.state("a.py", b"two\nx")[0] == Run(4, AI)


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "is no export"),
        (b"[]\n", "is no export"),
        (b'{"format": "assaymark-ledger", "version": 7}\n', "version 7"),
        (b'{"format": "assaymark-ledger", "version": 1, "key": "other"}\n', "another secret"),
    ],
)
def test_what_cannot_be_imported_is_said(world: World, store: str, content: bytes, said: str) -> None:
    """With what is wrong with it; nothing is changed."""
    Path("in.jsonl").write_bytes(content)
    ran = world.run("ledger", "import", "in.jsonl")
    assert (ran.code, said in ran.out) == (2, True)


def test_lines_that_are_not_understood_are_left_out(world: World, store: str) -> None:
    """And counted; the others are taken."""
    with opened(store) as ledger:
        ledger.record([edited(store, b"", b"one\n")])
    text = world.run("ledger", "export").out
    for file in Path(store).glob(f"{FILE}*"):
        file.unlink()
    Path("in.jsonl").write_text(text + '[]\n{}\n{"kind": "state"}\nx\n')
    ran = world.run("ledger", "import", "in.jsonl")
    assert ran.out.splitlines() == [
        "1 event and 1 state imported that were not known.",
        "4 lines not understood, and left out.",
    ]


def test_a_damaged_ledger_gives_back_what_can_be_read(world: World, store: str) -> None:
    """The command that is named where it was set aside."""
    with opened(store) as ledger:
        for n in range(300):
            spool.append(
                store, [edited(store, b"", b"%d\n" % n, path=f"{n}.py"), Gap(*stamp("x"), "y" * 300)]
            )
        ledger.merge()
    file = Path(store, FILE)
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = b"\xff" * 4096
    file.write_bytes(content)
    aside = f"{file}.corrupt-2026-01-01"
    file.rename(aside)
    ran = world.run("ledger", "import", aside)
    assert ran.code == 0, ran.out
    assert int(ran.out.split()[0].replace(",", "")) > 100
    with opened(store) as ledger:
        assert sum(ledger.state(f"{n}.py", b"%d\n" % n) is not None for n in range(300)) > 30
    assert (
        "No problems" in world.run("ledger", "verify").out
        or "was damaged" in world.run("ledger", "verify").out
    )


def test_doctor_says_where_the_ledger_is_and_which_journal_it_has(world: World, store: str) -> None:
    """And what is wrong with it, which is no problem of the installation."""
    assert f"none yet, {store}" in world.run("doctor").out
    with opened(store):
        pass
    out = world.run("doctor").out
    assert f"{store}; journal " in out
    assert "the folder lies on" in out or sys.platform != "linux"


def test_without_git_there_is_a_ledger_too(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the user's state folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "state"))
    assert str(tmp_path / "state") in world.run("ledger", "verify").out
    assert world.run("ledger", "compact").code == 0
    assert str(tmp_path / "state") in world.run("ledger", "verify").out


def test_wrong_usage(world: World, store: str) -> None:
    """An action is needed; files have to be there."""
    assert world.run("ledger").code == 3
    assert world.run("ledger", "import", "nothing.jsonl").code == 3
    assert world.run("ledger", "export", "--output", "no/folder/x").code == 3
