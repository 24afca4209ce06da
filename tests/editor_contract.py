"""
The part of editors/README.md that the server says itself: what it offers, serves and does on command.

    python tests/editor_contract.py    writes it
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

from assaymark.lsp import methods
from assaymark.lsp.capabilities import capabilities
from assaymark.lsp.client import Client
from assaymark.lsp.methods.execute_command import COMMANDS

README = Path(__file__).parents[1] / "editors" / "README.md"
COMMAND = "python tests/editor_contract.py"
START, END = f"<!-- from here on made by: {COMMAND} -->\n", "<!-- made by it up to here -->\n"


def written() -> str:
    """The page with its made part as it is now."""
    page = README.read_text("utf-8")
    before, _, rest = page.partition(START)
    return before + START + made() + END + rest.partition(END)[2]


def made() -> str:
    """The made part."""
    offered = capabilities(Client(pulls=True, has_notebooks=True, shows_hints=True, shows_lenses=True))
    parts = [
        "\n### Capabilities\n",
        "To a client that can do everything that we ask about:\n",
        f"```json\n{json.dumps(offered, indent=1)}\n```\n",
        "### Methods\n",
        "| method | |\n|---|---|",
        "\n".join(f"| `{name}` | {what} |" for name, what in served()),
        "\n### Commands\n",
        "| command | |\n|---|---|",
        "\n".join(f"| `{name}` | {_said(command.__doc__)} |" for name, command in COMMANDS.items()),
    ]
    return "\n".join(parts) + "\n\n"


def served() -> Iterator[tuple[str, str]]:
    """The methods that have a module, and what it says of itself."""
    for module in pkgutil.iter_modules(methods.__path__):
        file = importlib.import_module(f"assaymark.lsp.methods.{module.name}").__file__
        first = (ast.get_docstring(ast.parse(Path(file or "").read_bytes())) or "").splitlines()[0]
        name, _, what = first.partition("`: ")
        yield name.removeprefix("`"), what.rstrip(".")


def _said(docstring: str | None) -> str:
    return re.sub(r"\s+", " ", (docstring or "").strip()).rstrip(".")


if __name__ == "__main__":
    README.write_text(written(), "utf-8")
