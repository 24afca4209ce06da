"""
What a hook answers when it has nothing to say: nothing, but where a tool takes that for a veto.

Invariant: no answer is a decision. To allow something would be one: it can outrank what another hook denies.
"""

from __future__ import annotations

from assaymark.hooks.fields import plain_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assaymark.hooks.fields import Fields

# An empty object: read everywhere, and no decision.
NO_DECISION = "{}"

# Set by Cursor for the hooks that it runs, its own and those configured for Claude Code.
CURSOR_SETS = "CURSOR_VERSION"

# Cursor asks at these whether it may go on, and wants JSON: at empty output it stops what it was about to do,
# as behind a broken gate. It asks Claude Code's hooks too, by its own names of events or by theirs. A payload
# that cannot be read has no name, and may be such a question.
_CURSOR_ASKS = (
    "beforeShellExecution",
    "beforeMCPExecution",
    "beforeReadFile",
    "beforeTabFileRead",
    "beforeSubmitPrompt",
    "preToolUse",
    "subagentStart",
    "UserPromptSubmit",
    "",
)

# By tool and event; at all others there is nothing to be said.
QUIET: Mapping[tuple[str, str], str] = {("cursor", plain_name(event)): NO_DECISION for event in _CURSOR_ASKS}

# Whose hooks Cursor runs beside its own.
RUN_BY_CURSOR = frozenset(("claude",))


def quiet_answer(tool: str, event: str, *, in_cursor: bool = False) -> str:
    """What a hook of *tool* answers at *event*, run by Cursor or not, when it has nothing to say."""
    asks = "cursor" if in_cursor and tool in RUN_BY_CURSOR else tool
    return QUIET.get((asks, plain_name(event)), "")


def runs_in_cursor(fields: Fields, environ: Mapping[str, str]) -> bool:
    """Whether Cursor runs this hook: its payloads say its version, and so does the environment."""
    return fields.has("cursor_version") or CURSOR_SETS in environ
