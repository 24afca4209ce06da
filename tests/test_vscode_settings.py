"""What VS Code shows of the server's settings is what the server declares."""

from __future__ import annotations

import json
import re

import vscode_settings
from assaymark.lsp.methods.execute_command import COMMANDS

PACKAGE = json.loads(vscode_settings.PACKAGE.read_text("utf-8"))
SOURCES = vscode_settings.PACKAGE.parent / "src"


def test_the_settings_are_fresh() -> None:
    """They are made from the declarations."""
    assert vscode_settings.PACKAGE.read_text("utf-8") == vscode_settings.written(), (
        f"run: {vscode_settings.COMMAND}"
    )


def test_every_command_of_the_palette_is_somebodys() -> None:
    """Of the server, or registered by the extension; and the server's are all there but what only a lens calls."""
    listed = {one["command"] for one in PACKAGE["contributes"]["commands"]}
    source = "".join(path.read_text("utf-8") for path in SOURCES.rglob("*.ts"))
    own = set(re.findall(r'"(assaymark\.\w+)"', source))
    assert listed <= own | set(COMMANDS)
    assert set(COMMANDS) - listed == {"assaymark.show"}


def test_the_entry_file_is_short() -> None:
    """What decides something has a module of its own, or is the server's."""
    assert len((SOURCES / "extension.ts").read_text("utf-8").splitlines()) <= 100


def test_tab_is_taken_over_only_where_it_accepts_a_suggestion() -> None:
    """With the setting, and never from a next-edit suggestion, the list of completions, or what moves the focus."""
    (tab,) = (one for one in PACKAGE["contributes"]["keybindings"] if one["key"] == "tab")
    conditions = set(tab["when"].split(" && "))
    assert conditions >= {
        "config.assaymark.recordAcceptedSuggestions",
        "inlineSuggestionVisible",
        "inlineSuggestionHasIndentationLessThanTabSize",
        "!inlineEditIsVisible",
        "!tabShouldJumpToInlineEdit",
        "!editorTabMovesFocus",
        "!suggestWidgetVisible",
        "!editorHasSelection",
    }
