"""
One text of an agent, checked: what is found there is what `assaymark check` finds, in the lines that are
looked at.

Invariants:
    A comment that silences does not count where the agent wrote it, in this edit or earlier.
    Of a text only the parts that hold the lines in question are asked about.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from assaymark.analysis.advance import needed, opened
from assaymark.analysis.snapshot import State
from assaymark.lineage.trusting import MayLoosen, no_agent
from assaymark.origin import STANDING, Origin, Run, Runs, covering, joined, sliced
from assaymark.syntax.languages import language_of
from assaymark.text import Span, starts_of
from assaymark.tuples import NamedTuple
from assaymark.workspace.reading import Source, Unreadable, decoded
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assaymark.analysis.snapshot import Snapshot
    from assaymark.finding import Finding
    from assaymark.hooks.checking.terms import Terms
    from assaymark.hooks.checking.touched import Lines
    from assaymark.repository.place import Place


class Found(NamedTuple):
    """A finding, its first and last line, from 0, and the words that it is about, blanks aside."""

    finding: Finding
    first: int
    last: int
    words: bytes

    @property
    def mark(self) -> tuple[str, str]:
        return self.finding.rule, self.finding.fingerprint


class Seen(NamedTuple):
    """What was found, in the order of the text; *wrong* says why not all of it may be."""

    found: tuple[Found, ...] = ()
    wrong: str = ""


class Whose(NamedTuple):
    """Bytes of a text, and the origin of those."""

    spans: tuple[tuple[int, int], ...]
    origin: Origin


def seen_in(
    raw: bytes,
    place: Place,
    terms: Terms,
    lines: Lines | None,
    theirs: Whose | None = None,
    *,
    is_now: bool = True,
) -> Seen:
    """
    What is found in *lines* of *raw*, the file at *place*; None is all of it.

    *theirs* is what the agent wrote just now. What it wrote before is looked up where that decides something,
    if *is_now* the file's text.
    """
    path = place.path or ""
    language = language_of(path, raw[:256].split(b"\n", 1)[0])
    if language is None:
        return Seen()
    source = decoded(raw, language)
    if isinstance(source, Unreadable):
        return Seen(wrong=source.reason)
    if not needed(source.content, path, terms.rules, language):
        return Seen()
    starts = starts_of(source.content)
    origins = _origins(source, raw, theirs)
    snapshot = _opened(source.content, path, terms, lines, starts, origins, no_agent)
    if is_now and _is_silenced(snapshot, lines, starts):
        runs, may_loosen = _recorded(place, raw)
        if source.content == raw:
            merged = _over(runs, theirs, len(raw))
            snapshot = _opened(source.content, path, terms, lines, starts, merged, may_loosen)
    wrong = snapshot.reason if snapshot.state in {State.failed, State.partial} else ""
    shown = (_placed(one, starts, source.content) for one in terms.shown(snapshot.findings()))
    return Seen(tuple(one for one in shown if _touches(one, lines)), wrong)


def _opened(
    content: bytes,
    path: str,
    terms: Terms,
    lines: Lines | None,
    starts: Sequence[int],
    origins: Runs,
    may_loosen: MayLoosen,
) -> Snapshot:
    return opened(
        content,
        path,
        terms.rules,
        terms.limits,
        today=today(),
        foreign=terms.foreign,
        origins=origins,
        may_loosen=may_loosen,
        spans=None if lines is None or terms.needs_all else [_span(one, starts, content) for one in lines],
    )


def _span(lines: tuple[int, int], starts: Sequence[int], content: bytes) -> Span:
    first, last = lines
    end = starts[last + 1] if last + 1 < len(starts) else len(content)
    return Span(starts[min(first, len(starts) - 1)], max(end, starts[min(first, len(starts) - 1)]))


def _origins(source: Source, raw: bytes, theirs: Whose | None) -> Runs:
    """The origins of the text that *raw* spells, as far as this edit tells."""
    content = source.content
    if theirs is None:
        return covering(len(content), STANDING)
    shift = len(raw) - len(content)
    if raw.endswith(content):
        spans = tuple((max(start - shift, 0), max(end - shift, 0)) for start, end in theirs.spans)
    else:
        # Bytes are others in another encoding; lines are the same.
        there, here = starts_of(raw), [*starts_of(content), len(content)]
        rows = ((bisect_right(there, start) - 1, bisect_right(there, end) - 1) for start, end in theirs.spans)
        spans = tuple((here[first], here[min(last + 1, len(here) - 1)]) for first, last in rows)
    return _over(covering(len(content), STANDING), Whose(spans, theirs.origin), len(content))


def _over(runs: Runs, theirs: Whose | None, n_bytes: int) -> Runs:
    """*runs* with what is *theirs* over them; nothing of them is longer than *n_bytes*."""
    if theirs is None:
        return runs
    parts: list[Runs] = []
    at = 0
    for start, end in sorted(theirs.spans):
        begin, stop = max(at, start), min(end, n_bytes)
        if begin >= stop:
            continue
        parts += [sliced(runs, at, begin), (Run(stop - begin, theirs.origin),)]
        at = stop
    return joined([*parts, sliced(runs, at, n_bytes)])


def _is_silenced(snapshot: Snapshot, lines: Lines | None, starts: Sequence[int]) -> bool:
    """Whether a comment took something in *lines*."""
    return any(_touches(_placed(one.finding, starts, b""), lines) for one in snapshot.silenced())


def _recorded(place: Place, raw: bytes) -> tuple[Runs, MayLoosen]:
    """What is recorded of the file's bytes, and whose may loosen anything."""
    # Late: it needs the database and git, and few texts of agents are silenced.
    from assaymark.record.doubting import has_records, told

    return told(place, raw) if has_records(place) else (covering(len(raw), STANDING), no_agent)


def may_hold(text: bytes, found: Found) -> bool:
    """Whether a finding of the same rule and fingerprint can be in *text*; what it is about must be there."""
    # In another encoding other letters are other bytes.
    return not found.words.isascii() or found.words in folded(text)


def folded(text: bytes) -> bytes:
    """*text* as fingerprints know it."""
    return b" ".join(text.split())


def _placed(finding: Finding, starts: Sequence[int], content: bytes) -> Found:
    span = finding.span
    first = bisect_right(starts, span.start) - 1
    last = bisect_right(starts, max(span.start, span.end - 1)) - 1
    return Found(finding, first, last, folded(content[span.start : span.end]))


def _touches(found: Found, lines: Lines | None) -> bool:
    return lines is None or any(first <= found.last and found.first <= last for first, last in lines)


def lines_in(found: Iterable[Found], lines: Lines) -> tuple[Found, ...]:
    """Those of *found* that touch *lines*."""
    return tuple(one for one in found if _touches(one, lines))
