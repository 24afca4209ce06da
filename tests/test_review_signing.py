"""Reviews that are signed with git's SSH key, and what a signature is worth to whoever reads it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from assaymark.cli import main, reviewed
from assaymark.lineage import gitai
from assaymark.lineage.review_records import records_in
from assaymark.lineage.review_text import review_text, says_so
from assaymark.lineage.reviews import Signature, Standing, standing
from assaymark.record.reading import known_reviews, noted, of_file
from assaymark.repository import notes, signing
from assaymark.repository.place import place_of
from git_world import World, isolated, made

CODE = "a = 1\nb = 2\nc = 3\n"
pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A repository whose git signs with a key that it knows."""
    isolated(monkeypatch, tmp_path / "home")
    monkeypatch.setattr(reviewed, "person", lambda: None)
    world = made(tmp_path / "project")
    monkeypatch.chdir(world.root)
    key(tmp_path / "key")
    world.git("config", "gpg.format", "ssh")
    world.git("config", "user.signingkey", str(tmp_path / "key"))
    allow(world, tmp_path / "key.pub")
    return world


def key(place: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(place)], check=True, timeout=60)


def allow(world: World, public: Path) -> None:
    """Effect: git knows this key, and no other."""
    allowed = world.root.parent / "allowed"
    allowed.write_text(f"a@example.org {public.read_text()}")
    world.git("config", "gpg.ssh.allowedSignersFile", str(allowed))


def commit(world: World, **files: str) -> None:
    for path, content in files.items():
        world.write(f"{path}.py", content)
    world.git("add", "-A")
    world.git("commit", "-q", "-m", "x")


def read(world: World, path: str = "a.py") -> tuple[list[Signature], list[Standing], tuple[str, ...]]:
    """The signatures of the reviews of a file, how it stands with its lines, and what is to be told."""
    recorded = of_file(place_of(str(world.root / path)), world.read(path))
    ids = {one for line in recorded.lines for part in line.origin.parts for one in part.origin.reviews}
    found = [one.signature for one in recorded.reviews.valid(sorted(ids))]
    return found, [standing(line.origin, recorded.reviews) for line in recorded.lines[:-1]], recorded.problems


def tampered(world: World, change: Callable[[dict[str, object]], None]) -> None:
    """Effect: the records of reviews on HEAD are others."""
    note = gitai.read(world.note(ref=notes.OURS))
    records = records_in(note)
    for record in records.values():
        change(record)
    entries = "".join(
        f"{path}\n" + "".join(f"  {key} {spelled}\n" for key, spelled in several)
        for path, several in note.files.items()
    )
    text = f"{entries}---\n{json.dumps({'reviews': records})}"
    world.git("notes", "--ref", notes.OURS, "add", "-f", "-F", "-", given=text)


READ, UNREAD = Standing.by_requester, Standing.unread


def test_a_signed_review_is_told_from_a_claim(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the commit by the ledger, and behind it by the note, in a clone without a ledger."""
    world.write("a.py", CODE)
    assert main.run(["reviewed", "--sign", "a.py:1-2"]) == 0
    assert "claim" not in capsys.readouterr().out
    assert read(world) == ([Signature.good], [READ, READ, UNREAD], ())
    commit(world)
    assert main.run(["reviewed", "--sign", "HEAD"]) == 0
    shutil.rmtree(world.root / ".git" / "assaymark")
    assert read(world) == ([Signature.good], [READ] * 3, ())
    content = world.read("a.py")
    runs = noted(place_of("a.py"), content)
    assert runs is not None
    ids = [one for run in runs for one in run.origin.reviews]
    assert [one.signature for one in known_reviews(place_of("a.py"), runs, content).valid(ids)] == [
        Signature.good
    ]
    assert [one.signature for one in known_reviews(place_of("a.py"), runs).valid(ids)] == [Signature.none]


def test_it_is_carried_with_its_lines(world: World) -> None:
    """To other numbers, in another commit."""
    commit(world, a=CODE)
    main.run(["reviewed", "--sign", "HEAD"])
    world.git("notes", "--ref", notes.OURS, "copy", "HEAD", "HEAD", check=False)
    commit(world, a="z = 0\n" + CODE)
    assert read(world) == ([Signature.good], [UNREAD, READ, READ, READ], ())


def test_git_signs_by_itself_what_it_signs_commits_with(world: World) -> None:
    """Unless that is not wanted; without a key it is said and nothing is recorded."""
    world.write("a.py", CODE)
    world.git("config", "commit.gpgsign", "true")
    main.run(["reviewed", "a.py"])
    assert read(world)[0] == [Signature.good]
    main.run(["reviewed", "--withdraw", "a.py"])
    main.run(["reviewed", "--no-sign", "a.py"])
    assert read(world)[0] == [Signature.none]


@pytest.mark.parametrize("setting", ["gpg.format", "user.signingkey"])
def test_what_cannot_be_signed_is_not_recorded(
    world: World, capsys: pytest.CaptureFixture[str], setting: str
) -> None:
    """No key, or a kind of key that is not SSH's."""
    world.write("a.py", CODE)
    world.git("config", "--unset", setting)
    assert main.run(["reviewed", "--sign", "a.py"]) == 2
    assert "gpg.format" in capsys.readouterr().err
    world.git("config", "gpg.format", "ssh")
    world.git("config", "user.signingkey", "/nowhere/key")
    assert main.run(["reviewed", "--sign", "a.py"]) == 2
    assert "did not sign" in capsys.readouterr().err
    assert read(world)[0] == []


def test_a_key_that_is_not_known_makes_a_claim(world: World, tmp_path: Path) -> None:
    """Of another person, or where no file names keys."""
    commit(world, a=CODE)
    main.run(["reviewed", "--sign", "HEAD"])
    key(tmp_path / "other")
    allow(world, tmp_path / "other.pub")
    assert read(world) == ([Signature.unknown_key], [READ] * 3, ())
    world.git("config", "--unset", "gpg.ssh.allowedSignersFile")
    assert read(world) == ([Signature.unknown_key], [READ] * 3, ())


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record.update(signature=record["signature"][:200]),
        lambda record: record.update(signature="-----BEGIN SSH SIGNATURE-----\nforged\n"),
        lambda record: record.update(signed=record["signed"].replace("a.py", "b.py")),
        lambda record: record.update(signed=record["signed"][:-5]),
        lambda record: record.update(signed=""),
    ],
)
def test_a_broken_signature_makes_no_review(
    world: World, change: Callable[[dict[str, object]], None]
) -> None:
    """Cut short, forged, or of a text that was changed: and that is said."""
    commit(world, a=CODE)
    main.run(["reviewed", "--sign", "HEAD"])
    tampered(world, change)
    signatures, standings, problems = read(world)
    assert (signatures, standings) == ([], [UNREAD] * 3)
    assert len(problems) == 1
    assert "broken" in problems[0]


def test_a_signature_that_is_taken_away_leaves_a_claim(world: World) -> None:
    """As anybody could have written it."""
    commit(world, a=CODE)
    main.run(["reviewed", "--sign", "HEAD"])
    tampered(world, lambda record: record.pop("signature") and None)
    assert read(world) == ([Signature.none], [READ] * 3, ())


def test_a_signed_record_that_was_copied_is_a_claim(world: World) -> None:
    """For lines that were not signed, for another file, or with another day."""
    commit(world, a=CODE)
    main.run(["reviewed", "--sign", "HEAD"])
    text = world.note(ref=notes.OURS)
    commit(world, a="x = 9\n", b=CODE)
    world.git("notes", "--ref", notes.OURS, "add", "-f", "-F", "-", given=text.replace(" 1-3", " 1"))
    assert read(world)[:2] == ([Signature.none], [READ])
    world.git("notes", "--ref", notes.OURS, "add", "-f", "-F", "-", given=text.replace("a.py\n", "b.py\n"))
    assert read(world, "b.py")[0] == [Signature.none]


def test_a_key_that_an_agent_of_ssh_holds_is_named_by_itself(tmp_path: Path) -> None:
    """As git takes it: `key::` and the public key."""
    options = signing._key("key::ssh-ed25519 AAAA me", str(tmp_path))
    assert options[0] == "-U"
    assert Path(options[2]).read_text() == "ssh-ed25519 AAAA me\n"


def test_what_is_signed_says_by_itself_what_was_read() -> None:
    """The same text for the same review; blanks at the end of a line, and line ends, do not count."""
    lines = [b"a = 1", b"", b"b = 2\r"]
    text = review_text("a.py", "0" * 40, [(1, 3)], lines, "2026-11-14", "terminal")
    assert text == review_text("a.py", "0" * 40, [(1, 3)], lines[::-1], "2026-11-14", "terminal")
    assert "a = 1" not in text
    assert says_so(text, "a.py", [b"b = 2 "], "2026-11-14", "terminal")
    assert not says_so(text, "a.py", [b"b = 3"], "2026-11-14", "terminal")
    assert not says_so(text, "b.py", [b"b = 2"], "2026-11-14", "terminal")
    assert not says_so(text, "a.py", [b"b = 2"], "2026-11-15", "terminal")
    assert not says_so(text, "a.py", [b"b = 2"], "2026-11-14", "editor")
    for broken in ("", "[]", text[:-1], "{}"):
        assert not says_so(broken, "a.py", [b"b = 2"], "2026-11-14", "terminal")
