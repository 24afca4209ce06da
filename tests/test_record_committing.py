"""What the ledger knows becomes notes at the commit: of the lines that were committed, and of no others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assaymark.ledger.events import Change, Committed, Edited, Saved, stamp
from assaymark.ledger.store import opened
from assaymark.lineage import evidence, gitai
from assaymark.origin import STANDING, Author, Evidence, Origin, Run, covering
from assaymark.repository import notes
from assaymark.repository.child import CAN_START
from assaymark.repository.place import place_of
from git_world import World, assaymark, attest, hooked, isolated, made, text, who

AI = Origin(Author.ai, Evidence.hook, "claude", "opus", "conversation-7", "prompt-9", time=1_763_100_000)
TYPED = Origin(Author.human, Evidence.typed, time=1_763_100_000)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path)
    monkeypatch.setenv("ASSAYMARK_TRACEBACK", "1")
    world = made(tmp_path / "repository")
    hooked(world)
    return world


def n_equal(one: bytes, other: bytes) -> int:
    pairs = zip(one, other, strict=False)
    return next((n for n, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def change(world: World, path: str, after: str | bytes, origin: Origin = AI) -> None:
    """Effect: *path* has another content, which differs in one piece, and that came from *origin*."""
    new = after.encode() if isinstance(after, str) else after
    old = world.read(path) if (world.root / path).exists() else b""
    start = n_equal(old, new)
    end = n_equal(old[start:][::-1], new[start:][::-1])
    world.write(path, new)
    with opened(place_of(world.here).store) as ledger:
        secret = ledger.secret
        if ledger.state_by_digest(path, secret.digest(old)) is None:
            runs = ledger.state(path, old) or covering(len(old), STANDING)
            ledger.record([Saved(*stamp("server"), path, secret.digest(old), runs, secret.outline(old))])
        edit = Change(start, len(old) - end, len(new) - end - start)
        digests = (secret.digest(old), secret.digest(new))
        outline = secret.outline(new)
        ledger.record([Edited(*stamp("hook"), path, origin, *digests, (edit,), len(new), outline)])


def commit(world: World, *options: str) -> str:
    """What was said. Effect: a commit, with hooks."""
    return world.git("commit", "-q", "-m", "x", *options, stderr=True)


def ours(world: World, path: str = "a.py", ref: str = "HEAD") -> dict[int, dict[str, object]]:
    """The evidence of each line."""
    note = gitai.read(world.note(ref, notes.OURS))
    return {
        line: evidence.record_of(note, piece.key)
        for piece in note.pieces(path)
        for line in range(piece.first, piece.last + 1)
    }


def letters(world: World, path: str = "a.py", ref: str = "HEAD") -> str:
    return who(world, path, ref).replace("claude", "c")


def test_what_an_agent_wrote(world: World) -> None:
    """Both notes name its lines: the session in one, the evidence in the other."""
    world.commit(a=text("old", "end"))
    change(world, "a.py", text("old", "one", "two", "end"))
    assert commit(world, "-a") == ""
    assert letters(world) == ".cc."
    note = gitai.read(world.note())
    assert note.problems == ()
    assert note.records["schema_version"] == "authorship/3.0.0"
    assert note.records["base_commit_sha"] == world.head
    day = {"author": "ai", "evidence": "hook", "tool": "claude", "model": "opus", "date": "2025-11-14"}
    session = gitai.keyed(AI)[0].partition("::")[0]
    assert ours(world) == {2: {**day, "session": session}, 3: {**day, "session": session}}


def test_no_note_tells_a_conversation_or_a_person(world: World) -> None:
    """Neither the name of the conversation, what was asked, nor who committed."""
    world.commit(a=text("old"))
    change(world, "a.py", text("old", "one"))
    commit(world, "-a")
    both = world.note() + world.note(ref=notes.OURS)
    assert not [
        word for word in ("conversation-7", "prompt-9", "a@example.org", "one", '"A"') if word in both
    ]


def test_only_what_was_staged(world: World) -> None:
    """The rest of the work tree waits for its own commit."""
    world.commit(a=text(*"abcdefgh"))
    change(world, "a.py", text("one", *"abcdefgh"))
    world.git("add", "-A")
    change(world, "a.py", text("one", *"abcdefgh", "two"))
    commit(world)
    assert letters(world) == "c" + "." * 8
    assert set(ours(world)) == {1}
    commit(world, "-a")
    assert letters(world) == "c" + "." * 8 + "c"
    assert set(ours(world)) == {10}


def test_a_hunk_of_several(world: World) -> None:
    """A content that never stood on the disk is told by its lines."""
    world.commit(a=text(*"abcdefgh"))
    change(world, "a.py", text("one", *"abcdefgh"))
    change(world, "a.py", text("one", *"abcdefgh", "typed"), TYPED)
    change(world, "a.py", text("one", *"abcd", "two", *"efgh", "typed"))
    # As `git add -p` does with the second of three hunks.
    whole = world.read("a.py")
    world.write("a.py", text(*"abcd", "two", *"efgh"))
    world.git("add", "a.py")
    world.write("a.py", whole)
    commit(world)
    assert letters(world) == "....c...."
    commit(world, "-a")
    assert letters(world) == "c....c....."


def test_what_a_person_typed(world: World) -> None:
    """Our note says so, of no person; git-ai's says nothing."""
    world.commit(a=text("old"))
    change(world, "a.py", text("old", "one"), TYPED)
    commit(world, "-a")
    assert world.note() == ""
    assert ours(world) == {2: {"author": "human", "evidence": "typed", "date": "2025-11-14"}}


def test_a_line_that_both_wrote(world: World) -> None:
    """It is the session's in git-ai's note, and mixed in ours."""
    world.commit(a=text("old"))
    change(world, "a.py", text("old", "value = compute(1)"))
    change(world, "a.py", text("old", "value = compute(1, deadline)"), TYPED)
    commit(world, "-a")
    assert letters(world) == ".c"
    assert ours(world)[2]["mixed"] == ["human"]


def test_a_line_that_nobody_saw_change(world: World) -> None:
    """What another editor changed is unknown, and in no note."""
    world.commit(a=text("old"))
    change(world, "a.py", text("old", "one", "two"))
    world.write("a.py", text("old", "ONE", "two", "three"))
    commit(world, "-a")
    assert letters(world) == "..c."
    assert set(ours(world)) == {3}


def test_a_blank_line_within(world: World) -> None:
    """It parts no range."""
    world.commit(a=text("old"))
    change(world, "a.py", text("old", "one", "", "two", ""))
    commit(world, "-a")
    assert [entry.spelled for entry in gitai.read(world.note()).files["a.py"]] == ["2-4"]


def test_amend_knows_better_than_the_old_note(world: World) -> None:
    """A line that somebody typed anew, letter for letter, is not the agent's any more."""
    world.commit(a=text("old"))
    world.commit(a=text("old", "one", "two"))
    attest(world, "x 2-3")
    change(world, "a.py", text("old", "two"), TYPED)
    change(world, "a.py", text("old", "one", "two"), TYPED)
    world.git("commit", "-q", "-a", "--amend", "-m", "y", "--allow-empty")
    assert who(world) == "..x"


def test_stash(world: World) -> None:
    """What comes back from a stash is whose it was."""
    world.commit(a=text("old"))
    change(world, "a.py", text("old", "one"))
    world.git("stash", "-q")
    world.write("b.py", text("other"))
    world.git("add", "b.py")
    commit(world)
    world.git("stash", "pop", "-q")
    commit(world, "-a")
    assert letters(world) == ".c"


@pytest.mark.parametrize("kind", ["--soft", "--mixed"])
def test_reset(world: World, kind: str) -> None:
    """Lines of a commit that was taken back are whose they were."""
    world.commit(a=text("old"))
    change(world, "a.py", text("old", "one"))
    commit(world, "-a")
    world.git("reset", "-q", kind, "HEAD^")
    change(world, "a.py", text("old", "one", "typed"), TYPED)
    commit(world, "-a")
    assert letters(world) == ".c."
    assert ours(world)[3]["author"] == "human"


def test_cherry_pick_without_a_commit(world: World) -> None:
    """The ledger knows the lines, wherever they are put."""
    world.commit(a=text(*"abcdefgh"))
    world.git("checkout", "-q", "-b", "side")
    change(world, "a.py", text(*"abcdefgh", "one"))
    commit(world, "-a")
    world.git("checkout", "-q", "main")
    world.commit(a=text("new", *"abcdefgh"))
    world.git("cherry-pick", "-n", "side")
    commit(world)
    assert letters(world) == "." * 9 + "c"


def test_a_conflict_that_an_agent_resolved(world: World) -> None:
    """Of a merge commit, only what neither side has."""
    world.commit(a=text("a", "b"))
    world.git("checkout", "-q", "-b", "side")
    world.commit(a=text("a", "side"))
    world.git("checkout", "-q", "main")
    world.commit(a=text("a", "main"))
    world.git("merge", "-q", "side", check=False)
    change(world, "a.py", text("a", "main", "one", "side"))
    commit(world, "-a")
    assert letters(world) == "..c."
    assert set(ours(world)) == {3}


def test_a_renamed_and_changed_file(world: World) -> None:
    """Its lines are known by its old name."""
    world.commit(a=text(*"abcdefgh"))
    change(world, "a.py", text(*"abcdefgh", "one"))
    world.git("mv", "a.py", "b.py")
    world.write("b.py", text(*"abcdefgh", "one", "two"))
    commit(world, "-a")
    assert letters(world, "b.py") == "." * 8 + "c."


def test_line_ends_that_git_changes(world: World) -> None:
    """The content that is committed never stood on the disk."""
    world.git("config", "core.autocrlf", "true")
    world.write("a.py", "old\r\n")
    world.commit()
    change(world, "a.py", "old\r\none\r\n")
    commit(world, "-a")
    assert letters(world) == ".c"


def test_lines_are_counted_as_git_does(world: World) -> None:
    """Other line ends, page feeds and bytes of no text end no line."""
    world.commit(a="")
    change(world, "a.py", b"1\r2\n\x0c\xff\xe2\x80\xa8\none")
    commit(world, "-a")
    assert [entry.spelled for entry in gitai.read(world.note()).files["a.py"]] == ["1-3"]
    assert letters(world) == "ccc"


def test_squash_brings_origins_back_to_the_work_tree(world: World) -> None:
    """Before it is committed, the ledger knows what the notes of the branch say."""
    world.commit(a=text("a"), other="1")
    world.git("checkout", "-q", "-b", "side")
    world.commit(a=text("a", "one"))
    attest(world, "x 2")
    world.git("checkout", "-q", "main")
    change(world, "other.py", text("2"))
    commit(world, "-a")
    world.git("merge", "-q", "--squash", "side")
    with opened(place_of(world.here).store) as ledger:
        content = world.read("a.py")
        runs = ledger.state("a.py", content)
    assert runs == (Run(2, STANDING), Run(4, Origin(Author.ai, Evidence.note, "x", "m", "x")))
    world.write("a.py", text("a", "one", "two"))
    world.git("commit", "-q", "-a", "-m", "another message")
    assert who(world) == ".x."


@pytest.mark.parametrize(
    "said, tool, model, person",
    [
        ('["tool"]', True, False, False),
        ("[]", False, False, False),
        ('["tool", "model", "person"]', True, True, True),
    ],
)
def test_what_notes_include(world: World, said: str, tool: bool, model: bool, person: bool) -> None:
    """The setting of who commits decides; a repository cannot add the person."""
    world.commit(a=text("old"))
    world.write("../assaymark/assaymark.toml", f"[notes]\ninclude = {said}\n")
    world.write("assaymark.toml", '[notes]\ninclude = ["tool", "model", "person"]\n')
    world.commit()
    change(world, "a.py", text("old", "one"))
    change(world, "a.py", text("old", "one", "typed"), TYPED)
    commit(world, "-a")
    both = world.note() + world.note(ref=notes.OURS)
    assert [word in both for word in ("claude", "opus", "A <a@example.org>")] == [tool, model, person]


def test_a_foreign_note_of_the_commit(world: World) -> None:
    """Lines that git-ai gives to the same conversation are said once; its records stay."""
    world.commit(a=text("old"))
    change(world, "a.py", text("old", "one", "two"))
    key = gitai.keyed(AI)[0].partition("::")[0] + "::t_feedfeedfeedfe"
    theirs = f'a.py\n  {key} 2\n---\n{{"schema_version":"authorship/3.0.0","base_commit_sha":"f","prompts":{{}},"new":[1]}}'
    world.write("theirs", theirs)
    hook = world.root / ".git" / "hooks" / "post-commit"
    ran = hook.read_text("utf-8").replace("exec", f"git notes --ref {notes.AI} add -F theirs HEAD\nexec")
    hook.write_text(ran, encoding="utf-8")
    commit(world, "a.py")
    note = gitai.read(world.note())
    assert [entry.spelled for entry in note.files["a.py"]] == ["2", "3"]
    assert note.records["new"] == [1]
    assert letters(world) == ".cc"


def test_a_ledger_that_cannot_be_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit stands; one line says it."""
    monkeypatch.delenv("ASSAYMARK_TRACEBACK")
    world.commit(a=text("old"))
    change(world, "a.py", text("old", "one"))
    store = Path(place_of(world.here).store)
    (store / "ledger.sqlite").unlink()
    (store / "ledger.sqlite").mkdir()
    said = commit(world, "-a")
    assert said.startswith("assaymark: ")
    assert "\n" not in said
    assert world.git("log", "-1", "--format=%s") == "x"


def test_a_repository_without_a_ledger_gets_none(world: World) -> None:
    """Committing makes nothing that was not asked for."""
    world.write("a.py", "1")
    world.git("add", "-A")
    commit(world)
    assert not (world.root / ".git" / "assaymark").exists()
    assert world.git("for-each-ref", "refs/notes") == ""


def test_evidence_is_carried_too(world: World) -> None:
    """After a rebase our note says of the new commit what it said of the old one."""
    world.commit(a=text(*"abcdefgh"))
    world.git("checkout", "-q", "-b", "side")
    change(world, "a.py", text(*"abcdefgh", "one"))
    change(world, "a.py", text(*"abcdefgh", "one", "typed"), TYPED)
    commit(world, "-a")
    before = ours(world)
    (Path(place_of(world.here).store) / "ledger.sqlite").unlink()
    world.git("checkout", "-q", "main")
    world.commit(a=text("new", *"abcdefgh"))
    world.git("rebase", "-q", "main", "side")
    assert {line - 1: record for line, record in ours(world).items()} == before
    assert letters(world) == "." * 9 + "c."


def test_commits_at_once_in_two_work_trees(world: World, tmp_path: Path) -> None:
    """Every one of them has its note, whoever was faster."""
    world.commit(a=text("a"), b=text("b"))
    world.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "other"))
    other = World(tmp_path / "other")
    change(world, "a.py", text("a", *(f"line {n}" for n in range(4))))
    change(other, "b.py", text("b", *(f"line {n}" for n in range(4))))
    lines = {world: ("a.py", world.read("a.py")), other: ("b.py", other.read("b.py"))}
    script = "for n in 2 3 4 5; do head -n $n whole > $0; git commit -q -m $n $0 || exit 1; done"
    running = []
    for one, (path, whole) in lines.items():
        one.write("whole", whole)
        running.append(subprocess.Popen(["sh", "-c", script, path], cwd=one.root))
    assert [one.wait(100) for one in running] == [0, 0]
    assert letters(world) == letters(other, "b.py") == ".cccc"
    for one in (world, other):
        assert all(one.note(f"HEAD~{n}") and one.note(f"HEAD~{n}", notes.OURS) for n in range(4))


@pytest.mark.skipif(sys.platform == "win32", reason="no file can be called so there")
def test_paths_that_the_grammar_cannot_spell(world: World) -> None:
    """They have no entries; the other files of the commit do."""
    for name in ("a\nb", '"q"', "---", "  s_1 1", "é b", "-x"):
        change(world, name, text("one"))
    world.git("add", "-A")
    assert commit(world) == ""
    note = gitai.read(world.note())
    assert note.problems == ()
    assert set(note.files) == {"  s_1 1", "é b", "-x"}
    assert letters(world, "é b") == "c"


def test_a_submodule_has_its_own_notes(world: World, tmp_path: Path) -> None:
    """Its commits are not those of the repository around it."""
    inner = made(tmp_path / "inner")
    inner.commit(a=text("a"))
    world.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.here, "sub")
    world.commit()
    sub = World(world.root / "sub")
    for name in ("post-commit", "post-rewrite"):
        hook = world.root / ".git" / "modules" / "sub" / "hooks" / name
        hook.write_text((world.root / ".git" / "hooks" / name).read_text("utf-8"), encoding="utf-8")
        hook.chmod(0o755)
    change(sub, "a.py", text("a", "one"))
    commit(sub, "-a")
    sub.git("commit", "-q", "--amend", "-m", "y")
    assert letters(sub) == ".c"
    commit(world, "-a")
    assert world.git("for-each-ref", "refs/notes") == ""


def test_a_second_run_changes_nothing(world: World) -> None:
    """The hook may be run by several managers of hooks."""
    world.commit(a=text("old"))
    change(world, "a.py", text("old", "one"))
    commit(world, "-a")
    before = world.git("for-each-ref", "refs/notes")
    done = assaymark(world, "hook", "git-post-commit")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert world.git("for-each-ref", "refs/notes") == before


@pytest.mark.parametrize(
    "words", [("git-post-rewrite", "amend"), ("git-post-merge", "0"), ("git-post-merge", "1"), ("git-else",)]
)
def test_hooks_never_fail(
    world: World, tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever git hands over, and where."""
    monkeypatch.delenv("ASSAYMARK_TRACEBACK")
    nowhere = World(tmp_path / "nowhere")
    nowhere.root.mkdir()
    bare = World(tmp_path / "bare")
    bare.root.mkdir()
    bare.git("init", "-q", "--bare", ".")
    for one in (world, nowhere, bare):
        done = assaymark(one, "hook", *words, given="x y\n\n1 2 3\n" + "1" * 40 + " " + "2" * 40 + "\n")
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr == "" or (done.stderr.startswith("assaymark: ") and done.stderr.count("\n") == 1)


def test_written_later(world: World) -> None:
    """Commits without the hook get what is known of exactly their content."""
    world.commit(a=text("old"))
    change(world, "a.py", text("old", "one"))
    world.commit()
    change(world, "a.py", text("old", "one", "two"))
    world.write("a.py", text("old", "one", "two", "three"))
    world.commit()
    done = assaymark(world, "notes", "write", "--missing")
    assert done.stdout == "Written: 2 notes; 3 commits looked at.\n"
    assert letters(world) == ".c.."


def test_of_notes_that_were_not_written_the_ledger_is_told_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does anything lie about that was to tell it."""
    monkeypatch.delenv("ASSAYMARK_TRACEBACK", raising=False)
    world.write(".git/refs/notes", "in the way")
    change(world, "a.py", text("one"))
    world.git("add", "-A")
    assert "the note was not written" in commit(world)
    store = Path(place_of(world.here).store)
    assert [*(store / "spool").iterdir()] == []
    with opened(str(store)) as ledger:
        assert not [event for event in ledger.events() if isinstance(event, Committed)]


@pytest.mark.skipif(not CAN_START, reason="git is asked one question at a time here")
def test_how_many_programs_a_commit_waits_for(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git looks at the commit, reads objects, and writes both notes: three programs, whatever was changed."""
    for name in ("a", "b", "c"):
        change(world, f"{name}.py", text("one"))
    world.git("add", "-A")
    assert commit(world) == ""
    for name in ("a", "b", "c"):
        change(world, f"{name}.py", text("one", name))
    world.git("add", "-A")
    world.git("-c", f"core.hooksPath={os.devnull}", "commit", "-qm", "x")
    with monkeypatch.context() as patched:
        patched.setenv("GIT_TRACE", str(tmp_path / "trace"))
        assaymark(world, "hook", "git-post-commit")
    started = [
        line.partition("built-in: git ")[2].split()[0]
        for line in (tmp_path / "trace").read_text("utf-8").splitlines()
        if "built-in: git " in line
    ]
    # Git itself starts the last, to make objects of what was imported.
    assert sorted(started) == ["cat-file", "diff-tree", "fast-import", "unpack-objects"]
    assert set(ours(world, "b.py")) == {2}


def test_what_a_commit_does_not_wait_for(world: World) -> None:
    """Nothing is imported that only other ways need."""
    change(world, "a.py", text("one"))
    world.commit()
    code = (
        "import sys; from assaymark.cli.entry import hooked\n"
        "assert hooked(['git-post-commit']) == 0; print(*sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=world.root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "server")},
        capture_output=True,
        text=True,
        check=True,
    )
    unwanted = {"subprocess", "dataclasses", "random", "urllib", "argparse", "logging", "pathlib", "hashlib"}
    unwanted |= {"typing", "enum", "re", "json", "sqlite3", "datetime", "warnings", "heapq"}
    if CAN_START:
        assert unwanted & set(ran.stdout.split()) == set()
    assert world.note()
