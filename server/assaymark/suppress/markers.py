"""The words by which a comment that silences is told from all others, before any is read."""

from __future__ import annotations

# The word that opens a comment of ours.
OWN = b"assaymark"
# Every comment that silences holds one of them.
MARKERS = frozenset((OWN, b"nosec", b"noqa", b"NOQA", b"nosem", b"nosemgrep", b"NOSEMGREP"))
