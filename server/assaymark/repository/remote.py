"""
Notes on other machines: what is there, fetched and pushed.

Invariants:
    This is the only place that speaks to another machine, and only the commands that say so lead here.
    No setting of git's is written, and no refspec is added: what is fetched or pushed is named each time.
    Our own refs are never fetched into: what another machine has goes to a copy, and is merged from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.repository.git import GitError, run, run_online

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Rejected(GitError):
    """The other machine has notes that we do not have."""


def remotes(here: str) -> list[str]:
    """The names of the remotes that are configured."""
    return run(("remote",), here).decode("utf-8", "surrogateescape").split("\n")[:-1]


def usual(here: str) -> str | None:
    """The remote of the branch that is checked out; else origin, or the only one."""
    known = remotes(here)
    try:
        branch = run(("symbolic-ref", "--quiet", "--short", "HEAD"), here).decode("utf-8", "replace").strip()
        name = run(("config", "--get", f"branch.{branch}.remote"), here).decode("utf-8", "replace").strip()
    except GitError:
        name = ""
    candidates: tuple[str, ...] = (name, "origin", *(known if len(known) == 1 else ()))
    return next((candidate for candidate in candidates if candidate in known), None)


def copy_of(ref: str, remote: str) -> str:
    """The ref that holds what *remote* had at *ref* when it was last asked; git-ai names it alike."""
    return f"{ref}-remote/{remote}"


def fetched(remote: str, refs: Sequence[str], here: str) -> dict[str, str]:
    """
    The commits that *remote* has at *refs*; those that it does not have are left out.

    Effect: asks it, and brings what we lack into the copies of those refs.
    """
    out = run_online(("ls-remote", "--refs", remote, *refs), here).decode("ascii", "replace")
    there = {row[1]: row[0] for line in out.splitlines() if len(row := line.split()) == 2 and row[1] in refs}
    options = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
    if there:
        specs = (f"+{ref}:{copy_of(ref, remote)}" for ref in there)
        run_online((*options, "--no-auto-maintenance", remote, *specs), here)
    return there


def pushed(remote: str, tips: Mapping[str, str], here: str) -> None:
    """
    Effect: *remote* has these commits at these refs, and our copies know it. Raises Rejected, GitError.

    Nothing is forced: what it has and we do not is never taken away.
    """
    if not tips:
        return
    try:
        specs = (f"{commit}:{ref}" for ref, commit in tips.items())
        run_online(("push", "--quiet", "--no-verify", "--porcelain", remote, *specs), here)
    except GitError as error:
        said = str(error).lower()
        # The first line may only name where it was sent to.
        if "rejected" in said or "failed to push" in said or said.startswith("git push: to "):
            raise Rejected(str(error)) from error
        raise
    for ref, commit in tips.items():
        moved(copy_of(ref, remote), commit, None, here)


def moved(ref: str, commit: str, before: str | None, here: str) -> None:
    """Effect: *ref* is at *commit*; only if it was at *before*, unless that is None. Raises GitError."""
    run(("update-ref", ref, commit, *(() if before is None else (before,))), here)
