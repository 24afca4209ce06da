"""Which files a walk finds, what reading says of bad ones, and how files are replaced."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from assaymark.workspace.reading import Source, Unreadable, decoded, read
from assaymark.workspace.walking import Walked, listed, walk, walking
from assaymark.workspace.writing import replace


def planted(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


def paths(walked: Walked) -> list[str]:
    return [file.path for file in walked.files]


def test_files_come_in_order_of_their_paths(tmp_path: Path) -> None:
    """Files of all folders are sorted by path, relative to the folder that the walk is asked from."""
    planted(tmp_path, {"b.py": "", "a/z.py": "", "a/b/c.py": "", "a.py": ""})
    assert paths(walk(["."], str(tmp_path))) == ["a.py", "a/b/c.py", "a/z.py", "b.py"]


def test_a_file_is_found_once(tmp_path: Path) -> None:
    """Paths that overlap do not double a file."""
    planted(tmp_path, {"a/b.py": ""})
    assert paths(walk([".", "a", "a/b.py"], str(tmp_path))) == ["a/b.py"]


def test_a_place_outside_is_called_by_its_whole_path(tmp_path: Path) -> None:
    """What does not lie in the current folder has an absolute path."""
    planted(tmp_path, {"here/a.py": "", "there/b.py": ""})
    assert paths(walk(["../there"], str(tmp_path / "here"))) == [
        f"{tmp_path}/there/b.py".replace(os.sep, "/")
    ]


def test_other_kinds_are_counted(tmp_path: Path) -> None:
    """A kind of file that is not analysed is counted by its ending, or its name without one."""
    planted(tmp_path, {"a.py": "", "b.sql": "", "c.SQL": "", "Makefile": "all:", ".editorconfig": ""})
    assert walk(["."], str(tmp_path)).kinds == {".sql": 2, "Makefile": 1, ".editorconfig": 1}


def test_a_script_is_known_by_its_first_line(tmp_path: Path) -> None:
    """A file without an ending that names Python as its interpreter is Python."""
    planted(tmp_path, {"tool": "#!/usr/bin/env python3\n", "other": "#!/bin/sh\n"})
    assert paths(walk(["."], str(tmp_path))) == ["tool"]


def test_skipped_files_are_counted(tmp_path: Path) -> None:
    """Vendored folders, binary and minified files are left out and counted; tools' folders are just left out."""
    planted(
        tmp_path,
        {
            "node_modules/x/a.py": "",
            ".venv/lib/a.py": "",
            "env/pyvenv.cfg": "",
            "env/a.py": "",
            "logo.png": "",
            "x.min.js": "",
            "blob": "a\0b",
            "__pycache__/a.py": "",
            ".git/a.py": "",
            "a.py": "",
        },
    )
    walked = walk(["."], str(tmp_path))
    assert paths(walked) == ["a.py"]
    assert walked.skipped == {"vendored folder": 3, "binary file": 2, "minified file": 1}


def test_what_is_named_is_checked(tmp_path: Path) -> None:
    """A vendored folder or an ignored file that was named is walked."""
    planted(tmp_path, {".gitignore": "out/\n", "out/a.py": "", "node_modules/b.py": ""})
    (tmp_path / ".git").mkdir()
    assert paths(walk(["out", "node_modules"], str(tmp_path))) == ["node_modules/b.py", "out/a.py"]
    assert paths(walk(["out/a.py"], str(tmp_path))) == ["out/a.py"]


def test_gitignore_is_respected(tmp_path: Path) -> None:
    """Nested ignore files hold below themselves, the innermost decides, and `!` takes back."""
    planted(
        tmp_path,
        {
            ".gitignore": "build/\n*_gen.py\n/top.py\n",
            "build/a.py": "",
            "top.py": "",
            "a/top.py": "",
            "a/x_gen.py": "",
            "a/.gitignore": "!keep_gen.py\nlocal.py\n",
            "a/keep_gen.py": "",
            "a/local.py": "",
            "local.py": "",
        },
    )
    walked = walk(["."], str(tmp_path))
    assert paths(walked) == ["a/keep_gen.py", "a/top.py", "local.py"]
    assert walked.skipped == {"ignored entry": 4}


def test_gitignore_above_counts_too(tmp_path: Path) -> None:
    """A walk over a part of a repository knows the ignore files above it, and `.git/info/exclude`."""
    planted(tmp_path, {".gitignore": "*_gen.py\n", ".git/info/exclude": "secret.py\n"})
    planted(tmp_path, {"a/b/x_gen.py": "", "a/b/secret.py": "", "a/b/c.py": ""})
    assert paths(walk(["a/b"], str(tmp_path))) == ["a/b/c.py"]


def test_git_agrees_about_what_is_ignored(tmp_path: Path) -> None:
    """Git itself lists the same files."""
    planted(tmp_path, {".gitignore": "*.tmp.py\n/x/\n!x\nd[0-9].py\n**/deep/*.py\n\\#a.py\n", "x/a.py": ""})
    planted(
        tmp_path,
        {"b.tmp.py": "", "d1.py": "", "dx.py": "", "q/deep/a.py": "", "q/deep/r/a.py": "", "#a.py": ""},
    )
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    out = subprocess.run(
        ["git", "ls-files", "-o", "--exclude-standard"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert paths(walk(["."], str(tmp_path))) == sorted(
        line for line in out.splitlines() if line.endswith(".py")
    )


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_walk_ends_and_stays_inside(tmp_path: Path) -> None:
    """Links found on the way, to a folder above, to a file outside or to themselves, are counted and not followed."""
    planted(tmp_path, {"in/a.py": "", "out.py": ""})
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    (tmp_path / "in/out.py").symlink_to(tmp_path / "out.py")
    (tmp_path / "in/self.py").symlink_to(tmp_path / "in/self.py")
    walked = walk(["in"], str(tmp_path))
    assert paths(walked) == ["in/a.py"]
    assert walked.skipped == {"symbolic link": 3}


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_in_a_loop_that_was_named_fails(tmp_path: Path) -> None:
    """It cannot be read, and that is said."""
    (tmp_path / "self.py").symlink_to(tmp_path / "self.py")
    assert walk(["self.py"], str(tmp_path)).failed == (("self.py", Unreadable("symbolic links in a loop")),)


def test_a_folder_that_may_not_be_read_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is still found."""
    planted(tmp_path, {"a.py": "", "shut/b.py": ""})
    scandir = os.scandir

    def refusing(place: str) -> object:
        if place.endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refusing)
    walked = walk(["."], str(tmp_path))
    assert (paths(walked), walked.failed) == (["a.py"], (("shut", Unreadable("may not be read")),))


def test_listed_files_are_chosen_like_walked_ones(tmp_path: Path) -> None:
    """What lies in git is left out by the same names."""
    places = [str(tmp_path / name) for name in ("a.py", "vendor/b.py", "c.sql", "d.min.js", "x/e.pyi")]
    walked = listed(places, str(tmp_path))
    assert paths(walked) == ["a.py", "x/e.pyi"]
    assert (walked.kinds, walked.skipped) == ({".sql": 1}, {"vendored file": 1, "minified file": 1})


def test_reading_gives_the_bytes(tmp_path: Path) -> None:
    """As they are."""
    (tmp_path / "a.py").write_bytes(b"a\r\n\xff")
    assert read(str(tmp_path / "a.py"), 100) == b"a\r\n\xff"


def test_a_file_at_the_limit_is_read_and_one_above_is_not(tmp_path: Path) -> None:
    """The limit counts bytes, and is named."""
    (tmp_path / "a.py").write_bytes(b"x" * 2000)
    assert read(str(tmp_path / "a.py"), 2000) == b"x" * 2000
    assert read(str(tmp_path / "a.py"), 1999) == Unreadable("larger than the limit of 1,999 bytes")


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    """A file that was deleted after it was found."""
    assert read(str(tmp_path / "a.py"), 100) == Unreadable("not there any more")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    """What is not a regular file is not read."""
    os.mkfifo(tmp_path / "a.py")
    assert read(str(tmp_path / "a.py"), 100) == Unreadable("not a regular file")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
def test_a_file_without_a_size_is_read_to_its_end() -> None:
    """Some file systems say 0 for every file."""
    raw = read("/proc/self/status", 100_000)
    assert isinstance(raw, bytes)
    assert raw.startswith(b"Name:")


@pytest.mark.parametrize(
    "raw, reason",
    [
        (b"\xff\xfea\0", "UTF-16 or UTF-32; save it as UTF-8"),
        (b"\xfe\xff\0a", "UTF-16 or UTF-32; save it as UTF-8"),
        (b"a\0b", "holds NUL bytes"),
        (b"x = '\xe9'\n", "not UTF-8"),
        (b"\xef\xbb\xbf\xe9", "not UTF-8"),
        (b"# coding: klingon\n", "declares the encoding klingon, which Python does not know"),
        (b"# coding: punycode\n", "declares the encoding punycode, which is not supported"),
        (b"# coding: hex\n", "declares the encoding hex, which Python does not know"),
        (b"# coding: ascii\n\xe9", "not ascii, the encoding it declares"),
    ],
)
def test_what_is_no_text_is_said(raw: bytes, reason: str) -> None:
    """Each with its reason."""
    assert decoded(raw, "python") == Unreadable(reason)


@pytest.mark.parametrize(
    "raw, content",
    [
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n\x80",
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n€",
        ),
        (b"\r\n#coding=utf-8\r\nx", "\r\n#coding=utf-8\r\nx"),
        (b"# coding: utf8\nx", "# coding: utf8\nx"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"", ""),
    ],
)
def test_python_is_decoded_as_python_does(raw: bytes, content: str) -> None:
    """By its byte order mark, by the encoding in its first two lines, else as UTF-8; and spelled the same again."""
    source = decoded(raw, "python")
    assert isinstance(source, Source)
    assert source.content == content.encode()
    assert source.stored(source.content) == raw


def test_a_declaration_after_code_is_none() -> None:
    """The second line counts only when the first one is empty or a comment."""
    assert decoded(b"x = 1\n# coding: latin-1\n\xe9", "python") == Unreadable("not UTF-8")


def test_replacing_keeps_permissions_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """A script stays a script."""
    file = tmp_path / "a.py"
    file.write_bytes(b"old")
    file.chmod(0o750)
    replace(str(file), b"new")
    assert file.read_bytes() == b"new"
    assert sys.platform == "win32" or stat.S_IMODE(file.stat().st_mode) == 0o750
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_replacing_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    """The file it leads to is replaced."""
    (tmp_path / "a.py").write_bytes(b"old")
    (tmp_path / "link.py").symlink_to("a.py")
    replace(str(tmp_path / "link.py"), b"new")
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "a.py").read_bytes() == b"new"


def test_a_failed_replacement_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no new file beside it."""
    file = tmp_path / "a.py"
    file.write_bytes(b"old")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        replace(str(file), b"new")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_walk_in_turns_finds_what_a_walk_finds(tmp_path: Path) -> None:
    """A folder at a time."""
    for name in ("a.py", "x/b.py", "x/y/c.py", "out/d.py", "x/e.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("out/\n")
    turns = [[file.path for file in files] for files in walking(str(tmp_path), lambda _: "")]
    assert turns == [["a.py"], ["x/b.py"], ["x/y/c.py"]]
    assert sorted(path for paths in turns for path in paths) == [
        file.path for file in walk([str(tmp_path)], str(tmp_path)).files
    ]
