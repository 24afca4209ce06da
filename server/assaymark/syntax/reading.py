"""
A chunk, and what is read off it: its tree, its words.

Both are functions of the chunk, and made when they are first asked for: most chunks of most files hold
nothing that any rule looks for, and to parse them would be most of the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass, field
from assaymark.syntax import languages
from assaymark.syntax.words import words_of

if TYPE_CHECKING:
    from tree_sitter import Tree

    from assaymark.text import Chunk


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What is read off *chunk*; without a language, nothing."""

    chunk: Chunk
    language: str | None
    _tree: Tree | None = field(init=False, default=None)
    _words: frozenset[bytes] | None = field(init=False, default=None)
    _leaves_open: bool | None = field(init=False, default=None)

    @property
    def is_parsed(self) -> bool:
        """Whether anybody has asked for the tree."""
        return self._tree is not None

    @property
    def tree(self) -> Tree:
        tree = self._tree
        if tree is None:
            tree = _parsed(self.chunk, self.language)
            object.__setattr__(self, "_tree", tree)
        return tree

    @property
    def has_words(self) -> bool:
        """Whether anybody has asked for the words."""
        return self._words is not None

    @property
    def words(self) -> frozenset[bytes]:
        words = self._words
        if words is None:
            words = words_of(self.chunk.data) if self.language is not None else frozenset()
            object.__setattr__(self, "_words", words)
        return words

    @property
    def leaves_open(self) -> bool:
        """Whether what follows may belong to it: its text leaves something open, and its tree is broken."""
        known = self._leaves_open
        if known is None:
            known = not self._is_closed and (self.waits or self.tree.root_node.has_error)
            object.__setattr__(self, "_leaves_open", known)
        return known

    @property
    def waits(self) -> bool:
        """Whether it is nothing without what follows."""
        return self.language is not None and languages.adapter(self.language).waits(self.chunk.data)

    @property
    def _is_closed(self) -> bool:
        return self.language is None or languages.adapter(self.language).is_closed(self.chunk.data)


def _parsed(chunk: Chunk, language: str | None) -> Tree:
    if language is None:
        return languages.empty_tree()
    whole = languages.adapter(language).parsable(chunk.prefix + chunk.data)
    return languages.parser(language).parse(whole)
