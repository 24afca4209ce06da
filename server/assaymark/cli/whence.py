"""
Where the lines of a report's findings come from, and whether anybody has read them.

Invariants:
    Nothing of a finding depends on it but where it stands in the report.
    Files without findings cost nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import TYPE_CHECKING

from assaymark.dataclass import replace
from assaymark.record.reading import LEDGER, NONE, NOTES
from assaymark.record.standing import judged
from assaymark.record.stood import Clone, clone_at, stood
from assaymark.repository.place import place_of
from assaymark.workspace.reading import Unreadable

if TYPE_CHECKING:
    from assaymark.cli.report import Checked, Report


def with_origins(
    report: Report,
    raw_of: Callable[[str], bytes | Unreadable],
    taken: Mapping[str, AbstractSet[int]] = MappingProxyType({}),
) -> Report:
    """
    *report* with the origins of its findings; *raw_of* tells what a file holds. Effect: asks records.

    *taken*: after which lines, by path, others are gone that nobody may have looked at.
    """
    clones: dict[str, Clone] = {}
    troubles: dict[str, None] = {}
    files = tuple(
        _told(file, raw_of(file.path), taken.get(file.path, frozenset()), clones, troubles)
        if file.findings
        else file
        for file in report.files
    )
    return replace(report, files=files, told=True, record=_record(files), troubles=tuple(troubles))


def _told(
    file: Checked,
    raw: bytes | Unreadable,
    taken: AbstractSet[int],
    clones: dict[str, Clone],
    troubles: dict[str, None],
) -> Checked:
    """*file* with the origins of its findings. Effect: clones and troubles that are met are remembered."""
    place = place_of(os.path.abspath(file.path))  # noqa: PTH100 - paths stay strings
    if place.top not in clones:
        clones[place.top] = clone_at(place)
    # In a notebook the rows are those of the file that spells it, and in no statement.
    its = judged(place, b"" if isinstance(raw, Unreadable) else raw, taken=taken)
    troubles.update(dict.fromkeys(its.recorded.problems))
    findings = (replace(found, stood=stood(its, clones[place.top], *found.rows)) for found in file.findings)
    return replace(file, findings=tuple(findings))


def _record(files: tuple[Checked, ...]) -> str:
    """The record that said most of these files' findings."""
    sources = {found.stood.source for file in files for found in file.findings if found.stood is not None}
    return next((one for one in (LEDGER, NOTES) if one in sources), NONE)
