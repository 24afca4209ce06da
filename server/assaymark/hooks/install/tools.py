"""All tools whose hooks can be installed, in the order in which they are shown."""

from __future__ import annotations

from assaymark.hooks.install.claude import CLAUDE
from assaymark.hooks.install.codex import CODEX
from assaymark.hooks.install.copilot import COPILOT
from assaymark.hooks.install.cursor import CURSOR
from assaymark.hooks.install.gemini import GEMINI
from assaymark.hooks.install.tool import Tool
from assaymark.hooks.install.windsurf import WINDSURF

TOOLS: tuple[Tool, ...] = (CLAUDE, CURSOR, COPILOT, CODEX, GEMINI, WINDSURF)
BY_NAME = {tool.name: tool for tool in TOOLS}
