"""Framing: whatever the pieces, the same messages."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.lsp.frames import Frames, framed


@given(st.lists(st.binary(max_size=20), max_size=5), st.lists(st.integers(0, 150), max_size=8))
def test_pieces_do_not_matter(bodies: list[bytes], cuts: list[int]) -> None:
    """Messages come out as they went in, wherever the stream was cut."""
    stream = b"".join(map(framed, bodies))
    ends = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    frames = Frames()
    came = [body for start, end in itertools.pairwise(ends) for body in frames.add(stream[start:end])]
    assert came == bodies


@pytest.mark.parametrize(
    "header",
    [
        b"content-length: 2",
        b"CONTENT-LENGTH:2",
        b"Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: 2",
        b"Content-Length: 2\r\nContent-Type: x",
    ],
)
def test_header_names_in_any_case_and_order(header: bytes) -> None:
    """Headers are as in HTTP: their names have no case."""
    assert list(Frames().add(header + b"\r\n\r\n{}")) == [b"{}"]


@pytest.mark.parametrize(
    "block", [b"Content-Length: two", b"Content-Length: -2", b"X: 1", b"Content-Length: 9" + b"9" * 20]
)
def test_a_block_without_a_length_is_skipped(block: bytes) -> None:
    """The message after it is read."""
    assert list(Frames().add(block + b"\r\n\r\n" + framed(b"{}"))) == [b"{}"]
