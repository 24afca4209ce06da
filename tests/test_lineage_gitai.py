"""Notes by git-ai's grammar: what is read of them, what is written, and how two become one."""

from __future__ import annotations

import itertools
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.lineage import attested, gitai
from assaymark.lineage import ranges as spelling
from assaymark.lineage.attested import Entry, Note
from assaymark.lineage.hashing import hashed
from assaymark.lineage.ranges import flattened, ranges, spelled, without
from assaymark.origin import Arrival, Author, Evidence, Origin, unknown

NOTE = """\
src/main.rs
  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-10,15-20
  s_c9883b05a2487d::t_a1b2c3d4e5f678 25,30-35
  h_31dce776f88375 42-50
"docs/my file.md"
  s_e7f2a90b31cc48::t_deadbeef012345 1-50
---
{
  "schema_version": "authorship/3.0.0",
  "git_ai_version": "1.4.5",
  "base_commit_sha": "7734793b756b3921c88db5375a8c156e9532447b",
  "prompts": {},
  "humans": {
    "h_31dce776f88375": {
      "author": "Developer <dev@example.com>"
    }
  },
  "sessions": {
    "s_c9883b05a2487d": {
      "agent_id": {
        "tool": "cursor",
        "id": "6ef2299e",
        "model": "claude-sonnet-4-5-20250514"
      },
      "human_author": "dev@example.com"
    },
    "s_e7f2a90b31cc48": {
      "agent_id": {
        "tool": "claude",
        "id": "conv_abc",
        "model": "unknown"
      },
      "custom_attributes": {
        "team": "backend"
      }
    }
  }
}"""


def key_at(note: Note, path: str, line: int) -> str:
    return next((piece.key for piece in note.pieces(path) if piece.first <= line <= piece.last), "")


def keys_in(note: Note, path: str) -> dict[int, str]:
    return {line: piece.key for piece in note.pieces(path) for line in range(piece.first, piece.last + 1)}


def at(note: Note, path: str, line: int) -> Origin | None:
    key = key_at(note, path, line)
    return gitai.origin_of(note, key) if key else None


def one_file(*entries: str, records: str = '{"prompts": {}}') -> Note:
    return gitai.read("\n".join(["a.py", *(f"  {entry}" for entry in entries), "---", records]))


def test_a_whole_note() -> None:
    """Every line has the session of its range; a line in no range has none."""
    note = gitai.read(NOTE)
    cursor = Origin(Author.ai, Evidence.note, "cursor", "claude-sonnet-4-5-20250514", "6ef2299e")
    assert [at(note, "src/main.rs", line) for line in (1, 20, 25)] == [cursor] * 3
    assert at(note, "src/main.rs", 11) is None
    assert at(note, "src/main.rs", 42) == Origin(Author.human, Evidence.note)
    # "unknown" is what tools write for a model that they do not know.
    assert at(note, "docs/my file.md", 50) == Origin(Author.ai, Evidence.note, "claude", "", "conv_abc")
    assert note.problems == ()


def test_what_is_well_formed_is_written_as_it_was() -> None:
    """Byte for byte, whatever its JSON looks like."""
    for text in (NOTE, NOTE + "\n", "---\n{}", 'a\n  k 1\n---\n{"z": 1,   "a":[ ]}\n\n'):
        assert gitai.written(gitai.read(text)) == text


@pytest.mark.parametrize(
    "key, record, author",
    [
        (
            "s_0123456789abcd::t_0123456789abcd",
            '{"sessions":{"s_0123456789abcd":{"agent_id":{"tool":"t"}}}}',
            "t",
        ),
        ("s_0123456789abcd", '{"sessions":{"s_0123456789abcd":{"agent_id":{"tool":"t"}}}}', "t"),
        ("0123456789abcdef", '{"prompts":{"0123456789abcdef":{"agent_id":{"tool":"t"}}}}', "t"),
        ("0123456", '{"prompts":{"0123456":{"agent_id":{"tool":"t"}}}}', "t"),
        ("abcde", '{"prompts":{"abcde":{"agent_id":{"tool":"t"}}}}', "t"),
        ("9b2f0f3e-7d1a-4a55-9a1e-2f4b5c6d7e8f", "{}", ""),
        ("0123456789abcdef", '{"prompts":{}}', ""),
        ("s_0123456789abcd::t_0123456789abcd", "{}", ""),
        ("0123456789abcdef", '{"prompts":{"0123456789abcdef":{"agent_id":"?"}}}', ""),
    ],
)
def test_every_form_of_key(key: str, record: str, author: str) -> None:
    """A key is a session's; one without a record is still one, of a tool that is not known."""
    origin = at(one_file(f"{key} 1", records=record), "a.py", 1)
    assert origin == Origin(Author.ai, Evidence.note, tool=author)


def test_a_key_of_no_form_without_a_record_says_nothing() -> None:
    """What is not known to be a session is not made one."""
    assert at(one_file("what::ever 1"), "a.py", 1) == unknown(Arrival.committed)


def test_later_entries_win() -> None:
    """Where ranges overlap, the entry that stands later has the line."""
    note = one_file("aaaa 1-10", "bbbb 4-5", "cccc 5-20", "aaaa 7")
    assert [key_at(note, "a.py", line) for line in (1, 4, 5, 6, 7, 8, 20, 21)] == [
        *("aaaa", "bbbb", "cccc", "cccc", "aaaa", "cccc", "cccc", "")
    ]


def test_a_range_beyond_any_file_costs_nothing() -> None:
    """Pieces are ranges: a range of a billion lines is one."""
    note = one_file("aaaa 1-999999999")
    assert [tuple(piece) for piece in note.pieces("a.py")] == [(1, 999_999_999, "aaaa")]


@pytest.mark.parametrize(
    "text, lines",
    [
        (NOTE.replace("\n", "\r\n"), (1, 42)),
        (NOTE.partition("---")[0], (1, 42)),
        (NOTE[: len(NOTE) // 2], (1, 42)),
        (NOTE.replace("---", "--- "), (1, 42)),
        (NOTE.replace("  s_c", "\n\n  s_c"), (1, 42)),
        ("  s_c9883b05a2487d::t_9 1\n" + NOTE, (1, 42)),
        (NOTE.replace("15-20", "20-15,x,-3,7-,0,99999999999"), (1, 42)),
    ],
    ids=["crlf", "no divider", "truncated", "divider with a blank", "empty lines", "orphan", "odd ranges"],
)
def test_what_is_damaged_is_read_as_far_as_it_goes(text: str, lines: tuple[int, ...]) -> None:
    """Entries that can be read count."""
    note = gitai.read(text.encode())
    assert all(key_at(note, "src/main.rs", line) for line in lines)


def test_problems_are_listed() -> None:
    """Each with its line; not without end."""
    note = gitai.read("  k 1\na.py\n  k\n  k 1,,2\n---\n[")
    assert note.problems == (
        "line 1: an entry before any file",
        "line 3: an entry without lines",
        "line 4: ranges that are not all understood",
        "the records behind --- are not JSON",
    )
    assert len(gitai.read("  k 1\n" * 10_000).problems) == 20


def test_files_without_entries_are_dropped() -> None:
    """A header alone says nothing."""
    assert dict(gitai.read("a.py\nb.py\n  aaaa 1\n---\n{}").files) == {"b.py": (Entry("aaaa", "1"),)}


@pytest.mark.parametrize(
    "path", ["../../x", "/etc/passwd", "a\0b", "a\u2028b", "é.py", "a\x0bb", "\udce9.py"]
)
def test_hostile_paths_are_names(path: str) -> None:
    """A path is compared and never opened; whatever line ends others see in it, it is one."""
    note = gitai.read(f'"{path}"\n  aaaa 1\n---\n{{}}')
    assert key_at(note, path, 1) == "aaaa"


def test_a_path_that_the_grammar_cannot_spell_is_not_written() -> None:
    """Nothing else in the note suffers from it."""
    note = Note({path: (Entry("aaaa", "1"),) for path in ("a\nb", '"q"', "---", "a\0", "", "ok", "s p")}, {})
    assert set(gitai.read(gitai.written(note)).files) == {"ok", "s p"}


def of_ranges(n: int) -> bytes:
    ones = ",".join(str(2 * n) for n in range(1, n + 1))
    return f"a.py\n  aaaa {ones}\n---\n{{}}".encode()


def test_a_million_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded memory, and the time that it takes to look at them once."""
    assert key_at(gitai.read(of_ranges(1_000_000)), "a.py", 2) == "aaaa"
    # Tracing takes many times as long as reading does: a tenth of all, of the bound too.
    monkeypatch.setattr(spelling, "MOST_RANGES", spelling.MOST_RANGES // 10)
    text = of_ranges(100_000)
    tracemalloc.start()
    note = gitai.read(text)
    assert key_at(note, "a.py", 2) == "aaaa"
    assert tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()
    many = gitai.read(b"a.py\n" + b"  aaaa 1\n" * 250_000 + b"---\n{}")
    assert many.problems[0] == "line 200001: more than 200,000 entries; the rest is not read"


def test_a_transcript_stays_where_it_is() -> None:
    """It is neither in an origin nor in records that are carried; merging does not destroy it."""
    messages = [{"type": "user", "text": "MARK " * 600_000}]
    records = {
        "schema_version": "authorship/3.0.0",
        "prompts": {"abcdef1": {"agent_id": {"tool": "t"}, "messages": messages}},
    }
    note = gitai.read("a.py\n  abcdef1 1-3\n---\n" + json.dumps(records))
    assert "MARK" not in str(at(note, "a.py", 1))
    assert gitai.with_records_of(note, {"abcdef1": 0}) == {
        "prompts": {"abcdef1": {"agent_id": {"tool": "t"}}}
    }
    ours = gitai.note_of({"a.py": {9: "s_1::t_1"}}, {}, "0" * 40)
    assert gitai.merged(ours, note).records["prompts"] == records["prompts"]


def test_what_we_write_names_no_conversation() -> None:
    """The key is git-ai's own for the conversation; its name is hashed."""
    key, record = gitai.keyed(Origin(Author.ai, Evidence.hook, "claude", "m", "conversation-7"))
    assert key.startswith("s_" + hashed("claude:conversation-7")[:14] + "::t_")
    text = gitai.written(
        gitai.note_of({"a b.py": {1: key, 2: key, 4: key}}, gitai.shelved(key, record), "0" * 40)
    )
    assert text.startswith(f'"a b.py"\n  {key} 1-2,4\n---\n')
    assert "conversation-7" not in text
    origin = at(gitai.read(text), "a b.py", 4)
    assert origin is not None
    assert (origin.tool, origin.model) == ("claude", "m")


def test_merging_with_a_foreign_note() -> None:
    """Unknown keys and records stay; what both say stands once; where they differ, ours stands later."""
    foreign = gitai.read(NOTE.replace('"prompts": {}', '"prompts": {},\n  "new_in_4": [1, 2.50]'))
    ours = gitai.note_of(
        {
            "src/main.rs": {
                8: "s_c9883b05a2487d::t_other",
                12: "s_c9883b05a2487d::t_other",
                15: "s_ours::t_1",
                43: "s_ours::t_1",
            }
        },
        {
            "sessions": {
                "s_ours": {"agent_id": {"tool": "codex"}},
                "s_c9883b05a2487d": {"agent_id": {"tool": "x"}},
            }
        },
        "f" * 40,
    )
    both = gitai.merged(ours, foreign)
    assert both.files["src/main.rs"] == (
        *foreign.files["src/main.rs"],
        Entry("s_c9883b05a2487d::t_other", "12"),
        Entry("s_ours::t_1", "15,43"),
    )
    assert both.records["new_in_4"] == [1, 2.5]
    assert both.records["base_commit_sha"] == "7734793b756b3921c88db5375a8c156e9532447b"
    sessions = both.records["sessions"]
    assert isinstance(sessions, dict)
    assert sessions["s_c9883b05a2487d"] == gitai.record_of(foreign, "s_c9883b05a2487d")
    assert sessions["s_ours"] == {"agent_id": {"tool": "codex"}}
    assert gitai.read(gitai.written(both)) == both


def test_merging_what_is_there_already_changes_no_byte() -> None:
    """So a second run of a hook writes nothing."""
    note = gitai.read(NOTE)
    assert gitai.written(gitai.merged(note, note)) == NOTE
    ours = gitai.note_of({"x": {1: "aaaa"}}, {}, "0" * 40)
    once = gitai.merged(ours, note)
    assert gitai.merged(ours, once) == once


def test_a_note_too_large_to_be_read_whole_is_not_written_over() -> None:
    """What was passed over would be lost."""
    huge = attested.read(b"a.py\n" + b"  aaaa 1\n" * 200_001 + b"---\n{}")
    assert gitai.merged(gitai.read(NOTE), huge) is huge


@pytest.mark.parametrize(
    "records", ['{"prompts": {"a', "[" * 9 + "]" * 9, '{"a":' * 200 + "1" + "}" * 200, "[" * 100_000]
)
def test_records_that_cannot_be_read_are_kept(records: str) -> None:
    """They are somebody's, so such a note is not written over."""
    theirs = gitai.read(f"a.py\n  aaaa 1\n---\n{records}")
    assert key_at(theirs, "a.py", 1) == "aaaa"
    assert gitai.merged(gitai.read(NOTE), theirs) is theirs


def test_half_a_surrogate_pair() -> None:
    """JSON can spell what UTF-8 cannot hold; that is written again as an escape."""
    theirs = gitai.read(
        'a.py\n  aaaa 1\n---\n{"prompts": {"x": "\\ud800", "y": "\udce9"}}'.encode("utf-8", "surrogateescape")
    )
    both = gitai.merged(gitai.note_of({"b": {1: "s_1"}}, {"sessions": {}}, "f"), theirs)
    raw = gitai.written(both).encode("utf-8", "surrogateescape")
    assert gitai.read(raw).records["prompts"] == {"x": "\ud800", "y": "\udce9"}
    assert gitai.keyed(Origin(Author.ai, Evidence.hook, tool="\ud800"))[0].startswith("s_")


def test_the_first_of_joined_notes() -> None:
    """Git joins notes when it is told to; the second one's lines are those of another commit."""
    first, rest = attested.first_of(NOTE + "\n\n" + NOTE)
    assert (first, rest.strip()) == (NOTE, NOTE)
    assert attested.first_of("no divider") == ("no divider", "")
    note = gitai.read(NOTE + "\n\nother\n  aaaa 1\n---\n{}")
    assert "other" not in note.files
    assert gitai.written(note) == NOTE


# Numbers spelled as keys: to draw them digit by digit would take longer than what is tried with them.
halves = st.integers(0, 16**14 - 1).map("{:014x}".format)
keys = st.one_of(
    st.builds("s_{}::t_{}".format, halves, halves),
    halves.map("h_{}".format),
    st.integers(0, 16**16 - 1).map("{:016x}".format),
)
paths = st.text(min_size=1, max_size=12).filter(attested.is_speakable)
lines = st.dictionaries(st.integers(1, 60), keys, min_size=1, max_size=20)
notes = st.dictionaries(paths, lines, max_size=4).map(lambda files: gitai.note_of(files, {}, "0" * 40))


@given(notes)
def test_what_is_written_is_read_again(note: Note) -> None:
    """Entries, records and all; and writing that again changes no byte."""
    text = gitai.written(note)
    again = gitai.read(text.encode("utf-8", "surrogateescape"))
    assert again.problems == ()
    assert again == note
    assert gitai.written(again) == text


@given(st.dictionaries(paths, lines, max_size=4))
def test_every_line_keeps_its_key(files: dict[str, dict[int, str]]) -> None:
    """By line, a note says what it was made of."""
    note = gitai.read(gitai.written(gitai.note_of(files, {}, "0" * 40)))
    for path, expected in files.items():
        assert keys_in(note, path) == expected


@given(notes, notes)
def test_merging_adds_ours_and_keeps_theirs(ours: Note, theirs: Note) -> None:
    """Ours decides where it speaks, theirs elsewhere; a second time changes nothing."""
    both = gitai.merged(ours, theirs)
    for path in {*ours.files, *theirs.files}:
        who, expected = keys_in(both, path), keys_in(theirs, path) | keys_in(ours, path)
        for line in range(1, 61):
            assert attested.who(who.get(line, "")) == attested.who(expected.get(line, ""))
    assert gitai.merged(ours, both) == both
    assert gitai.merged(both, both) == both


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    """Nothing raises; what was read can be written, and is then read alike."""
    note = gitai.read(raw)
    again = gitai.read(gitai.written(note).encode("utf-8", "surrogateescape"))
    assert {path: again.pieces(path) for path in again.files} == {
        path: note.pieces(path) for path in note.files if attested.is_speakable(path)
    }


@given(st.text("k a1-,\n\"'./0x{}[]:\r\t ", max_size=80))
def test_any_text_like_a_note_can_be_read(text: str) -> None:
    """As any bytes, nearer to the grammar."""
    test_any_bytes_can_be_read.hypothesis.inner_test(("a\n" + text + "\n---\n{" + text).encode())


spans = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 8)).map(lambda x: (x[0], x[0] + x[1])), max_size=6
)


@given(st.lists(spans, max_size=6))
def test_flattened_is_what_painting_gives(entries: list[list[tuple[int, int]]]) -> None:
    """Line by line, the last entry that holds it."""
    spelt = [(str(n), ",".join(f"{a}-{b}" for a, b in several)) for n, several in enumerate(entries)]
    painted: dict[int, str] = {}
    for key, text in spelt:
        for first, last in ranges(text):
            painted.update(dict.fromkeys(range(first, last + 1), key))
    pieces = flattened(spelt)
    assert {n: p.key for p in pieces for n in range(p.first, p.last + 1)} == painted
    assert all(one.last < other.first for one, other in itertools.pairwise(pieces))


@given(st.sets(st.integers(1, 40)), st.sets(st.integers(1, 40)))
def test_without(one: set[int], other: set[int]) -> None:
    """Of ranges, as of sets."""
    left = without(list(ranges(spelled(sorted(one)))), list(ranges(spelled(sorted(other)))))
    assert {n for first, last in left for n in range(first, last + 1)} == one - other
