"""
How tools that follow the same pattern tell of a call: what their events and tools are called.

Most report `tool_name`, `tool_input` and `tool_response` before and after each call; only the names differ. A
`Dialect` says the names, and `read` makes reports of an event in it.

Invariants:
    An event that says nothing about writing is passed over in silence.
    One that seems to tell of a writing, but cannot be read, is reported as not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assaymark.hooks.fields import Fields, event_of, plain_name
from assaymark.hooks.outline import outline
from assaymark.hooks.report import (
    Asked,
    Began,
    Intends,
    NotPlaced,
    NotUnderstood,
    Reading,
    Renamed,
    Replaced,
    Report,
    ShellBegins,
    ShellEnded,
    Turn,
    Whole,
    Wrote,
)
from assaymark.quickjson import loads
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

BEFORE = frozenset(("pretooluse", "beforetool"))
AFTER = frozenset(("posttooluse", "aftertool"))
PROMPTED = frozenset(
    ("userpromptsubmit", "userpromptsubmitted", "beforeagent", "beforesubmitprompt", "preuserprompt")
)
# Events that are known, and say nothing of what is written.
SILENT = frozenset(
    (
        "afteragent",
        "afteragentresponse",
        "afteragentthought",
        "aftermcpexecution",
        "aftermodel",
        "agentstop",
        "beforemcpexecution",
        "beforereadfile",
        "beforetabfileread",
        "beforetoolselection",
        "configchange",
        "cwdchanged",
        "elicitation",
        "elicitationresult",
        "erroroccurred",
        "filechanged",
        "instructionsloaded",
        "notification",
        "permissiondenied",
        "permissionrequest",
        "postcascaderesponse",
        "postcompact",
        "postmcptooluse",
        "postreadcode",
        "postsetupworktree",
        "posttoolbatch",
        "precompact",
        "precompress",
        "premcptooluse",
        "prereadcode",
        "prewritecode",
        "sessionend",
        "setup",
        "stop",
        "stopfailure",
        "subagentstart",
        "subagentstop",
        "taskcompleted",
        "taskcreated",
        "teammateidle",
        "workspaceopen",
        "worktreecreate",
        "worktreeremove",
    )
)
_PATH = (
    "file_path",
    "path",
    "filename",
    "target_file",
    "absolute_path",
    "notebook_path",
)
_OLD, _NEW = ("old_string", "old_str", "old_text"), ("new_string", "new_str", "new_text")
_CONTENT = ("content", "file_text", "contents", "text")
_PATCH = ("command", "patch", "input", "patch_text")
_COMMAND = ("command", "command_line", "cmd")


class Dialect(NamedTuple):
    """
    The names of a tool's tools, as `plain_name` has them.

    *pending*: its files may reach the disk after the event. Names that stand in none are looked at only when
    their input has a path and a content.
    """

    tool: str
    edits: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    patches: frozenset[str] = frozenset()
    blocks: frozenset[str] = frozenset()
    shells: frozenset[str] = frozenset()
    notebooks: frozenset[str] = frozenset()
    inexact: frozenset[str] = frozenset()
    pending: bool = False


Reader: TypeAlias = Callable[[Fields], Reading]


class Call(NamedTuple):
    """A call of one of the agent's tools: what went in, and what came out."""

    name: str
    given: Fields
    got: Fields


def turn_of(tool: str, fields: Fields) -> Turn:
    """Who reports, by the names that most tools use."""
    return Turn(
        tool=tool,
        session=fields.text("session_id", "conversation_id", "task_id", "trajectory_id"),
        call=fields.text("tool_use_id", "tool_call_id", "call_id", "execution_id"),
        cwd=fields.text("cwd"),
        roots=fields.texts("workspace_roots"),
        model=fields.text("model", "model_name"),
        transcript=fields.text("transcript_path"),
        agent=fields.text("agent_id"),
        prompt=fields.text("prompt_id", "turn_id", "generation_id"),
    )


def read(dialect: Dialect, fields: Fields) -> Reading:
    """What *fields* say in *dialect*."""
    turn = turn_of(dialect.tool, fields)
    event = event_of(fields)
    if event == "sessionstart":
        return Reading(turn, (Began(turn.model),))
    if event in PROMPTED:
        return Reading(turn, (Asked(fields.text("prompt", "user_prompt")),))
    if event in BEFORE or event in AFTER:
        return Reading(turn, _of_call(dialect, call_of(fields), event in AFTER))
    if event == "posttoolusefailure":
        # A command that failed may have written; an edit that failed has not.
        ended = _of_call(dialect, call_of(fields), done=True)
        return Reading(turn, tuple(report for report in ended if isinstance(report, ShellEnded)))
    return Reading(turn, () if event in SILENT else (not_understood(fields),))


def not_understood(fields: Fields) -> NotUnderstood:
    return NotUnderstood(outline(fields.raw))


def call_of(fields: Fields) -> Call:
    given = fields.value("tool_input", "tool_args")
    if isinstance(given, str):
        given = _table_in(given)
    return Call(
        plain_name(fields.text("tool_name")),
        Fields(given),
        fields.table("tool_response", "tool_result", "tool_output"),
    )


def _table_in(text: str) -> object:
    """The table that *text* spells: older builds give the input of a tool as JSON in a string."""
    try:
        return loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _of_call(dialect: Dialect, call: Call, done: bool) -> tuple[Report, ...]:  # noqa: FBT001 - which of the two events it is
    if call.name in dialect.shells and call.given.has(*_COMMAND):
        command, cwd = _command_of(call.given), call.given.text("cwd", "directory", "dir_path")
        return (ShellEnded(command, cwd) if done else ShellBegins(command, cwd),)
    if done and failed(call.got):
        return ()
    written = tuple(_written(dialect, call))
    return written if done else tuple(Intends(report) for report in written if isinstance(report, Wrote))


def _command_of(given: Fields) -> str:
    return given.text(*_COMMAND) or " ".join(given.texts(*_COMMAND))


def failed(got: Fields) -> bool:
    """Whether a tool says that it did nothing."""
    result = plain_name(got.text("result_type", "status"))
    return (
        got.flag("is_error", "staged")
        or got.denied("success")
        or bool(got.text("error"))
        or result in {"failure", "denied", "rejected", "error", "timeout"}
    )


def _written(dialect: Dialect, call: Call) -> list[Report]:
    given = call.given
    path = given.text(*_PATH) or call.got.text("file_path")
    if call.name in dialect.patches or _holds_patch(given):
        return patched(given.text(*_PATCH), dialect)
    if call.name in dialect.inexact:
        return [NotPlaced(path, f"{call.name} does not say what came where")] if path else []
    if call.name in dialect.notebooks:
        return [_notebook(path, call)] if path else []
    if call.name in dialect.blocks:
        from assaymark.hooks.patch import blocks_of

        blocks = blocks_of(given.text("diff"))
        return [_wrote(dialect, path, blocks, call)] if path and blocks else [_odd(call)]
    if call.name in dialect.edits | dialect.writes:
        return _edited(dialect, path, call)
    seems_written = path and given.has(*_NEW, "content", "file_text", "edits")
    return [_odd(call)] if seems_written else []


def _edited(dialect: Dialect, path: str, call: Call) -> list[Report]:
    several = by_path(call.given, path)
    if several:
        return [_wrote(dialect, one, pieces, call) for one, pieces in several.items()]
    content = call.given.text_or_none(*_CONTENT)
    if path and content is not None:
        return [_wrote(dialect, path, Whole(content), call)]
    return [_odd(call)]


def by_path(given: Fields, path: str) -> Mapping[str, tuple[Replaced, ...]]:
    """The replacements that *given* tells of, by file; those that name none are in *path*."""
    found: dict[str, tuple[Replaced, ...]] = {}
    for one in given.tables("edits", "replacements") or (given,):
        where = one.text(*_PATH) or path
        piece = replaced(one)
        if where and piece is not None:
            found[where] = (*found.get(where, ()), piece)
    return found


def replaced(fields: Fields) -> Replaced | None:
    """The replacement that *fields* tell of; None where there is none."""
    old, new = fields.text_or_none(*_OLD), fields.text_or_none(*_NEW)
    if old is None or new is None:
        return None
    return Replaced(old, new, everywhere=fields.flag("replace_all", "allow_multiple"))


def _wrote(dialect: Dialect, path: str, change: Whole | tuple[Replaced, ...], call: Call) -> Wrote:
    original, final = texts_of(call.got)
    return Wrote(path, change, original, final, pending=dialect.pending)


def texts_of(got: Fields) -> tuple[str | None, str | None]:
    """A file's text before and after, as the response of a tool has them."""
    original = got.text_or_none("original_file", "original_content")
    if original is None and (got.text("type") == "create" or got.flag("is_new_file")):
        original = ""
    return original, got.text_or_none("new_content", "updated_file")


def _notebook(path: str, call: Call) -> Report:
    original, final = texts_of(call.got)
    if original is None or final is None:
        return NotPlaced(path, "a cell of a notebook was written, and its text before is not known")
    return Wrote(path, Whole(final), original, final)


def patched(patch: str, dialect: Dialect) -> list[Report]:
    """What a patch in the form of `apply_patch` wrote."""
    # Late: an agent waits, and most write no patches.
    from assaymark.hooks.patch import Added, Deleted, Updated, files_of

    found: list[Report] = []
    for one in files_of(patch):
        match one:
            case Added():
                found.append(Wrote(one.path, Whole(one.content), "", pending=dialect.pending))
            case Updated():
                if one.to and one.to != one.path:
                    found.append(Renamed(one.path, one.to))
                if one.hunks:
                    found.append(Wrote(one.to or one.path, one.hunks, pending=dialect.pending))
            case Deleted():
                pass
    return found or [NotUnderstood("a patch in which no file is named")]


def _holds_patch(given: Fields) -> bool:
    return given.text(*_PATCH).lstrip().startswith("*** Begin Patch")


def _odd(call: Call) -> NotUnderstood:
    return NotUnderstood(f"{outline(call.name, as_name=True)} with {outline(call.given.raw)}")
