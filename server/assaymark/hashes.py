"""Hashes of texts and bytes, without what else `hashlib` brings along: it loads OpenSSL first (2026-11)."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

_MOST = 64


def blake(content: bytes, n_bytes: int = _MOST) -> str:
    """The BLAKE2b hash of *content*, twice *n_bytes* hexadecimal digits."""
    return blake2b(content, digest_size=n_bytes).hexdigest()
