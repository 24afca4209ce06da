"""
Gemini CLI.

The model stands in `BeforeModel`. Where a person changed a proposal, the input is what they made of it, and
`ai_proposed_content` the text that the whole file would have had.
"""

from __future__ import annotations

from assaymark.hooks.fields import Fields, event_of
from assaymark.hooks.report import Began, Reading, Report, Whole, Wrote
from assaymark.hooks.tools.dialect import Call, Dialect, call_of, texts_of
from assaymark.hooks.tools.dialect import read as read_dialect

DIALECT = Dialect(
    "gemini",
    edits=frozenset(("replace", "edit")),
    writes=frozenset(("writefile",)),
    shells=frozenset(("runshellcommand",)),
)


def read(fields: Fields) -> Reading:
    """What Gemini CLI says in *fields*."""
    shown = fields.table("tool_response").table("return_display")
    if shown:
        fields = fields.having("tool_response", shown.raw)
    reading = read_dialect(DIALECT, fields)
    if event_of(fields) == "beforemodel":
        return Reading(reading.turn, (Began(fields.table("llm_request").text("model")),))
    call = call_of(fields)
    return Reading(reading.turn, tuple(_judged(report, call) for report in reading.reports))


def _judged(report: Report, call: Call) -> Report:
    if not isinstance(report, Wrote) or not _was_changed(call):
        return report
    proposed = call.given.text_or_none("ai_proposed_content")
    _, final = texts_of(call.got)
    change = Whole(final) if final is not None else report.change
    return report._replace(
        change=change, meddled=True, proposed=None if proposed is None else Whole(proposed)
    )


def _was_changed(call: Call) -> bool:
    """Whether a person had a hand in it: the tool says so, or counts lines of theirs."""
    theirs = call.got.table("diff_stat")
    n_lines = (theirs.count("user_added_lines") or 0) + (theirs.count("user_removed_lines") or 0)
    return call.given.flag("modified_by_user") or call.given.has("ai_proposed_content") or n_lines > 0
