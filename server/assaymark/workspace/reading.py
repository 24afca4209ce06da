"""
What a file holds: its bytes, and the text that they spell.

Invariants:
    Reading never raises, and never blocks on what is not a regular file.
    Nothing larger than the limit is read.
    A text is read as the language's own tools would read it, or a reason says why it is not.
"""

from __future__ import annotations

import errno
import os
import re
import stat

from assaymark.dataclass import dataclass

# PEP 263; the declaration stands in the first line, or in the second one after a comment or an empty line.
_COOKIE = rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)"
_NOT_CODE = rb"^[ \t\f]*(?:#|$)"
# These take quadratic time, or are not about the bytes of a text.
_REFUSED_CODECS = frozenset(("idna", "punycode", "undefined", "mbcs", "oem"))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why there is no text."""

    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """A text as UTF-8 without byte order mark, and how the file spells it."""

    content: bytes
    encoding: str = "utf-8"
    mark: bytes = b""

    def stored(self, content: bytes) -> bytes:
        """*content* as this file spells texts; UnicodeEncodeError when its encoding cannot."""
        if self.encoding == "utf-8":
            return self.mark + content
        return self.mark + content.decode().encode(self.encoding)


def read(place: str, max_bytes: int) -> bytes | Unreadable:
    """The bytes of the file *place*."""
    flags = (
        os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    )
    try:
        descriptor = os.open(place, flags)
    except OSError as error:
        return Unreadable(reason(error))
    try:
        return _read(descriptor, max_bytes)
    except OSError as error:
        return Unreadable(reason(error))
    finally:
        os.close(descriptor)


def decoded(raw: bytes, language: str | None) -> Source | Unreadable:
    """The text of *raw* as the language's own tools would read it."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Unreadable("UTF-16 or UTF-32; save it as UTF-8")
    if b"\0" in raw:
        return Unreadable("holds NUL bytes")
    if raw.startswith(b"\xef\xbb\xbf"):
        return _utf8(Source(raw[3:], mark=raw[:3]))
    encoding = _declared(raw) if language == "python" else "utf-8"
    return _utf8(Source(raw)) if encoding == "utf-8" else _transcoded(raw, encoding)


def too_large(max_bytes: int) -> Unreadable:
    """Why a file over the limit is not read."""
    return Unreadable(f"larger than the limit of {max_bytes:,} bytes")


def reason(error: OSError) -> str:
    match error.errno:
        case errno.ENOENT:
            return "not there any more"
        case errno.EACCES | errno.EPERM:
            return "may not be read"
        case errno.ELOOP:
            return "symbolic links in a loop"
        case _:
            return (error.strerror or type(error).__name__).lower()


def _read(descriptor: int, max_bytes: int) -> bytes | Unreadable:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return Unreadable("not a regular file")
    if status.st_size > max_bytes:
        return too_large(max_bytes)
    raw = os.read(descriptor, status.st_size + 1)
    # It grew, or its size is not told (/proc): on until the end or the limit.
    while len(raw) > status.st_size and len(raw) <= max_bytes:
        more = os.read(descriptor, max_bytes + 1 - len(raw))
        if not more:
            break
        raw += more
    return too_large(max_bytes) if len(raw) > max_bytes else raw


def _utf8(source: Source) -> Source | Unreadable:
    if source.content.isascii():
        return source
    try:
        source.content.decode()
    except UnicodeDecodeError:
        return Unreadable("not UTF-8")
    return source


def _declared(raw: bytes) -> str:
    """The encoding that the first two lines name, as Python reads them; UTF-8 when they name none."""
    # As nearly always; and expressions take longer to compile than this to read.
    if b"coding" not in raw[:1024]:
        return "utf-8"
    lines = re.split(rb"\r\n|\r|\n", raw[:1024], maxsplit=2)[:2]
    for line in lines:
        found = re.match(_COOKIE, line)
        if found:
            name = found[1].decode("ascii", "replace").lower().replace("_", "-")
            return "utf-8" if name == "utf-8" or name.startswith(("utf-8-", "utf8")) else name
        if not re.match(_NOT_CODE, line):
            break
    return "utf-8"


def _transcoded(raw: bytes, encoding: str) -> Source | Unreadable:
    if encoding in _REFUSED_CODECS:
        return Unreadable(f"declares the encoding {encoding}, which is not supported")
    try:
        return Source(raw.decode(encoding).encode(), encoding)
    except LookupError:
        return Unreadable(f"declares the encoding {encoding}, which Python does not know")
    except (UnicodeError, ValueError):
        return Unreadable(f"not {encoding}, the encoding it declares")
