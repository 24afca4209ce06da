"""
An agent's edit, and what its hook reports of it: FILE OLD NEW.

Stands in for Claude Code: the file is written, and `assaymark hook claude` gets the payload that it would.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def main(file: Path, old: str, new: str) -> None:
    before = file.read_text("utf-8")
    assert old in before, f"{old!r} is not in {file}"
    file.write_text(before.replace(old, new, 1), "utf-8")
    payload = {
        "session_id": "s-editors",
        "transcript_path": "/nowhere/s-editors.jsonl",
        "cwd": str(file.parent),
        "hook_event_name": "PostToolUse",
        "tool_name": "Edit",
        "tool_input": {"file_path": str(file), "old_string": old, "new_string": new, "replace_all": False},
        "tool_response": {
            "filePath": str(file),
            "oldString": old,
            "newString": new,
            "originalFile": before,
            "structuredPatch": [],
            "userModified": False,
            "replaceAll": False,
        },
    }
    subprocess.run(
        ["assaymark", "hook", "claude"],
        input=json.dumps(payload).encode(),
        cwd=file.parent,
        env={**os.environ, "CLAUDECODE": "1"},
        check=True,
        timeout=60,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
