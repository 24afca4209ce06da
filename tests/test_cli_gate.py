"""`check --gate`: whether changed lines with a finding at or above the gate were read by anybody."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from assaymark.cli import reviewed as marking
from assaymark.ledger.events import Reviewed, Saved, stamp
from assaymark.ledger.store import opened
from assaymark.origin import Author, Cut, Evidence, Origin, Run, Runs, covering
from assaymark.repository.place import place_of
from cli_world import World, world

__all__ = ["world"]

AI = Origin(Author.ai, Evidence.hook, tool="claude", model="claude-opus-4-6", time=1_794_000_000)
TYPED = Origin(Author.human, Evidence.typed)
OLD = b"import os\n"
FLAW = b"send(a, secret=False)\n"


@pytest.fixture
def repository(world: World) -> World:
    """A repository with a committed file that has no finding."""
    world.commit(a=OLD)
    return world


def saved(world: World, content: bytes, runs: Runs, name: str = "a") -> None:
    """Effect: the file holds *content*, and the ledger knows where its bytes come from."""
    world.write(**{name: content})
    place = place_of(str(world.here / f"{name}.py"))
    with opened(place.store, "server") as ledger:
        digest, outline = ledger.secret.digest(content), ledger.secret.outline(content)
        ledger.record([Saved(*stamp("server"), f"{name}.py", digest, runs, outline)])


def reviewed(world: World, name: str = "a") -> None:
    """Effect: somebody said that they had read all of the file as it is now."""
    content = world.read(name)
    with opened(place_of(str(world.here)).store) as ledger:
        ledger.record(
            [
                Reviewed(
                    *stamp("cli"),
                    f"{name}.py",
                    ledger.secret.digest(content),
                    ((0, len(content)),),
                    "terminal",
                    n_bytes=len(content),
                    lines=ledger.secret.outline(content),
                )
            ]
        )


def test_an_agents_line_blocks_until_somebody_read_it(repository: World) -> None:
    """Exit code 1, and 0 once it was reviewed; severity and level are what they were."""
    saved(repository, OLD + FLAW, (Run(len(OLD), TYPED), Run(len(FLAW), AI)))
    before = repository.check("--gate")
    assert before.code == 1
    assert before.json["review_gate"]["outcome"] == "blocked"
    reviewed(repository)
    after = repository.check("--gate")
    assert (after.code, after.json["review_gate"]["outcome"]) == (0, "passed")
    assert after.json["findings"][0]["origin"]["standing"] == "by-requester"
    same = [{**ran.json["findings"][0], "origin": None} for ran in (before, after)]
    assert same[0] == same[1]


def test_what_a_person_typed_does_not_block(repository: World) -> None:
    saved(repository, OLD + FLAW, covering(len(OLD + FLAW), TYPED))
    ran = repository.check("--gate", "--format", "text")
    assert ran.code == 0
    assert (
        "Gate passed: 1 finding at or above high in lines changed against HEAD, none of them unread."
        in ran.out
    )
    assert "Record of origins: ledger." in ran.out


def test_a_typed_line_that_an_agent_cut_blocks_and_says_so(repository: World) -> None:
    """In words and as JSON; the conversation is for `why`."""
    cut = Origin(Author.human, Evidence.typed, cut=Cut("claude", session="c7"))
    saved(repository, OLD + FLAW, (Run(len(OLD), TYPED), Run(len(FLAW), cut)))
    ran = repository.check("--gate", "--format", "text")
    assert ran.code == 1
    assert "typed in the editor; Claude Code changed something in it; not reviewed" in ran.out
    assert repository.check("--gate").json["findings"][0]["origin"]["cut"] == {"tool": "claude"}
    reviewed(repository)
    assert repository.check("--gate").code == 0


def test_unknown_counts_as_an_agents(repository: World) -> None:
    """Without hooks, ledger and notes a changed line is unknown, and blocks."""
    repository.write(a=OLD + FLAW)
    ran = repository.check("--gate", "--format", "text")
    assert ran.code == 1
    assert (
        "Gate blocks: 1 finding at or above high, in lines changed against HEAD, that nobody reviewed:"
        " a.py:2 send-open.\n" in ran.out
    )
    assert "not reviewed" in ran.out
    assert "Record of origins: none." in ran.out


def test_only_changed_lines_and_only_the_gate_count(repository: World) -> None:
    """A finding in an old line, and one below the gate, block nothing; --fail-on moves the gate."""
    repository.commit(a=FLAW)
    repository.write(a=FLAW + b"old(b)\n")
    ran = repository.check("--gate")
    assert (ran.code, ran.json["review_gate"]["outcome"]) == (0, "passed")
    assert repository.check("--gate", "--fail-on", "medium").code == 1
    assert repository.check("--gate", "--fail-on", "medium", "--severity", "high").code == 1


def test_what_is_staged_is_judged_as_it_is_staged(repository: World) -> None:
    """The work tree does not count, be it better or worse."""
    repository.write(a=OLD + FLAW)
    repository.git("add", "a.py")
    repository.write(a=OLD)
    assert repository.check("--gate").code == 0
    assert repository.check("--gate", "--staged").code == 1


def test_before_the_first_commit_all_is_new(world: World) -> None:
    world.git("init", "-q", "-b", "main", ".")
    world.write(a=FLAW)
    assert world.check("--gate").code == 1


def test_a_branch_is_judged_from_where_it_parted(repository: World) -> None:
    """What came on the other branch meanwhile is not this one's."""
    repository.git("branch", "topic")
    repository.commit(b=FLAW)
    repository.git("checkout", "-q", "topic")
    repository.commit(c=b"x = 1\n")
    ran = repository.check("--gate", "--diff", "main", "--format", "text")
    assert ran.code == 0
    assert "Gate passed: no finding at or above high in lines changed against main (since " in ran.out
    assert repository.check("--diff", "main").code == 0


def test_without_notes_what_is_committed_cannot_be_judged(repository: World) -> None:
    """Exit code 2 and the command that fetches them, but only where an answer depends on it."""
    repository.git("branch", "base")
    repository.commit(a=OLD + b"x = 1\n")
    assert repository.check("--gate", "--diff", "base").code == 0
    repository.commit(a=OLD + FLAW)
    ran = repository.check("--gate", "--diff", "base")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "assaymark: cannot judge review: refs/notes/ai is not in this clone. Run: assaymark notes fetch",
    )
    assert ran.json["review_gate"]["outcome"] == "cannot be judged"
    repository.git("notes", "--ref", "refs/notes/ai", "add", "-m", "x", "HEAD~1")
    assert repository.check("--gate", "--diff", "base").code == 1


def test_a_clone_without_history_cannot_judge(
    repository: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it parted from the other branch, and who added a line, is not in it."""
    repository.commit(a=OLD + FLAW)
    repository.git("branch", "base", "HEAD~1")
    clone = tmp_path / "clone"
    repository.git(
        "clone", "-q", "--depth", "1", "--no-single-branch", f"file://{repository.here}", str(clone)
    )
    monkeypatch.chdir(clone)
    ran = repository.check("--gate", "--diff", "origin/base")
    assert ran.code == 2
    assert ran.err == (
        "assaymark: cannot judge review: where HEAD and origin/base parted is not in this clone."
        " Run: git fetch --unshallow\n"
    )
    (clone / "a.py").write_bytes(b"# new\n" + FLAW.replace(b"a,", b"(\na),"))
    assert repository.check("--gate").code == 1


def test_what_was_not_checked_is_no_pass(repository: World) -> None:
    """A file that cannot be read, a rule that was left out, and code that the grammar does not understand."""
    repository.write(a=OLD + b"x = '\xff'\n")
    ran = repository.check("--gate")
    assert ran.code == 2
    assert "a.py was not checked: " in ran.err
    assert "This is not a pass." in ran.err
    repository.write(a=OLD + b"old(b)\nsend(a, secret=\n")
    ran = repository.check("--gate")
    assert ran.code == 2
    assert "a.py was not checked in full: not all understood: line 3. This is not a pass." in ran.err
    assert repository.check().code == 0


@pytest.mark.parametrize(
    "more",
    [
        ("--exit-zero",),
        ("--fix",),
        ("--watch",),
        ("--no-origin",),
        ("--stdin", "--filename", "a.py"),
    ],
)  # fmt: skip
def test_what_does_not_go_with_a_gate_is_wrong_usage(repository: World, more: tuple[str, ...]) -> None:
    assert repository.check("--gate", *more).code == 3


def test_outside_of_a_repository_there_is_no_gate(world: World) -> None:
    world.write(a=FLAW)
    ran = world.check("--gate")
    assert ran.code == 3
    assert "not a git repository" in ran.err


SILENCED = b"send(a, secret=False)  # assaymark: ignore[send-open] -- it is a test\n"


def test_a_comment_nobody_knows_of_silences_nothing(repository: World) -> None:
    """Unless it was there before, or somebody read it; elsewhere it is honoured, as it is no agent's."""
    repository.write(a=OLD + SILENCED)
    assert repository.check().code == 0
    assert repository.check("--gate").code == 1
    saved(repository, OLD + SILENCED, covering(len(OLD + SILENCED), AI))
    reviewed(repository)
    assert repository.check("--gate").code == 0
    saved(repository, OLD + SILENCED, covering(len(OLD + SILENCED), TYPED))
    assert repository.check("--gate").code == 0
    repository.commit(a=SILENCED)
    repository.write(a=SILENCED.replace(b"send(a", b"send( a"))
    assert repository.check("--gate").code == 1


@pytest.mark.parametrize(
    "settings", ['ignore = ["send-open"]\n', 'exclude = ["b.py"]\n', 'fail-on = "critical"\n']
)
def test_a_setting_nobody_knows_of_loosens_nothing(repository: World, settings: str) -> None:
    """Unless it was there before."""
    repository.write(b=FLAW)
    file = repository.here / "assaymark.toml"
    file.write_text(settings)
    assert repository.run("check", "--rules", str(repository.rules), "b.py").code == 0
    gate = ("check", "--gate", "--rules", str(repository.rules))
    ran = repository.run(*gate)
    assert ran.code == 1
    assert "by a setting of unknown origin, which nobody has reviewed" in ran.out
    (repository.here / "b.py").unlink()
    repository.commit()
    repository.write(b=FLAW)
    assert repository.run(*gate).code == 0


def test_a_baseline_nobody_knows_of_hides_nothing(repository: World) -> None:
    """Unless it was there before."""
    repository.write(a=OLD + FLAW)
    file = str(repository.here / "known.json")
    rules = ("--rules", str(repository.rules), "--select", "send-open")
    assert repository.run("baseline", "--output", file, *rules).code == 0
    assert repository.check("--baseline", file).code == 0
    assert repository.check("--gate", "--baseline", file).code == 1
    repository.write(a=OLD)
    repository.commit()
    repository.write(a=OLD + FLAW)
    assert repository.check("--gate", "--baseline", file).code == 0


def test_without_our_notes_what_others_say_cannot_be_judged(
    repository: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2, since reviews may stand there; where they never were beside the others, it blocks."""
    monkeypatch.setattr(marking, "person", lambda: None)
    repository.git("config", "user.name", "A")
    repository.git("config", "user.email", "a@example.org")
    repository.git("branch", "base")
    saved(repository, OLD + FLAW, (Run(len(OLD), TYPED), Run(len(FLAW), AI)))
    repository.commit()
    assert repository.run("notes", "write", "--missing").code == 0
    assert repository.run("reviewed", "a.py:2").code == 0
    shutil.rmtree(repository.here / ".git" / "assaymark")
    gate = ("--gate", "--diff", "base")
    assert repository.check(*gate).code == 0
    repository.git("update-ref", "-d", "refs/notes/assaymark")
    ran = repository.check(*gate)
    why = "cannot judge review: refs/notes/assaymark, where reviews stand, is not in this clone."
    assert (ran.code, ran.err.splitlines()[0]) == (2, f"assaymark: {why} Run: assaymark notes fetch")
    jsonschema.validate(ran.json, SCHEMA)
    repository.git("update-ref", "-d", "refs/notes/ai")
    repository.git("notes", "--ref", "refs/notes/ai", "add", "-m", "a.py\n  s_1 2\n---\n{}", "HEAD")
    assert repository.check(*gate).code == 1


def _records(world: World) -> list[Path]:
    """All that a gate rests on: the ledger, its key, the notes, the hooks."""
    git = world.here / ".git"
    return [git / name for name in ("assaymark/ledger.sqlite", "assaymark/key", "refs/notes", "hooks")]


def _subsets(world: World) -> Iterator[list[Path]]:
    several = _records(world)
    for n in range(len(several) + 1):
        yield from map(list, itertools.combinations(several, n))


def test_taking_records_away_never_makes_it_pass(repository: World, tmp_path: Path) -> None:
    """Whatever of ledger, notes and hooks is deleted, alone or together: what was blocked stays so."""
    saved(repository, OLD + FLAW, (Run(len(OLD), TYPED), Run(len(FLAW), AI)))
    repository.commit(a=OLD + FLAW)
    repository.git("branch", "base", "HEAD~1")
    repository.git("notes", "--ref", "refs/notes/ai", "add", "-m", "a.py\n  s_1 2\n---\n{}", "HEAD")
    repository.write(b=FLAW)
    kept = tmp_path / "kept"
    shutil.copytree(repository.here, kept, symlinks=True)
    for gate in (("--gate",), ("--gate", "--diff", "base")):
        assert repository.check(*gate).code == 1
        for gone in _subsets(repository):
            for place in gone:
                shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
            assert repository.check(*gate).code in {1, 2}, gone
            shutil.rmtree(repository.here / ".git")
            shutil.copytree(kept / ".git", repository.here / ".git", symlinks=True)


SARIF = json.loads((Path(__file__).parent / "sarif.subset.schema.json").read_text())


def test_a_review_in_notes_counts_until_it_is_taken_back(
    repository: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in a clone without the ledger; once taken back, no record that is left makes it hold again."""
    monkeypatch.setattr(marking, "person", lambda: None)
    repository.git("config", "user.name", "A")
    repository.git("config", "user.email", "a@example.org")
    repository.git("branch", "base")
    saved(repository, OLD + FLAW, (Run(len(OLD), TYPED), Run(len(FLAW), AI)))
    repository.commit()
    assert repository.run("notes", "write", "--missing").code == 0
    gate = ("--gate", "--diff", "base")
    assert repository.check(*gate).code == 1
    assert repository.run("reviewed", "a.py:2").code == 0
    store, kept = repository.here / ".git" / "assaymark", repository.here.parent / "kept"
    for ledger, code in ((True, 0), (False, 0)):
        if not ledger:
            store.rename(kept)
        ran = repository.check(*gate)
        assert (ran.code, ran.json["record"]) == (code, "ledger" if ledger else "notes")
    kept.rename(store)
    assert repository.run("reviewed", "--withdraw", "a.py:2").code == 0
    assert repository.check(*gate).code == 1
    shutil.rmtree(store)
    assert repository.check(*gate).code == 1


SCHEMA = json.loads((Path(__file__).parents[1] / "server/assaymark/cli/check.schema.json").read_text())
_BOTH = OLD + b"old(b)\n" + FLAW + b"send(b, secret=False)\n"


@pytest.fixture
def mixed(repository: World) -> World:
    """A medium finding of an agent's, a high one that was typed, and a high one of an agent's, in this order."""
    rest = b"send(b, secret=False)\n"
    runs = (Run(len(OLD), TYPED), Run(len(b"old(b)\n"), AI), Run(len(FLAW), TYPED), Run(len(rest), AI))
    saved(repository, _BOTH, runs)
    return repository


def test_what_nobody_read_comes_first(mixed: World) -> None:
    """In every output: the most severe first, and of those first what nobody read."""
    ran = mixed.check()
    jsonschema.validate(ran.json, SCHEMA)
    assert [found[2] for found in ran.found] == [4, 3, 2]
    assert ran.json["record"] == "ledger"
    for form in ("sarif", "github", "gitlab", "junit", "csv", "text"):
        out = mixed.check("--format", form).out
        places = [out.index(words) for words in _places_of(form)]
        assert places == sorted(places), (form, out)
    assert [found[2] for found in mixed.check("--no-origin").found] == [2, 3, 4]


def _places_of(form: str) -> list[str]:
    """What names the lines 4, 3 and 2 in a format."""
    match form:
        case "sarif":
            return [f'"startLine": {line},' for line in (4, 3, 2)]
        case "gitlab":
            return [f'"begin": {line}' for line in (4, 3, 2)]
        case "csv":
            return [f"a.py,,{line}," for line in (4, 3, 2)]
        case "github":
            return [f"line={line}," for line in (4, 3, 2)]
        case _:
            return [f"a.py:{line}:" for line in (4, 3, 2)]


def test_the_terminal_says_whose_it_is(mixed: World) -> None:
    out = mixed.check("--format", "text").out
    assert "= from:  Claude Code, claude-opus-4-6, 6 Nov (its edit hook); not reviewed\n" in out
    assert "= from:  typed in the editor\n" in out
    assert "3 findings (2 high, 1 medium) in 1 file; 2 of them in lines nobody reviewed.\n" in out


def test_every_output_names_the_record(mixed: World) -> None:
    for form in ("json", "sarif", "github", "gitlab", "junit", "csv", "text"):
        assert "ledger" in mixed.check("--format", form).out, form


def test_sarif_carries_origin_and_review(mixed: World) -> None:
    """In properties, so that the schema holds; the run says what the gate says."""
    log = mixed.check("--gate", "--format", "sarif").json
    jsonschema.validate(log, SARIF)
    (run,) = log["runs"]
    assert run["properties"]["record"] == "ledger"
    assert run["properties"]["reviewGate"]["outcome"] == "blocked"
    first = run["results"][0]["properties"]
    assert (first["severity"], first["origin"]["standing"], first["origin"]["tool"]) == (
        "high",
        "unread",
        "claude",
    )


def test_a_ledger_that_cannot_be_read_is_said_and_blocks(mixed: World) -> None:
    """What it knew is unknown then."""
    file = mixed.here / ".git" / "assaymark" / "ledger.sqlite"
    file.write_bytes(b"no database" * 100)
    for beside in file.parent.glob("ledger.sqlite-*"):
        beside.unlink()
    ran = mixed.check("--gate", "--format", "text")
    assert ran.code == 1
    assert "was damaged" in ran.out


def test_where_nothing_is_recorded_nothing_is_asked(repository: World) -> None:
    """The order is that of the text, and no origin is told, unless it is asked for."""
    repository.write(a=_BOTH)
    ran = repository.check()
    assert [found[2] for found in ran.found] == [2, 3, 4]
    assert "origin" not in ran.json["findings"][0]
    assert ran.json["record"] == "none"
    asked = repository.check("--origin")
    assert [found[2] for found in asked.found] == [3, 4, 2]
    assert asked.json["findings"][0]["origin"]["standing"] == "unread"
    jsonschema.validate(asked.json, SCHEMA)
    assert not (repository.here / ".git" / "assaymark").exists()
