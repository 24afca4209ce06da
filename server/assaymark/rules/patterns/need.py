"""
What a formula needs to match at all: the words and paths of which some must occur.

Found out when a rule is compiled (`needs`), and read where rules are asked; that is why it stands by itself.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from assaymark.rules.patterns.record import record

Reach: TypeAlias = Literal["chunk", "file"]


@record
class Alternative:
    """
    One way to match.

    *words* all occur, as whole words, in the chunk (for reach "file": in the chunks that take part together).
    For each of *paths*, its last name or a name that an import binds to it occurs there (for a path that ends
    in a dot: to it or to what is below it); all its names are in the file. Of each of *texts*, one occurs in
    some word there, upper and lower case aside; each of the regular expressions *sought* is found there, and
    each of *in_bytes* in its bytes.
    """

    words: frozenset[bytes]
    paths: frozenset[str]
    texts: frozenset[frozenset[bytes]] = frozenset()
    sought: frozenset[str] = frozenset()
    in_bytes: frozenset[str] = frozenset()


@record
class Needs:
    """
    When a formula has to be asked.

    An alternative without words and paths always holds. *reach* is "file" when statements of several chunks
    may have to be seen together; then a chunk takes part when it holds one of *vocabulary*, or an alias of
    one of *aliased*; when the vocabulary is None, every chunk does.
    """

    alternatives: tuple[Alternative, ...]
    reach: Reach
    vocabulary: frozenset[bytes] | None
    aliased: frozenset[str] = frozenset()
