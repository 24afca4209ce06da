"""
Bandit asked of one text, in this process.

Invariants:
    Nothing of the project that is checked is imported: bandit reads a text with `ast`, and its plugins are
    those of the environment.
    What bandit did not read, or gave up on, is said; it is never taken for clean.
    A password that bandit quotes is left out of its message.
"""

from __future__ import annotations

import ast
import inspect
import re
import warnings
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

import bandit
from bandit.core import config as bandit_config
from bandit.core import docs_utils, extension_loader, manager, node_visitor, tester

from assaymark.engines.bandit.opinion import Opinion
from assaymark.engines.bandit.places import offset_of_line, span_of
from assaymark.engines.bandit.readable import readable, undeclared
from assaymark.engines.bandit.terms import BanditTest, asked_of, rule_of
from assaymark.engines.bandit.words import WORDS
from assaymark.finding import Confidence, Finding, Level, Severity, fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assaymark.engines.bandit.terms import Configuration, Terms
    from assaymark.text import Span

VERSION: str = bandit.__version__
_SCALE = {"HIGH": "high", "MEDIUM": "medium"}
# They quote the password, which belongs into no report and no cache.
_QUOTING = frozenset(("B105", "B106", "B107"))
_NO_PYTHON = "syntax error while parsing AST from file"


def opinion(content: bytes, path: str, terms: Terms) -> Opinion:
    """What bandit says of *content*, the file *path* from the top of its project."""
    told = terms.configuration
    if told.excludes(path):
        return Opinion()
    asked = asked_of(content, installed(), terms)
    if not asked:
        return Opinion()
    honours_nosec = terms.honours_nosec and not told.ignores_nosec
    text = undeclared(content)
    run = _run(text, path, asked, told, honours_nosec=honours_nosec)
    if not run.broken:
        return Opinion(_findings(run, content, path, told), "; ".join(run.unread))
    rest = readable(text)
    if not rest.content:
        return Opinion((), rest.unread, rest.half_written)
    run = _run(rest.content, path, asked, told, honours_nosec=honours_nosec)
    if run.broken:
        return Opinion((), run.broken)
    unread = "; ".join((rest.unread, *run.unread))
    return Opinion(_findings(run, content, path, told), unread, rest.half_written and not run.unread)


@lru_cache(maxsize=1)
def installed() -> tuple[BanditTest, ...]:
    """The tests that are installed, by their id; a test that several packages name comes from one of them."""
    extensions = extension_loader.MANAGER
    found: dict[str, BanditTest] = {}
    for extension in extensions.plugins:
        plugin = extension.plugin
        foreign = not plugin.__module__.startswith("bandit.")
        found[plugin._test_id] = BanditTest(  # noqa: SLF001 - the name by which bandit's plugins have it
            plugin._test_id,  # noqa: SLF001
            extension.name,
            getattr(plugin, "_takes_config", ""),
            foreign,
            _text(plugin),
            "" if foreign else docs_utils.get_url(plugin._test_id),  # noqa: SLF001
        )
    for listed in extensions.blacklist.values():
        for entry in listed:
            # A list of another package does not say so; an id that bandit does not have does.
            foreign = entry["id"] not in WORDS
            name, link = entry["name"], "" if foreign else docs_utils.get_url(entry["id"])
            found[entry["id"]] = BanditTest(entry["id"], name, "", foreign, entry["message"], link)
    return tuple(found[test] for test in sorted(found))


def _text(plugin: object) -> str:
    """What the test says of itself."""
    text = inspect.getdoc(plugin) or inspect.getdoc(inspect.getmodule(plugin)) or ""
    text = text.partition(":Example:")[0].partition(".. seealso::")[0]
    # Their titles are those of a page.
    return re.sub(r"^[=-]{3,}\n?", "", text, flags=re.MULTILINE).strip()


class _Tester(tester.BanditTester):  # type: ignore[misc] # bandit has no types
    """Keeps the node of each issue, which bandit drops, and what a test gave up on."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.nodes: list[ast.AST | None] = []
        self.failures: list[str] = []

    def run_tests(self, raw_context: Mapping[str, object], checktype: str) -> object:
        scores = super().run_tests(raw_context, checktype)
        node = raw_context.get("node")
        n_new = len(self.results) - len(self.nodes)
        self.nodes += [node if isinstance(node, ast.AST) else None] * n_new
        return scores

    def report_error(self, test: str, context: object, error: Exception) -> None:
        line = getattr(getattr(context, "node", None), "lineno", 0)
        self.failures.append(f"its test {test} failed on line {line} ({type(error).__name__})")


class _Run(manager.BanditManager):  # type: ignore[misc] # bandit has no types
    """Bandit on one text: *broken* says why it read nothing, *unread* what it gave up on."""

    tester: _Tester | None = None

    @property
    def broken(self) -> str:
        if not self.skipped:
            return ""
        reason = str(self.skipped[0][1])
        return "it does not parse" if reason == _NO_PYTHON else reason

    @property
    def unread(self) -> list[str]:
        return sorted(set(self.tester.failures)) if self.tester is not None else []

    def _execute_ast_visitor(
        self, fname: str, fdata: BytesIO, data: bytes, nosec_lines: Mapping[int, object]
    ) -> object:
        visitor = node_visitor.BanditNodeVisitor(
            fname, fdata, self.b_ma, self.b_ts, False, nosec_lines, self.metrics
        )
        self.tester = visitor.tester = _Tester(self.b_ts, False, nosec_lines, self.metrics)
        return visitor.process(data)


def _run(
    content: bytes, path: str, asked: frozenset[str], told: Configuration, *, honours_nosec: bool
) -> _Run:
    """Bandit, done with *content*."""
    config = bandit_config.BanditConfig()
    config.config.update(told.plugins)
    name = f"./{path}"
    with warnings.catch_warnings():
        # The text's own, such as for an escape that is none.
        warnings.simplefilter("ignore")
        run = _Run(config, "file", profile={"include": asked}, ignore_nosec=not honours_nosec)
        try:
            run._parse_file(name, BytesIO(content), [name])  # noqa: SLF001 - the others read from the disk
        except SystemExit:
            raise KeyboardInterrupt from None
    return run


def _findings(run: _Run, content: bytes, path: str, told: Configuration) -> tuple[Finding, ...]:
    if run.tester is None:
        return ()
    foreign = {test.id for test in installed() if test.foreign}
    links = {test.id: test.link for test in installed()}
    known = set(told.known)
    found: dict[tuple[str, Span], Finding] = {}
    for issue, node in zip(run.tester.results, run.tester.nodes, strict=True):
        key = (path, issue.test_id, issue.text, issue.severity, issue.confidence)
        if key in known:
            continue
        at = None if issue.lineno is None else offset_of_line(content, issue.lineno, unicode=node is None)
        span = span_of(content, node, at or 0)
        found[issue.test_id, span] = Finding(
            rule_of(issue.test_id),
            span,
            _message(issue.test_id, issue.text),
            Severity(_SCALE.get(issue.severity, "low")),
            Confidence(_SCALE.get(issue.confidence, "low")),
            _level(issue.severity, issue.confidence, foreign=issue.test_id in foreign),
            (issue.cwe.id,) if issue.cwe.id else (),
            fingerprint(rule_of(issue.test_id), content[span.start : span.end]),
            link=links.get(issue.test_id, ""),
        )
    return tuple(sorted(found.values(), key=lambda one: (one.span.start, one.span.end, one.rule)))


def _message(test: str, text: str) -> str:
    if test in _QUOTING:
        text = text.partition(":")[0]
    folded = " ".join(text.split())
    return folded if folded.endswith((".", "!", "?")) else f"{folded}."


def _level(severity: str, confidence: str, *, foreign: bool) -> Level:
    if foreign:
        return Level.default
    return Level.strict if {severity, confidence} <= {"HIGH", "MEDIUM"} else Level.pedantic
