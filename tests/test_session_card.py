"""The card of an agent's session: what it did that needs a look, the worst first."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assaymark.analysis.manifests import Added, added
from assaymark.cli.main import run
from assaymark.hooks.entry import hook
from assaymark.person import Surroundings
from assaymark.settings.loosening import loosened
from e2e.authors import SHOWS
from e2e.inside import Inside

VIEWS = """\
@login_required
def orders(request):
    return render(request)
"""
TESTS = """\
def test_one(client):
    assert client.get("/orders").status_code == 302
    assert client.get("/").status_code == 200


def test_two():
    assert True
"""


class Shop:
    """A repository in which an agent works."""

    def __init__(self, top: Path) -> None:
        self.top = top

    def commit(self, **files: str) -> None:
        for name, text in files.items():
            (self.top / name.replace("__", ".")).write_text(text)
        for words in (["add", "."], ["commit", "-q", "-m", "x"]):
            ours = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
            subprocess.run(["git", *ours, *words], cwd=self.top, check=True)

    def edits(self, name: str, old: str, new: str, session: str = "s-1") -> None:
        """Claude Code makes an edit, and its hook reports it."""
        file = self.top / name
        before = file.read_text() if file.exists() else ""
        file.write_text(before.replace(old, new, 1) if old else new)
        texts = {"oldString": old, "newString": new, "originalFile": before}
        payload = {
            "session_id": session,
            "cwd": str(self.top),
            "hook_event_name": "PostToolUse",
            "tool_name": "Edit",
            "tool_use_id": f"t{len(old)}",
            "tool_input": {"file_path": str(file), "old_string": old, "new_string": new},
            "tool_response": {"filePath": str(file), **texts},
        }
        assert hook("claude", json.dumps(payload)) == 0


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    top = tmp_path / "shop"
    top.mkdir()
    subprocess.run(["git", "init", "-q", "."], cwd=top, check=True)
    monkeypatch.chdir(top)
    return Shop(top)


@pytest.fixture
def card(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    def made(*words: str) -> dict[str, Any]:
        capsys.readouterr()
        run(["session", "--format", "json", *words])
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return made


def _told(found: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    return [(item["kind"], item["path"], item["line"]) for item in found["items"]]


def test_a_guard_and_a_test_that_are_gone_stand_on_top(shop: Shop, card: Callable[..., Any]) -> None:
    """Though a finding that came is as bad, and much else was done."""
    shop.commit(views__py=VIEWS, test_views__py=TESTS, requirements__txt="django\n")
    shop.edits("requirements.txt", "django\n", "django\nleftpad\n")
    shop.edits("views.py", "    return", "    eval(request.body)\n    return")
    shop.edits("test_views.py", TESTS[: TESTS.index("def test_two")], "")
    shop.edits("views.py", "@login_required\n", "")
    assert _told(card()) == [
        ("guard", "views.py", 1),
        ("test", "test_views.py", None),
        ("finding", "views.py", 2),
        ("dependency", "requirements.txt", None),
    ]


def test_a_test_that_is_skipped_or_asserts_less(shop: Shop, card: Callable[..., Any]) -> None:
    """Counted before and after; one that only has another place is neither."""
    shop.commit(test_views__py=TESTS)
    shop.edits("test_views.py", '    assert client.get("/").status_code == 200\n', "")
    shop.edits("test_views.py", "def test_two", "@pytest.mark.skip\ndef test_two")
    texts = [item["text"] for item in card()["items"]]
    assert texts == [
        "the test test_one asserts less (2 before, 1 now)",
        "the test test_two is skipped now (0 before, 1 now)",
    ]


def test_tests_that_moved_to_another_file_are_there(shop: Shop, card: Callable[..., Any]) -> None:
    """The session wrote both files."""
    shop.commit(test_views__py=TESTS)
    shop.edits("test_more.py", "", TESTS[TESTS.index("def test_two") :])
    shop.edits("test_views.py", TESTS[TESTS.index("def test_two") :], "")
    assert card()["items"] == []


def test_tests_of_javascript_and_typescript(shop: Shop, card: Callable[..., Any]) -> None:
    """They are called by their titles."""
    orders = 'describe("orders", () => {\n  it("opens", () => {\n    expect(open()).toBe(1);\n  });\n});\n'
    shop.commit(orders__ts=orders, bills__js=orders)
    shop.edits("orders.ts", "it(", "it.only(")
    shop.edits("orders.ts", "    expect(open()).toBe(1);\n", "")
    shop.edits("bills.js", orders, "")
    assert [(item["path"], item["line"], item["text"]) for item in card()["items"]] == [
        ("bills.js", None, "the test orders is gone"),
        ("orders.ts", 2, "the test orders > opens asserts less (1 before, 0 now)"),
        ("orders.ts", 2, "the test orders > opens keeps others from running (only)"),
    ]


def test_what_was_fixed_is_counted(shop: Shop, card: Callable[..., Any]) -> None:
    """And what others left standing is no finding of the session."""
    shop.commit(app__py="x = eval(a)\ny = eval(b)\n")
    shop.edits("app.py", "x = eval(a)", "x = int(a)")
    found = card()
    assert (found["items"], [one["rule"] for one in found["fixed"]]) == ([], ["eval-code"])


def test_a_comment_that_silences_is_shown_with_what_it_would_hide(
    shop: Shop, card: Callable[..., Any]
) -> None:
    """An agent's comment takes nothing away."""
    shop.commit(app__py="x = 1\n")
    shop.edits("app.py", "x = 1\n", "x = eval(a)  # assaymark: ignore[eval-code] -- it is fine\n")
    kinds = {item["kind"] for item in card()["items"]}
    assert kinds == {"finding", "suppression"}


def test_settings_that_it_loosened(shop: Shop, card: Callable[..., Any]) -> None:
    """By the name of the setting, and what it is now."""
    shop.commit(assaymark__toml='severity = "low"\n')
    shop.edits("assaymark.toml", 'severity = "low"\n', 'severity = "high"\nignore = ["eval-code"]\n')
    assert [item["text"] for item in card()["items"]] == [
        "severity: higher than before (now high)",
        "ignore: names more than before (now eval-code)",
    ]


def test_a_file_outside_of_the_repository(shop: Shop, tmp_path: Path, card: Callable[..., Any]) -> None:
    """By its whole path; what it holds is nobody's business here."""
    shop.commit(app__py="x = 1\n")
    shop.edits("../elsewhere.sh", "", "rm -rf x\n")
    found = card()
    assert _told(found) == [("outside", str(tmp_path / "elsewhere.sh"), None)]
    assert "rm -rf" not in json.dumps(found)


def test_lines_nobody_reviewed_are_counted_and_go_when_they_are(shop: Shop, card: Callable[..., Any]) -> None:
    """Only those of the session that are still there."""
    shop.commit(app__py="x = 1\n")
    shop.edits("app.py", "x = 1\n", "x = 1\ny = 2\n\nz = 3\n")
    assert card()["unread"] == [{"path": "app.py", "first": 2, "last": 4}]


def test_sessions_are_named_by_the_start_of_their_ids(
    shop: Shop, card: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """The last one is the default; --since takes all as one; a name that none has is wrong usage."""
    shop.commit(app__py="x = 1\n", other__py="x = 1\n")
    shop.edits("app.py", "x = 1", "x = 2", "first-1")
    shop.edits("other.py", "x = 1", "x = 3", "second-2")
    assert [one["path"] for one in card("first")["files"]] == ["app.py"]
    assert {one["path"] for one in card("--since", "2h")["files"]} == {"app.py", "other.py"}
    assert run(["session", "third"]) == 3
    assert "no session starts with 'third'; the last ones are" in capsys.readouterr().err
    assert run(["session", "--since", "soon"]) == 3
    assert run(["session", "--list"]) == 0
    assert capsys.readouterr().out.count("Claude Code") == 2


def test_a_text_before_that_git_has_not_got_is_not_compared(shop: Shop, card: Callable[..., Any]) -> None:
    """It says so, and guesses nothing."""
    shop.commit(readme__txt="x\n")
    (shop.top / "app.py").write_text("x = eval(a)\n")
    shop.edits("app.py", "x = eval(a)\n", "x = eval(a)\ny = 1\n")
    found = card()
    assert found["items"] == []
    why = "what it held before the session is not known"
    assert found["problems"] == [f"app.py: not compared in full: {why}. This is not a pass"]
    assert (found["left_out"], found["files"][0]["compared"]) == ([{"path": "app.py", "why": why}], False)
    assert run(["session"]) == 2


def test_a_file_that_is_too_large_now_is_named(shop: Shop, card: Callable[..., Any]) -> None:
    """It is not taken for one that is gone."""
    shop.commit(views__py=VIEWS)
    shop.edits("views.py", "@login_required\n", "")
    (shop.top / "views.py").write_text("#" * 5_000_001)
    found = card()
    assert (found["items"], [one["path"] for one in found["left_out"]]) == ([], ["views.py"])
    assert "larger than the limit" in found["problems"][0]


def test_what_there_was_no_time_to_compare_is_named(
    shop: Shop, card: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its findings, tests and lines are on the card all the same."""
    monkeypatch.setattr("assaymark.cli.session.SECONDS", 0)
    shop.commit(views__py=VIEWS)
    shop.edits("views.py", "@login_required\n", "")
    shop.edits("views.py", "    return", "    eval(request.body)\n    return")
    found = card()
    assert [item["kind"] for item in found["items"]] == ["finding"]
    assert found["left_out"] == [{"path": "views.py", "why": "the time was over"}]


def test_what_the_agent_was_told_of_and_what_came_of_it(
    shop: Shop, card: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """By the record, each finding once."""
    shop.commit(app__py="x = 1\n")
    shop.edits("app.py", "x = 1\n", "x = eval(a)\ny = eval(b)\n")
    shop.edits("app.py", "eval(a)", "int(a)")
    assert [(told["rule"], told["fixed"]) for told in card()["told"]] == [
        ("eval-code", True),
        ("eval-code", False),
    ]
    run(["session"])
    assert "The agent was told of 2 findings, 1 of which was fixed." in capsys.readouterr().out


def test_who_loosened_a_setting_is_said_where_it_is_known(shop: Shop, card: Callable[..., Any]) -> None:
    """Where somebody else wrote there too, a line that is gone is nobody's."""
    shop.commit(assaymark__toml='severity = "low"\nlevel = "strict"\n', app__py="x = 1\n")
    shop.edits("assaymark.toml", 'severity = "low"\n', 'severity = "high"\n')
    assert [item["who"] for item in card()["items"]] == ["the session"]
    (shop.top / "assaymark.toml").write_text('severity = "high"\n')
    assert [(item["line"], item["who"]) for item in card()["items"]] == [
        (None, "unknown"),
        (1, "the session"),
    ]


def test_without_a_record_there_is_no_card(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """And what to do about it is said."""
    shop.commit(app__py="x = 1\n")
    assert run(["session"]) == 3
    assert "hooks install" in capsys.readouterr().err


def test_the_editor_has_the_same_card(shop: Shop, card: Callable[..., Any]) -> None:
    """By a request of its own."""
    shop.commit(views__py=VIEWS)
    shop.edits("views.py", "@login_required\n", "")
    editor = Inside(SHOWS)
    file = shop.top / "views.py"
    editor.open(file.read_text(), file.as_uri())
    found = editor.request("assaymark/session", {"uri": file.as_uri()})["result"]
    assert found.pop("top") == shop.top.as_uri()
    assert found == card()


def test_all_of_a_session_is_marked_at_once(
    shop: Shop, card: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the terminal; what comes later is unread again, and only that."""
    shop.commit(app__py="x = 1\n", other__py="x = 1\n")
    shop.edits("app.py", "x = 1\n", "x = 1\ny = 2\n")
    shop.edits("other.py", "x = 1\n", "x = 2\n")
    monkeypatch.setattr("assaymark.cli.reviewed.person", lambda: None)
    assert run(["reviewed", "--session"]) == 0
    assert card()["unread"] == []
    shop.edits("app.py", "y = 2\n", "y = 2\nz = 3\n")
    assert card()["unread"] == [{"path": "app.py", "first": 3, "last": 3}]


def test_the_editor_marks_open_and_closed_files_of_a_session(
    shop: Shop, card: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One action for the rest of it."""
    monkeypatch.setattr("assaymark.lsp.marking.surroundings", lambda: Surroundings({}))
    shop.commit(app__py="x = 1\n", other__py="x = 1\n")
    shop.edits("app.py", "x = 1\n", "x = 1\ny = 2\n")
    shop.edits("other.py", "x = 1\n", "x = 2\n")
    editor = Inside(SHOWS)
    uri = (shop.top / "app.py").as_uri()
    editor.open((shop.top / "app.py").read_text(), uri)
    editor.clock.pass_by(0.1)
    editor.come()
    assert len(editor.request("assaymark/unreviewed", {})["result"]) == 1
    call = {"command": "assaymark.markReviewed", "arguments": [{"session": "last"}]}
    told = editor.request("workspace/executeCommand", call)["result"]["message"]
    assert told.startswith("Recorded: you have read 2 lines of the session.")
    assert editor.request("assaymark/unreviewed", {})["result"] == []
    assert card()["unread"] == []
    editor.door.close()


@pytest.mark.parametrize(
    "path, before, after, expected",
    [
        ("requirements-dev.txt", "a==1\n", "a==2\nB_c>=1 ; x\n# d\n", [("dependency", "b-c")]),
        ("pyproject.toml", "", '[project]\ndependencies = ["x>=1"]\n', [("dependency", "x")]),
        ("pyproject.toml", "", "[project\n", []),
        ("package.json", "{}", '{"scripts":{"postinstall":"x"},"dependencies":{"l":"1"}}', [
            ("dependency", "l"), ("hook", "postinstall (npm runs it)")]),
        (".github/workflows/ci.yml", "permissions:\n  contents: read\n",
         "permissions:\n  contents: write\n", [("permission", "contents: write")]),
        (".claude/settings.json", "{}", '{"permissions":{"allow":["Bash(rm:*)"]}}',
         [("permission", "Bash(rm:*)")]),
        (".claude/settings.json", "{}",
         '{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"x"}]}]}}', [("hook", "Stop: x")]),
        ("go.mod", "module a\n", "module a\nrequire github.com/x/y v1.2.3\n",
         [("dependency", "github.com/x/y")]),
        ("notes.txt", "", "a==1\n", []),
    ],
)  # fmt: skip
def test_what_files_that_decide_more_than_their_text_have_more(
    path: str, before: str, after: str, expected: list[tuple[str, str]]
) -> None:
    """Dependencies, permissions and hooks by name; what cannot be read says nothing."""
    assert [tuple(one) for one in added(path, before.encode(), after.encode())] == expected
    assert added(path, after.encode(), after.encode()) == ()
    assert all(isinstance(one, Added) for one in added(path, before.encode(), after.encode()))


def test_only_files_of_settings_loosen_settings() -> None:
    """And a stricter value is no loosening."""
    assert list(loosened("app.toml", b"", b'severity = "high"\n')) == []
    assert list(loosened("assaymark.toml", b'severity = "high"\n', b'severity = "low"\n')) == []
