"""
The index of the rules, made from their pages.

    python tests/rule_index.py    writes rules/README.md
"""

from __future__ import annotations

from pathlib import Path

from assaymark.rules.page import RulePage, parse_page
from assaymark.rules.pages import PAGE, rule_files

RULES = Path(__file__).parents[1] / "rules"
INDEX = RULES / "README.md"
COMMAND = "python tests/rule_index.py"

_HEAD = f"""\
# The rules

One page a rule: the rule, what it is about, and its tests. The file's name is the rule's name wherever one is asked for.
How patterns are written is in [PATTERNS.md](PATTERNS.md). Rules marked *removed* are asked of changes: of what stood there before and no longer does.

This index is made from the pages: `{COMMAND}`
"""


def pages() -> list[RulePage]:
    """Every page of the project, in the order of the files."""
    files = [file for file in rule_files(RULES) if file.suffix == PAGE]
    return [parse_page(file.read_text("utf-8"), file.relative_to(RULES.parent).as_posix()) for file in files]


def index() -> str:
    """The text of the index."""
    lines = [_HEAD]
    language = ""
    for page in pages():
        if page.rule.language != language:
            language = page.rule.language
            lines += [
                f"## {language}\n",
                "| rule | severity | level | CWE | what it says |",
                "|---|---|---|---|---|",
            ]
        lines.append(_row(page))
    return "\n".join(lines) + "\n"


def _row(page: RulePage) -> str:
    rule = page.rule
    link = f"[{rule.id}]({Path(rule.source).relative_to('rules').as_posix()})"
    weaknesses = ", ".join(str(number) for number in rule.cwe)
    message = rule.message.replace("|", "\\|")
    link += "" if rule.removal is None else " *removed*"
    return f"| {link} | {rule.severity.value} | {rule.level.value} | {weaknesses} | {message} |"


if __name__ == "__main__":
    INDEX.write_text(index(), "utf-8")
