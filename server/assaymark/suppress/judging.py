"""
Findings and silences held against each other.

Invariants:
    A silence takes findings away and changes none; those on other lines are what they were.
    What is wrong with a silence is a finding of its own, which no comment silences.
    An ignore is unused only when its rule was asked here and could have spoken.
    What somebody wrote who may not loosen anything takes nothing away, and that is said.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.finding import Finding, fingerprint
from assaymark.lineage.trusting import MayLoosen, anybody, refused, sentence
from assaymark.suppress.silence import Fault, Heard, Name, Placed, Silence, Silenced, Tool, Used, Verdict
from assaymark.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assaymark.rules.rule import Rule
    from assaymark.rules.ruleset import RuleSet
    from assaymark.syntax.cut import Piece
    from assaymark.text import Span

UNUSED, EXPIRED = "ignore-unused", "ignore-expired"
UNKNOWN, WITHOUT_REASON = "ignore-unknown-rule", "ignore-without-reason"
UNREVIEWED = "ignore-not-reviewed"
# What rules on silences say they are made by, in the place of patterns.
ENGINE = "silence"
_EXPIRED = (
    "This ignore has expired and silences nothing; judge the line anew, then remove it or set a new day."
)
_WITHOUT_REASON = "This ignore does not say why; write the reason behind `--`."
_BANDIT = "bandit/"
_OTHERS = (_BANDIT, "ruff/", "semgrep/")


@dataclass(frozen=True, eq=False)
class Terms:
    """
    What the silences of one file are judged by.

    *today* is a proleptic ordinal, None where no day is known; *foreign* says that the comments of other
    tools are honoured, *may_loosen* whose comments are.
    """

    rules: RuleSet
    path: str
    today: int | None = None
    foreign: bool = True
    may_loosen: MayLoosen = anybody

    @cached_property
    def names(self) -> Mapping[str, frozenset[str]]:
        """By the id of a rule: that, and the tests of other tools and the rules that it stands in for."""
        rules = {rule.id: rule for rule in self.rules.rules if rule.engine != ENGINE}
        return {name: frozenset(_names_of(rule, rules)) for name, rule in rules.items()}

    @cached_property
    def asked(self) -> frozenset[str]:
        """The ids of the rules that judge the file."""
        return frozenset(
            rule.id
            for rule in self.rules.rules
            if rule.engine != ENGINE and rule.removal is None and rule.applies_to(self.path)
        )

    @cached_property
    def known(self) -> frozenset[str]:
        """The ids of all rules that there are, asked or not."""
        broken = (problem.rule for problem in self.rules.problems if problem.rule)
        return self.rules.left_out.union(self.names, broken)

    @cached_property
    def about(self) -> Mapping[str, Rule]:
        """The rules on silences, by id."""
        return {rule.id: rule for rule in self.rules.rules if rule.engine == ENGINE}

    def names_of(self, finding: Finding) -> frozenset[str]:
        return self.names.get(finding.rule) or frozenset((finding.rule,))

    def honours(self, silence: Silence) -> bool:
        """Whether it would take something away, were its author to decide that."""
        return silence.holds_on(self.today) and (self.foreign or silence.tool is Tool.own)

    def trusts(self, silence: Silence) -> bool:
        """Whether who wrote it may decide that."""
        return not silence.by or all(map(self.may_loosen, silence.by))


def _names_of(rule: Rule, rules: Mapping[str, Rule]) -> Iterator[str]:
    """A comment that silences what the rule speaks for silences the rule too: it is about the same thing."""
    seen = {rule.id}
    waiting = [rule]
    while waiting:
        one = waiting.pop()
        yield from (one.id, *one.covers, *one.overlaps, *one.speaks_for)
        waiting += [rules[name] for name in one.speaks_for - seen if name in rules]
        seen |= one.speaks_for


class Case(NamedTuple):
    """
    A chunk's findings and silences, with what its neighbours know.

    *incoming* is pending from the chunk before, *behind* what the chunk behind used of this one's pending;
    *is_whole* says that every rule had its say; of bandit's tests those of *tested* had.
    """

    piece: Piece
    language: str
    found: tuple[Finding, ...]
    heard: Heard | None
    incoming: tuple[Silence, ...]
    behind: Used
    is_whole: bool
    tested: frozenset[str]


def judged(case: Case, terms: Terms) -> Verdict:
    """What is left of the chunk's findings, and what is said about its silences."""
    arrived = tuple(Placed(silence, 0, 0) for silence in case.incoming)
    placed = (*arrived, *(case.heard.placed if case.heard is not None else ()))
    by_line = _by_line(placed, terms)
    left: list[Finding] = []
    taken: list[Silenced] = []
    used: set[tuple[int, int]] = set()
    for finding in case.found:
        names = terms.names_of(finding)
        uses = [
            use
            for index in _near(finding, by_line, case)
            for use in _uses(index, placed[index].silence, names)
        ]
        used.update(uses)
        taking = next((use for use in uses if terms.trusts(placed[use[0]].silence)), None)
        if taking is not None:
            taken.append(Silenced(finding, placed[taking[0]].silence))
        else:
            left.append(finding)
    of_others = frozenset(use for use in used if use[0] < len(arrived))
    of_own = {(index - len(arrived), name) for index, name in used if index >= len(arrived)}
    left += _about(case, of_own, terms)
    order = sorted(left, key=lambda finding: (finding.span.start, finding.span.end, finding.rule))
    return Verdict(case.found, case.incoming, case.behind, tuple(order), tuple(taken), of_others)


def _by_line(placed: Sequence[Placed], terms: Terms) -> dict[int, list[int]]:
    """The numbers of the honoured ones by the lines that they stand on and that they hold for."""
    table: dict[int, list[int]] = {}
    for index, one in enumerate(placed):
        if terms.honours(one.silence):
            for line in {one.line, one.target} - {None}:
                table.setdefault(line or 0, []).append(index)
    return table


def _near(finding: Finding, by_line: Mapping[int, list[int]], case: Case) -> list[int]:
    """The numbers of the silences that hold for one of the lines of *finding* or for its statement."""
    if not by_line:
        return []
    # Late: who has nothing to judge does without.
    from assaymark.suppress.comments import statements_over

    chunk = case.piece.chunk
    first = chunk.line_of(finding.span.start)
    last = chunk.line_of(max(finding.span.start, finding.span.end - 1))
    start, end = statements_over(case.piece, first, last, case.language)
    lines = {start, end, *(line for line in by_line if first <= line <= last)}
    return sorted({index for line in lines for index in by_line.get(line, ())})


def _uses(index: int, silence: Silence, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """By which of its names (-1: by none) the silence number *index* is for a rule of these *names*."""
    if not silence.names:
        yield index, -1
    for number, name in enumerate(silence.names):
        if not name.stands_for.isdisjoint(names):
            yield index, number


def _about(case: Case, used: set[tuple[int, int]], terms: Terms) -> Iterator[Finding]:
    """The findings about the chunk's own silences; *used* by their number and the name's."""
    if case.heard is None or not terms.about:
        return
    n_settled = len(case.heard.placed) - len(case.heard.pending)
    used = used | {(n_settled + index, name) for index, name in case.behind}
    for index, one in enumerate(case.heard.placed):
        names = {name for at, name in used if at == index}
        if names and not terms.trusts(one.silence):
            yield from _said(UNREVIEWED, one.silence.span, _unreviewed(one.silence, terms), case, terms)
        elif one.silence.tool is Tool.own:
            yield from _faults(one.silence, names, case, terms)


def _faults(silence: Silence, used: set[int], case: Case, terms: Terms) -> Iterator[Finding]:
    if silence.fault is Fault.unreadable:
        yield from _said(UNKNOWN, silence.span, f"Not honoured: {silence.remedy}.", case, terms)
        return
    known = [number for number, name in enumerate(silence.names) if not _is_unknown(name, terms)]
    for number, name in enumerate(silence.names):
        if number not in known:
            yield from _said(UNKNOWN, name.span, _unknown(name, terms), case, terms)
    if silence.fault is Fault.bad_day:
        yield from _said(EXPIRED, silence.span, f"Not honoured: {silence.remedy}.", case, terms)
    elif silence.is_expired(terms.today):
        yield from _said(EXPIRED, silence.span, _EXPIRED, case, terms)
    else:
        unused = [n for n in known if n not in used and _had_its_say(silence.names[n], case, terms)]
        for number in unused:
            name = silence.names[number]
            yield from _said(UNUSED, name.span, f"`{name.text}` finds nothing here; remove it.", case, terms)
        if not silence.reason and len(unused) < len(known):
            yield from _said(WITHOUT_REASON, silence.span, _WITHOUT_REASON, case, terms)


def _unreviewed(silence: Silence, terms: Terms) -> str:
    origin = refused(silence.by, terms.may_loosen)
    why = "" if origin is None else sentence("this comment", origin, terms.today or 0)
    return f"Not honoured: {why}. Review the line, or remove the comment."


def _is_unknown(name: Name, terms: Terms) -> bool:
    return name.text not in terms.known and not name.text.startswith(_OTHERS)


def _had_its_say(name: Name, case: Case, terms: Terms) -> bool:
    """Whether the rule was asked about this chunk and could have answered."""
    if name.text.startswith(_BANDIT):
        return name.text in case.tested
    return case.is_whole and name.text in terms.asked


def _unknown(name: Name, terms: Terms) -> str:
    if "*" in name.text or "?" in name.text:
        return f"`{name.text}` is not honoured: an ignore writes out the name of each rule."
    if name.text in terms.about or name.text in {UNUSED, EXPIRED, UNKNOWN, WITHOUT_REASON, UNREVIEWED}:
        return f"`{name.text}` is about comments, and no comment silences it; repair the comment it names."
    like = _nearest(name.text, terms.known)
    guess = f"did you mean `{like}`?" if like else "`assaymark rules` lists them."
    return f"`{name.text}` is no rule; {guess}"


@lru_cache(maxsize=64)
def _nearest(name: str, known: frozenset[str]) -> str:
    """The one of *known* that *name* is meant to be; nothing where none is near."""
    # It takes 2 ms, and the chunk that the comment stands in is judged again at every key.
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(known), n=1)), "")


def _said(name: str, span: Span, message: str, case: Case, terms: Terms) -> Iterator[Finding]:
    rule = terms.about.get(name)
    if rule is not None:
        yield Finding(
            rule=rule.id,
            span=span,
            message=message,
            severity=rule.severity,
            confidence=rule.confidence,
            level=rule.level,
            cwe=rule.cwe,
            fingerprint=fingerprint(rule.id, case.piece.chunk.data[span.start : span.end]),
        )
