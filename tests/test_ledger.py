"""The ledger: what is remembered, by several programs at once, whatever happens to them and to its files."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assaymark.ledger import merging, spool
from assaymark.ledger.connecting import PATIENCE
from assaymark.ledger.events import (
    Change,
    Committed,
    Edited,
    Event,
    Gap,
    Moved,
    Other,
    Prompted,
    Saved,
    Session,
    Stamp,
    stamp,
)
from assaymark.ledger.journal import journal_of, kind_of_file_system
from assaymark.ledger.merging import ASIDE
from assaymark.ledger.schema import STEPS, VERSION
from assaymark.ledger.secret import secret_of
from assaymark.ledger.store import FILE, Ledger, Unavailable, opened
from assaymark.origin import Arrival, Author, Evidence, Origin, Run, unknown

AI = Origin(Author.ai, Evidence.hook, tool="claude", model="m", session="s", time=3)
DISK = unknown(Arrival.disk)
WRITER = Path(__file__).with_name("ledger_writer.py")


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "store")


@pytest.fixture
def ledger(folder: str) -> Iterator[Ledger]:
    with opened(folder) as ledger:
        yield ledger


def edited(
    folder: str, before: bytes, after: bytes, *edits: tuple[int, int, int], path: str = "a.py"
) -> Edited:
    secret = secret_of(folder)
    changes = tuple(Change(*edit) for edit in edits)
    digests = (secret.digest(before), secret.digest(after))
    return Edited(*stamp("hook"), path, AI, *digests, changes, len(after), secret.outline(after), "call")


def test_what_was_recorded_is_known(ledger: Ledger, folder: str) -> None:
    """Of the very content that a tool made: exactly; of another one: the lines that are the same."""
    ledger.record([edited(folder, b"", b"one\ntwo\n", (0, 0, 8))])
    assert ledger.state("a.py", b"one\ntwo\n") == (Run(8, AI),)
    assert ledger.state("a.py", b"one\n2\ntwo\n") == (Run(4, AI), Run(2, DISK), Run(4, AI))
    assert ledger.state("a.py", b"else") == (Run(4, DISK),)
    assert ledger.state("b.py", b"one\n") is None


def test_a_renamed_file_is_known_by_its_content(ledger: Ledger, folder: str) -> None:
    """As long as nothing else is known of its new path; and from the event that says so on, by its lines."""
    ledger.record([edited(folder, b"", b"one\ntwo\n", (0, 0, 8))])
    assert ledger.state("b.py", b"one\ntwo\n") == (Run(8, AI),)
    ledger.record([Moved(*stamp("git"), "a.py", "b.py")])
    assert ledger.state("b.py", b"one\ntwo\n!") == (Run(8, AI), Run(1, DISK))


def test_several_contents_of_a_path_are_known(ledger: Ledger, folder: str) -> None:
    """A stash, a branch or a reset brings back what stood there, with where it came from."""
    texts = [b"line %d\n" % n for n in range(30)]
    for before, after in zip([b"", *texts], texts, strict=False):
        ledger.record([edited(folder, before, after, (0, len(before), len(after)))])
    assert all(ledger.state("a.py", text) == (Run(len(text), AI),) for text in texts)
    assert ledger.state_by_digest("a.py", ledger.secret.digest(b"else")) is None


def test_events_and_sessions_can_be_asked_for(ledger: Ledger, folder: str) -> None:
    """In the order in which they were heard of; of a time, of a path, of what came later; outlines aside."""
    events: list[Event] = [
        Session(*Stamp("1-0-a", 5, "hook"), "claude", "s", "m", "/there"),
        edited(folder, b"", b"one", (0, 0, 3))._replace(id="2-0-a", time=6),
        Other("3-0-a", 7, "server", {"kind": "reviewed", "id": "3-0-a", "time": 7, "by": "server"}),
        Session(*Stamp("4-0-a", 8, "hook"), "claude", "s", "n", "/there"),
        Gap(*Stamp("5-0-a", 9, "server"), "paused", "a.py"),
        Committed(*Stamp("6-0-a", 9, "git"), "c0ffee", ("a.py",)),
        Saved(*Stamp("7-0-a", 9, "server"), "b.py", "00", ()),
    ]
    ledger.record(events[:4])
    last = ledger.last
    ledger.record(events[4:])
    kept = [event._replace(lines=b"") if isinstance(event, Edited) else event for event in events]
    assert list(ledger.events()) == kept
    assert list(ledger.events(since=8)) == kept[3:]
    assert list(ledger.events(path="a.py")) == [kept[1], kept[4]]
    assert list(ledger.events(beyond=last)) == kept[4:]
    assert ledger.sessions() == [events[3]]


@pytest.mark.parametrize(
    "path", ["a\n.py", "ü/\U0001f600.py", "\udcff.py", "'; DROP TABLE events; --", "a\0b"]
)
def test_strange_paths_are_paths(ledger: Ledger, folder: str, path: str) -> None:
    """Names on a disk are bytes; whatever a tool says is kept as it was said."""
    ledger.record([edited(folder, b"", b"one", (0, 0, 3), path=path)])
    assert ledger.state(path, b"one") == (Run(3, AI),)
    assert [event.path for event in ledger.events(path=path) if isinstance(event, Edited)] == [path]


def test_work_trees_share_what_is_known(folder: str) -> None:
    """Two programs in two work trees have the same ledger open; each sees what the other recorded."""
    with opened(folder) as one, opened(folder) as other:
        one.record([edited(folder, b"", b"one\n", (0, 0, 4))])
        assert other.state("a.py", b"one\n") == (Run(4, AI),)
        other.record([edited(folder, b"one\n", b"onetwo\n", (3, 3, 3))])
        assert one.state("a.py", b"onetwo\n") == (Run(7, AI),)


def test_nobody_waits_for_who_writes(folder: str) -> None:
    """While somebody is in a transaction, events are recorded and read; the next reader merges them."""
    with opened(folder) as ledger, opened(folder) as other:
        ledger.record([edited(folder, b"", b"one\n", (0, 0, 4))])
        assert merging.begun(other.database)
        start = time.perf_counter()
        ledger.record([edited(folder, b"one\n", b"two\n", (0, 4, 4))])
        assert ledger.state("a.py", b"one\n") == (Run(4, AI),)
        assert time.perf_counter() - start < PATIENCE / 2000
        other.database.execute("ROLLBACK")
        assert spool.waiting(folder)
        assert ledger.state("a.py", b"two\n") == (Run(4, AI),)
        assert not spool.waiting(folder)
        assert ledger.notices == []


def test_an_event_counts_once(folder: str) -> None:
    """However often its file comes back, as after a merge that was killed before it took the file away."""
    spool.append(folder, [edited(folder, b"", b"one\n", (0, 0, 4))])
    (file,) = map(Path, spool.waiting(folder))
    content = file.read_bytes()
    with opened(folder) as ledger:
        file.write_bytes(content)
        (file.parent / "other.events").write_bytes(content * 3)
        assert len(list(ledger.events())) == 1
        assert not spool.waiting(folder)


def test_a_merge_that_fails_changes_nothing(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transaction is undone, the spool stays, and the next merge has it all."""
    with opened(folder) as ledger:
        first = edited(folder, b"", b"one\n", (0, 0, 4))
        spool.append(folder, [first, edited(folder, b"one\n", b"two\n", (0, 4, 4))])

        def full(*_: object) -> None:
            raise sqlite3.OperationalError(*("database or disk is full",))

        with monkeypatch.context() as patch:
            patch.setattr(merging, "_carry_on", full)
            ledger.merge()
        assert "disk is full" in ledger.notices[0]
        assert len(spool.waiting(folder)) == 1
        assert len(list(ledger.events())) == 2
        assert ledger.state("a.py", b"two\n") == (Run(4, AI),)


def test_a_broken_record_is_set_aside_and_the_rest_goes_on(folder: str) -> None:
    """It can be looked at; what stood around it is known."""
    spool.append(
        folder, [edited(folder, b"", b"one\n", (0, 0, 4)), Gap(*stamp("x"), "y"), Gap(*stamp("x"), "z")]
    )
    (file,) = map(Path, spool.waiting(folder))
    one, two, three = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(one + two.replace(b"gap", b"gup") + three[:-9])
    with opened(folder) as ledger:
        assert len(list(ledger.events())) == 1
    (aside,) = (Path(folder) / ASIDE).iterdir()
    assert len(aside.read_bytes().splitlines()) == 2


def test_one_event_that_nobody_foresaw_keeps_no_other_waiting(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays among the events; the next ones are folded."""
    real = merging.folded

    def folded(event: Edited, around: object) -> object:
        if event.path == "b.py":
            raise IndexError
        return real(event, around)  # type: ignore[arg-type]

    monkeypatch.setattr(merging, "folded", folded)
    with opened(folder) as ledger:
        ledger.record([edited(folder, b"", b"one\n", (0, 0, 4), path=path) for path in ("b.py", "a.py")])
        assert len(list(ledger.events())) == 2
        assert ledger.state("a.py", b"one\n") == (Run(4, AI),)


@pytest.mark.skipif(sys.platform == "win32", reason="no fork there")
def test_killed_writers_lose_nothing_that_was_acknowledged(folder: str) -> None:
    """A hundred programs that write, and eight that merge, killed at any moment: every event is there, once."""
    acknowledged: list[str] = []
    for _ in range(4):
        several = subprocess.Popen(
            [sys.executable, str(WRITER), folder, "25", "2"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "server")},
        )
        assert several.stdout is not None
        assert several.stderr is not None
        pids = several.stderr.readline().split()
        for n, pid in enumerate(map(int, pids)):
            # Between two kills somebody gets on, as long as there is somebody who writes.
            acknowledged += [several.stdout.readline()] if n < 25 else []
            os.kill(pid, signal.SIGKILL)
        acknowledged += several.stdout.read().splitlines()
        several.wait()
    with opened(folder) as ledger:
        ids = [event.id for event in ledger.events()]
        assert ledger.notices == []
    assert len(ids) == len(set(ids))
    # A program that is killed while it writes to the one pipe that all share may leave half a line.
    whole = {line.strip() for line in acknowledged if len(line.strip()) == len(ids[0])}
    assert whole - set(ids) == set()
    assert len(whole) > 100


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP there")
@pytest.mark.parametrize("moment", ["before commit", "after commit", "while sweeping"])
def test_a_merge_that_is_killed_in_between(folder: str, moment: str) -> None:
    """At any of its steps: the next one finds everything, once."""
    spool.append(folder, [edited(folder, b"", b"one\n", (0, 0, 4))])
    spool.append(folder, [edited(folder, b"one\n", b"two\n", (0, 4, 4))])
    where = {
        "before commit": "merging.States.written = stop",
        "after commit": "spool.finished = stop",
        "while sweeping": "spool.swept = stop",
    }[moment]
    code = (
        "import os, signal, sys\n"
        "from assaymark.ledger import merging, spool\n"
        "from assaymark.ledger.store import opened\n"
        "def stop(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
        f"{where}\n"
        "opened(sys.argv[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, folder], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with opened(folder) as ledger:
        assert len(list(ledger.events())) == 2
        assert ledger.state("a.py", b"two\n") == (Run(4, AI),)
        assert not spool.waiting(folder)


@pytest.mark.parametrize(
    "damage", [b"this is no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_a_damaged_ledger_is_set_aside_and_recording_goes_on(folder: str, damage: bytes) -> None:
    """Said once; nothing is deleted; what waits in the spool is merged into the new one, which knows of the gap."""
    with opened(folder) as ledger:
        ledger.record([Gap(*stamp("x"), "before")])
    file = Path(folder) / FILE
    file.write_bytes(damage)
    spool.append(folder, [edited(folder, b"", b"one\n", (0, 0, 4))])
    with opened(folder) as ledger:
        assert ledger.state("a.py", b"one\n") == (Run(4, AI),)
        gaps = [event for event in ledger.events() if isinstance(event, Gap)]
        assert [gap.reason.partition(":")[0] for gap in gaps] == ["damaged"]
        (notice,) = ledger.notices
    (aside,) = Path(folder).glob(f"{FILE}.corrupt-*")
    assert aside.read_bytes() == damage
    assert str(aside) in notice
    assert str(file) in notice
    with opened(folder) as ledger:
        assert ledger.notices == []


def test_a_ledger_that_is_damaged_while_it_is_open(folder: str) -> None:
    """Everybody who has it open goes on with the same new one; it is set aside once, and said once by each."""
    with opened(folder) as one, opened(folder) as other:
        for n in range(200):
            spool.append(folder, [Session(*stamp("x"), "claude", f"{n}", "m" * 500)])
        one.merge()
        one.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file = Path(folder) / FILE
        content = bytearray(file.read_bytes())
        content[4096:] = b"\xff" * (len(content) - 4096)
        file.write_bytes(content)
        other.record([edited(folder, b"", b"one\n", (0, 0, 4))])
        one.record([edited(folder, b"one\n", b"two\n", (0, 4, 4))])
        assert one.state("a.py", b"two\n") == (Run(4, AI),)
        assert other.state("a.py", b"two\n") == (Run(4, AI),)
    assert len(list(Path(folder).glob(f"{FILE}.corrupt-*[0-9]"))) == 1


def test_a_ledger_that_was_deleted_while_it_is_open(folder: str) -> None:
    """What is recorded then goes into a new one, not into a file that nobody sees."""
    with opened(folder) as ledger:
        ledger.record([Gap(*stamp("x"), "before")])
        for file in Path(folder).glob(f"{FILE}*"):
            file.unlink()
        ledger.record([edited(folder, b"", b"one\n", (0, 0, 4))])
        with opened(folder) as other:
            assert other.state("a.py", b"one\n") == (Run(4, AI),)


def test_a_ledger_of_a_newer_version_is_left_alone(folder: str) -> None:
    """It is said which version is there and which are understood; events wait, and the file stays as it is."""
    with opened(folder) as ledger, closing(sqlite3.connect(ledger.file)) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 7}")
    content = (Path(folder) / FILE).read_bytes()
    spool.append(folder, [Gap(*stamp("x"), "y")])
    with pytest.raises(Unavailable) as said:
        opened(folder)
    assert f"version {VERSION + 7}" in str(said.value)
    assert f"up to {VERSION}" in str(said.value)
    assert FILE in str(said.value)
    assert (Path(folder) / FILE).read_bytes() == content
    assert len(spool.waiting(folder)) == 1


def test_an_older_ledger_is_brought_up_to_date(folder: str) -> None:
    """One of version 1, made by hand, has the tables and indices of a new one afterwards, and its content."""
    secret = secret_of(folder)
    digest = secret.digest(b"one\n")
    with closing(sqlite3.connect(Path(folder) / FILE)) as database:
        for statement in STEPS[0]:
            database.execute(statement)
        database.execute("PRAGMA user_version = 1")
        body = '{"by":"hook","origin":{"author":"ai","evidence":"hook","tool":"claude"},"edits":[[0,0,4]],"n_bytes":4}'
        database.execute(
            "INSERT INTO events (id, time, kind, path, before, after, body) VALUES ('1-0-a', 5, 'edited', 'a.py', ?, ?, ?)",
            (secret.digest(b""), digest, body),
        )
        database.execute(
            """INSERT INTO origins VALUES (1, '{"author":"ai","evidence":"hook","tool":"claude"}')"""
        )
        database.execute("INSERT INTO states VALUES ('a.py', ?, 1, 1, 5, 1, '[[4,1]]', NULL)", (digest,))
        database.commit()
    plain = Origin(Author.ai, Evidence.hook, tool="claude")
    with opened(folder) as ledger:
        assert ledger.state("a.py", b"one\n") == (Run(4, plain),)
        ledger.record([edited(folder, b"one\n", b"oneX\n", (3, 3, 1))])
        assert ledger.state("a.py", b"oneX\n") == (Run(3, plain), Run(1, AI), Run(1, plain))
        assert next(ledger.events()).id == "1-0-a"
        older = schema_of(ledger.file)
    with opened(f"{folder}-new") as ledger:
        assert schema_of(ledger.file) == older


def schema_of(file: str) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        assert version == VERSION
        return database.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def test_a_ledger_that_cannot_be_written_is_read(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says why what waits is not merged."""
    with opened(folder) as ledger:
        ledger.record([edited(folder, b"", b"one\n", (0, 0, 4))])
    spool.append(folder, [edited(folder, b"one\n", b"two\n", (0, 4, 4))])
    # Whoever runs the tests may be allowed everything.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with opened(folder) as ledger:
        assert ledger.state("a.py", b"one\n") == (Run(4, AI),)
        assert ledger.state("a.py", b"two\n") is not None
        (notice,) = ledger.notices
    assert "cannot be written" in notice


def test_where_nothing_can_be_kept_that_is_said(tmp_path: Path) -> None:
    """With the file and the reason."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable, match=r"ledger\.sqlite cannot be opened: "):
        opened(str(tmp_path / "file" / "store"))


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_full_disk_loses_nothing_that_was_acknowledged(folder: str) -> None:
    """The merge gives up and says so; when there is room again, it is made up for."""
    with opened(folder):
        pass
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from assaymark.ledger import spool; from assaymark.ledger.events import Gap, stamp\n"
        "from assaymark.ledger.store import opened\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "ledger = opened(sys.argv[1])\n"
        "for _ in range(40): ledger.record([Gap(*stamp('x'), 'a' * 5000)])\n"
        "print(ledger.notices)"
    )
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert "cannot be written" in done.stdout
    assert spool.waiting(folder)
    with opened(folder) as ledger:
        assert len(list(ledger.events())) == 40
        assert not spool.waiting(folder)


def test_old_outlines_are_dropped_and_old_states_kept(ledger: Ledger, folder: str) -> None:
    """A state of a thousand lines without its outline is a few bytes."""
    texts = [b"line %d\n" % n for n in range(30)]
    for before, after in zip([b"", *texts], texts, strict=False):
        ledger.record([edited(folder, before, after, (0, len(before), len(after)))])
    count = "SELECT count(*), count(lines) FROM states"
    assert ledger.database.execute(count).fetchone() == (30, 8)


def test_no_text_is_on_the_disk(ledger: Ledger, folder: str) -> None:
    """Of what was recorded, in no file: neither a line nor a prompt."""
    secret, marker = ledger.secret, "marker-of-a-secret"
    text = f"password = '{marker}'\n".encode()
    ledger.record(
        [
            edited(folder, b"", text, (0, 0, len(text))),
            Saved(
                *stamp("server"),
                "a.py",
                secret.digest(text * 2),
                (Run(2 * len(text), AI),),
                secret.outline(text * 2),
            ),
            Prompted(*stamp("hook"), "claude", "s", "p", secret.reference(marker)),
        ]
    )
    spool.append(folder, [edited(folder, text, text * 3, (0, 0, 2 * len(text)))])
    files = [file for file in Path(folder).rglob("*") if file.is_file()]
    assert len(files) > 3
    assert not any(marker.encode() in file.read_bytes() for file in files)


MOUNTS = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:31 / /home/me/my\040work rw - nfs4 server:/x rw
31 22 0:32 / /mnt/c rw - 9p drvfs rw
32 22 0:33 / /mnt/c rw - fuse.sshfs x rw
33 22 0:34 / /home/me rw - btrfs x rw
34 22 0:35 /
"""


@pytest.mark.parametrize(
    "folder, kind",
    [
        ("/", "ext4"),
        ("/home", "ext4"),
        ("/home/me/my work/x", "nfs4"),
        ("/home/me/my workings", "btrfs"),
        ("/mnt/c", "fuse.sshfs"),
        ("/mnt/cd", "ext4"),
    ],
)
def test_what_a_folder_lies_on(folder: str, kind: str) -> None:
    """The nearest mount, of several at one place the last, decides."""
    assert kind_of_file_system(MOUNTS, folder) == kind


@pytest.mark.skipif(sys.platform != "linux", reason="mounts are read on Linux")
@pytest.mark.parametrize(
    "kind, mode", [("ext4", "wal"), ("nfs4", "delete"), ("9p", "delete"), ("fuse.x", "delete")]
)
def test_the_journal_goes_by_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, mode: str
) -> None:
    """A write-ahead log on a local file system alone; and the database really has it."""
    monkeypatch.setattr("assaymark.ledger.journal.kind_of_file_system", lambda *_: kind)
    assert journal_of(str(tmp_path)).mode == mode
    assert kind in journal_of(str(tmp_path)).reason
    with opened(str(tmp_path)) as ledger:
        assert ledger.database.execute("PRAGMA journal_mode").fetchone() == (mode,)
        ledger.record([Gap(*stamp("x"), "y")])
        assert len(list(ledger.events())) == 1


def test_a_ledger_that_moved_to_another_file_system_changes_its_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is opened there; while somebody has it open it stays as it is, and works."""
    folder = str(tmp_path)
    with opened(folder):
        monkeypatch.setattr("assaymark.ledger.journal.kind_of_file_system", lambda *_: "nfs")
        with opened(folder) as other:
            other.record([Gap(*stamp("x"), "y")])
    with opened(folder) as ledger:
        assert ledger.database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert len(list(ledger.events())) == 1
