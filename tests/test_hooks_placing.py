"""Where what a tool wrote stands: narrowed to what changed, and claimed only where that is sure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.hooks.patch import Added, Deleted, Updated, blocks_of, files_of
from assaymark.hooks.pieces import changes_of, draft, replaced
from assaymark.hooks.placing import Placed, Step, placed
from assaymark.hooks.report import Point, Replaced, Whole, Wrote
from assaymark.lineage.narrowing import Change, changes, differences, worded

# Texts of few words, so that words and lines repeat.
TEXTS = st.lists(
    st.sampled_from([b"a", b"bc", b"(", b")", b" ", b"  ", b"\n", b"\n", b"\r\n", b"=", b"\xc3\xa4"]),
    max_size=24,
).map(b"".join)


@pytest.mark.parametrize(
    "old, new, came",
    [
        (b"x = foo(1)\n", b"x = bar(1)\n", [b"bar"]),
        (b"a\nb\nc\n", b"a\nx\nb\nc\n", [b"x\n"]),
        (b"a\nb\nc\n", b"a\nc\n", [b""]),
        (b"price = 1\n", b"prices = 1\n", [b"prices"]),
        (b"f(a, b)\n", b"f(\n    a,\n    b,\n)\n", [b"\n    ", b"\n    ", b",\n"]),
        (b"return x\n", b"if y:\n    return x + 1\nlog()\n", [b"if y:\n    ", b" + 1\nlog()"]),
        (b"same\n", b"same\n", []),
        (b"", b"new\n", [b"new\n"]),
        (b"a = price\n", b"b = 1\na = gross\n", [b"b = 1\n", b"gross"]),
        (b"foo(a)\n", b"bar(b)\nqux(c)\n", [b"bar(b)\nqux(c"]),
        (b"x = 1\ny = f(2)\n", b"if z:\n    x = 3\n    y = g(2)\n", [b"if z:\n    ", b"3\n    ", b"g"]),
        (b"old\n", b"", [b""]),
        (b"one two\n", b"other words\n", [b"other words"]),
    ],
)
def test_only_what_changed_came(old: bytes, new: bytes, came: list[bytes]) -> None:
    """Equal lines stay, then equal words of changed lines, whole; what is left came."""
    assert [new[one.new_start : one.new_end] for one in changes(old, new)] == came


@given(TEXTS, TEXTS)
def test_changes_made_in_the_old_text_give_the_new_one(old: bytes, new: bytes) -> None:
    """Outside of the changes the texts are equal; changes ascend and touch nobody."""
    assert _made(old, new, changes(old, new)) == new


@given(TEXTS, TEXTS)
def test_hashes_of_words_tell_what_words_tell(old: bytes, new: bytes) -> None:
    """A text of which only names of words are left gives a right answer too."""
    named = {}.setdefault
    found = differences(
        worded(old, lambda word: b"#" + named(word, word)), worded(new, lambda word: b"#" + named(word, word))
    )
    assert _made(old, new, found) == new


@given(TEXTS, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), TEXTS), max_size=4))
def test_several_replacements_are_one_change(before: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    """However a text was edited step by step, the changes are of the text before, and give the one after."""
    text = draft(before)
    for one, other, new in edits:
        start, end = sorted((min(one, len(text.after)), min(other, len(text.after))))
        text = replaced(text, start, end, new)
    assert _made(text.before, text.after, changes_of(text)) == text.after


@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3), st.booleans())
def test_what_is_placed_is_true(before: bytes, pairs: list[tuple[bytes, bytes]], knows: bool) -> None:
    """A step leads from its text before to the one on the disk; without a text before, ranges are what was said."""
    pieces = tuple(Replaced(old.decode(), new.decode()) for old, new in pairs)
    after = before
    for old, new in pairs:
        if not old or after.count(old) != 1:
            return
        after = after.replace(old, new)
    wrote = Wrote("p", pieces, before.decode() if knows else None)
    for step in placed(wrote, after).steps:
        assert step.after == after
        if step.before is not None:
            assert _made(step.before, step.after, step.changes) == step.after
        if knows:
            assert step.before == before
        assert all(0 <= start < end <= len(after) for start, end in step.ranges)


def test_the_text_before_that_a_tool_tells_is_believed() -> None:
    """The edit is made in it, wherever the new text stands else."""
    wrote = Wrote("p", (Replaced("x", "y"),), "y\nx\n")
    assert placed(wrote, b"y\ny\n") == Placed((Step(b"y\nx\n", b"y\ny\n", (Change(2, 3, 2, 3),)),))


def test_without_it_the_edit_is_undone_on_the_disk() -> None:
    """A text that stands at one place leads back to the text before."""
    wrote = Wrote("p", (Replaced("x = 1\n", "x = 2\n"),))
    assert placed(wrote, b"a\nx = 2\n") == Placed(
        (Step(b"a\nx = 1\n", b"a\nx = 2\n", (Change(6, 7, 6, 7),)),)
    )


@pytest.mark.parametrize(
    "pieces, disk, why",
    [
        ((Replaced("x", "y"),), b"y y\n", "several"),
        ((Replaced("x", "y"),), b"z\n", "not in the file"),
        ((Replaced("x", "y", everywhere=True),), b"y y\n", "several"),
        ((Replaced("x", "y"),), None, "not in the file"),
    ],
)
def test_what_is_not_sure_is_not_claimed(pieces: tuple[Replaced, ...], disk: bytes | None, why: str) -> None:
    """New text that stands at several places, or nowhere, is a gap that says so."""
    found = placed(Wrote("p", pieces), disk)
    assert found.steps == ()
    assert why in found.missed


def test_pieces_that_are_sure_count_without_the_others() -> None:
    """Of several pieces those with one place are claimed; the text before is unknown then."""
    found = placed(Wrote("p", (Replaced("x", "y"), Replaced("m\n", "n\n"))), b"y y\nn\n")
    assert found.steps == (Step(None, b"y y\nn\n", ranges=((4, 5),)),)
    assert "several" in found.missed


def test_a_deletion_brings_nothing() -> None:
    """Where it was cannot be told from the file, so only the text after is known."""
    assert placed(Wrote("p", (Replaced("x\n", ""),)), b"a\n") == Placed((Step(None, b"a\n"),))


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_and_byte_order_mark_are_the_files(bom: bytes, end: bytes) -> None:
    """Tools tell texts with plain line ends and no mark; the file's own count."""
    before, after = bom + b"a" + end + b"x" + end, bom + b"a" + end + b"y" + end + b"z" + end
    for original in ("a\nx\n", None):
        (step,) = placed(Wrote("p", (Replaced("x\n", "y\nz\n"),), original), after).steps
        assert (step.before, step.after) == (before, after)


def test_a_file_that_is_not_written_yet_is_the_text_before() -> None:
    """An editor that reports before it saves: the edit is made in what is on the disk."""
    wrote = Wrote("p", (Replaced("x = 1\n", "x = 2\n"),), pending=True)
    assert placed(wrote, b"x = 1\n").steps == (Step(b"x = 1\n", b"x = 2\n", (Change(4, 5, 4, 5),)),)
    assert placed(wrote, b"x = 2\n").steps == (Step(b"x = 1\n", b"x = 2\n", (Change(4, 5, 4, 5),)),)


def test_an_insertion_that_holds_what_it_follows_is_not_made_twice() -> None:
    """Where the new text holds the old one, a disk with the new text is the text after."""
    wrote = Wrote("p", (Replaced("a\n", "a\nb\n"),), pending=True)
    assert placed(wrote, b"a\nb\n").steps[0].before == b"a\n"


def test_a_completion_stands_where_it_was_accepted() -> None:
    """A place that is told decides between several; columns are UTF-16 units."""
    piece = Replaced("", "f()", at=Point(2, 8))
    (step,) = placed(Wrote("p", (piece,)), "f()\n'\U0001f600' + f()\n".encode()).steps
    assert step.changes == (Change(13, 13, 13, 16),)


def test_a_changed_proposal_is_two_steps() -> None:
    """The model's step leads to what it proposed, the person's to what was written."""
    wrote = Wrote("p", (Replaced("x", "y + z"),), "x\n", meddled=True, proposed=(Replaced("x", "y"),))
    first, second = placed(wrote, b"y + z\n").steps
    assert (first.before, first.after, first.theirs) == (b"x\n", b"y\n", False)
    assert (second.before, second.after, second.theirs) == (b"y\n", b"y + z\n", True)
    assert second.changes == (Change(1, 1, 1, 5),)


def test_an_unknown_proposal_is_nobodys() -> None:
    """Without it nothing of what was written is surely the model's."""
    (step,) = placed(Wrote("p", (Replaced("x", "y"),), "x\n", meddled=True), b"y\n").steps
    assert step.theirs


def test_a_file_that_was_written_as_a_whole_keeps_its_lines() -> None:
    """Lines that stood there before did not come."""
    (step,) = placed(Wrote("p", Whole("a\nb\nc\n"), "a\nc\n"), b"a\nb\nc\n").steps
    assert step.changes == (Change(2, 2, 2, 4),)


def test_a_file_of_which_nothing_is_known_before_came_as_a_whole() -> None:
    """Its ranges are all of it; who keeps the hashes of its lines knows better."""
    assert placed(Wrote("p", Whole("a\n")), b"a\n").steps == (Step(None, b"a\n", ranges=((0, 2),)),)
    assert placed(Wrote("p", Whole("")), b"").steps == (Step(None, b""),)


def test_a_lone_surrogate_ends_nothing() -> None:
    """JSON can spell what no file can hold."""
    assert placed(Wrote("p", (Replaced("x", "\ud800"),)), b"x\n").steps == ()
    assert placed(Wrote("p", Whole("\ud800"), "x"), b"x\n").steps


PATCH = """\
*** Begin Patch
*** Update File: a.py
*** Move to: b.py
@@ def f
 one
-two
+zwei

@@
-last
+letzte
*** End of File
*** Add File: c.py
+new
+
*** Delete File: d.py
*** End Patch
"""


def test_a_patch_is_read() -> None:
    """Files that are updated, moved, added and deleted; hunks with context; a blank line is context."""
    assert files_of(PATCH) == [
        Updated(
            "a.py",
            "b.py",
            (
                Replaced("one\ntwo\n\n", "one\nzwei\n\n", whole=True),
                Replaced("last\n", "letzte\n", whole=True, last=True),
            ),
        ),
        Added("c.py", "new\n\n"),
        Deleted("d.py"),
    ]


@pytest.mark.parametrize(
    "text", ["", "*** Begin Patch", "*** End Patch\n*** Add File: x", "+x\n-y", "@@\n+x"]
)
def test_what_is_no_patch_names_no_file(text: str) -> None:
    """Nothing is guessed."""
    assert files_of(text) == []


def test_a_patch_without_an_end_is_read() -> None:
    """A text that was cut off holds what it holds."""
    assert files_of("*** Begin Patch\n*** Add File: x\n+a") == [Added("x", "a\n")]


@pytest.mark.parametrize("before", [b"a\n", b"a\nb\na\nb\n"])
def test_lines_added_without_context_stand_at_the_end(before: bytes) -> None:
    """So `apply_patch` has it."""
    (update,) = files_of("*** Begin Patch\n*** Update File: x\n@@\n+b\n*** End Patch")
    assert isinstance(update, Updated)
    (step,) = placed(Wrote("x", update.hunks), before + b"b\n").steps
    assert (step.before, step.changes) == (
        before,
        (Change(len(before), len(before), len(before), len(before) + 2),),
    )


def test_hunks_are_whole_lines() -> None:
    """A line that only ends like one of a hunk is another line."""
    (update,) = files_of("*** Begin Patch\n*** Update File: x\n@@\n-a\n+b\n*** End Patch")
    assert isinstance(update, Updated)
    (step,) = placed(Wrote("x", update.hunks), b"bb\nb\n").steps
    assert step.before == b"bb\na\n"


def test_blocks_are_read() -> None:
    """Both rules that Cline draws; a block that does not end is left out."""
    assert blocks_of("------- SEARCH\na\n=======\nb\n+++++++ REPLACE\n<<<<<<< SEARCH\nc\n=======\nd\n") == (
        Replaced("a\n", "b\n", whole=True),
    )


def _made(old: bytes, new: bytes, found: tuple[Change, ...]) -> bytes:
    """*old* with the changes made, which must ascend, change something, and not touch."""
    made, at, new_at = b"", 0, 0
    for number, (start, end, new_start, new_end) in enumerate(found):
        assert at < start or (not number and at == start)
        assert start <= end <= len(old)
        assert new_start <= new_end
        assert end > start or new_end > new_start
        made += old[at:start] + new[new_start:new_end]
        assert old[at:start] == new[new_at:new_start]
        at, new_at = end, new_end
    return made + old[at:]
