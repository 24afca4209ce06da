"""
How SQLite keeps its transactions, by what the ledger's folder lies on.

Invariant: a write-ahead log is shared memory between processes, so it is used only where all of those run on
one machine; elsewhere a rollback journal is slower and right.
"""
# Paths stay strings.
# ruff: noqa: PTH123

from __future__ import annotations

import os
import sys

from assaymark.tuples import NamedTuple

_REMOTE = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "ceph", "glusterfs", "lustre", "beegfs"),
        # Windows' disks in WSL, and folders of the host in a virtual machine.
        *("9p", "v9fs", "drvfs", "virtiofs", "vboxsf", "vmhgfs", "prl_fs"),
    )
)


class Journal(NamedTuple):
    """SQLite's name of a *mode*, and the *reason* for it."""

    mode: str
    reason: str


def journal_of(folder: str) -> Journal:
    """The journal for a database in *folder*."""
    if sys.platform == "win32":
        return _on_windows(folder)
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as opened:
            kind = kind_of_file_system(opened.read(), os.path.realpath(folder))
    except OSError:
        return Journal("wal", "what the folder lies on is not known here, and counts as local")
    if kind in _REMOTE or kind.startswith("fuse"):
        return Journal("delete", f"the folder lies on {kind}, which other machines may write to")
    return Journal("wal", f"the folder lies on {kind or 'a local file system'}")


def kind_of_file_system(mounts: str, folder: str) -> str:
    """The type of the file system that *folder* lies on, by the *mounts* of proc_pid_mountinfo(5)."""
    found, longest = "", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        place = _spelled(fields[4]) if len(fields) > 4 else ""
        # What was mounted last hides what was mounted there before.
        if (folder + "/").startswith(place.rstrip("/") + "/") and len(place) >= longest:
            found, longest = after.split(" ")[0], len(place)
    return found


def _spelled(field: str) -> str:
    for escape, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(escape, char)
    return field


def _on_windows(folder: str) -> Journal:
    if folder.startswith(("\\\\", "//")):
        return Journal("delete", "the folder lies on a network share")
    return Journal("wal", "the folder lies on a drive of this machine")
