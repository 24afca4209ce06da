"""
SHA-256, as the grammar of notes wants it, without what else `hashlib` brings along.

Invariant: the hash is the standard's, whoever computes it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        # A commit waits for this, and `hashlib` loads OpenSSL first.
        from _sha256 import sha256
    except ImportError:
        try:
            # Its name from Python 3.12 on.
            from _sha2 import sha256
        except ImportError:
            from hashlib import sha256


def is_hexadecimal(text: str) -> bool:
    """Whether *text* is digits of a hash alone, as we write them."""
    return not text.strip("0123456789abcdef")


def hashed(text: str) -> str:
    """The hash of *text*, 64 hexadecimal digits; what UTF-8 cannot hold of it counts as it is escaped."""
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def hashed_bytes(content: bytes) -> str:
    """The hash of *content*, 64 hexadecimal digits."""
    return sha256(content).hexdigest()
