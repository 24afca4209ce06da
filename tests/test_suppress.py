"""Silences: which comments take which findings, where they hold, and what is said about them."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from bandit.core import extension_loader
from hypothesis import given
from hypothesis import strategies as st

from assaymark.analysis.advance import needed, opened
from assaymark.analysis.attributing import runs_of
from assaymark.analysis.snapshot import Limits, Snapshot, State
from assaymark.finding import Level
from assaymark.rules.loading import load
from assaymark.rules.ruleset import RuleSet
from assaymark.suppress.authors import attributed
from assaymark.suppress.bandit_names import BANDIT_TESTS
from assaymark.suppress.comments import heard
from assaymark.suppress.days import ordinal_of
from assaymark.suppress.judging import Case, judged
from assaymark.syntax.cut import Piece
from assaymark.syntax.reading import Reading
from assaymark.text import Chunk
from editing import SILENCED, an_edit_of_a_silence, applied, corpus

TODAY = date(2026, 11, 23).toordinal()


@cache
def rules() -> RuleSet:
    return load().selected(("eval-code", "os-shell-call", "yaml-unsafe-load", "ignore-*"))


def check(
    source: str, *, today: int | None = TODAY, foreign: bool = True, known: RuleSet | None = None
) -> Snapshot:
    return opened(source.encode(), "app.py", known or rules(), today=today, foreign=foreign)


def found(source: str, **options: object) -> list[tuple[int, str]]:
    """Line and rule of each finding."""
    snapshot = check(source, **options)  # type: ignore[arg-type]
    return [(snapshot.text.line_of(one.span.start) + 1, one.rule) for one in snapshot.findings()]


def messages(source: str) -> list[str]:
    return [one.message for one in check(source).findings() if one.rule.startswith("ignore-")]


OURS = "# assaymark: ignore[eval-code] -- ours"
EVAL = "eval-code"


@pytest.mark.parametrize(
    "comment",
    [
        "# assaymark: ignore[eval-code] -- ours",
        "#assaymark:ignore[eval-code] -- ours",
        "# assaymark: ignore[os-shell-call, eval-code] until 2026-11-23 -- ours",
        "# assaymark: ignore[bandit/B307] -- by the name of what the rule stands in for",
        "# a word before it  # assaymark: ignore[eval-code] -- ours",
        "# nosec",
        "#nosec",
        "# nosec because this is ours",
        "# nosec B307",
        "# nosec: B101, B307",
        "# nosec eval",
        "# pylint: disable=eval-used # nosec B307",
        "# noqa: S307",
        "# noqa: E501, S307",
        "# NOQA:E501 S307",
        "# nosemgrep",
        "# nosemgrep: eval-code",
        "# nosemgrep: python.lang.eval-code",
    ],
)
def test_a_comment_silences(comment: str) -> None:
    snapshot = check(f"eval(x)  {comment}\n")
    assert [one.finding.rule for one in snapshot.silenced()] == [EVAL]
    assert [one.rule for one in snapshot.findings() if one.rule == EVAL] == []
    assert snapshot.state in {State.clean, State.findings}


@pytest.mark.parametrize(
    "comment",
    [
        "# assaymark: ignore -- ours",
        "# assaymark: ignore[] -- ours",
        "# assaymark: ignore[*] -- ours",
        "# assaymark: ignore[eval-*] -- ours",
        "# assaymark: ignore[os-shell-call] -- ours",
        "# assaymark: ignore[eval-code] until 2026-11-22 -- ours",
        "# assaymark: ignore[eval-code] until soon -- ours",
        "# see assaymark: ignore[eval-code] -- in a sentence",
        "# assaymark ignore[eval-code] -- ours",
        "# nosec B602",
        "# no nosec here",
        "# nosecond thoughts",
        "# noqa",
        "# noqa S307",
        "# noqa: E501",
        "# ruff: noqa: S307",
        "# nosemgrep: other-rule",
        "",
    ],
)
def test_a_comment_does_not_silence(comment: str) -> None:
    assert (1, EVAL) in found(f"eval(x)  {comment}\n")


@pytest.mark.parametrize(
    "source",
    [
        f"eval(x)  {OURS}\n",
        f"{OURS}\neval(x)\n",
        f"{OURS}\n\n# another\n\neval(x)\n",
        f"{OURS}\n# assaymark: ignore[os-shell-call] -- ours\neval(x)\n",
        f"f(  {OURS}\n    1,\n    eval(x),\n)\n",
        f"f(\n    1,\n    eval(x),\n)  {OURS}\n",
        f"{OURS}\nf(\n    1,\n    eval(x),\n)\n",
        f"f(\n    {OURS}\n    eval(x),\n)\n",
        f"f(\n    eval(x),  {OURS}\n)\n",
        f"x = 1 + \\\n  eval(x)  {OURS}\n",
        f"if (\n    eval(x)\n):  {OURS}\n    pass\n",
        f"if 1:\n    pass\n{OURS}\nelif eval(x):\n    pass\n",
        f'y = """\n""" + eval(x)  {OURS}\n',
        f"class C:\n    {OURS}\n    a = eval(x)\n",
        f"y = 1\n{OURS}\ndef f(a=eval(x)):\n    pass\n",
        f"def g():\n    pass\n\n{OURS}\n\ndef f(a=eval(x)):\n    pass\n",
        f"# {'long '}\n" * 80 + f"{OURS}\neval(x)\n",
        f"'# nosec'; eval(x)  {OURS}\n",
        f"def broken(:\n    eval(x)  {OURS}\n",
        f"eval(x)  {OURS}\r\n",
        f"y = 1\r{OURS}\reval(x)\r",
    ],
)
def test_where_a_comment_holds(source: str) -> None:
    """At the line, before it, around a statement of many lines; across the border of chunks; in broken code."""
    assert found(source) == [(line, rule) for line, rule in found(source) if rule == "ignore-unused"]
    assert len(check(source).silenced()) == 1


@pytest.mark.parametrize(
    "source",
    [
        f"eval(x)\n{OURS}\n",
        f"y = 1  {OURS}\neval(x)\n",
        f"{OURS}\ny = 1\neval(x)\n",
        f"f(\n    1,  {OURS}\n    eval(x),\n)\n",
        f"if y:  {OURS}\n    eval(x)\n",
        f"def f():  {OURS}\n    eval(x)\n",
        f"y = '{OURS}'; eval(x)\n",
        f'y = """\n{OURS}\n"""\neval(x)\n',
        f'"""\n{OURS}"""; eval(x)\n',
        f"y = f'{{z}} {OURS}'; eval(x)\n",
    ],
)
def test_where_a_comment_does_not_hold(source: str) -> None:
    assert [rule for _, rule in found(source) if rule == EVAL] == [EVAL]


def test_one_comment_may_silence_for_several_tools() -> None:
    """Each is read for itself, and the reason ends where the next begins."""
    source = "eval(yaml.load(x))  # noqa: S506  # assaymark: ignore[eval-code] -- see #12  # nosec B506\n"
    silenced = check("import yaml\n" + source).silenced()
    assert [(one.finding.rule, one.silence.tool.value) for one in silenced] == [
        ("eval-code", "assaymark"),
        ("yaml-unsafe-load", "noqa"),
    ]
    assert silenced[0].silence.reason == "see #12"


def test_the_comments_of_other_tools_can_be_left_unheard() -> None:
    assert found("eval(x)  # nosec\n", foreign=False) == [(1, EVAL)]
    assert found(f"eval(x)  {OURS}\n", foreign=False) == []


def test_a_day_is_the_last_on_which_an_ignore_holds() -> None:
    source = "eval(x)  # assaymark: ignore[eval-code] until 2026-11-23 -- ours\n"
    assert found(source, today=TODAY) == []
    assert found(source, today=TODAY + 1) == [(1, EVAL), (1, "ignore-expired")]
    assert found(source, today=None) == []


@given(st.dates())
def test_days_are_numbered_as_everywhere(day: date) -> None:
    assert ordinal_of(day.isoformat()) == day.toordinal()


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "0000-01-01", "soon", ""]
)
def test_what_is_no_day_has_no_number(text: str) -> None:
    assert ordinal_of(text) is None


@pytest.mark.parametrize(
    "comment, message",
    [
        ("ignore[evil-code] -- x", "`evil-code` is no rule; did you mean `eval-code`?"),
        ("ignore[zzz] -- x", "`zzz` is no rule; `assaymark rules` lists them."),
        (
            "ignore -- x",
            "Not honoured: an ignore without a rule silences nothing; write ignore[rule-id] -- reason.",
        ),
        (
            "disable[x]",
            "Not honoured: 'disable' is nothing that a comment can ask for; write ignore[rule-id] -- reason.",
        ),
        ("ignore[*] -- x", "`*` is not honoured: an ignore writes out the name of each rule."),
        (
            "ignore[eval-code] until 2026-99-01 -- x",
            "Not honoured: 'until 2026-99-01' is no day; write until 2027-03-01.",
        ),
        ("ignore[eval-code]", "This ignore does not say why; write the reason behind `--`."),
        ("ignore[eval-code] -- reason", "This ignore does not say why; write the reason behind `--`."),
        (
            "ignore[ignore-unused] -- x",
            "`ignore-unused` is about comments, and no comment silences it; repair the comment it names.",
        ),
    ],
)
def test_what_is_wrong_with_a_comment_is_said(comment: str, message: str) -> None:
    assert messages(f"eval(x)  # assaymark: {comment}\n") == [message]


def test_what_is_said_of_comments_is_not_silenced() -> None:
    assert found("eval(x)  # assaymark: ignore[evil-code] -- x  # nosec\n") == [(1, "ignore-unknown-rule")]


def test_an_unused_ignore_is_said_name_by_name() -> None:
    snapshot = check("eval(x)  # assaymark: ignore[eval-code, os-shell-call] -- x\n")
    text = snapshot.text
    assert [(one.rule, text.slice(one.span)) for one in snapshot.findings()] == [
        ("ignore-unused", b"os-shell-call")
    ]


@pytest.mark.parametrize(
    "known",
    [
        load().selected(("os-shell-call", "ignore-*")),
        load().selected((), ("eval-code",)),
        load().up_to(Level.strict).selected(("os-shell-call", "ignore-*")),
    ],
)
def test_an_ignore_of_a_rule_that_was_not_asked_is_neither_unused_nor_unknown(known: RuleSet) -> None:
    assert found(f"parse(x)  {OURS}\n", known=known) == []


def test_an_ignore_of_a_rule_that_is_not_for_this_path_is_not_unused() -> None:
    everywhere = load()
    rule = next(rule for rule in everywhere.rules if rule.exclude)
    path = (
        next(glob for glob in rule.exclude).strip("/").replace("**/", "").replace("*", "x").rstrip("/")
        + "/a.py"
    )
    known = everywhere.selected((rule.id, "ignore-*"))
    source = f"parse(x)  # assaymark: ignore[{rule.id}] -- x\n".encode()
    assert rule.applies_to(path) or opened(source, path, known).findings() == []
    assert len(opened(source, "app.py", known).findings()) == 1


def test_an_ignore_is_not_unused_where_matching_was_given_up() -> None:
    source = f"import yaml\nyaml.load(x)  {OURS}\n".encode()
    snapshot = opened(source, "x.py", rules(), Limits(max_steps=1))
    assert snapshot.state is State.partial
    assert "ignore-unused" not in [one.rule for one in snapshot.findings()]


def test_rules_about_comments_are_asked_like_any_other() -> None:
    """Selected, left out, and shown from their level on."""
    source = "eval(x)  # assaymark: ignore[eval-code]\nparse(x)  # assaymark: ignore[evil] -- x\n"
    assert found(source) == [(1, "ignore-without-reason"), (2, "ignore-unknown-rule")]
    assert found(source, known=rules().up_to(Level.default)) == [(2, "ignore-unknown-rule")]
    assert found(source, known=load().selected(("eval-code",))) == []


def test_a_file_with_a_comment_of_ours_is_looked_at() -> None:
    """Even if no rule could find anything in it."""
    assert needed(b"# assaymark: ignore[evil]\n", "x.py", rules(), "python")
    assert not needed(b"# nosec\n", "x.py", rules(), "python")


def test_the_digest_tells_which_rules_are_known() -> None:
    """What a comment may name decides what is said of it, so results are not kept for other names."""
    some = RuleSet.of(load().selected(("eval-code",)).rules)
    assert load().selected(("eval-code",)).digest != some.digest


def test_bandits_names_are_those_of_bandit() -> None:
    manager = extension_loader.MANAGER
    theirs = {plugin.name: plugin.plugin._test_id for plugin in manager.plugins}
    # Once bandit has run, the names of what it lists have other dashes.
    theirs |= {
        one["name"].replace("-", "_"): one["id"] for several in manager.blacklist.values() for one in several
    }
    assert theirs.items() <= BANDIT_TESTS.items()


@given(st.sampled_from(corpus()), st.data())
def test_a_silence_changes_nothing_for_other_lines(content: bytes, data: st.DataObject) -> None:
    """What is found there is what it was; what is taken was found before."""
    everything = load()
    before = opened(content, "x.py", everything, foreign=False)
    after = opened(content, "x.py", everything)
    taken = [one.finding for one in after.silenced()]
    ours = [one for one in before.findings() if one in after.findings() or one in taken]
    assert ours == before.findings()
    assert [one for one in after.findings() if one not in before.findings()] == [
        one for one in after.findings() if one.rule.startswith("ignore-") and one not in before.findings()
    ]


@given(st.data())
def test_a_comment_behind_a_line_takes_only_what_touches_its_statement(data: st.DataObject) -> None:
    """`# nosec` put behind any line of code without one: findings of statements elsewhere stay, moved."""
    lines = SILENCED.replace(b"# nosec", b"# other").split(b"\n")
    number = data.draw(st.integers(0, len(lines) - 1))
    if b"#" in lines[number] or b'"""' in lines[number] or not lines[number].strip():
        return
    silent = [*lines[:number], lines[number] + b"  # nosec", *lines[number + 1 :]]
    before, after = (opened(b"\n".join(some), "x.py", rules(), today=TODAY) for some in (lines, silent))
    taken = {before.text.line_of(0)}
    taken = {
        after.text.line_of(one.finding.span.start)
        for one in after.silenced()
        if one.silence.tool.value == "nosec"
    }
    assert all(abs(line - number) <= 4 for line in taken)
    kept = [(after.text.line_of(one.span.start), one.rule) for one in after.findings() if one.rule == EVAL]
    assert kept == [
        (line, one.rule)
        for one in before.findings()
        if one.rule == EVAL and (line := before.text.line_of(one.span.start)) not in taken
    ]


@given(st.data())
def test_borders_of_chunks_decide_nothing(data: st.DataObject) -> None:
    """Where a comment holds is the same as if the whole text were one chunk, as long as that has no errors."""
    long = b"    def m%d(self, x):\n        # " + b"x" * 900 + b"\n        return eval(x)\n"
    members = b"".join(long % i for i in range(18))
    content = data.draw(st.sampled_from((SILENCED, b"class C:\n" + members + SILENCED)))
    for _ in range(data.draw(st.integers(0, 3))):
        content = applied(content, data.draw(an_edit_of_a_silence(content)))
    whole = Piece(Reading(Chunk(content), "python"))
    if whole.tree.root_node.has_error:
        return
    snapshot = opened(content, "app.py", rules(), today=TODAY)
    found = tuple(
        finding.moved(place.start) for place in snapshot.text.places() for finding in place.leaf.found
    )
    comments = heard(whole, "python")
    comments = comments and attributed(comments, whole, runs_of(snapshot.text))
    case = Case(whole, "python", found, comments, (), frozenset(), True, frozenset())
    verdict = judged(case, snapshot.terms)
    assert snapshot.findings() == list(verdict.left)
    assert snapshot.silenced() == list(verdict.silenced)
