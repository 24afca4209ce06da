"""
One edit of an agent, judged: what is bad in the lines that it wrote, and was not there before.

It is most of what a hook takes, so hooks import it late, or ask who has it ready beside an editor's server.
Invariant: whoever asks, of the same edit it says the same.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from assaymark.hooks.checking import touched
from assaymark.hooks.checking.looking import Found, Seen, Whose, lines_in, may_hold, seen_in
from assaymark.hooks.checking.terms import NoTermsError, Terms, terms_of
from assaymark.hooks.checking.verdict import Edit, Fresh, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def verdict_of(edit: Edit, until: float, *, whole: bool, of_many: bool = False) -> Verdict:
    """
    What comes of looking at *edit*, by then (`time.monotonic`).

    To see whether something is gone, the *whole* file is looked at. Who judges *of many* edits has all rules
    at hand; else only those are read that may say something of this one.
    """
    try:
        terms = terms_of(edit.place, until, None if of_many else edit.step.after)
    except NoTermsError as error:
        return Verdict(wrong=str(error))
    if terms is None:
        return Verdict()
    lines = touched.after(edit.step)
    theirs = Whose(tuple(touched.spans_of(edit.step)), edit.origin)
    seen = seen_in(edit.step.after, edit.place, terms, None if whole else lines, theirs)
    new = _came(edit, terms, lines_in(seen.found, lines))
    marks = frozenset(one.mark for one in seen.found)
    return Verdict(True, seen.wrong, marks, tuple(_fresh(one, terms) for one in new))


def _came(edit: Edit, terms: Terms, found: tuple[Found, ...]) -> Iterable[Found]:
    """What of *found* was not there before *edit*."""
    before = edit.step.before
    if before is None or not any(may_hold(before, one) for one in found):
        return found
    then = touched.before(edit.step)
    was = seen_in(before, edit.place, terms, then, is_now=False) if then else Seen()
    return _more(found, Counter(one.mark for one in was.found))


def _more(found: Iterable[Found], were: Counter[tuple[str, str]]) -> Iterator[Found]:
    """What of *found* is more than there was: the last ones of each."""
    left = Counter(were)
    for one in found:
        if left[one.mark] > 0:
            left[one.mark] -= 1
        else:
            yield one


def _fresh(found: Found, terms: Terms) -> Fresh:
    finding = found.finding
    rule = terms.rules.named(finding.rule)
    template = "" if rule is None else rule.message
    return Fresh(
        finding.rule,
        finding.fingerprint,
        found.first + 1,
        finding.severity.value,
        finding.message,
        template,
    )
