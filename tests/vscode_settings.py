"""
The server's settings as VS Code shows them: a part of editors/vscode/package.json, made from their declarations.

    python tests/vscode_settings.py    writes it
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from assaymark.settings import shapes
from assaymark.settings.declared import DECLARED, Setting
from assaymark.settings.stored import plain_value

PACKAGE = Path(__file__).parents[1] / "editors" / "vscode" / "package.json"
COMMAND = "python tests/vscode_settings.py"


def written() -> str:
    """The file with its made part as it is now."""
    table = json.loads(PACKAGE.read_text("utf-8"))
    sections = table["contributes"]["configuration"]
    server = next(section for section in sections if section["title"] == "Server")
    server["properties"] = {f"assaymark.{setting.camel}": _property(setting) for setting in DECLARED}
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def _property(setting: Setting) -> dict[str, Any]:
    about = f"{setting.about[0].upper()}{setting.about[1:]}."
    return {
        **_type(setting),
        "default": plain_value(setting.default),
        "scope": "resource",
        "markdownDescription": f"{about} Takes: {setting.takes}. A default is not sent: then the repository's file counts.",
    }


def _type(setting: Setting) -> dict[str, Any]:
    names = re.findall(r"`([^`]+)`", setting.takes)
    default = plain_value(setting.default)
    if isinstance(default, bool):
        return {"type": "boolean"}
    if isinstance(default, int):
        return {"type": "integer", "minimum": 0}
    if setting.shape is shapes.seconds:
        return {"type": ["number", "null"]}
    if isinstance(default, list):
        named = "list of `" in setting.takes
        return {"type": "array", "items": {"type": "string", "enum": names} if named else {"type": "string"}}
    return {"type": "string", "enum": names} if len(names) > 1 else {"type": ["string", "null"]}


if __name__ == "__main__":
    PACKAGE.write_text(written(), "utf-8")
