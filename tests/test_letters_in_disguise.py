"""A name in letters that Python takes for others is found in every door, and what is no name is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assaymark.analysis.advance import opened
from assaymark.hooks.entry import hook
from assaymark.rules.loading import load
from e2e.authors import SHOWS
from e2e.inside import Inside
from hook_world import World, world

__all__ = ["world"]

RULE = "letters-in-disguise"
NAMED = "\uff45val(x)\n"


def rows(text: str) -> list[tuple[int, bytes]]:
    """The line (from 1) and the words of each finding."""
    content = text.encode()
    found = opened(content, "a.py", load().selected([RULE])).findings()
    return [
        (content.count(b"\n", 0, one.span.start) + 1, content[one.span.start : one.span.end]) for one in found
    ]


@pytest.mark.parametrize(
    "text",
    [
        "from os import \uff53ystem\n",
        "from \uff4fs import system\n",
        "import \uff50ickle as p\n",
        "x.\uff45val(y)\n",
        'f"{\U0001d41eval(1)}"\n',
        "@\uff44eco\ndef f(): pass\n",
        "y = \uff45va\uff4c\n",
    ],
)
def test_a_name_is_found_once(text: str) -> None:
    assert [line for line, _ in rows(text)] == [1]


def test_what_is_no_name_is_none() -> None:
    """Texts and comments, and names in the letters of a language."""
    text = (
        's = \'\uff45val\'  # \uff45val\nd = {\'\uff45\': """\n\uff45\n"""}\n\u00e9t\u00e9 = \u540d\u524d\n'
    )
    assert rows(text) == []


def test_the_editor_shows_it() -> None:
    editor = Inside(SHOWS)
    editor.open("import os\n" + NAMED)
    assert [(item["code"], item["range"]["start"]["line"]) for item in editor.report()["items"]] == [
        (RULE, 1)
    ]


def test_an_agent_that_writes_it_is_told(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    load()
    file = Path(world.top) / "app.py"
    file.write_text(NAMED, encoding="utf-8")
    payload = {
        "session_id": "s-1",
        "cwd": str(world.top),
        "tool_use_id": "t",
        "hook_event_name": "PostToolUse",
        "tool_name": "Write",
        "tool_input": {"file_path": str(file), "content": NAMED},
        "tool_response": {"type": "create", "filePath": str(file), "content": NAMED},
    }
    assert hook("claude", json.dumps(payload)) == 0
    assert f"app.py:1 {RULE}: " in capfd.readouterr().out
