"""Settings in an editor: those of files, as the terminal reads them, and those that the editor gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assaymark.cli.terms import Terms
from assaymark.lsp import preferences
from assaymark.settings.places import Places
from assaymark.settings.standing import Standing
from e2e.inside import PULLS, PUSHED, Inside, Message

ASKED: Message = {**PULLS, "workspace": {**PULLS["workspace"], "configuration": True}}
FLAW = "eval(x)\n"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Neither the user's nor this machine's settings: those of the test."""
    files = Places(str(tmp_path / "managed.toml"), str(tmp_path / "user.toml"))
    monkeypatch.setattr(preferences, "our_places", lambda: files)
    (tmp_path / "here" / ".git").mkdir(parents=True)
    return files


def editor_in(tmp_path: Path, capabilities: Message = PULLS, **options: Any) -> Inside:
    here = (tmp_path / "here").as_uri()
    return Inside(
        capabilities, workspaceFolders=[{"uri": here, "name": "here"}], initializationOptions=options
    )


def put(tmp_path: Path, text: str, name: str = "assaymark.toml") -> None:
    (tmp_path / "here" / name).write_text(text)


def shown(editor: Inside, tmp_path: Path, name: str = "a.py") -> list[str]:
    uri = (tmp_path / "here" / name).as_uri()
    editor.open(FLAW, uri)
    return [item["code"] for item in editor.report(uri=uri)["items"]]


def logged(editor: Inside) -> list[str]:
    return [m["params"]["message"] for m in editor.sent if m.get("method") == "window/logMessage"]


def told(editor: Inside) -> list[str]:
    return [m["params"]["message"] for m in editor.sent if m.get("method") == "window/showMessage"]


def test_a_repositorys_file_holds(tmp_path: Path) -> None:
    """What it loosens is logged once."""
    put(tmp_path, 'ignore = ["eval-code"]\n')
    editor = editor_in(tmp_path)
    assert shown(editor, tmp_path) == []
    assert shown(editor, tmp_path, "b.py") == []
    said = "assaymark: 1 setting of the repository makes the check looser: ignore (assaymark.toml:1)"
    assert logged(editor).count(said) == 1


def test_an_untrusted_repositorys_file_loosens_nothing(tmp_path: Path) -> None:
    """Its rules are not loaded either; what is refused is logged."""
    put(tmp_path, 'ignore = ["eval-code"]\nrules = ["nowhere"]\nlevel = "pedantic"\n')
    editor = editor_in(tmp_path, trusted=False)
    assert "eval-code" in shown(editor, tmp_path)
    assert "assaymark: assaymark.toml:1: ignore is not honoured: the workspace is not trusted" in logged(
        editor
    )
    assert "assaymark: assaymark.toml:2: rules is not honoured: the workspace is not trusted" in logged(
        editor
    )
    assert editor.session.preferences.options((tmp_path / "here" / "a.py").as_uri()).settings.level.value == (
        "pedantic"
    )


def test_what_an_editor_says_is_stronger(tmp_path: Path) -> None:
    """Than the repository; not than what is managed."""
    put(tmp_path, 'ignore = ["eval-code"]\n')
    assert shown(editor_in(tmp_path, ignore=[]), tmp_path) == ["eval-code"]
    (tmp_path / "managed.toml").write_text('ignore = ["eval-code"]\n')
    editor = editor_in(tmp_path, ignore=[])
    assert shown(editor, tmp_path) == []
    assert any("ignore is not honoured: it is managed in" in line for line in logged(editor))


def test_the_users_file_holds(tmp_path: Path) -> None:
    """In the editor as in the terminal."""
    (tmp_path / "user.toml").write_text('ignore = ["eval-code"]\n')
    assert shown(editor_in(tmp_path), tmp_path) == []


def test_a_broken_file_is_told_and_the_other_layers_hold(tmp_path: Path) -> None:
    """With file, line and remedy; once."""
    (tmp_path / "user.toml").write_text('ignore = ["eval-code"]\n')
    put(tmp_path, 'severty = "low"\nselect = "x"\n')
    editor = editor_in(tmp_path)
    assert shown(editor, tmp_path) == []
    assert shown(editor, tmp_path) == []
    assert [line.partition(". This")[0] for line in told(editor)] == [
        "assaymark: assaymark.toml:1: 'severty' is not a setting; did you mean 'severity'?",
        'assaymark: assaymark.toml:2: select: a list is needed; write ["x"]',
    ]


def test_a_broken_file_of_the_user_lets_a_repository_loosen_nothing(tmp_path: Path) -> None:
    """Who does not know what the user wants does not take the repository's word for it."""
    (tmp_path / "user.toml").write_text("ignore = [\n")
    put(tmp_path, 'ignore = ["eval-code"]\n')
    assert shown(editor_in(tmp_path), tmp_path) == ["eval-code"]


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    """When the settings are considered again, and when the next document is opened."""
    editor = editor_in(tmp_path)
    assert shown(editor, tmp_path) == ["eval-code"]
    put(tmp_path, 'ignore = ["eval-code"]\n')
    editor.notify("workspace/didChangeConfiguration", {"settings": {"assaymark": {}}})
    assert editor.report(uri=(tmp_path / "here" / "a.py").as_uri())["items"] == []
    put(tmp_path, "")
    assert shown(editor, tmp_path, "b.py") == ["eval-code"]


def test_an_excluded_document_is_not_analysed(tmp_path: Path) -> None:
    """It shows nothing, the log says why, and it is analysed once it is not excluded any more."""
    put(tmp_path, 'exclude = ["a.py"]\n')
    editor = editor_in(tmp_path, PUSHED)
    uri = (tmp_path / "here" / "a.py").as_uri()
    came = editor.open(FLAW, uri)
    assert [m["params"]["diagnostics"] for m in came if m["method"].endswith("publishDiagnostics")] == [[]]
    assert "assaymark: a document is not analysed (excluded by a.py)" in logged(editor)
    editor.come(editor.change({"text": FLAW * 2}, uri=uri))
    put(tmp_path, "")
    came = editor.notify("workspace/didChangeConfiguration", {"settings": {"assaymark": {}}})
    (published,) = [m["params"]["diagnostics"] for m in came if m["method"].endswith("publishDiagnostics")]
    assert [item["code"] for item in published] == ["eval-code"] * 2


def test_folders_of_a_repository_have_their_own(tmp_path: Path) -> None:
    """The nearest file counts, as on the command line."""
    (tmp_path / "here" / "part").mkdir()
    put(tmp_path, 'ignore = ["eval-code"]\n')
    put(tmp_path, "", "part/assaymark.toml")
    editor = editor_in(tmp_path)
    assert shown(editor, tmp_path) == []
    assert shown(editor, tmp_path, "part/a.py") == ["eval-code"]


def test_a_text_that_was_never_saved_has_the_users_settings(tmp_path: Path) -> None:
    """No repository speaks of it."""
    (tmp_path / "user.toml").write_text('ignore = ["eval-code"]\n')
    editor = editor_in(tmp_path)
    editor.open(FLAW, "untitled:Untitled-1")
    assert editor.report(uri="untitled:Untitled-1")["items"] == []


def test_findings_are_left_to_a_tool_that_has_them_enabled(tmp_path: Path) -> None:
    """With `defer`, in a trusted workspace only."""
    put(tmp_path, '[tool.ruff.lint]\nselect = ["S"]\n', "pyproject.toml")
    assert shown(editor_in(tmp_path, defer=["ruff"]), tmp_path) == []
    assert shown(editor_in(tmp_path, defer=["ruff"], trusted=False), tmp_path) == ["eval-code"]
    put(tmp_path, '[tool.ruff.lint]\nselect = ["E"]\n', "pyproject.toml")
    assert shown(editor_in(tmp_path, defer=["ruff"]), tmp_path) == ["eval-code"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"here/assaymark.toml": 'severity = "high"\nignore = ["a*"]\nexclude = ["/gen", "x.py"]\n'},
        {"here/pyproject.toml": '[tool.assaymark]\nlevel = "strict"\n', "user.toml": 'level = "pedantic"\n'},
        {
            "here/part/assaymark.toml": 'rules = ["r"]\nbaseline = "b"\n',
            "here/assaymark.toml": "timeout = 1\n",
        },
        {"managed.toml": 'bandit = "all"\n', "here/assaymark.toml": 'bandit = "off"\nmax-bytes = 9000000\n'},
    ],
)
@pytest.mark.parametrize("trusted", [True, False])
def test_a_terminal_comes_to_the_same(
    tmp_path: Path, elsewhere: Places, files: dict[str, str], trusted: bool
) -> None:
    """The same settings for the same file, and the same files excluded."""
    (tmp_path / "here" / "part").mkdir()
    (tmp_path / "here" / "part" / "r").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    editor = editor_in(tmp_path, trusted=trusted)
    terms = Terms(Standing(elsewhere, trusted=trusted))
    for name in ("a.py", "part/a.py", "gen/a.py", "part/gen/a.py", "part/x.py"):
        file = tmp_path / "here" / name
        settings = editor.session.preferences.options(file.as_uri()).settings
        excluded, limits = settings.limits.excluded, replace(settings.limits, excluded="")
        assert replace(settings, limits=limits) == terms.settings(str(file))
        assert excluded == (f"excluded by {pattern}" if (pattern := terms.excluding(str(file))) else "")


def test_what_is_left_to_others_is_counted(tmp_path: Path) -> None:
    """In the status of a document."""
    put(tmp_path, '[tool.ruff.lint]\nselect = ["S"]\n', "pyproject.toml")
    editor = editor_in(tmp_path, defer=["ruff"])
    assert shown(editor, tmp_path) == []
    found = editor.request("assaymark/status", {"uri": (tmp_path / "here" / "a.py").as_uri()})["result"]
    assert (found["state"], found["deferred"]) == ("clean", {"ruff": 1})


def test_the_status_of_an_excluded_document_says_so(tmp_path: Path) -> None:
    """It is not clean."""
    put(tmp_path, 'exclude = ["a.py"]\n')
    editor = editor_in(tmp_path)
    assert shown(editor, tmp_path) == []
    found = editor.request("assaymark/status", {"uri": (tmp_path / "here" / "a.py").as_uri()})["result"]
    assert (found["state"], found["reason"]) == ("not analysed", "excluded by a.py")


def test_a_rule_that_there_is_not_is_logged(tmp_path: Path) -> None:
    """Once, with a guess; the terminal ends on it."""
    put(tmp_path, 'ignore = ["eval-cod"]\n')
    editor = editor_in(tmp_path)
    assert shown(editor, tmp_path) == ["eval-code"]
    assert shown(editor, tmp_path, "b.py") == ["eval-code"]
    assert logged(editor).count("assaymark: no rule is called 'eval-cod'; did you mean 'eval-code'?") == 1


def test_rules_that_cannot_be_loaded_concern_those_who_name_them(tmp_path: Path) -> None:
    """Another folder's files are checked."""
    (tmp_path / "here" / "part").mkdir()
    put(tmp_path, 'rules = ["nowhere"]\n', "part/assaymark.toml")
    editor = editor_in(tmp_path)
    assert shown(editor, tmp_path, "part/a.py") == ["not-checked"]
    assert shown(editor, tmp_path) == ["eval-code"]
    assert shown(editor, tmp_path, "part/b.py") == ["not-checked"]


def test_what_a_tool_has_enabled_is_looked_up_again(tmp_path: Path) -> None:
    """When its settings change on the disk."""
    put(tmp_path, '[lint]\nselect = ["S"]\n', "ruff.toml")
    editor = editor_in(tmp_path, defer=["ruff"])
    assert shown(editor, tmp_path) == []
    put(tmp_path, '[lint]\nselect = ["E"]\n', "ruff.toml")
    changed = {"uri": (tmp_path / "here" / "ruff.toml").as_uri(), "type": 2}
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [changed]})
    uri = (tmp_path / "here" / "a.py").as_uri()
    assert [item["code"] for item in editor.report(uri=uri)["items"]] == ["eval-code"]
