"""A terminal's screen as a picture: an SVG without anything from elsewhere."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

from rich.console import Console
from rich.text import Text


def keep(screen: str, file: Path, columns: int, title: str) -> None:
    """Effect: with ASSAYMARK_PICTURES set, *file* shows the *screen*, which has its colours as escapes."""
    if os.environ.get("ASSAYMARK_PICTURES"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(picture(screen, columns, title), "utf-8")


def picture(screen: str, columns: int, title: str) -> str:
    """The SVG."""
    console = Console(
        record=True, width=columns, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(Text.from_ansi(screen.rstrip()))
    drawn = console.export_svg(title=title, unique_id="assaymark")
    # A font from the network; every viewer has one of its own.
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
