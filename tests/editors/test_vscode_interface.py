"""
What a person sees of the extension, in the real workbench in a browser, and the pictures of it in its README.

With ASSAYMARK_PICTURES set the pictures in editors/vscode/images are taken anew, with ASSAYMARK_MEASURE times are measured.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from editor_places import ran
from vscode_world import EXTENSION, World, needed, packaged

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

BEFORE = "import json\n\n\ndef price(formula, order):\n    count = len(order)\n    pass\n"
# A file that is not opened: what it held, and what an agent made of which part.
CLOSED = "def total(orders):\n    pass\n", "    pass\n", "    return sum(one.price for one in orders)\n"
AFTER = "    value = eval(formula, {'count': count})\n    return json.dumps({'value': value})\n"


@pytest.fixture(scope="module")
def extensions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    needed()
    return packaged(tmp_path_factory.mktemp("packages"))


@pytest.fixture
def world(tmp_path: Path, extensions: tuple[Path, Path]) -> World:
    return World(tmp_path / "home", extensions)


def agent_writes(world: World, name: str, old: str, new: str) -> None:
    """Effect: an agent replaces *old* in a file, and its hook tells so."""
    file = world.project / name
    before = file.read_text()
    file.write_text(before.replace(old, new))
    payload = {
        "session_id": "5e1f-77",
        "transcript_path": f"{world.project}/none/5e1f-77.jsonl",
        "cwd": str(world.project),
        "permission_mode": "default",
        "hook_event_name": "PostToolUse",
        "tool_name": "Edit",
        "tool_use_id": "toolu_1",
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
    (world.home / "payload.json").write_text(json.dumps(payload))
    done = ran(["sh", "-c", "assaymark hook claude < ../payload.json"], world.project, world.environment, 30)
    assert done.returncode == 0, done.stdout


def test_what_is_seen(world: World, tmp_path: Path) -> None:
    """Squiggle, Problems, hint, lens, quick fixes, tree and status bar; Tab with the server and without."""
    world.write({"app.py": BEFORE, "orders.py": CLOSED[0], "keys/tab.py": "\n" * 12, "keys/dead.py": "\n\n"})
    agent_writes(world, "orders.py", *CLOSED[1:])
    agent_writes(world, "app.py", "    pass\n", AFTER)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    said = world.seen("interface", str(pictures), str(world.home))
    print(json.dumps(said, indent=1, ensure_ascii=False))
    assert said["lens"] == "1 finding · 2 of 4 lines by AI, not reviewed | Show"
    assert said["status"] == "Assaymark: 1"
    assert any("eval" in row and "assaymark" in row for row in said["problems"])
    assert any(title.startswith("Silence eval-code") for title in said["menu"])
    assert "# assaymark: ignore[eval-code] -- only our own formulas" in said["silenced"]
    assert any("eval" in row for row in said["tree"])
    assert any("lines 6–7" in row for row in said["tree"])
    assert any("orders.py" in row for row in said["tree"])
    assert any("line 2" in row for row in said["tree"])
    assert "AI, not reviewed" not in said["dead"]
    for picture in pictures.iterdir() if "ASSAYMARK_PICTURES" in os.environ else ():
        shutil.copy(picture, EXTENSION / "images" / picture.name)


@pytest.mark.skipif(
    "ASSAYMARK_MEASURE" not in os.environ, reason="times are measured on a machine that is quiet"
)
@pytest.mark.parametrize("delay", [500, 0])
def test_from_a_key_to_its_squiggle(world: World, delay: int) -> None:
    """In the middle of 10,000 lines, on the screen, with the setting typingDelay as it is and without."""
    function = "def f{0}(a, b):\n    total = a + b * {0}\n    return str(total)\n\n\n"
    lines = "".join(function.format(n) for n in range(2000)).splitlines()
    lines[4999:5049] = [""] * 50
    world.write({"big.py": "\n".join(lines) + "\n"})
    world.settings["assaymark.typingDelay"] = delay
    said = world.seen("speed")
    print(f"typingDelay {delay}: {sorted(said['times'])} ms")
