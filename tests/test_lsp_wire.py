"""Positions and bytes: every encoding, every line end, every place that a position can miss."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assaymark.lsp.draft import Draft, Replacement
from assaymark.lsp.wire import (
    ENCODINGS,
    Encoding,
    Position,
    bytes_before,
    columns_before,
    offset_of,
    position_of,
    utf8,
)
from assaymark.text import LINE_END, Chunk, Text

# Line ends, what only str.splitlines takes for one, and one to four bytes of UTF-8.
ALPHABET = ["a", "b", "\n", "\r", "\r\n", "\x0c", "\x85", "\u2028", "é", "中", "😀"]
texts = st.lists(st.sampled_from(ALPHABET), max_size=25).map("".join)
encodings = st.sampled_from(ENCODINGS)
positions = st.builds(Position, st.integers(0, 8), st.integers(0, 8))
UNITS = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


@dataclass(frozen=True, eq=False)
class Leaf:
    chunk: Chunk
    marked: bool = False
    flagged: bool = False
    fresh: bool = False
    keys: frozenset[bytes] = frozenset()


def text_of(content: bytes) -> Text[Leaf]:
    """A text of many chunks, one for every other line."""
    starts = [0, *(found.end() for found in LINE_END.finditer(content))][::2]
    cuts = zip(starts, [*starts[1:], len(content)], strict=True)
    return Text([Leaf(Chunk(content[start:end])) for start, end in cuts])


def width(text: str, encoding: Encoding) -> int:
    return len(text.encode(encoding + ("" if encoding == "utf-8" else "-le"))) // UNITS[encoding]


def expected_offset(text: str, position: Position, encoding: Encoding) -> int:
    """The byte at *position*, found by counting characters one by one."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    if position.line >= len(lines):
        return len(text.encode())
    before = "".join(lines[: position.line])
    for character in lines[position.line].rstrip("\r\n"):
        if (
            width(before + character, encoding) - width("".join(lines[: position.line]), encoding)
            > position.column
        ):
            break
        before += character
    return len(before.encode())


@given(texts, positions, encodings)
def test_position_to_byte(text: str, position: Position, encoding: Encoding) -> None:
    """A position is the byte that counting characters finds: clamped to its line, rounded down in a character."""
    found = offset_of(text_of(text.encode()), position, encoding)
    assert found == expected_offset(text, position, encoding)


@given(texts, encodings)
def test_byte_to_position_and_back(text: str, encoding: Encoding) -> None:
    """Every byte that starts a character, and is not inside a line end, comes back as itself."""
    content = text_of(text.encode())
    at = 0
    for character in re.findall(r"\r\n|.", text, re.DOTALL):
        assert offset_of(content, position_of(content, at, encoding), encoding) == at
        at += len(character.encode())


@given(texts, encodings, st.integers(0, 60))
def test_byte_inside_a_character_is_its_start(text: str, encoding: Encoding, at: int) -> None:
    """A byte inside a character has the position of the character."""
    content = text.encode()
    at = min(at, len(content))
    start = len(content[:at].decode("utf-8", "ignore").encode())
    lines = text_of(content)
    assert position_of(lines, at, encoding) == position_of(lines, start, encoding)


@pytest.mark.parametrize(
    "encoding, column, n_bytes",
    [
        ("utf-8", 2, 1),
        ("utf-8", 5, 5),
        ("utf-16", 2, 1),
        ("utf-16", 3, 5),
        ("utf-32", 2, 5),
        ("utf-32", 9, 6),
    ],
)
def test_columns(encoding: Encoding, column: int, n_bytes: int) -> None:
    """One astral character is four, two or one columns wide."""
    assert bytes_before("a😀b".encode(), column, encoding) == n_bytes


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_bytes_that_are_not_utf8_do_not_raise(encoding: Encoding) -> None:
    """A line of any bytes has columns."""
    line = b"a\xff\xed\xa0\x80b"
    assert all(0 <= bytes_before(line, column, encoding) <= len(line) for column in range(9))
    assert all(0 <= columns_before(line, at, encoding) <= len(line) for at in range(9))


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    """JSON can spell what UTF-8 cannot; the text keeps its width in UTF-16."""
    assert utf8("a\ud83db") == "a\ufffdb".encode()
    assert utf8("\ud83d\ude00") == "😀".encode()


replacements = st.builds(
    lambda one, other, new: Replacement(min(one, other), max(one, other), new),
    positions,
    positions,
    st.lists(st.sampled_from(ALPHABET), max_size=3).map("".join),
)


@example(
    "",
    [Replacement(Position(2, 0), Position(2, 0), "\na"), Replacement(Position(2, 0), Position(2, 1), "")],
    "utf-8",
)
@given(texts, st.lists(st.none() | replacements, max_size=6), encodings)
def test_a_draft_is_the_text_edited_step_by_step(
    text: str, changes: list[Replacement | None], encoding: Encoding
) -> None:
    """Waiting edits land where they would if each were applied before the next is read."""
    draft = Draft(text_of(text.encode()), encoding)
    for change in changes:
        if change is None:
            text = "x\ry\n"
            draft.replace_all(text, 1)
        else:
            start = expected_offset(text, change.start, encoding)
            end = expected_offset(text, change.end, encoding)
            content = text.encode()
            text = (content[:start] + utf8(change.new) + content[end:]).decode()
            draft.replace(change, 1)
    assert edited(draft) == text


def test_a_range_that_ends_before_it_starts_is_turned() -> None:
    """Editors should not send it; it is no reason to fail."""
    draft = Draft(text_of(b"abc\n"), "utf-8")
    draft.replace(Replacement(Position(0, 2), Position(0, 1), "x"), 1)
    assert draft.edits[0].span.start == 1
    assert draft.edits[0].span.end == 2


def test_a_draft_does_not_take_what_is_far_away() -> None:
    """Two edits at the ends of a long file are not one window of all between."""
    draft = Draft(text_of(b"line\n" * 50_000), "utf-8")
    near = Replacement(Position(10, 0), Position(10, 0), "x")
    assert draft.takes(near)
    draft.replace(near, 1)
    assert draft.takes(near)
    assert not draft.takes(Replacement(Position(40_000, 0), Position(40_000, 0), "x"))


def edited(draft: Draft) -> str:
    content = draft._beneath.whole()
    for edit in draft.edits:
        content = content[: edit.span.start] + edit.new + content[edit.span.end :]
    return content.decode()
