"""
What the chunks of a file tell each other: the names that its module binds.

Invariants:
    The facts of a file are a function of its chunks' facts, whatever their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass, field
from assaymark.syntax import languages
from assaymark.syntax.bindings import Binding, Bindings, merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from assaymark.syntax.cut import Piece


@dataclass(frozen=True, slots=True)
class Facts:
    """
    The bindings of the module's names; *aliases* the names bound to each imported path.

    A path that ends in a dot stands for itself and all below it; `*` is bound there by a star import.
    *aliases* is made from *bindings*.
    """

    bindings: Bindings = field(default_factory=dict)
    aliases: Mapping[str, frozenset[bytes]] = field(default_factory=dict)


def piece_bindings(piece: Piece, language: str) -> Bindings:
    """What one chunk binds at the module's level; read off its text where that tells."""
    adapter = languages.adapter(language)
    stated = adapter.stated(piece.chunk.data, is_member=bool(piece.chunk.prefix))
    if stated is not None:
        return stated
    root, n_prefix = piece.tree.root_node, len(piece.chunk.prefix)
    if b"global" in piece.chunk.data:
        return adapter.scopes(root, n_prefix).of[0]
    return adapter.top_level(root, n_prefix)


def advanced(
    before: Facts, removed: Iterable[Bindings], added: Iterable[Bindings]
) -> tuple[Facts, frozenset[str]]:
    """The facts after chunks went and came, and the names whose bindings came out different."""
    gone, come = _united(removed), _united(added)
    bindings, changed = merged(before.bindings, gone, come)
    if not changed:
        return before, changed
    return Facts(bindings, aliases_of(bindings)), changed


def facts_of(pieces: Iterable[Piece], language: str) -> Facts:
    return advanced(Facts(), (), (piece_bindings(piece, language) for piece in pieces))[0]


def _united(several: Iterable[Bindings]) -> Bindings:
    tables = list(several)
    if len(tables) == 1:
        return tables[0]
    united: dict[str, list[Binding]] = {}
    for table in tables:
        for name, ways in table.items():
            united.setdefault(name, []).extend(ways)
    return {
        name: tuple(sorted(ways, key=repr)) if len(ways) > 1 else tuple(ways) for name, ways in united.items()
    }


def aliases_of(bindings: Bindings) -> dict[str, frozenset[bytes]]:
    """The names that are bound to each imported path, and to what is below it."""
    table: dict[str, set[bytes]] = {}
    for name, ways in bindings.items():
        for binding in ways:
            if binding.kind in ("import", "star"):
                if binding.kind == "import":
                    table.setdefault(binding.path, set()).add(name.encode())
                for above in _above(binding.path):
                    table.setdefault(above, set()).add(name.encode())
    return {path: frozenset(names) for path, names in table.items()}


def _above(path: str) -> Iterator[str]:
    """`a.b.`, `a.` for `a.b`: nothing for a relative path."""
    while path and not path.startswith("."):
        yield f"{path}."
        path = path.rpartition(".")[0]
