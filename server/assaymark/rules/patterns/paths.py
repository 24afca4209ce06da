"""
The dotted paths by which places are found.

A path that ends in a dot stands for itself and for all below it.
"""

from __future__ import annotations

from functools import lru_cache

# The name under which a star import binds: any name may come from it.
STAR = b"*"


@lru_cache(maxsize=4096)
def last_of(path: str) -> bytes:
    """The last name of a path, whether it ends in a dot or not."""
    return path.rstrip(".").rpartition(".")[2].encode()
