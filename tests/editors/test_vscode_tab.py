"""
The keys that are watched, in the real VS Code, with what else wants them: they do what they do without us.

What the tools of the editor rewrote, by their keys or on save, stays reviewed.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from vscode_world import World, needed, packaged

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

# By story of vscode/tab.mjs: what stands there afterwards.
STORIES = {
    "accepts": "value = eval(body)\n# offered",
    "word": "value",
    "snippet": "call(one, x)",
    "snippetOffered": "call(x_offered, y)",
    "nextEdit": [True, "1\n\n\nfirst = 1\nsecond = offered"],
    "tools": "renamed = eval((((body))))\n# offered",
    "vimNormal": "",
    "vimInsert": "value = eval(body)\n# offered",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each story came to, with the record on and off."""
    needed()
    folder = tmp_path_factory.mktemp("tab")
    world = World(folder / "home", packaged(folder))
    # Each text is another: what is known of a text is known of its copies.
    files = {
        f"keys/{story}_{on}.py": f"\n\n# of {story} {on}\n" for story in STORIES for on in ("true", "false")
    }
    nexts = {f"next/nextEdit_{on}.py": "\n\n\nfirst = 1\nsecond = first\n" for on in ("true", "false")}
    world.settings["editor.formatOnSave"] = True
    world.write({"start.py": "", **files, **nexts})
    told = world.seen("tab", str(world.home), seconds=280)
    print(json.dumps(told, indent=1, ensure_ascii=False))
    return told


@pytest.mark.parametrize("story", STORIES)
def test_a_key_does_what_it_does_without_us(said: dict[str, Any], story: str) -> None:
    """Followed at once by another key, in a snippet, with a next edit to be seen, with a Vim keymap in both modes."""
    assert said[story] == {"recorded": STORIES[story], "without": STORIES[story]}
