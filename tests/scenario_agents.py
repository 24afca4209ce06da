"""
Agents for scenarios: what each writes into a file, and what it then tells its hook.

The payloads have the shapes of the tools' own documentation; `hook TOOL` gets them on standard input.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path

Payload = dict[str, object]
TOOLS = ("claude", "cursor", "cursor-tab", "copilot", "copilot-cli", "codex", "gemini", "windsurf")
MODELS = {"cursor": "composer-2", "codex": "gpt-5.5", "windsurf": "SWE-1.5"}


@dataclass(slots=True)
class Agents:
    """Agents at work in one scenario; every one has one conversation."""

    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def edit(self, tool: str, root: Path, file: Path, old: str, new: str) -> Payload:
        """
        What *tool* tells after it replaced *old* by *new* in *file*.

        Effect: the file is written.
        """
        before = file.read_bytes().decode()
        assert before.count(old) == 1, f"{old!r} stands {before.count(old)} times in {file.name}"
        file.write_bytes(before.replace(old, new).encode())
        return self._told(tool, root, file, before, (old, new))

    def write(self, tool: str, root: Path, file: Path, content: str) -> Payload:
        """The same after it wrote the whole file."""
        before = file.read_bytes().decode() if file.exists() else None
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode())
        return self._told(tool, root, file, before, content)

    def shell(self, tool: str, root: Path, command: str, event: str) -> Payload:
        """What *tool* tells before (`Pre`) and after (`Post`) it ran a command, in which order it is called."""
        payload = self._claude(root, f"{event}ToolUse", "Bash", {"command": command})
        payload["tool_use_id"] = f"toolu_sh_{abs(hash(command)) % 1000}"
        return payload

    def prompt(self, root: Path, text: str) -> Payload:
        return {**self._session(root, "UserPromptSubmit"), "prompt": text, "source": "user"}

    def began(self, root: Path, model: str) -> Payload:
        return {**self._session(root, "SessionStart"), "source": "startup", "model": model}

    def _told(
        self, tool: str, root: Path, file: Path, before: str | None, what: str | tuple[str, str]
    ) -> Payload:
        match tool:
            case "claude":
                return self._told_by_claude(root, file, before, what)
            case "cursor" | "cursor-tab":
                return self._told_by_cursor(tool, root, file, before, what)
            case "copilot":
                return self._told_by_copilot(root, file, what)
            case "copilot-cli":
                return self._told_by_copilot_cli(root, file, what)
            case "codex":
                return self._told_by_codex(root, file, before, what)
            case "gemini":
                return self._told_by_gemini(root, file, before, what)
            case "windsurf":
                return {
                    "agent_action_name": "post_write_code",
                    "trajectory_id": "tr-1",
                    "execution_id": f"ex-{next(self.numbers)}",
                    "timestamp": "2026-11-01T10:00:00Z",
                    "model_name": MODELS[tool],
                    "tool_info": {"file_path": str(file), "edits": [_pair(before, what)]},
                }
        msg = f"no agent is called {tool!r}; there are {', '.join(TOOLS)}"
        raise LookupError(msg)

    def _session(self, root: Path, event: str) -> Payload:
        return {
            "session_id": "s-claude",
            "transcript_path": "/nowhere/s-claude.jsonl",
            "cwd": str(root),
            "permission_mode": "default",
            "hook_event_name": event,
        }

    def _claude(self, root: Path, event: str, tool_name: str, given: Payload) -> Payload:
        return {
            **self._session(root, event),
            "tool_name": tool_name,
            "tool_use_id": f"toolu_{next(self.numbers)}",
            "tool_input": given,
        }

    def _told_by_claude(
        self, root: Path, file: Path, before: str | None, what: str | tuple[str, str]
    ) -> Payload:
        if isinstance(what, str):
            payload = self._claude(root, "PostToolUse", "Write", {"file_path": str(file), "content": what})
            kind = "create" if before is None else "update"
            payload["tool_response"] = {
                "type": kind,
                "filePath": str(file),
                "content": what,
                "structuredPatch": [],
                "originalFile": before,
            }
            return payload
        old, new = what
        given: Payload = {"file_path": str(file), "old_string": old, "new_string": new, "replace_all": False}
        payload = self._claude(root, "PostToolUse", "Edit", given)
        payload["tool_response"] = {
            "filePath": str(file),
            "oldString": old,
            "newString": new,
            "originalFile": before,
            "structuredPatch": [],
            "userModified": False,
            "replaceAll": False,
        }
        return payload

    def _told_by_cursor(
        self, tool: str, root: Path, file: Path, before: str | None, what: str | tuple[str, str]
    ) -> Payload:
        payload: Payload = {
            "conversation_id": "c-cursor",
            "generation_id": f"g-{next(self.numbers)}",
            "model": MODELS["cursor"] if tool == "cursor" else "tab",
            "hook_event_name": "afterFileEdit" if tool == "cursor" else "afterTabFileEdit",
            "cursor_version": "2.4.0",
            "workspace_roots": [str(root)],
            "user_email": "dev@example.com",
            "transcript_path": None,
            "file_path": str(file),
        }
        pair: Payload = dict(_pair(before, what))
        if tool == "cursor-tab" and before is not None:
            pair |= _tab_range(before, *_pair(before, what).values())
        return payload | {"edits": [pair]}

    def _told_by_copilot(self, root: Path, file: Path, what: str | tuple[str, str]) -> Payload:
        name, given = "create_file", {"filePath": str(file), "content": what}
        if not isinstance(what, str):
            name = "replace_string_in_file"
            given = {"filePath": str(file), "oldString": what[0], "newString": what[1]}
        return {
            "timestamp": "2026-11-01T10:00:00.000Z",
            "hook_event_name": "PostToolUse",
            "session_id": "s-copilot",
            "transcript_path": "/nowhere/GitHub.copilot-chat/transcripts/s-copilot.jsonl",
            "tool_name": name,
            "tool_input": given,
            "tool_use_id": f"call_{next(self.numbers)}",
            "tool_response": "The following files were successfully edited",
        }

    def _told_by_copilot_cli(self, root: Path, file: Path, what: str | tuple[str, str]) -> Payload:
        name, given = "create", {"path": str(file), "file_text": what}
        if not isinstance(what, str):
            name, given = "edit", {"path": str(file), "old_str": what[0], "new_str": what[1]}
        return {
            "sessionId": "s-copilot-cli",
            "timestamp": 1_760_000_000_000 + next(self.numbers),
            "cwd": str(root),
            "toolName": name,
            "toolArgs": given,
            "toolResult": {"resultType": "success", "textResultForLlm": "ok"},
        }

    def _told_by_codex(
        self, root: Path, file: Path, before: str | None, what: str | tuple[str, str]
    ) -> Payload:
        path = file.relative_to(root)
        return {
            "session_id": "s-codex",
            "turn_id": "t-1",
            "transcript_path": "/nowhere/rollout.jsonl",
            "cwd": str(root),
            "hook_event_name": "PostToolUse",
            "model": MODELS["codex"],
            "permission_mode": "default",
            "tool_name": "apply_patch",
            "tool_use_id": f"call_{next(self.numbers)}",
            "tool_input": {"command": f"*** Begin Patch\n{_patch(path, before, what)}*** End Patch"},
            "tool_response": f"Success. Updated the following files:\nM {path}",
        }

    def _told_by_gemini(
        self, root: Path, file: Path, before: str | None, what: str | tuple[str, str]
    ) -> Payload:
        after = file.read_bytes().decode()
        name, given = "write_file", {"file_path": str(file), "content": what}
        if not isinstance(what, str):
            name, given = "replace", {"file_path": str(file), "old_string": what[0], "new_string": what[1]}
        return {
            "session_id": "s-gemini",
            "transcript_path": "/nowhere/session.json",
            "cwd": str(root),
            "hook_event_name": "AfterTool",
            "timestamp": f"2026-11-01T10:00:{next(self.numbers) % 60:02}.000Z",
            "tool_name": name,
            "tool_input": given,
            "tool_response": {
                "llmContent": "ok",
                "returnDisplay": {
                    "fileName": file.name,
                    "filePath": str(file),
                    "originalContent": before or "",
                    "newContent": after,
                    "isNewFile": before is None,
                },
            },
        }


def encoded(payload: Payload) -> bytes:
    return json.dumps(payload).encode()


def hook_of(tool: str) -> str:
    """The name that the hook of *tool* has on the command line."""
    return "cursor" if tool == "cursor-tab" else tool


def _pair(before: str | None, what: str | tuple[str, str]) -> dict[str, str]:
    old, new = (before or "", what) if isinstance(what, str) else what
    return {"old_string": old, "new_string": new}


def _tab_range(before: str, old: str, new: str) -> Payload:
    """Where an accepted completion stood, lines and columns from 1."""
    at = before.index(old)

    def placed(offset: int) -> tuple[int, int]:
        return before.count("\n", 0, offset) + 1, offset - (before.rfind("\n", 0, offset) + 1) + 1

    (line, column), (end_line, end_column) = placed(at), placed(at + len(old))
    where = {
        "start_line_number": line,
        "start_column": column,
        "end_line_number": end_line,
        "end_column": end_column,
    }
    old_line = before.split("\n")[line - 1]
    after = before[:at] + new + before[at + len(old) :]
    return {"range": where, "old_line": old_line, "new_line": after.split("\n")[line - 1]}


def _patch(path: Path, before: str | None, what: str | tuple[str, str]) -> str:
    if isinstance(what, str):
        added = "".join(f"+{line}\n" for line in what.splitlines())
        return f"*** Add File: {path}\n{added}"
    assert before is not None
    old, new = before.splitlines(), before.replace(*what).splitlines()
    n_head = next(
        (n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
        min(len(old), len(new)),
    )
    n_tail = 0
    while n_tail < min(len(old), len(new)) - n_head and old[-1 - n_tail] == new[-1 - n_tail]:
        n_tail += 1
    lines = [
        *(f" {line}" for line in old[max(0, n_head - 3) : n_head]),
        *(f"-{line}" for line in old[n_head : len(old) - n_tail]),
        *(f"+{line}" for line in new[n_head : len(new) - n_tail]),
        *(f" {line}" for line in old[len(old) - n_tail :][:3]),
    ]
    return f"*** Update File: {path}\n@@\n" + "".join(f"{line}\n" for line in lines)
