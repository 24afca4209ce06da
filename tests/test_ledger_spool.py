"""Events, the secret that their hashes are made with, and the spool that they wait in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from assaymark.ledger import spool
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
    Unread,
    stamp,
)
from assaymark.ledger.plain import from_plain, to_plain
from assaymark.ledger.secret import KEY, MOST_LINES, Line, Secret, outlined, secret_of
from assaymark.origin import STANDING, Author, Evidence, Origin, Run

AI = Origin(Author.ai, Evidence.hook, tool="claude", model="m", session="s", prompt="p", time=3)
EVENTS: tuple[Event, ...] = (
    Edited(*stamp("hook"), "a.py", AI, "00", "11", (Change(0, 1, 5), Change(7, 7, 2)), 9, b"0123456789", "c"),
    Edited(*stamp("hook"), "a.py", AI, None, "11", n_bytes=9, ranges=((0, 4), (5, 9))),
    Saved(*stamp("server"), "a.py", "11", (Run(3, AI), Run(1, STANDING), Run(2, AI)), b"0123456789"),
    Session(*stamp("hook"), "claude", "s", "m", "/there"),
    Prompted(*stamp("hook"), "claude", "s", "p", "ab"),
    Unread(*stamp("hook"), "claude", "hook_event_name"),
    Gap(*stamp("server"), "paused", "a.py"),
    Committed(*stamp("git"), "c0ffee", ("a.py", "b\n.py")),
    Moved(*stamp("git"), "a.py", "b.py"),
)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_read_as_it_was_written(event: Event) -> None:
    """Through JSON, and back."""
    assert from_plain(json.loads(json.dumps(to_plain(event)))) == event


@pytest.mark.parametrize(
    "plain",
    [
        {"kind": "reviewed", "id": "1", "time": 5, "by": "server", "lines": [1, 2]},
        {"kind": "edited", "id": "1", "time": 5, "by": "hook", "path": 3},
        {"kind": "edited", "id": "1", "time": 5, "by": "hook", "path": "x", "origin": {}, "before": None},
        to_plain(EVENTS[0]) | {"edits": [[5, 3, 1]]},
        to_plain(EVENTS[0]) | {"edits": [[5, 6, 1], [2, 3, 1]]},
        to_plain(EVENTS[2]) | {"runs": {"origins": [], "runs": [[3, 0]]}},
        to_plain(EVENTS[2]) | {"lines": "%"},
    ],
)
def test_what_is_not_understood_is_kept(plain: dict[str, object]) -> None:
    """An event of a newer program, or a damaged one, goes through unchanged."""
    event = from_plain(plain)
    assert isinstance(event, Other)
    assert to_plain(event) == plain


@pytest.mark.parametrize("plain", [None, 3, [], {}, {"id": 3, "by": "x"}, {"kind": "edited"}])
def test_what_has_no_id_is_no_event(plain: object) -> None:
    """It could neither be ordered nor recognised."""
    with pytest.raises(ValueError, match="no event"):
        from_plain(plain)


def test_ids_of_a_writer_ascend_though_its_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order of what one process saw is never lost."""
    times = iter([10**18, 10**18, 9 * 10**17, 8 * 10**17, 11 * 10**17])
    monkeypatch.setattr("time.time_ns", lambda: next(times))
    ids = [stamp("hook").id for _ in range(5)]
    assert ids == sorted(set(ids))


def test_a_forked_process_is_another_writer() -> None:
    """Two processes never give an id twice."""
    code = (
        "import os; from assaymark.ledger.events import stamp; stamp('x'); pid = os.fork(); pid and os.wait();"
        "os.write(1, (stamp('x').id.rpartition('-')[2] + ' ').encode())"
    )
    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert len(set(said.split())) == 2


def test_events_come_out_as_they_went_in(tmp_path: Path) -> None:
    """In their order, from one file; the folders are made when they are needed."""
    store = str(tmp_path / "store")
    spool.append(store, EVENTS)
    (file,) = spool.waiting(store)
    pile = spool.read(file)
    assert tuple(map(from_plain, pile.plain)) == EVENTS
    assert pile.broken == []


def test_what_may_be_lost_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there for whoever reads next all the same."""
    syncs: list[int] = []
    monkeypatch.setattr(os, "fsync", syncs.append)
    spool.append(str(tmp_path), EVENTS[:1], synced=False)
    assert syncs == []
    (waiting,) = spool.waiting(str(tmp_path))
    assert list(map(from_plain, spool.read(waiting).plain)) == list(EVENTS[:1])
    spool.append(str(tmp_path), EVENTS[1:2])
    assert len(syncs) == 2


def test_nothing_makes_no_file(tmp_path: Path) -> None:
    """No events, no folder."""
    spool.append(str(tmp_path / "store"), ())
    assert spool.waiting(str(tmp_path / "store")) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("at", range(1, 200, 13))
def test_a_line_that_was_cut_off_harms_no_other(tmp_path: Path, at: int) -> None:
    """Of a file that ends anywhere, the whole lines are read and the rest is counted."""
    one, other = (spool.sealed(event) for event in EVENTS[-2:])
    file = tmp_path / "x.events"
    file.write_bytes((one + other)[:-at])
    pile = spool.read(str(file))
    n_whole = (len(one + other) - at) >= len(one)
    assert len(pile.plain) == n_whole
    assert len(pile.broken) == ((one + other)[:-at] not in {one, b""})


@pytest.mark.parametrize("change", [b"x", b"\n", b"0 null", b"\xff", b"  ", b"99999999999 {}"])
def test_a_line_that_was_changed_is_not_believed(tmp_path: Path, change: bytes) -> None:
    """Its checksum does not hold; those around it do."""
    one, two, three = (spool.sealed(event) for event in EVENTS[:3])
    file = tmp_path / "x.events"
    file.write_bytes(one + two[:30] + change + two[30 + len(change) :] + three)
    pile = spool.read(str(file))
    assert [plain["id"] for plain in pile.plain if isinstance(plain, dict)] == [EVENTS[0].id, EVENTS[2].id]
    assert pile.broken


def test_what_could_not_be_written_whole_is_not_there(tmp_path: Path) -> None:
    """A full disk is said to the writer, and nothing is left of the try."""
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "from assaymark.ledger import spool; from assaymark.ledger.events import Gap, stamp\n"
        "try: spool.append(sys.argv[1], [Gap(*stamp('x'), 'a' * 1000)])\n"
        "except OSError as error: print(error.strerror)"
    )
    if sys.platform == "win32":
        pytest.skip("no such limit here")
    said = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout
    assert said.strip() == os.strerror(27)
    assert list((tmp_path / spool.FOLDER).iterdir()) == []


def test_the_hooks_road_is_light() -> None:
    """What an agent waits for imports nothing that takes long."""
    heavy = ("sqlite3", "dataclasses", "inspect", "pathlib", "subprocess", "tempfile", "assaymark.origin")
    code = f"import sys, assaymark.ledger.spool, assaymark.repository.place; print(*[x for x in {heavy} if x in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "server")},
    ).stdout
    assert said.strip() == ""


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    """Whoever asks at the same time gets the same one; nobody else can read it."""
    store, found = str(tmp_path / "store"), []
    threads = [threading.Thread(target=lambda: found.append(secret_of(store))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert [file.name for file in Path(store).iterdir()] == [KEY]
    if os.name == "posix":
        assert (tmp_path / "store" / KEY).stat().st_mode & 0o777 == 0o600


def test_a_secret_is_made_where_there_are_no_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT has none, and some network file systems."""

    def link(_from: str, _to: str) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", link)
    assert secret_of(str(tmp_path)) == secret_of(str(tmp_path))


def test_hashes_are_of_this_secret_and_of_this_use(tmp_path: Path) -> None:
    """The same text has another hash with another secret, and another one as a prompt."""
    one, other = secret_of(str(tmp_path / "1")), secret_of(str(tmp_path / "2"))
    assert one.digest(b"x") != other.digest(b"x")
    assert one.outline(b"x") != other.outline(b"x")
    assert one.digest(b"x") != one.reference("x")
    assert one.name != other.name
    assert one.key.hex() not in repr((one.digest(b"x"), one.name, one.reference("x\ud800")))


def test_an_outline_says_what_the_lines_are() -> None:
    """The hash without the line end, the length with it, and the line end's; lines end where editors say."""
    secret = Secret(b"k" * 32)
    text = b"a\r\nb\n\rc\r\r\n\x0c\x0b\xc2\x85\na"
    lines = outlined(secret.outline(text))
    assert [(line.n_bytes, line.n_end) for line in lines] == [
        (3, 2),
        (2, 1),
        (1, 1),
        (2, 1),
        (2, 2),
        (5, 1),
        (1, 0),
    ]
    assert lines[0].hash == lines[-1].hash
    assert len({line.hash for line in lines}) == len({b"a", b"b", b"", b"c", b"\x0c\x0b\xc2\x85"})
    assert outlined(secret.outline(text)[:-1]) == lines[:-1]
    assert secret.outline(b"") == b""
    assert isinstance(lines[0], Line)


def test_a_very_long_text_has_no_outline() -> None:
    """It is known by its digest alone."""
    secret = Secret(b"k" * 32)
    assert secret.outline(b"\n" * MOST_LINES)
    assert secret.outline(b"\n" * (MOST_LINES + 1)) == b""
