"""
Messages in a stream of bytes, as LSP frames them: a header block, an empty line, a body of that many bytes.

Invariants:
    Whatever the bytes are cut into, the bodies that come out are the same.
    Header names are read in any case; a header block without a usable length is skipped.
    Source: LSP 3.18, "Base Protocol".
"""

from __future__ import annotations

from collections.abc import Iterator

_END = b"\r\n\r\n"
# A length beyond this is a mistake or an attack, never a document.
_MOST = 1 << 30


class Frames:
    """What arrived and is not yet a whole message."""

    __slots__ = ("_arrived", "_length")

    def __init__(self) -> None:
        self._arrived = bytearray()
        self._length: int | None = None

    def add(self, data: bytes) -> Iterator[bytes]:
        """The bodies that *data* completes, in order."""
        self._arrived += data
        while (body := self._next()) is not None:
            yield body

    def _next(self) -> bytes | None:
        while self._length is None:
            end = self._arrived.find(_END)
            if end < 0:
                return None
            self._length = _length(bytes(self._arrived[:end]))
            del self._arrived[: end + len(_END)]
        if len(self._arrived) < self._length:
            return None
        body = bytes(self._arrived[: self._length])
        del self._arrived[: self._length]
        self._length = None
        return body


def framed(*parts: bytes) -> bytes:
    """*parts*, joined to a body, with the header that announces it; a large body is copied once."""
    header = b"Content-Length: %d\r\n\r\n" % sum(map(len, parts))
    return b"".join((header, *parts))


def _length(block: bytes) -> int | None:
    for line in block.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            length = int(value)
            return length if length <= _MOST else None
    return None
