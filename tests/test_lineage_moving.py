"""What an edit says of itself, origins through formatters and renames, and whose a line is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.lineage.arrivals import came, is_typed, typed
from assaymark.lineage.lines import line_origins
from assaymark.lineage.tokens import reformatted, renamed
from assaymark.origin import Arrival, Author, Evidence, Origin, Run, joined, n_bytes_of, sliced

NOON = 1_700_000_000
TYPED = typed(NOON)
AGENT = Origin(Author.ai, Evidence.hook, tool="claude")
FORMATTER = Origin(Author.tool, Evidence.accept, tool="formatter")


@pytest.mark.parametrize(
    "key",
    ["a", "é", "\U0001f600", " ", "    ", "\t", "\n", "\n    ", "\r\n\t", "()", '""', "\n    \n", "\n# "],
)
def test_what_one_key_brings_is_typed(key: str) -> None:
    """A character, a closed pair, an indentation, a line end with what the editor puts behind it."""
    assert is_typed(key.encode())
    assert came(key.encode(), NOON) == (Run(len(key.encode()), TYPED),)


@pytest.mark.parametrize("bulk", ["ab", "x = 1", "print()", "\nx", "\n\n\n", "日本", "(x)"])
def test_what_comes_at_once_is_of_unknown_origin(bulk: str) -> None:
    """However short it is: input methods, dictation and completions look the same."""
    (run,) = came(bulk.encode(), NOON)
    assert (run.origin.author, run.origin.arrival) == (Author.unknown, Arrival.bulk)


def _runs(*rows: tuple[bytes, Origin]) -> tuple[bytes, tuple[Run, ...]]:
    return b"".join(text for text, _ in rows), joined([(Run(len(text), origin),) for text, origin in rows])


def _by_origin(data: bytes, runs: tuple[Run, ...]) -> list[tuple[bytes, Origin]]:
    found, at = [], 0
    for n_bytes, origin in runs:
        found.append((data[at : at + n_bytes], origin))
        at += n_bytes
    return found


def test_a_formatter_moves_tokens_with_their_origins() -> None:
    """What it adds is its own; blanks go with what stands before them."""
    old, runs = _runs((b"def f( a,b ):\n", AGENT), (b"  return a\n", TYPED))
    new = b"def f(\n    a,\n    b,\n):\n    return a\n"
    assert _by_origin(new, reformatted(old, runs, new, FORMATTER)) == [
        (b"def f(\n    a,\n    b", AGENT),
        (b",\n", FORMATTER),
        (b"):\n    ", AGENT),
        (b"return a\n", TYPED),
    ]


def test_a_formatter_that_sorts_lines_keeps_their_origins() -> None:
    """Lines that stand once on either side have moved."""
    old, runs = _runs((b"import yaml\n", AGENT), (b"import abc\n", TYPED))
    new = b"import abc\nimport yaml\n"
    assert _by_origin(new, reformatted(old, runs, new, FORMATTER)) == [
        (b"import abc\n", TYPED),
        (b"import yaml\n", AGENT),
    ]


def test_a_rename_keeps_the_origin_of_the_name() -> None:
    """The new name stands for the same thing."""
    old, runs = _runs((b"total", AGENT))
    assert renamed(old, runs, b"the_sum", FORMATTER) == (Run(7, AGENT),)
    assert reformatted(old, runs, b"the_sum", FORMATTER) == (Run(7, FORMATTER),)


CODE = st.lists(
    st.sampled_from([b"a", b"b", b"(", b")", b" ", b"\n", b"    ", b"name", b","]), max_size=15
).map(b"".join)


@given(CODE, CODE, st.integers(0, 40))
def test_what_a_formatter_made_is_covered_exactly(old: bytes, new: bytes, border: int) -> None:
    """Whatever it did; and no token becomes an agent's that was nobody's before."""
    border = min(border, len(old))
    runs = joined([(Run(border, AGENT),), (Run(len(old) - border, TYPED),)])
    for mapped in (reformatted(old, runs, new, FORMATTER), renamed(old, runs, new, FORMATTER)):
        assert n_bytes_of(mapped) == len(new)
    only_typed = joined([(Run(len(old), TYPED),)])
    authors = {run.origin.author for run in reformatted(old, only_typed, new, FORMATTER)}
    assert Author.ai not in authors


@given(CODE)
def test_formatting_nothing_changes_nothing(code: bytes) -> None:
    """The same tokens have the same origins."""
    half = len(code) // 2
    runs = joined([(Run(half, AGENT),), (Run(len(code) - half, TYPED),)])
    after = reformatted(code, runs, code, FORMATTER)
    for at, byte in enumerate(code):
        if not bytes((byte,)).isspace():
            assert sliced(after, at, at + 1) == sliced(runs, at, at + 1)


def test_a_line_that_two_wrote_is_of_both() -> None:
    """Byte by byte, blanks aside."""
    data, runs = _runs((b"x = load(", AGENT), (b"body", TYPED), (b")\n\n", AGENT), (b"y\n", TYPED))
    first, blank, second, end = line_origins(data, runs)
    assert [(part.origin, part.n_bytes) for part in first.parts] == [(AGENT, 8), (TYPED, 4)]
    assert first.is_ai
    assert first.is_mixed
    assert (blank.parts, blank.first, end.parts) == ((), None, ())
    assert second.first == TYPED


def test_a_line_with_one_word_of_an_agent_is_its() -> None:
    """A word can be the flaw; a bracket that is left of it is none."""
    data, runs = _runs(
        (b"yaml.", TYPED), (b"load", AGENT), (b"(body)\nx = (1", TYPED), (b")", AGENT), (b"\n", TYPED)
    )
    first, second, _ = line_origins(data, runs)
    assert (first.is_ai, second.is_ai) == (True, False)
    assert first.first == AGENT
