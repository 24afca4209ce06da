"""Settings: read, laid over each other, and refused where they may not loosen."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import settings_reference
from assaymark.finding import Level, Severity
from assaymark.settings.declared import BY_NAME, DECLARED, Setting
from assaymark.settings.decoding import from_command_line, from_editor
from assaymark.settings.files import settings_in
from assaymark.settings.layer import Entry, Given, Layer
from assaymark.settings.places import Places, places
from assaymark.settings.resolving import Resolved, resolved
from assaymark.settings.shapes import Ground
from assaymark.settings.standing import Lookup, Standing
from assaymark.settings.stored import from_plain, to_plain
from assaymark.settings.values import Answers, Bandit, BeforeCommit, Hints, Settings

HERE = Ground(os.sep)

NAMES = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=4, unique=True).map(tuple)
PATHS = st.lists(st.sampled_from([Path("/a"), Path("/b"), Path("/c")]), max_size=3, unique=True).map(tuple)
VALUES: dict[str, st.SearchStrategy[object]] = {
    "severity": st.sampled_from([*Severity]),
    "level": st.sampled_from([*Level]),
    "fail-on": st.sampled_from([*Severity]),
    "select": NAMES,
    "ignore": NAMES,
    "rules": PATHS,
    "exclude": NAMES,
    "defer": NAMES,
    "bandit": st.sampled_from(Bandit),
    "baseline": st.sampled_from([None, Path("/a"), Path("/b")]),
    "foreign-comments": st.booleans(),
    "workspace-diagnostics": st.booleans(),
    "typing-delay": st.integers(0, 3),
    "bandit-delay": st.integers(0, 3),
    "origin-hints": st.sampled_from(Hints),
    "origin-hints-model": st.booleans(),
    "gate.pre-commit": st.sampled_from(BeforeCommit),
    "quiet": st.booleans(),
    "notes.include": st.lists(st.sampled_from(["tool", "model", "person"]), unique=True).map(tuple),
    "agent.answer": st.sampled_from(Answers),
    "record": st.booleans(),
    "timeout": st.sampled_from([0.5, 1.0, 10.0, 20.0]),
    "max-bytes": st.integers(1, 4),
}
SAID = st.fixed_dictionaries({}, optional=VALUES)


def says(layer: Layer, values: dict[str, object]) -> Given:
    return Given(layer, {name: Entry(value, layer.value) for name, value in values.items()})


def is_looser(setting: Setting, value: object, than: object) -> bool:
    joined = setting.stricter(than, value)
    return set(joined) != set(value) if isinstance(value, tuple) else joined != value


def test_every_setting_is_generated_here() -> None:
    """A setting that is added is tested by the properties below."""
    assert VALUES.keys() == BY_NAME.keys()


def test_without_layers_the_defaults_hold() -> None:
    """What nobody sets is what the values say of themselves."""
    assert resolved([]).settings == Settings()


@given(st.data())
def test_a_stricter_value_is_as_strict_as_both(data: st.DataObject) -> None:
    """To be stricter is a join: in any order and grouping the same, and never looser than a part."""
    setting = data.draw(st.sampled_from(DECLARED))
    a, b, c = (data.draw(VALUES[setting.name]) for _ in range(3))
    join = setting.stricter
    alike = set if isinstance(a, tuple) else lambda value: value
    assert alike(join(a, b)) == alike(join(b, a))
    assert alike(join(a, join(b, c))) == alike(join(join(a, b), c))
    assert join(a, a) == a
    assert not is_looser(setting, join(a, b), a)
    assert not is_looser(setting, join(a, b), b)


@given(st.dictionaries(st.sampled_from(Layer), SAID), st.booleans())
def test_managed_always_wins(said: dict[Layer, dict[str, object]], trusted: bool) -> None:
    """Whatever others say, a managed value holds; of `rules`, to which all add, it is never taken away."""
    found = resolved([says(layer, values) for layer, values in said.items()], trusted=trusted)
    for name, value in said.get(Layer.managed, {}).items():
        held = found.of(name)
        if held.setting.adds:
            assert set(value) <= set(held.value)
        else:
            assert (held.value, held.layer) == (value, Layer.managed)


@given(st.dictionaries(st.sampled_from(Layer), SAID), SAID, SAID)
def test_an_untrusted_repository_never_makes_the_result_looser(
    said: dict[Layer, dict[str, object]], repository: dict[str, object], folder: dict[str, object]
) -> None:
    """Nor does what an editor keeps beside the code: with both, every setting is as strict as without."""
    others = [says(layer, values) for layer, values in said.items() if not layer.comes_with_the_code]
    without = resolved(others, trusted=False)
    having = resolved(
        [*others, says(Layer.repository, repository), says(Layer.folder, folder)], trusted=False
    )
    for before, after in zip(without.held, having.held, strict=True):
        assert not is_looser(before.setting, after.value, before.value), before.setting.name
    assert not having.loosened


@given(SAID, SAID)
def test_a_repository_loosens_only_what_is_declared(
    user: dict[str, object], repository: dict[str, object]
) -> None:
    """In a trusted workspace too; and what it loosens is told."""
    without = resolved([says(Layer.user, user)])
    having = resolved([says(Layer.user, user), says(Layer.repository, repository)])
    looser = {
        after.setting.name
        for before, after in zip(without.held, having.held, strict=True)
        if is_looser(before.setting, after.value, before.value)
    }
    assert all(Layer.repository in BY_NAME[name].loosened_by for name in looser)
    assert looser == {held.setting.name for held in having.loosened}


@pytest.mark.parametrize(
    "weak, strong",
    [
        (Layer.user, Layer.repository),
        (Layer.repository, Layer.editor),
        (Layer.editor, Layer.folder),
        (Layer.folder, Layer.command_line),
        (Layer.command_line, Layer.managed),
    ],
)
def test_the_nearer_to_the_person_and_the_moment_the_stronger(weak: Layer, strong: Layer) -> None:
    """User, repository, editor, its folder, command line; and above all what is managed."""
    found = resolved([says(strong, {"ignore": ("b",)}), says(weak, {"ignore": ("a",)})])
    assert found.settings.ignore == ("b",)
    assert found.of("ignore").layer is strong


def test_what_is_refused_says_where_and_why() -> None:
    """A line names the place of the setting, the setting, and the reason."""
    found = resolved(
        [
            Given(Layer.managed, {"level": Entry(Level.strict, "/etc/assaymark.toml:1")}),
            Given(
                Layer.repository,
                {
                    "level": Entry(Level.default, "pyproject.toml:2"),
                    "typing-delay": Entry(9000, "pyproject.toml:3"),
                    "severity": Entry(Severity.high, "pyproject.toml:4"),
                },
            ),
        ],
        trusted=False,
    )
    assert [str(refused) for refused in found.refused] == [
        "pyproject.toml:4: severity is not honoured: the workspace is not trusted",
        "pyproject.toml:2: level is not honoured: it is managed in /etc/assaymark.toml:1",
        "pyproject.toml:3: typing-delay is not honoured: a repository cannot loosen it",
    ]


def test_of_a_refused_list_what_is_stricter_counts() -> None:
    """An untrusted repository that ignores another rule than the user leaves no rule ignored."""
    found = resolved(
        [says(Layer.user, {"ignore": ("a", "b")}), says(Layer.repository, {"ignore": ("b", "c")})],
        trusted=False,
    )
    assert found.settings.ignore == ("b",)


def test_a_broken_managed_file_lets_nothing_be_loosened(tmp_path: Path) -> None:
    """Who cannot read what is managed does not take the repository's word for it."""
    (tmp_path / "managed.toml").write_text("severity = ")
    (tmp_path / "here" / ".git").mkdir(parents=True)
    (tmp_path / "here" / "assaymark.toml").write_text('severity = "critical"')
    found = looked_up(tmp_path, "here")
    assert found.settings.severity is Severity.low
    assert "not TOML" in str(found.wrong[0])
    assert str(found.refused[0]).endswith("the user's or the managed settings could not be understood")


def looked_up(root: Path, folder: str, *, trusted: bool = True) -> Resolved:
    files = Places(str(root / "managed.toml"), str(root / "user.toml"))
    return Lookup(Standing(files, (), trusted), str(root)).at(str(root / folder)).resolved


@pytest.mark.parametrize(
    "line, complaint",
    [
        ('sevrity = "low"', "'sevrity' is not a setting; did you mean 'severity'?"),
        ('fail_on = "low"', "'fail_on' is not a setting; did you mean 'fail-on'?"),
        (
            'severity = "hihg"',
            "severity: \"hihg\" is not one of low, medium, high, critical; did you mean 'high'?",
        ),
        ("level = 3", "level: 3 is not one of default, strict, pedantic"),
        ('ignore = "a"', 'ignore: a list is needed; write ["a"]'),
        ("ignore = [1]", 'ignore: a list of strings is needed, as in ["a", "b"]'),
        ('ignore = [""]', "ignore: a name in the list is empty; take it out"),
        ('defer = ["rufff"]', "defer: \"rufff\" is not one of ruff, bandit, semgrep; did you mean 'ruff'?"),
        ('foreign-comments = "yes"', 'foreign-comments: "yes" is not a truth value; write true or false'),
        ("typing-delay = 1.5", "typing-delay: 1.5 is not a whole number of milliseconds from 0 to 60,000"),
        ("typing-delay = true", "typing-delay: true is not a whole number of milliseconds from 0 to 60,000"),
        ("timeout = 0", "timeout: 0 is not a number of seconds between 0 and 86,400"),
        ("timeout = inf", "timeout: inf is not a number of seconds between 0 and 86,400"),
        ('exclude = ["[b-a]"]', 'exclude: "[b-a]" is not a path glob: bad character range b-a'),
        ('exclude = ["/"]', 'exclude: "/" names everything; name what is not to be checked'),
        (
            'exclude = ["../x"]',
            "exclude: \"../x\" leaves the folder; write it from the folder of the settings, without '..'",
        ),
        (
            'baseline = "/etc/x"',
            "baseline: \"/etc/x\" may lie outside of the repository; write it from here, without '..'",
        ),
        (
            'rules = ["a/../../x"]',
            "rules: \"a/../../x\" may lie outside of the repository; write it from here, without '..'",
        ),
        (
            'rules = ["~/x"]',
            "rules: \"~/x\" may lie outside of the repository; write it from here, without '..'",
        ),
        (
            'rules = ["away/x.md"]',
            'rules: "away/x.md" leads out of the repository by a link; put the file itself into the repository',
        ),
        ("severity", "not TOML: expected '=' after a key in a key/value pair"),
        ("severity = ", "not TOML: invalid value"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_remedy(tmp_path: Path, line: str, complaint: str) -> None:
    """A file, its line, what is wrong, and what to write; the other settings of the file hold."""
    repository = tmp_path / "here"
    (repository / ".git").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (repository / "away").symlink_to(tmp_path / "elsewhere")
    (repository / "pyproject.toml").write_text(f'[tool.assaymark]\nbandit = "off"\n{line}\n')
    found = looked_up(tmp_path, "here")
    assert [str(wrong) for wrong in found.wrong] == [f"pyproject.toml:3: {complaint}"]
    assert found.settings.bandit is (Bandit.rest if "TOML" in complaint else Bandit.off)


@pytest.mark.parametrize(
    "text, line",
    [
        ("[tool]\nx = 1\n[tool.assaymark]\nsevrity = 1", 4),
        ("[project]\nsevrity = 1\n\n[tool . assaymark]  # ours\n\nsevrity = 1", 6),
        ('[tool."assaymark"]\n"sevrity" = 1', 2),
        ("[tool]\nassaymark.sevrity = 1", 2),
        ("tool.assaymark.sevrity = 1", 1),
        ("[tool.assaymark.sevrity]\nx = 1", 1),
        ("[tool]\nassaymark = {sevrity = 1}", 1),
        ("[tool]\nassaymark = 1", 1),
    ],
)
def test_a_line_is_found_however_the_table_is_written(tmp_path: Path, text: str, line: int) -> None:
    """Headers, dotted keys, quotes and comments; where a line cannot be found, it is the first."""
    (tmp_path / "pyproject.toml").write_text(text)
    (found,) = looked_up(tmp_path, ".").wrong
    assert found.where == f"pyproject.toml:{line}"


@pytest.mark.parametrize(
    "text, line",
    [
        ('severity = "low"\nnotes.include = ["persons"]\n', 2),
        ('[notes]\ninclude = ["persons"]\n', 1),
        ('\n[notes]\n\ninclude = ["persons"]', 2),
    ],
)
def test_a_setting_in_a_table_has_both_names(tmp_path: Path, text: str, line: int) -> None:
    """However the table is written; a value that is none is said with its line."""
    file = tmp_path / "assaymark.toml"
    file.write_text(text, encoding="utf-8")
    given = settings_in(str(file), Layer.user)
    assert given is not None
    assert [str(wrong) for wrong in given.wrong] == [
        f"{file}:{line}: notes.include: \"persons\" is not one of tool, model, person; did you mean 'person'?"
    ]
    file.write_text(text.replace("persons", "person"), encoding="utf-8")
    given = settings_in(str(file), Layer.user)
    assert given is not None
    assert resolved([given]).settings.notes_include == ("person",)


def test_an_editor_may_nest_a_setting() -> None:
    """As an object in an object, or under its whole name."""
    for said in ({"notes": {"include": ["tool"]}}, {"notes.include": ["tool"]}):
        assert resolved([from_editor(said, Layer.editor, HERE)]).settings.notes_include == ("tool",)
    wrong = from_editor({"notes": {"exclude": []}}, Layer.editor, HERE).wrong
    assert "'notes.exclude' is not a setting; did you mean 'notes.include'?" in str(wrong[0])


def test_a_table_for_pyproject_in_a_file_of_our_own_is_told(tmp_path: Path) -> None:
    """`[tool.assaymark]` belongs into pyproject.toml."""
    (tmp_path / "assaymark.toml").write_text('\n[tool.assaymark]\nseverity = "low"\n')
    (found,) = looked_up(tmp_path, ".").wrong
    assert str(found) == "assaymark.toml:2: leave [tool.assaymark] out: all of this file is ours"


def test_a_pyproject_without_our_table_sets_nothing(tmp_path: Path) -> None:
    """One that does not name us is not even parsed."""
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nassaymark = 1\n")
    assert settings_in(str(tmp_path / "pyproject.toml"), Layer.repository, top=str(tmp_path)) is None
    (tmp_path / "pyproject.toml").write_text("[tool.other\n")
    assert settings_in(str(tmp_path / "pyproject.toml"), Layer.repository, top=str(tmp_path)) is None


@pytest.mark.parametrize(
    "content, complaint",
    [
        (b'severity = "\xff"', "not UTF-8; save it as UTF-8"),
        (b"# " + b"x" * 1_000_000, "larger than the limit of 1,000,000 bytes"),
        (b"x = " + b"[" * 100_000, "not TOML: "),
    ],
)
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, content: bytes, complaint: str) -> None:
    """Never passed over in silence."""
    (tmp_path / "assaymark.toml").write_bytes(content)
    (found,) = looked_up(tmp_path, ".").wrong
    assert str(found).startswith(f"assaymark.toml:1: {complaint}")


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    """A user's own file may be a link, as dotfiles often are; a repository's may not lead out of it."""
    (tmp_path / "here" / ".git").mkdir(parents=True)
    (tmp_path / "real.toml").write_text('severity = "high"')
    (tmp_path / "here" / "assaymark.toml").symlink_to(tmp_path / "real.toml")
    found = looked_up(tmp_path, "here")
    assert found.settings.severity is Severity.low
    assert "a link out of the repository" in str(found.wrong[0])
    (tmp_path / "here" / "assaymark.toml").unlink()
    (tmp_path / "user.toml").symlink_to(tmp_path / "real.toml")
    assert looked_up(tmp_path, "here").settings.severity is Severity.high


def test_a_folder_in_the_place_of_a_file_is_said(tmp_path: Path) -> None:
    """So is whatever else is not a regular file; nothing blocks on it."""
    (tmp_path / "assaymark.toml").mkdir()
    assert "not a regular file" in str(looked_up(tmp_path, ".").wrong[0])


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    """From a file's folder up to the top of its repository; an assaymark.toml before a pyproject.toml."""
    (tmp_path / "pyproject.toml").write_text('[tool.assaymark]\nseverity = "critical"\n')
    (tmp_path / "here" / ".git").mkdir(parents=True)
    (tmp_path / "here" / "part" / "deep").mkdir(parents=True)
    assert looked_up(tmp_path, "here/part/deep").settings.severity is Severity.low
    (tmp_path / "here" / "pyproject.toml").write_text('[tool.assaymark]\nseverity = "high"\n')
    assert looked_up(tmp_path, "here/part/deep").settings.severity is Severity.high
    (tmp_path / "here" / "part" / "pyproject.toml").write_text('[project]\nname = "assaymark"\n')
    assert looked_up(tmp_path, "here/part/deep").settings.severity is Severity.high
    (tmp_path / "here" / "part" / "pyproject.toml").write_text('[tool.assaymark]\nlevel = "strict"\n')
    assert looked_up(tmp_path, "here/part/deep").settings == Settings(level=Level.strict)
    (tmp_path / "here" / "part" / "assaymark.toml").write_text("")
    assert looked_up(tmp_path, "here/part/deep").settings == Settings()


def test_without_a_repository_the_search_ends_where_one_started(tmp_path: Path) -> None:
    """What somebody else left in a folder above decides nothing."""
    (tmp_path / "assaymark.toml").write_text('severity = "critical"\n')
    (tmp_path / "here" / "part").mkdir(parents=True)
    (tmp_path / "here" / "assaymark.toml").write_text('severity = "high"\n')
    files = Places("", "")
    inner, here = str(tmp_path / "here" / "part"), str(tmp_path / "here")
    assert Lookup(Standing(files), here).at(inner).settings.severity is Severity.high
    assert Lookup(Standing(files), inner).at(inner).settings.severity is Severity.low
    lookup = Lookup(Standing(files), str(tmp_path / "elsewhere"))
    assert lookup.at(here).settings.severity is Severity.high
    assert lookup.at(inner).settings.severity is Severity.low


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """What was read is kept only while the file stays as it is."""
    file = tmp_path / "assaymark.toml"
    file.write_text('severity = "high"')
    assert looked_up(tmp_path, ".").settings.severity is Severity.high
    file.write_text('severity = "critical"')
    assert looked_up(tmp_path, ".").settings.severity is Severity.critical
    file.unlink()
    assert looked_up(tmp_path, ".").settings.severity is Severity.low


def test_paths_start_at_the_folder_of_their_file(tmp_path: Path) -> None:
    """A repository's rules and baseline lie within it, wherever its file stands."""
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "assaymark.toml").write_text('rules = ["ours"]\nbaseline = "known.json"\n')
    found = looked_up(tmp_path, "part").settings
    assert found.rules == (tmp_path / "part" / "ours",)
    assert found.baseline == tmp_path / "part" / "known.json"


def test_rules_of_all_layers_are_added(tmp_path: Path) -> None:
    """Those of the repository come last, since of two rules with one name the first counts."""
    (tmp_path / "user.toml").write_text('rules = ["/mine"]\n')
    (tmp_path / "here" / ".git").mkdir(parents=True)
    (tmp_path / "here" / "assaymark.toml").write_text('rules = ["ours"]\n')
    assert looked_up(tmp_path, "here").settings.rules == (Path("/mine"), tmp_path / "here" / "ours")
    assert looked_up(tmp_path, "here", trusted=False).settings.rules == (Path("/mine"),)


@pytest.mark.parametrize(
    "pattern, path, excluded",
    [
        ("gen", "gen/a.py", True),
        ("gen", "x/gen/a.py", True),
        ("gen", "general/a.py", False),
        ("/gen", "x/gen/a.py", False),
        ("*_pb2.py", "x/a_pb2.py", True),
        ("x/**/a.py", "x/y/z/a.py", True),
    ],
)
def test_globs_exclude_files_and_folders(tmp_path: Path, pattern: str, path: str, excluded: bool) -> None:
    """At any depth, or beside the settings file with a `/` before them."""
    (tmp_path / "assaymark.toml").write_text(f'exclude = ["{pattern}"]\n')
    lookup = Lookup(Standing(Places("", "")), str(tmp_path))
    assert bool(lookup.excluding(str(tmp_path / path))) is excluded


def test_globs_start_at_the_folder_of_their_file(tmp_path: Path) -> None:
    """In a folder of a repository too."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "assaymark.toml").write_text('exclude = ["/gen", "old"]\n')
    lookup = Lookup(Standing(Places("", "")), str(tmp_path))
    assert lookup.excluding(str(tmp_path / "part" / "gen" / "a.py"))
    assert lookup.excluding(str(tmp_path / "part" / "x" / "old" / "a.py"))
    assert not lookup.excluding(str(tmp_path / "part" / "x" / "gen" / "a.py"))
    assert not lookup.excluding(str(tmp_path / "gen" / "a.py"))


def test_an_excluded_folder_cannot_take_itself_back(tmp_path: Path) -> None:
    """Settings inside of it do not count: a walk never comes to them, and so an editor does not either."""
    (tmp_path / "assaymark.toml").write_text('exclude = ["gen"]\n')
    (tmp_path / "gen").mkdir()
    (tmp_path / "gen" / "assaymark.toml").write_text("exclude = []\n")
    lookup = Lookup(Standing(Places("", "")), str(tmp_path))
    assert lookup.excluding(str(tmp_path / "gen" / "a.py")) == "gen"


def test_an_editor_writes_in_camel_case() -> None:
    """With the same values and the same complaints; null is what editors say of what nobody set."""
    found = from_editor(
        {"failOn": "low", "typingDelay": 7, "ignore": None, "trusted": False}, Layer.editor, HERE
    )
    assert resolved([found]).settings == Settings(gate=Severity.low, typing_delay_ms=7)
    assert not found.wrong
    (wrong,) = from_editor({"failOnn": "low"}, Layer.editor, HERE).wrong
    assert str(wrong) == "the editor's setting failOnn: 'failOnn' is not a setting; did you mean 'failOn'?"


def test_a_command_line_has_the_same_values() -> None:
    """What was typed goes through the same decoder."""
    found = from_command_line({"timeout": 2.5, "rules": ["x"]}, Ground("/here"))
    assert resolved([found]).settings == Settings(seconds=2.5, rules=(Path("/here/x"),))
    (wrong,) = from_command_line({"bandit": "of"}, HERE).wrong
    assert str(wrong) == "--bandit: \"of\" is not one of rest, all, off; did you mean 'off'?"


@pytest.mark.parametrize(
    "platform, environ, managed, user",
    [
        ("linux", {}, "/etc/assaymark.toml", "/home/a/.config/assaymark/assaymark.toml"),
        (
            "linux",
            {"XDG_CONFIG_HOME": "/c", "PROGRAMDATA": "/x"},
            "/etc/assaymark.toml",
            "/c/assaymark/assaymark.toml",
        ),
        (
            "linux",
            {"XDG_CONFIG_HOME": "relative"},
            "/etc/assaymark.toml",
            "/home/a/.config/assaymark/assaymark.toml",
        ),
        (
            "darwin",
            {},
            "/Library/Application Support/assaymark/assaymark.toml",
            "/home/a/Library/Application Support/assaymark/assaymark.toml",
        ),
        (
            "win32",
            {"PROGRAMDATA": "/p", "APPDATA": "/r"},
            "/p/assaymark/assaymark.toml",
            "/r/assaymark/assaymark.toml",
        ),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="the paths of this test are those of Unix")
def test_files_have_their_places(platform: str, environ: dict[str, str], managed: str, user: str) -> None:
    """By the platform's custom; a relative variable would lie in what is checked, and is not followed."""
    assert places(environ, "/home/a", platform) == Places(managed, user)


def test_the_reference_of_the_settings_is_fresh() -> None:
    """It is made from the declarations."""
    written = settings_reference.REFERENCE.read_text("utf-8")
    assert written == settings_reference.reference(), f"run: {settings_reference.COMMAND}"


def test_every_layer_is_in_the_reference() -> None:
    """In the order of their strength."""
    assert list(settings_reference._LAYERS) == list(Layer)


@given(SAID)
def test_settings_made_plain_are_the_same_again(values: dict[str, object]) -> None:
    """What a worker is told is what this process goes by."""
    values["defer"] = ("ruff",)
    settings = resolved([says(Layer.managed, values)]).settings
    assert from_plain(json.loads(json.dumps(to_plain(settings)))) == settings


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.lists(
            st.sampled_from(
                ["severity", "ignore", "rules", "tool", "[", "]", "=", '"', "'", ".", "\n", "high", "1"]
            )
        ).map(lambda words: "".join(words).encode()),
    ),
    st.sampled_from(["assaymark.toml", "pyproject.toml"]),
)
def test_no_file_is_too_broken_to_be_told_of(content: bytes, name: str) -> None:
    """Reading raises on no bytes; what is wrong has a line and is one line long."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, name)
        place.write_bytes(b"# assaymark\n" + content)
        found = settings_in(str(place), Layer.repository, top=folder)
        for wrong in found.wrong if found is not None else ():
            assert re.fullmatch(re.escape(name) + r":[1-9]\d*: [^\n]+", str(wrong))


def test_a_repository_in_an_excluded_folder_is_excluded(tmp_path: Path) -> None:
    """A walk of the outer one never comes to it; where there is none around it, nothing above counts."""
    inner = tmp_path / "outer" / "gen"
    (inner / ".git").mkdir(parents=True)
    (tmp_path / "outer" / "assaymark.toml").write_text('exclude = ["gen"]\n')
    place = str(inner / "a.py")
    assert not Lookup(Standing(Places("", "")), str(inner)).excluding(place)
    (tmp_path / "outer" / ".git").mkdir()
    assert Lookup(Standing(Places("", "")), str(inner)).excluding(place) == "gen"


def test_lines_are_those_of_toml(tmp_path: Path) -> None:
    """A form feed or a line separator within a comment ends none."""
    (tmp_path / "assaymark.toml").write_bytes("# a\u2028b\nsevrity = 1\n".encode())
    assert looked_up(tmp_path, ".").wrong[0].where == "assaymark.toml:2"
