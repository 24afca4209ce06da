"""
What the pages about removed guards say of real commits: every alarm, to be judged by hand.

    python tests/bench/removed.py REPOSITORY [COMMITS [RULE]]

Takes the newest COMMITS (200) of a git repository that change Python or JavaScript and merge nothing, and compares
each file with the one in the commit before. Prints commit, rule, file, line, scope and the line itself.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

from assaymark.analysis.removed import Change, removed_over
from assaymark.rules.loading import load

ENDINGS = (".py", ".js", ".jsx", ".mjs", ".cjs")


def main(repository: str, n_commits: int, rule: str) -> None:
    rules = load()
    if rule:
        rules = rules.selected([rule])
    alarms: Counter[str] = Counter()
    n_files, spent = 0, 0.0
    commits = _commits(repository, n_commits)
    for commit in commits:
        changes = list(_changes(repository, commit))
        n_files += len(changes)
        began = time.perf_counter()
        found = removed_over(changes, rules)
        spent += time.perf_counter() - began
        before = {change.path: change.before.decode(errors="replace").splitlines() for change in changes}
        for one in found:
            alarms[one.rule] += 1
            line = before[one.path][one.line - 1].strip()
            print(f"{commit[:10]} {one.rule} {one.path}:{one.line} {one.scope}\n    {line[:150]}")
    print(
        f"{len(commits)} commits, {n_files} files, {spent:.1f} s, {sum(alarms.values())} alarms: {dict(alarms)}"
    )


def _commits(repository: str, n_commits: int) -> list[str]:
    wanted = [f"*{ending}" for ending in ENDINGS]
    listed = _git(repository, "log", f"-{n_commits}", "--no-merges", "--format=%H", "--", *wanted)
    return listed.decode().split()


def _changes(repository: str, commit: str) -> Iterator[Change]:
    raw = _git(repository, "diff-tree", "-r", "--root", "--no-commit-id", "--no-renames", "-z", commit)
    fields = raw.decode(errors="surrogateescape").split("\0")
    for entry, path in zip(fields[::2], fields[1::2], strict=False):
        _, _, before, after, _ = entry.split()
        if path.endswith(ENDINGS):
            # Of a partial clone, large files may be missing.
            with contextlib.suppress(subprocess.CalledProcessError):
                yield Change(path, _blob(repository, before), _blob(repository, after))


def _blob(repository: str, name: str) -> bytes:
    return _git(repository, "cat-file", "blob", name) if name.strip("0") else b""


def _git(repository: str, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", repository, *arguments], check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200, "".join(sys.argv[3:4]))
