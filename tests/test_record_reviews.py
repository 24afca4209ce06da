"""What is recorded of reviews: the ledger's, those of notes, and those that commits tell of, joined for a file."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.ledger.events import Edited, Reviewed, Saved, Withdrawn, stamp
from assaymark.ledger.store import opened
from assaymark.lineage import evidence, gitai
from assaymark.lineage.attested import Note
from assaymark.lineage.ranges import spelled
from assaymark.lineage.review_records import MOST, ReviewKeys, key_of, records_in
from assaymark.lineage.reviews import Relation, Standing, standing
from assaymark.lineage.trailers import reviews_by
from assaymark.origin import Author, Evidence, Origin, covering
from assaymark.record.reading import known_reviews, noted, of_file
from assaymark.record.standing import judged
from assaymark.repository.place import Place, place_of
from git_world import World, isolated, made

AI = Origin(Author.ai, Evidence.hook, tool="claude", session="s-1")
CODE = "a = 1\nb = 2\nc = 3\n"
READ, UNREAD, BLANK = Standing.by_requester, Standing.unread, Standing.written


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path / "home")
    world = made(tmp_path / "project")
    monkeypatch.chdir(world.root)
    return world


def at(world: World, path: str = "a.py") -> Place:
    return place_of(str(world.root / path))


def saved(world: World, text: str, origin: Origin = AI) -> None:
    """Effect: a.py holds *text*, which the ledger knows to be of *origin*."""
    world.write("a.py", text)
    content = text.encode()
    with opened(at(world).store) as ledger:
        digest, outline = ledger.secret.digest(content), ledger.secret.outline(content)
        runs = covering(len(content), origin)
        ledger.record([Saved(*stamp("server"), "a.py", digest, runs, outline)])


def read(world: World, text: str, part: str) -> str:
    """The id of a review. Effect: the ledger knows that *part* of a.py, which holds *text*, was read."""
    content, start = text.encode(), text.index(part)
    with opened(at(world).store) as ledger:
        event = Reviewed(
            *stamp("cli"),
            "a.py",
            ledger.secret.digest(content),
            ((start, start + len(part)),),
            "terminal",
            "requester",
            n_bytes=len(content),
            lines=ledger.secret.outline(content),
        )
        ledger.record([event])
    return event.id


def note(world: World, spelled: str, record: dict[str, object], key: str = "r_0123456789ab") -> None:
    """Effect: the note on the last commit says that these lines of a.py were read."""
    records = {"schema_version": "assaymark/1", "evidence": {}, "reviews": {key: record}}
    text = f"a.py\n  {key} {spelled}\n---\n{json.dumps(records)}"
    world.git("notes", "--ref", "assaymark", "add", "-f", "-F", "-", "HEAD", given=text)


def standings(world: World, text: str | None = None) -> list[Standing]:
    """How it stands with each line of a.py, each by itself."""
    content = world.read("a.py") if text is None else text.encode()
    recorded = of_file(at(world), content)
    return [standing(line.origin, recorded.reviews) for line in recorded.lines]


TERMINAL: dict[str, object] = {"channel": "terminal", "relation": "requester", "date": "2026-11-14"}


def test_what_the_ledger_says_was_read_is_read_before_it_is_committed(world: World) -> None:
    """Line by line, of an agent's text."""
    saved(world, CODE)
    read(world, CODE, "b = 2\n")
    assert standings(world) == [UNREAD, READ, UNREAD, BLANK]


def test_what_a_note_says_was_read_is_read(world: World) -> None:
    """Of lines of unknown origin too, in a clone without a ledger, for lines that are the commit's alone."""
    world.commit(a=CODE)
    note(world, "1,3", TERMINAL)
    world.commit(a=CODE.replace("a = 1", "a = 5"))
    assert standings(world) == [UNREAD, UNREAD, READ, BLANK]


def test_a_line_may_have_several_reviews(world: World) -> None:
    """Whose entries overlap, and say nothing of where the line comes from."""
    world.commit(a=CODE)
    records = {"reviews": {"r_000000000001": TERMINAL, "r_000000000002": {**TERMINAL, "relation": "another"}}}
    entries = "  r_000000000001 1-2\n  r_000000000002 2-3\n"
    world.git(
        "notes", "--ref", "assaymark", "add", "-F", "-", given=f"a.py\n{entries}---\n{json.dumps(records)}"
    )
    assert standings(world) == [READ, Standing.by_another, Standing.by_another, BLANK]
    assert of_file(at(world), CODE.encode()).source == "none"


def test_what_either_knows_to_be_withdrawn_is_no_review(world: World) -> None:
    """The note's word holds for the ledger's review, and the ledger's for the note's."""
    saved(world, CODE)
    review = read(world, CODE, CODE)
    world.commit()
    assert standings(world)[0] is READ
    note(world, "1-3", {**TERMINAL, "withdrawn": "2026-11-15"}, key_of(review))
    assert standings(world)[0] is UNREAD
    note(world, "1-3", TERMINAL, key_of(review))
    assert standings(world)[0] is READ
    with opened(at(world).store) as ledger:
        ledger.record([Withdrawn(*stamp("cli"), review)])
    assert standings(world)[0] is UNREAD


@pytest.mark.parametrize(
    "record",
    [{}, {"channel": "telepathy"}, {"channel": ["editor"]}, {**TERMINAL, "withdrawn": True}],
)
def test_a_record_that_is_none_is_no_review(world: World, record: dict[str, object]) -> None:
    """What a note says that cannot be understood, or was taken back, counts for nothing."""
    world.commit(a=CODE)
    note(world, "1-3", record)
    assert standings(world)[:3] == [UNREAD] * 3


def test_an_entry_without_a_record_is_no_review(world: World) -> None:
    """A note that was cut short."""
    world.commit(a=CODE)
    world.git("notes", "--ref", "assaymark", "add", "-F", "-", given='a.py\n  r_0123456789ab 1-3\n---\n{"rev')
    assert standings(world)[:3] == [UNREAD] * 3


def test_lines_around_others_that_are_gone_are_not_read_any_more(world: World) -> None:
    """Nobody knows who took a line away, and who read the rest read it with that line."""
    world.commit(a=CODE + "d = 4\n")
    note(world, "1-4", TERMINAL)
    assert standings(world, CODE.replace("b = 2\n", "") + "d = 4\n")[:3] == [UNREAD, UNREAD, READ]


def test_a_later_commit_that_takes_a_line_away_takes_the_review_of_its_neighbours(world: World) -> None:
    """Not that of others; a blank line that goes is a formatter's; who read it afterwards has read it."""
    world.commit(a="a = 1\n\ncheck()\nb = 2\nc = 3\n")
    first = world.head
    note(world, "1-5", TERMINAL)
    world.commit(a="a = 1\ncheck()\nb = 2\nc = 3\n")
    assert standings(world)[:4] == [READ] * 4
    world.commit(a="a = 1\nb = 2\nc = 3\n")
    assert standings(world)[:3] == [UNREAD, UNREAD, READ]
    world.git("checkout", "-q", first)
    note(world, "1,4-5", TERMINAL)
    world.git("checkout", "-q", "main")
    assert standings(world)[:3] == [READ] * 3


def test_a_line_that_goes_beside_those_of_another_commit_takes_the_review_of_its_neighbour(
    world: World,
) -> None:
    """At either end of what the commit added, and of the file; not where another came in its place."""
    world.commit(a="a = 1\nz = 1\n")
    world.commit(a="a = 1\ncheck()\nb = 2\nc = 3\nd = 4\ncheck()\nz = 1\n")
    note(world, "2-6", TERMINAL)
    world.commit(a="a = 1\nb = 2\nc = 3\nd = 4\nz = 1\n")
    assert standings(world)[1:4] == [UNREAD, READ, UNREAD]
    world.commit(a="a = 1\nother()\nb = 2\nc = 3\nd = 4\nz = 1\n")
    assert standings(world)[2] == READ
    world.commit(a="check()\ne = 2\nf = 3\ng = 4\ncheck()\n")
    note(world, "1-5", TERMINAL)
    world.commit(a="e = 2\nf = 3\ng = 4\n")
    assert standings(world)[:3] == [UNREAD, READ, UNREAD]


def test_a_person_who_reviewed_a_commit_read_its_lines(world: World) -> None:
    """By the trailer; who is the author has asked for them, and an agent is nobody."""
    world.commit("one\n\nReviewed-by: B <b@example.org>", a="a = 1\n")
    world.commit("two\n\nReviewed-by: A <A@example.org>", a="a = 1\nb = 2\n")
    world.commit("three\n\nReviewed-by: Claude <noreply@anthropic.com>", a=CODE)
    assert standings(world)[:3] == [Standing.by_another, READ, UNREAD]


def test_a_trailer_that_a_message_quotes_says_nothing() -> None:
    """Only the last paragraph of a message is its own."""
    message = "Revert it\n\n    Reviewed-by: B <b@example.org>\n\nSigned-off-by: A <a@example.org>\n"
    assert reviews_by("0" * 40, "A <a@example.org>", message) == ()
    (one,) = reviews_by("0" * 40, "A <a@example.org>", "x\n\nReviewed-by: B <b@example.org>\n")
    assert (one.relation, one.who) == (Relation.another, "B <b@example.org>")


def test_the_editor_gets_the_reviews_of_notes_with_their_origins(world: World) -> None:
    """And can look up what they are, those of the ledger too."""
    world.commit(a=CODE)
    note(world, "2", TERMINAL)
    runs = noted(at(world), CODE.encode())
    assert runs is not None
    assert [run.origin.reviews for run in runs] == [(), ("r_0123456789ab",), ()]
    (review,) = known_reviews(at(world), runs).valid(["r_0123456789ab"])
    assert (review.relation, review.time) == (Relation.requester, 1_794_657_600)


def test_a_statement_is_read_as_a_whole(world: World) -> None:
    """A line that an agent changed makes the others of its statement unread, and no other."""
    text = "call(\n    1,\n    2,\n)\nb = 2\n"
    saved(world, text)
    read(world, text, text)
    content = text.encode()
    assert judged(at(world), content).standings == (READ, READ, READ, READ, READ, BLANK)
    after = text.replace("2,", "3,").encode()
    world.write("a.py", after)
    with opened(at(world).store) as ledger:
        event = Edited(
            *stamp("hook"),
            "a.py",
            AI,
            ledger.secret.digest(content),
            ledger.secret.digest(after),
            edits=((18, 19, 1),),
            n_bytes=len(after),
            lines=ledger.secret.outline(after),
        )
        ledger.record([event])
    found = judged(at(world), after)
    assert found.standings[:5] == (UNREAD, UNREAD, UNREAD, UNREAD, READ)
    assert (found.at(1), found.at(99)) == (UNREAD, BLANK)


def test_a_content_that_is_not_in_the_work_tree_is_judged_too(world: World) -> None:
    """What is staged, or what an older commit has."""
    world.commit(a=CODE)
    note(world, "1-3", TERMINAL)
    first = world.head
    world.commit(a="d = 4\n")
    assert judged(at(world), CODE.encode(), at=first).standings[:3] == (READ, READ, READ)
    assert judged(at(world), CODE.encode()).standings[:3] == (UNREAD, UNREAD, UNREAD)


def test_hostile_notes_are_read_in_time(world: World) -> None:
    """Thousands of reviews of a line, and ranges without end: the first of them count, and nothing hangs."""
    world.commit(a=CODE)
    keys = [f"r_{n:012x}" for n in range(20_000)]
    entries = "".join(f"  {key} 1-999999999,1-2,3\n" for key in keys)
    records = json.dumps({"reviews": dict.fromkeys(keys, TERMINAL)})
    world.git("notes", "--ref", "assaymark", "add", "-F", "-", given=f"a.py\n{entries}---\n{records}")
    start = time.process_time()
    recorded = of_file(at(world), world.read("a.py"))
    assert standings(world)[:3] == [READ] * 3
    assert len(recorded.lines[0].origin.parts[0].origin.reviews) == MOST
    assert time.process_time() - start < 10


REVIEW_LINES = st.dictionaries(
    st.sampled_from(["r_000000000001", "r_000000000002", "e_000000000003"]),
    st.sets(st.integers(1, 9), min_size=1),
    max_size=3,
)


def _note(keys: dict[str, set[int]], withdrawn: set[str]) -> Note:
    entries = "".join(f"  {key} {spelled(sorted(lines))}\n" for key, lines in keys.items())
    reviews = {
        key: {**TERMINAL, **({"withdrawn": "x"} if key in withdrawn else {})} for key in keys if key[0] == "r"
    }
    head = f"a.py\n{entries}" if entries else ""
    return gitai.read(f"{head}---\n{json.dumps({'schema_version': 'assaymark/1', 'reviews': reviews})}")


@given(REVIEW_LINES, REVIEW_LINES, st.sets(st.sampled_from(["r_000000000001", "r_000000000002"])))
def test_joined_notes_lose_no_review_and_no_withdrawal(
    one: dict[str, set[int]], other: dict[str, set[int]], withdrawn: set[str]
) -> None:
    """From either side, and doing it again changes nothing."""
    mine, theirs = _note(one, withdrawn), _note(other, set())
    for left, right in ((mine, theirs), (theirs, mine)):
        both = gitai.read(gitai.written(evidence.merged(left, right)))
        assert both.problems == ()
        keys = ReviewKeys(both, "a.py").within(range(1, 10))
        for line in range(1, 10):
            expected = {
                key for side in (one, other) for key, lines in side.items() if key[0] == "r" and line in lines
            }
            assert set(keys.get(line, ())) == expected
        gone = {key for key, record in records_in(both).items() if record.get("withdrawn")}
        assert gone == withdrawn & set(one)
        assert evidence.merged(left, both) == both
        assert {piece.key for piece in evidence.pieces(both, "a.py")} <= {"e_000000000003"}
