"""Reviews become notes at the commit, and stay with their lines whatever git does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assaymark.ledger.events import Reviewed, Saved, Withdrawn, stamp
from assaymark.ledger.store import opened
from assaymark.lineage import evidence, gitai
from assaymark.lineage.review_records import key_of, records_in
from assaymark.lineage.reviews import Standing, standing
from assaymark.origin import STANDING, Author, Evidence, Origin, Run, joined
from assaymark.record import exchanging
from assaymark.record.reading import of_file
from assaymark.repository import notes
from assaymark.repository.place import place_of
from git_world import World, assaymark, hooked, isolated, made, text

AI = Origin(Author.ai, Evidence.hook, "claude", session="conversation-7", time=1_763_100_000)
TYPED = Origin(Author.human, Evidence.typed, time=1_763_100_000)
LETTERS = {Standing.written: ".", Standing.unread: "-", Standing.by_requester: "r", Standing.by_another: "a"}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path)
    monkeypatch.setenv("ASSAYMARK_TRACEBACK", "1")
    world = made(tmp_path / "repository")
    hooked(world)
    world.commit(a=text("start", "end"))
    return world


def save(world: World, *rows: tuple[str, Origin], path: str = "a.py") -> None:
    """Effect: *path* holds these lines, and the ledger knows whose they are."""
    content = "".join(f"{row}\n" for row, _ in rows).encode()
    world.write(path, content)
    with opened(place_of(world.here).store) as ledger:
        runs = joined([(Run(len(row.encode()) + 1, origin),) for row, origin in rows])
        ledger.record(
            [
                Saved(
                    *stamp("server"),
                    path,
                    ledger.secret.digest(content),
                    runs,
                    ledger.secret.outline(content),
                )
            ]
        )


def read(world: World, *rows: str, relation: str = "requester", path: str = "a.py") -> str:
    """The id of a review. Effect: the ledger knows that these lines of *path* were read."""
    content = world.read(path)
    spans = [(content.index(row.encode()), content.index(row.encode()) + len(row) + 1) for row in rows]
    with opened(place_of(world.here).store) as ledger:
        digest, outline = ledger.secret.digest(content), ledger.secret.outline(content)
        who = "B <b@example.org>"
        facts = ("terminal", relation, who, len(content), outline)
        event = Reviewed(*stamp("cli"), path, digest, tuple(spans), *facts)
        ledger.record([event])
    return event.id


def commit(world: World, *options: str) -> str:
    """The id of a commit with hooks, which say nothing."""
    world.git("add", "-A")
    assert world.git("commit", "-q", "-m", "x", *options, stderr=True) == ""
    return world.head


def forget(world: World) -> None:
    """Effect: there is no ledger; what is known stands in notes."""
    shutil.rmtree(world.root / ".git" / "assaymark")


def seen(world: World, path: str = "a.py") -> str:
    """How it stands with each line, by its first letter: unread (-), read by who asked for it, by another."""
    recorded = of_file(place_of(str(world.root / path)), world.read(path))
    return "".join(LETTERS[standing(line.origin, recorded.reviews)] for line in recorded.lines[:-1])


def start(world: World) -> None:
    """Effect: between lines of unknown origin there are an agent's and a typed one, and some of them were read."""
    save(world, ("start", STANDING), ("one", AI), ("two", AI), ("me", TYPED), ("end", STANDING))
    read(world, "one", "me")


def test_a_commit_says_what_was_read_of_its_lines(world: World) -> None:
    """A record of the way, who it was to the code, and the day; no name, and no line that nobody need read."""
    start(world)
    commit(world)
    note = gitai.read(world.note(ref=notes.OURS))
    ((key, record),) = records_in(note).items()
    assert note.problems == ()
    assert (key, "2 ") in [(entry.key, f"{entry.spelled} ") for entry in note.files["a.py"]]
    assert {name: record[name] for name in ("channel", "relation")} == {
        "channel": "terminal",
        "relation": "requester",
    }
    assert set(record) == {"channel", "relation", "date"}
    assert "b@example.org" not in world.note(ref=notes.OURS)
    forget(world)
    assert seen(world) == "-r-.-"


def test_lines_of_unknown_origin_that_were_read(world: World) -> None:
    """Have an entry of the review, and none of an origin."""
    save(world, ("one", STANDING), ("two", STANDING), ("three", STANDING))
    read(world, "two", relation="another")
    commit(world)
    note = gitai.read(world.note(ref=notes.OURS))
    assert [evidence.is_review(entry.key) for entry in note.files["a.py"]] == [True]
    assert world.note() == ""
    forget(world)
    assert seen(world) == "-a-"


def test_a_person_is_named_where_the_setting_says_so(world: World) -> None:
    """By the setting for notes of who commits, as for who wrote lines."""
    world.write("../assaymark/assaymark.toml", '[notes]\ninclude = ["tool", "person"]\n')
    start(world)
    commit(world)
    ((_, record),) = records_in(gitai.read(world.note(ref=notes.OURS))).items()
    assert record["who"] == "B <b@example.org>"


def test_what_was_withdrawn_is_written_nowhere(world: World) -> None:
    """Before the commit, by the ledger."""
    start(world)
    review = read(world, "two")
    with opened(place_of(world.here).store) as ledger:
        ledger.record([Withdrawn(*stamp("cli"), review)])
    commit(world)
    assert key_of(review) not in world.note(ref=notes.OURS)
    forget(world)
    assert seen(world) == "-r-.-"


def test_an_amended_commit_keeps_its_reviews(world: World) -> None:
    """Without the ledger too, and those of lines that are next to gone ones not."""
    start(world)
    read(world, "two")
    commit(world)
    forget(world)
    world.write("a.py", text("start", "new", "one", "two", "me", "end"))
    commit(world, "--amend")
    assert seen(world) == "--rr.-"
    world.write("a.py", text("start", "new", "one", "me", "end"))
    commit(world, "--amend")
    assert seen(world) == "---.-"


def test_a_rebase_carries_reviews(world: World) -> None:
    """Of lines at other numbers."""
    start(world)
    branch_point = world.git("rev-parse", "HEAD")
    commit(world)
    world.git("checkout", "-q", "-b", "other", branch_point)
    forget(world)
    world.commit(b="b\n", a=text("first", "start", "end"))
    world.git("checkout", "-q", "main")
    world.git("rebase", "-q", "other")
    assert seen(world) == "--r-.-"


def test_a_squash_carries_the_reviews_of_each_part(world: World) -> None:
    """As `git reset --soft` and one commit make it, and as a forge does."""
    base = world.head
    start(world)
    commit(world)
    save(world, ("start", STANDING), ("one", AI), ("two", AI), ("me", TYPED), ("end", STANDING), ("last", AI))
    read(world, "last", relation="another")
    tip = commit(world)
    forget(world)
    world.git("reset", "-q", "--soft", base)
    commit(world)
    assert seen(world) == "-r-.-a"
    world.git("reset", "-q", "--hard", base)
    world.git("-c", "core.hooksPath=/dev/null", "merge", "-q", "--squash", tip)
    world.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "squashed")
    assert seen(world) == "------"
    done = assaymark(world, "notes", "carry", "--from", f"{base}..{tip}", "--to", "HEAD")
    assert done.returncode == 0, done.stderr
    assert seen(world) == "-r-.-a"


def test_what_is_squashed_into_the_index_keeps_reviews(world: World) -> None:
    """`git merge --squash`, of lines of unknown origin too, with a ledger that did not know them."""
    base = world.head
    save(world, ("start", STANDING), ("one", AI), ("two", STANDING), ("end", STANDING))
    read(world, "one", "two")
    tip = commit(world)
    world.git("reset", "-q", "--hard", base)
    forget(world)
    save(world, ("start", STANDING), ("end", STANDING))
    world.git("merge", "-q", "--squash", tip)
    world.git("commit", "-q", "-m", "squashed")
    forget(world)
    assert seen(world) == "-rr-"


def test_a_picked_and_a_reverted_commit(world: World) -> None:
    """The copy has the reviews; so have lines that come back."""
    start(world)
    tip = commit(world)
    world.git("reset", "-q", "--hard", f"{tip}^")
    forget(world)
    world.git("cherry-pick", "-x", tip)
    assert seen(world) == "-r-.-"
    world.git("revert", "--no-edit", "HEAD")
    assert seen(world) == "--"
    world.git("revert", "--no-edit", "HEAD")
    assert seen(world) == "-r-.-"


def test_notes_of_two_clones_become_one(world: World) -> None:
    """A line keeps the reviews of both; what one side knows to be withdrawn is."""
    start(world)
    read(world, "two")
    commit(world)
    forget(world)
    one, two = "r_000000000001", "r_000000000002"
    tip = notes.tips([notes.OURS], world.here)[notes.OURS].id
    told = {one: {"channel": "terminal", "relation": "another"}}
    own = dict(records_in(gitai.read(world.note(ref=notes.OURS))))
    withdrawn = {key: {**record, "withdrawn": "2026-11-20"} for key, record in own.items()}
    _write(world, {**told, **withdrawn}, f"  {one} 2\n")
    theirs = world.git("rev-parse", notes.OURS)
    world.git("update-ref", notes.OURS, str(tip))
    _write(world, {two: {"channel": "editor", "relation": "requester"}}, f"  {two} 2-3\n")
    exchanging.merged(notes.OURS, theirs, world.here)
    assert seen(world) == "-ar.-"
    again = world.note(ref=notes.OURS)
    exchanging.merged(notes.OURS, theirs, world.here)
    assert world.note(ref=notes.OURS) == again
    assert gitai.read(again).problems == ()


def _write(world: World, records: dict[str, dict[str, object]], entries: str) -> None:
    """Effect: the note on HEAD has these reviews too."""
    note = gitai.read(f"a.py\n{entries}---\n{json.dumps({'reviews': records})}")
    merged = evidence.merged(note, gitai.read(world.note(ref=notes.OURS)))
    world.git("notes", "--ref", notes.OURS, "add", "-f", "-F", "-", given=gitai.written(merged))


def test_a_moved_line_keeps_the_review_of_its_note(world: World) -> None:
    """Whose record is found in another commit's note."""
    start(world)
    commit(world)
    ((key, _),) = records_in(gitai.read(world.note(ref=notes.OURS))).items()
    forget(world)
    read_before = Origin(Author.ai, Evidence.note, tool="claude", reviews=(key,))
    save(world, ("start", STANDING), ("end", STANDING), ("me", TYPED), ("one", read_before))
    commit(world)
    forget(world)
    assert seen(world) == "--.r"
