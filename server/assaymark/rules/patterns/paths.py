"""
The dotted paths by which places are found.

A path that ends in a dot stands for itself and for all below it.
"""

from __future__ import annotations

from functools import lru_cache

# The name under which a star import binds: any name may come from it.
STAR = b"*"


@lru_cache(maxsize=4096)
def heads_of(path: str) -> tuple[str, ...]:
    """`a.b` and `a` for `a.b.c`."""
    names = path.split(".")
    return tuple(".".join(names[:end]) for end in range(len(names) - 1, 0, -1))


@lru_cache(maxsize=4096)
def names_of(path: str) -> frozenset[bytes]:
    """Every name in a path."""
    return frozenset(name.encode() for name in path.split(".") if name)


@lru_cache(maxsize=4096)
def last_of(path: str) -> bytes:
    """The last name of a path, whether it ends in a dot or not."""
    return path.rstrip(".").rpartition(".")[2].encode()
