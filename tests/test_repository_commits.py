"""What a commit added, which commit a line is from, and when two changes do the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from assaymark.repository import blame, objects
from assaymark.repository.commits import Change, changes, commits, listed, patch
from assaymark.repository.git import GitError
from git_world import World, isolated, made


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path)
    return made(tmp_path / "repository")


def added(world: World, name: str = "HEAD") -> dict[str, tuple[tuple[int, int], ...]]:
    return {change.path: change.added for change in changed(world, name)}


def changed(world: World, name: str = "HEAD") -> tuple[Change, ...]:
    commit = objects.commit_id(name, world.here)
    return changes(commits([commit], world.here)[commit], world.here)


def numbered(*numbers: int) -> str:
    return "".join(f"line {n}\n" for n in numbers)


def test_what_a_commit_says(world: World) -> None:
    """Its people, its time, its parents and its message, as they stand in it."""
    one = world.commit("Subject\n\nBody é\n\nMade-with: Cursor", a="1")
    other = world.commit(a="2")
    found = commits([one, "1" * 40, other], world.here)
    assert list(found) == [one, other]
    assert found[one].message == "Subject\n\nBody é\n\nMade-with: Cursor\n"
    assert (found[one].parents, found[other].parents) == ((), (one,))
    assert found[one].author == found[one].committer == "A <a@example.org>"
    assert found[one].time > 0


def test_lines_that_came(world: World) -> None:
    """Of new, changed and renamed files; what only moved with its file did not come."""
    world.commit(a=numbered(*range(1, 30)), b="1\n2\n3\n", gone="x")
    assert added(world) == {"a.py": ((1, 29),), "b.py": ((1, 3),), "gone.py": ((1, 1),)}
    world.git("mv", "a.py", "d é\tx.py")
    (world.root / "gone.py").unlink()
    world.write("d é\tx.py", numbered(0, *range(1, 10), *range(11, 30)) + "end")
    world.commit(b="1\nnew\n3\n", empty="")
    assert added(world) == {"d é\tx.py": ((1, 1), (30, 30)), "b.py": ((2, 2),), "empty.py": ()}
    assert {change.before for change in changed(world)} == {"a.py", "b.py", None}


def test_what_has_no_lines(world: World) -> None:
    """Binary files have none; links and submodules are no files; what becomes a file comes whole."""
    world.write("binary", b"\0\1")
    (world.root / "link").symlink_to("a.py")
    world.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    world.commit(a="1\n")
    assert added(world) == {"a.py": ((1, 1),), "binary": ()}
    (world.root / "link").unlink()
    world.write("link", "1\n2\n")
    world.commit(b="@@ -1 +1,9 @@\ndiff --git a b\n")
    assert added(world) == {"link": ((1, 2),), "b.py": ((1, 2),)}


def test_a_merge_adds_only_what_neither_side_has(world: World) -> None:
    """That is how a conflict was resolved."""
    world.commit(a="1\n2\n3\n", b="1\n")
    world.git("checkout", "-q", "-b", "side")
    world.commit(a="1\nside\n3\n", c="side\n")
    world.git("checkout", "-q", "main")
    world.commit(a="1\nmain\n3\n", b="main\n")
    world.git("merge", "-q", "side", check=False)
    world.commit(a="1\nmain\nboth\nside\n3\n")
    assert {path: lines for path, lines in added(world).items() if lines} == {"a.py": ((3, 3),)}


def test_the_same_change_elsewhere(world: World) -> None:
    """A rebased change is the same, whatever stands around it; another line makes it another."""
    base = world.commit(a=numbered(*range(9)))
    one = world.commit(a=numbered(*range(8)) + "new\n")
    world.git("checkout", "-q", base)
    upstream = world.commit(a="other\n" + numbered(*range(7), 77, 8))
    same = world.commit(a="other\n" + numbered(*range(7), 77) + "new\n")
    world.git("checkout", "-q", upstream)
    different = world.commit(a="other\n" + numbered(*range(7), 77) + "newer\n")
    here = world.here
    assert patch(base, one, here) == patch(upstream, same, here) != patch(upstream, different, here)
    assert patch(None, base, here) != patch(None, upstream, here)


def test_commits_in_order(world: World) -> None:
    """The oldest first; of too many the newest."""
    ids = [world.commit(str(n)) for n in range(4)]
    assert listed([ids[3]], [ids[0]], world.here, 10) == ids[1:]
    assert listed([ids[3]], [], world.here, 2) == ids[2:]


def test_a_name_that_a_person_types_is_a_commit_or_an_error(world: World) -> None:
    """Nothing that is typed becomes an option."""
    one = world.commit(a="1")
    world.git("tag", "-a", "-m", "x", "tag")
    assert objects.commit_id("tag", world.here) == one
    for name in ("--all", "nothing", "HEAD:a.py", "-h", ""):
        with pytest.raises(GitError, match="git knows no commit"):
            objects.commit_id(name, world.here)


def test_objects_that_are_not_there(world: World) -> None:
    """They have no text; a name with a line end is none."""
    one = world.commit(a="1")
    assert objects.texts([f"{one}:a.py", f"{one}:b c.py", "a\nb", f"{one}:a.py"], world.here, 10) == [
        *(b"1", None, None, b"1")
    ]
    assert objects.texts([f"{one}:a.py"], world.here, 0) == [None]


def test_whose_lines(world: World) -> None:
    """Each line has the commit that added it, and its path and number there."""
    path = 'with "quotes" \\ and é\t.py'
    world.write(path, numbered(*range(20)))
    one = world.commit()
    world.git("mv", path, "now.py")
    two = world.commit(now="first\n" + numbered(*range(20)) + "\tlast\n")
    assert blame.blamed(two, "now.py", world.here) == [
        blame.Blamed(two, "now.py", 1),
        *(blame.Blamed(one, path, n) for n in range(1, 21)),
        blame.Blamed(two, "now.py", 22),
    ]
    with pytest.raises(GitError):
        blame.blamed(two, "nothing.py", world.here)


def test_blame_is_not_configured(world: World) -> None:
    """A list of commits to pass over, or a text conversion, would make lines another commit's."""
    world.commit(a="1\n")
    two = world.commit(a="2\n")
    world.write("skip", two)
    world.write(".git/info/attributes", "* diff=d\n")
    world.git("config", "blame.ignoreRevsFile", "skip")
    world.git("config", "diff.d.textconv", "touch ran; cat")
    assert blame.blamed(two, "a.py", world.here) == [blame.Blamed(two, "a.py", 1)]
    assert not (world.root / "ran").exists()


def test_the_edge_of_a_shallow_clone(world: World, tmp_path: Path) -> None:
    """Its last commit seems to have added everything."""
    world.commit(a="1\n")
    two = world.commit(a="1\n2\n")
    world.git("clone", "-q", "--depth", "1", f"file://{world.here}", str(tmp_path / "clone"))
    assert blame.edge(str(tmp_path / "clone" / ".git")) == {two}
    assert blame.edge(str(world.root / ".git")) == frozenset()
