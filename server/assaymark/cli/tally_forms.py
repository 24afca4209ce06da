"""
A report on a range of commits, as text, Markdown, JSON and CSV.

Invariants:
    Every percentage stands beside what it is of, and beside what is unknown of that.
    What this clone lacks, and what was not checked, comes before every count.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from assaymark.cli.as_csv import inert
from assaymark.cli.style import harmless
from assaymark.cli.tally import EVIDENCE, REVIEW, UNKNOWN, Flaw, Made, Share, Tally
from assaymark.cli.whose import plain, told
from assaymark.lineage.reviews import Standing

SCHEMA = "assaymark/report/1"
# What a table says: its title, what its rows are called, and each with its share.
Table: TypeAlias = "tuple[str, str, list[tuple[str, Share]]]"
_HEADER = (
    "section",
    "name",
    "model",
    "count",
    "of",
    "percent",
    "unknown",
    "place",
    "severity",
    "rule",
    "record",
)


def written(tally: Tally, form: str) -> Iterator[str]:
    """*tally* in the format *form*."""
    match form:
        case "json":
            yield json.dumps(_plain(tally), indent=2) + "\n"
        case "csv":
            yield _csv(tally)
        case "markdown":
            yield from _markdown(tally)
        case _:
            yield from _text(tally)


def _tables(tally: Tally) -> Iterator[Table]:
    """Evidence before all else: the rest is worth as much as there is of it."""
    evidence = [(EVIDENCE[one], tally.lines(tally.by_evidence.get(one, 0))) for one in EVIDENCE]
    yield "Evidence of where the lines come from", "evidence", evidence
    review = [(REVIEW[one], tally.lines(tally.by_review.get(one, 0))) for one in REVIEW]
    yield "Review of the lines", "lines", review
    yield "Origin by tool and model", "origin", [(name, tally.lines(n)) for name, n in _origins(tally)]


def _origins(tally: Tally) -> list[tuple[str, int]]:
    """By their names, what is unknown at the end: an order that ranks nobody."""
    known = sorted(
        (pair for pair in tally.by_origin.items() if pair[0][0] != UNKNOWN), key=lambda pair: pair[0]
    )
    named = [(", ".join(filter(None, key)), n) for key, n in known]
    return [*named, (UNKNOWN, tally.n_unknown)]


def _groups(tally: Tally) -> Iterator[tuple[str, tuple[Flaw, ...]]]:
    """The findings by whether their lines were read."""
    for standing in (Standing.unread, Standing.by_requester, Standing.by_another):
        yield f"in lines {REVIEW[standing.value]}", tally.reviewed(standing)
    yield f"in lines that {REVIEW[Standing.written.value]}", tally.reviewed(Standing.written)


def _said(share: Share) -> str:
    """A share with what it is of, and what is unknown of that."""
    percent = "" if share.percent is None else f" ({share.percent} %)"
    return f"{share.n:,} of {share.of:,}{percent}"


def _unknown(share: Share) -> str:
    return _said(Share(share.unknown, share.of, share.unknown))


def _n(count: int, word: str) -> str:
    return f"{count:,} {word}{'s' * (count != 1)}"


def _facts(made: Made) -> Iterator[tuple[str, str]]:
    yield "Range", f"{made.typed}: {_n(made.n_commits, 'commit')} after {made.first}, up to {made.last}"
    yield "Made with", f"assaymark {made.version}, rules {made.rules}, {made.git}"
    yield "Again with", made.again
    tips = ", ".join(f"{ref} at {tip}" for ref, tip in made.notes.items())
    yield "Record", f"{made.record}{f' ({tips})' if tips else ''}"


def _caveats(tally: Tally) -> list[str]:
    return [*tally.lacking, *(f"Not checked: {one}. This is not a pass." for one in tally.unchecked)]


def _scope(tally: Tally) -> str:
    return (
        "Added in the range, by `git blame`, and there at its end:"
        f" {_n(tally.n_lines, 'line')} in {_n(tally.n_files, 'file')}; blank ones are not counted."
        " A line that several wrote counts as its agent's."
    )


def _text(tally: Tally) -> Iterator[str]:
    yield f"assaymark report {harmless(tally.made.typed)}\n\n"
    yield from (f"{name + ':':<12}{harmless(fact)}\n" for name, fact in _facts(tally.made))
    yield "\n"
    yield from (f"! {caveat}\n" for caveat in _caveats(tally))
    yield f"{_scope(tally)}\n"
    evidence, *rest = _tables(tally)
    yield from _text_table(evidence)
    yield f"\nFindings in these lines: {len(tally.flaws):,}\n"
    for name, flaws in _groups(tally):
        share = tally.flaws_of(flaws)
        yield f"  {name}: {_said(share)}; of unknown origin: {_unknown(share)}\n"
        for one in flaws:
            place = harmless(f"{one.path}:{one.place}")
            yield f"    {place}  {one.finding.severity.value}  {one.finding.rule}\n"
            yield f"      {harmless(told(one.stood))}\n"
    for table in rest:
        yield from _text_table(table)


def _text_table(table: Table) -> Iterator[str]:
    title, _, rows = table
    width = max(len(name) for name, _ in rows)
    yield f"\n{title}\n"
    yield from (f"  {harmless(name):<{width}}  {_said(share)}\n" for name, share in rows)
    yield f"  {'(unknown origin, of the same)':<{width}}  {_unknown(rows[0][1])}\n"


def _markdown(tally: Tally) -> Iterator[str]:
    yield f"# Report on {_cell(tally.made.typed)}\n\n"
    yield from (f"- {name}: {_cell(fact)}\n" for name, fact in _facts(tally.made))
    yield from (f"\n> {_cell(caveat)}\n" for caveat in _caveats(tally))
    yield f"\n{_scope(tally)}\n"
    evidence, *rest = _tables(tally)
    yield from _markdown_table(evidence)
    yield f"\n## Findings in these lines: {len(tally.flaws):,}\n"
    for name, flaws in _groups(tally):
        share = tally.flaws_of(flaws)
        yield f"\n### {name}: {_said(share)}\n\nOf unknown origin: {_unknown(share)}.\n"
        if flaws:
            yield "\n| place | severity | rule | origin |\n|---|---|---|---|\n"
        for one in flaws:
            place, severity = _cell(f"{one.path}:{one.place}"), one.finding.severity.value
            yield f"| {place} | {severity} | {_cell(one.finding.rule)} | {_cell(told(one.stood))} |\n"
    for table in rest:
        yield from _markdown_table(table)


def _markdown_table(table: Table) -> Iterator[str]:
    title, name, rows = table
    yield f"\n## {title}\n\n| {name} | lines | of which origin unknown |\n|---|---|---|\n"
    yield from (f"| {_cell(name)} | {_said(share)} | {_unknown(share)} |\n" for name, share in rows)


def _cell(text: str) -> str:
    """*text* as Markdown shows it: nothing in it is markup."""
    marked = "".join(f"\\{letter}" if letter in "\\`*_[]<>|#!~" else letter for letter in harmless(text))
    return marked.replace("\n", " ")


def _plain(tally: Tally) -> dict[str, object]:
    made = tally.made
    return {
        "schema": SCHEMA,
        "range": {"typed": made.typed, "first": made.first, "last": made.last, "commits": made.n_commits},
        "made": {
            "command": made.again,
            "assaymark": made.version,
            "rules": made.rules,
            "git": made.git,
            "record": made.record,
            "notes": dict(made.notes),
        },
        "lacking": list(tally.lacking),
        "unchecked": list(tally.unchecked),
        "lines": {"count": tally.n_lines, "files": tally.n_files, "unknown": tally.n_unknown},
        "evidence": {one: _share(tally.lines(tally.by_evidence.get(one, 0))) for one in EVIDENCE},
        "findings": [
            {
                "standing": standing.value,
                **_share(tally.flaws_of(tally.reviewed(standing))),
                "findings": [_flaw(one) for one in tally.reviewed(standing)],
            }
            for standing in (Standing.unread, Standing.by_requester, Standing.by_another, Standing.written)
        ],
        "review": {one: _share(tally.lines(tally.by_review.get(one, 0))) for one in REVIEW},
        "origin": [
            {"tool": tool, "model": model, **_share(tally.lines(n))}
            for (tool, model), n in sorted(tally.by_origin.items(), key=lambda pair: pair[0])
        ],
    }


def _share(share: Share) -> Mapping[str, object]:
    return {"count": share.n, "of": share.of, "percent": share.percent, "unknown": share.unknown}


def _flaw(one: Flaw) -> dict[str, object]:
    return {
        "path": one.path,
        "place": one.place,
        "rule": one.finding.rule,
        "severity": one.finding.severity.value,
        "fingerprint": one.finding.fingerprint,
        "origin": plain(one.stood),
    }


def _csv(tally: Tally) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, _HEADER, restval="")
    writer.writeheader()
    for row in _rows(tally):
        writer.writerow({name: inert(harmless(str(value))) for name, value in row.items()})
    return out.getvalue()


def _rows(tally: Tally) -> Iterator[Mapping[str, object]]:
    yield from ({"section": "made", "name": f"{name}: {fact}"} for name, fact in _facts(tally.made))
    yield from ({"section": "caveat", "name": caveat} for caveat in _caveats(tally))
    for one in EVIDENCE:
        yield {"section": "evidence", "name": one, **_row(tally.lines(tally.by_evidence.get(one, 0)))}
    for standing in (Standing.unread, Standing.by_requester, Standing.by_another, Standing.written):
        flaws = tally.reviewed(standing)
        yield {"section": "findings", "name": standing.value, **_row(tally.flaws_of(flaws))}
        for flaw in flaws:
            yield {
                "section": "finding",
                "name": standing.value,
                "place": f"{flaw.path}:{flaw.place}",
                "severity": flaw.finding.severity.value,
                "rule": flaw.finding.rule,
                "record": flaw.stood.source,
            }
    for one in REVIEW:
        yield {"section": "review", "name": one, **_row(tally.lines(tally.by_review.get(one, 0)))}
    for (tool, model), n in sorted(tally.by_origin.items(), key=lambda pair: pair[0]):
        yield {"section": "origin", "name": tool, "model": model, **_row(tally.lines(n))}


def _row(share: Share) -> dict[str, object]:
    percent = "" if share.percent is None else share.percent
    return {"count": share.n, "of": share.of, "percent": percent, "unknown": share.unknown}
