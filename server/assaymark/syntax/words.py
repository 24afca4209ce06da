"""
The words of a text: all that a name in its tree can be.

Invariants:
    Every word is a run of the text's own bytes.
    The words of a text are those of its lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_WORDS = frozenset(byte for byte in range(256) if byte >= 0x80 or bytes((byte,)).isalnum() or byte == 0x5F)
DIGITS = frozenset(b"0123456789")
# Everything that is not part of a word becomes a blank.
TO_WORDS = bytes(byte if byte in IN_WORDS else 0x20 for byte in range(256))
# Words that start with a digit sort before this.
_BEHIND_DIGITS = b":"
_ASCII_WORDS = regex(rb"[0-9A-Za-z_]+")
_UNICODE_WORDS = regex(r"[^\W\d]\w*")
_ASCII = bytes(range(0x80))
_FIRST_LEAD = 0xC2


def words_of(data: bytes) -> frozenset[bytes]:
    """
    Every word of *data*, those of strings and comments included: all that a name in its tree can be.

    A run of letters and digits is a word, and some runs hold more: a grammar reads a number and a name in
    ``5eval``, and a name beside a quotation mark that is no ASCII. The bytes that open characters which are
    no ASCII are words too: by them a rule about such characters is found.
    """
    runs = frozenset(data.translate(TO_WORDS).split())
    odd = [run for run in runs if run < _BEHIND_DIGITS and not run.isdigit()]
    if not data.isascii():
        odd += [run for run in runs if not run.isascii()]
        runs |= {bytes((byte,)) for byte in set(data.translate(None, _ASCII)) if byte >= _FIRST_LEAD}
    return runs.union(word for run in odd for word in _inner_words(run)) if odd else runs


def _inner_words(run: bytes) -> Iterator[bytes]:
    """The names that a run may hold beside a number, or beside what is not ASCII."""
    for part in _ASCII_WORDS.findall(run):
        yield part
        # No number that anybody writes is longer.
        yield from (part[at:] for at in range(1, min(len(part), 64)) if part[at] not in DIGITS)
    yield from (word.encode() for word in _UNICODE_WORDS.findall(run.decode(errors="replace")))
