"""
Results as JSON values, for the cache and between processes, and what they are kept under.

Invariants:
    Reading what was written gives an equal result; reading what is not whole raises ValueError.
    No piece of a text is in it, save what a message quotes and what a fix writes.
    A key depends on everything a result depends on: the code, the rules, the limits, the path and the text.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TypeAlias

from assaymark.analysis.snapshot import State
from assaymark.cli.report import Checked, Position, Reported, Withheld, offsets
from assaymark.cli.single import Asked
from assaymark.finding import Change, Confidence, Finding, Fix, Level, Severity, Step
from assaymark.suppress.markers import OWN
from assaymark.text import Span
from assaymark.workspace.project import rule_path

_UNTIL = b"until"

Plain: TypeAlias = "list[Plain] | str | int | None"


def context(asked: Asked) -> bytes:
    """A digest of everything but the file that decides what a check finds."""
    settings = asked.settings
    decisive = repr((settings.limits, settings.foreign_comments))
    parts = [asked.rules.digest, decisive, sys.version, *_second(asked), *_code()]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).digest()


def key(context: bytes, path: str, raw: bytes, today: int) -> bytes:
    """What a result for the file *path* holding *raw* is kept under; *today* matters where a silence ends."""
    digest = hashlib.blake2b(rule_path(path).encode("utf-8", "surrogatepass"), digest_size=16, key=context)
    digest.update(b"%d\0" % today if _UNTIL in raw and OWN in raw else b"\0")
    digest.update(raw)
    return digest.digest()


def checked_to_plain(checked: Checked) -> Plain:
    """*checked* without its path."""
    findings: Plain = [to_plain(one) for one in checked.findings]
    withheld: Plain = [[to_plain(one.reported), one.by, one.reason] for one in checked.withheld]
    return [checked.state.value, checked.reason, findings, list(checked.notes), withheld]


def checked_from_plain(path: str, plain: Plain) -> Checked:
    """What `checked_to_plain` was given. Raises ValueError."""
    state, reason, findings, notes, withheld = _items(plain, 5)
    return Checked(
        path,
        State(state),
        _str(reason),
        tuple(from_plain(one) for one in _items(findings)),
        notes=tuple(_str(note) for note in _items(notes)),
        withheld=tuple(_withheld(one) for one in _items(withheld)),
    )


def _withheld(plain: Plain) -> Withheld:
    reported, by, reason = _items(plain, 3)
    return Withheld(from_plain(reported), _str(by), _str(reason))


def to_plain(reported: Reported) -> Plain:
    """*reported* as JSON values."""
    finding = reported.finding
    return [
        finding.rule,
        _plain_span(finding.span),
        finding.message,
        finding.severity.value,
        finding.confidence.value,
        finding.level.value,
        list(finding.cwe),
        finding.fingerprint,
        [_plain_fix(fix) for fix in finding.fixes],
        [[_plain_span(step.span), step.message] for step in finding.trace],
        finding.link,
        [_plain_position(byte, at) for byte, at in sorted(reported.positions.items())],
    ]


def from_plain(plain: Plain) -> Reported:
    """What `to_plain` was given. Raises ValueError."""
    rule, span, message, severity, confidence, level, cwe, fingerprint, fixes, trace, link, positions = (
        _items(plain, 12)
    )
    finding = Finding(
        rule=_str(rule),
        span=_span(span),
        message=_str(message),
        severity=Severity(severity),
        confidence=Confidence(confidence),
        level=Level(level),
        cwe=tuple(_int(number) for number in _items(cwe)),
        fingerprint=_str(fingerprint),
        fixes=tuple(_fix(fix) for fix in _items(fixes)),
        trace=tuple(_step(step) for step in _items(trace)),
        link=_str(link),
    )
    found = dict(_position(position) for position in _items(positions))
    if not offsets(finding) <= found.keys():
        msg = "a position is missing"
        raise ValueError(msg)
    return Reported(finding, found)


def _plain_position(byte: int, at: Position) -> Plain:
    return [byte, at.line, at.column, at.cell, at.row] if at.cell else [byte, at.line, at.column]


def _position(plain: Plain) -> tuple[int, Position]:
    byte, line, column, *in_cell = (_int(number) for number in _items(plain))
    if len(in_cell) not in {0, 2}:
        msg = "not a position"
        raise ValueError(msg)
    return byte, Position(line, column, *in_cell)


def _plain_span(span: Span) -> Plain:
    return [span.start, span.end]


def _plain_fix(fix: Fix) -> Plain:
    # Latin-1 maps every byte to the character of its number, so that any bytes survive JSON.
    changes: Plain = [[_plain_span(change.span), change.new.decode("latin-1")] for change in fix.changes]
    return [fix.title, changes, fix.safe]


def _span(plain: Plain) -> Span:
    start, end = _items(plain, 2)
    return Span(_int(start), _int(end))


def _fix(plain: Plain) -> Fix:
    title, changes, safe = _items(plain, 3)
    pairs = [_items(change, 2) for change in _items(changes)]
    return Fix(
        _str(title),
        tuple(Change(_span(span), _str(new).encode("latin-1")) for span, new in pairs),
        safe is True,
    )


def _step(plain: Plain) -> Step:
    span, message = _items(plain, 2)
    return Step(_span(span), _str(message))


def _items(plain: Plain, n: int | None = None) -> list[Plain]:
    if not isinstance(plain, list) or (n is not None and len(plain) != n):
        msg = "not a list of the right length"
        raise ValueError(msg)
    return plain


def _str(plain: Plain) -> str:
    if not isinstance(plain, str):
        msg = f"not a string: {plain!r}"
        raise ValueError(msg)  # noqa: TRY004, one error for all that is not whole
    return plain


def _int(plain: Plain) -> int:
    if not isinstance(plain, int):
        msg = f"not a number: {plain!r}"
        raise ValueError(msg)  # noqa: TRY004, one error for all that is not whole
    return plain


def _second(asked: Asked) -> list[str]:
    """All that decides what bandit finds."""
    if asked.second is None:
        return []
    # Late: bandit is rarely asked.
    from importlib import metadata

    return [metadata.version("bandit"), repr(asked.second)]


def _code() -> list[str]:
    """The size and time of every module, since a changed one may find something else."""
    folder = Path(__file__).parents[1]
    stamps = []
    for file in sorted(folder.rglob("*.py")):
        status = file.stat()
        stamps.append(f"{file.relative_to(folder)} {status.st_size} {status.st_mtime_ns}")
    return stamps
