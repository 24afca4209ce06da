"""
The build hook: rule pages ship beside the code, as `assaymark/pages/`, and with them the compiled rules.

An editable install gets none: it would be a copy that grows stale, while the checkout's `rules/` stands
where the code is looked for. A plain `force-include` in pyproject.toml would copy in both cases.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Pages(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the folder of rule pages to a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Effect: *build_data* names the pages and compiled rules, unless *version* is the editable one."""
        if version == "standard":
            build_data["force_include"]["rules"] = "assaymark/pages"
            compiled = self._compiled()
            build_data["force_include"][str(compiled)] = f"assaymark/pages/{compiled.name}"

    def _compiled(self) -> Path:
        root = Path(self.root)
        sys.path.insert(0, str(root / "server"))
        try:
            from assaymark.rules.loading import ship
        finally:
            del sys.path[0]
        return ship(root / "rules", root / "build")
