"""
Signatures as git makes them with SSH keys, for texts that are no commits.

Invariants:
    Only `ssh-keygen` is run, with the key that git is configured with; no program that a repository names is.
    What cannot be verified is no good signature: without the program, or a file of allowed keys, none is.
"""
# Paths stay strings, as everywhere in this room.
# ruff: noqa: PTH111, PTH113, PTH118, PTH123

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from functools import lru_cache

from assaymark.lineage.reviews import Signature
from assaymark.repository.git import GitError, run

NAMESPACE = "assaymark"
_SECONDS = 60
_LONGEST = 65_536


class NotSigned(Exception):
    """Nothing could be signed; the text says why, and what to do."""


def signs_commits(here: str) -> bool:
    """Whether git is told to sign commits with an SSH key."""
    wants = _configured("commit.gpgsign", here, "--type=bool") == "true"
    return wants and _configured("gpg.format", here) == "ssh" and bool(_configured("user.signingkey", here))


def signed(texts: Sequence[str], here: str) -> list[str]:
    """The signature of each of *texts*. Effect: may ask for the key's password. Raises NotSigned."""
    key = _configured("user.signingkey", here)
    if _configured("gpg.format", here) != "ssh" or not key:
        msg = (
            "git is not configured to sign with an SSH key; set gpg.format to ssh and user.signingkey to a"
            " key, or add --no-sign"
        )
        raise NotSigned(msg)
    with tempfile.TemporaryDirectory(prefix="assaymark-") as folder:
        options = _key(key, folder)
        files = [_written(os.path.join(folder, str(n)), text.encode()) for n, text in enumerate(texts)]
        done = _asked(["-Y", "sign", "-n", NAMESPACE, *options, *files])
        if done is None or done.returncode:
            said = "" if done is None else done.stderr.decode("utf-8", "replace").strip()
            msg = f"ssh-keygen did not sign: {said.splitlines()[-1] if said else 'it was not found on PATH'}"
            raise NotSigned(msg)
        return [_read(f"{file}.sig") for file in files]


def verified(text: str, signature: str, here: str) -> Signature:
    """What is known of the *signature* of *text*."""
    if not signature:
        return Signature.none
    return _verified(text, signature, _allowed(here))


@lru_cache(maxsize=1024)
def _verified(text: str, signature: str, allowed: tuple[str, int, int] | None) -> Signature:
    given = text.encode("utf-8", "surrogatepass")
    with tempfile.TemporaryDirectory(prefix="assaymark-") as folder:
        file = _written(os.path.join(folder, "signature"), signature.encode("utf-8", "replace"))
        checked = _asked(["-Y", "check-novalidate", "-n", NAMESPACE, "-s", file], given)
        if checked is None:
            return Signature.unknown_key
        if checked.returncode:
            return Signature.bad
        for principal in _principals(file, allowed):
            words = ["-Y", "verify", "-n", NAMESPACE, "-f", allowed[0] if allowed else "", "-I", principal]
            done = _asked([*words, "-s", file], given)
            if done is not None and not done.returncode:
                return Signature.good
    return Signature.unknown_key


def _principals(file: str, allowed: tuple[str, int, int] | None) -> list[str]:
    """Whose the key of a signature may be."""
    if allowed is None:
        return []
    done = _asked(["-Y", "find-principals", "-f", allowed[0], "-s", file])
    said = done.stdout.decode("utf-8", "replace") if done is not None and not done.returncode else ""
    # A name that looked like an option would be one.
    return [one for one in said.splitlines() if one and not one.startswith("-")]


def _allowed(here: str) -> tuple[str, int, int] | None:
    """The file of keys that are known, and what is another when it is."""
    file = _configured("gpg.ssh.allowedSignersFile", here, "--type=path")
    if not file:
        return None
    place = os.path.join(here, file)
    try:
        status = os.stat(place)  # noqa: PTH116
    except OSError:
        return None
    return place, status.st_mtime_ns, status.st_size


def _key(key: str, folder: str) -> list[str]:
    """The options that name *key*, which git takes as a file, or as the public key itself."""
    literal = key.removeprefix("key::")
    if literal == key and not key.startswith("ssh-"):
        return ["-f", os.path.expanduser(key)]
    # The agent of SSH has the other half.
    return ["-U", "-f", _written(os.path.join(folder, "key.pub"), f"{literal}\n".encode())]


def _asked(words: list[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes] | None:
    program = _program()
    if program is None:
        return None
    try:
        return subprocess.run(
            [program, *words], input=given, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _program() -> str | None:
    """`ssh-keygen` on PATH; never one in the current folder."""
    name = "ssh-keygen.exe" if os.name == "nt" else "ssh-keygen"
    for folder in os.get_exec_path():
        place = os.path.join(folder, name)
        if os.path.isabs(place) and os.access(place, os.X_OK) and os.path.isfile(place):  # noqa: PTH117
            return place
    return None


def _configured(name: str, here: str, *options: str) -> str:
    try:
        return run(("config", *options, "--get", name), here).decode("utf-8", "replace").strip()
    except GitError:
        return ""


def _written(file: str, content: bytes) -> str:
    with open(file, "wb") as opened:
        opened.write(content)
    os.chmod(file, 0o600)  # noqa: PTH101
    return file


def _read(file: str) -> str:
    with open(file, "rb") as opened:
        return opened.read(_LONGEST).decode("ascii", "replace")
