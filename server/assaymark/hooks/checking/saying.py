"""
The words that an agent reads, of findings in what it wrote.

Invariants:
    Of a file's text nothing is said but names, each quoted and of at most 60 printable characters; likewise
    of its path. What a file holds can be an instruction, and the agent would read it as ours.
    However much is found, what is said is short.
"""

from __future__ import annotations

import re

from assaymark.regex import regex
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 60
_MOST = 10
_LONGEST_MESSAGE = 400
_PLAIN = regex(r"[\w./+@=~-]+")
_HELD = regex(r"\$(?:\.\.\.)?[A-Z_][A-Z0-9_]*")
_QUOTING = str.maketrans(dict.fromkeys("\"'`\\<>", "?"))
_FALSE = (
    "If this is a false alarm, leave the code and tell the user why. A suppression comment that you add does"
    " not count until a person has reviewed it."
)


class Said(NamedTuple):
    """
    A finding as it is spoken of; *line* from 1.

    *message* is what its rule says, with names of the file in it, *template* what that was made from.
    """

    path: str
    line: int
    rule: str
    severity: str
    message: str = ""
    template: str = ""


def after_edit(found: Sequence[Said], unchecked: Sequence[tuple[str, str]]) -> str:
    """What is said after an edit; *unchecked* are files that were not checked, each with the reason."""
    lines = [not_checked(path, why) for path, why in unchecked[:_MOST]]
    if found:
        n_found = _counted([one.severity for one in found])
        lines.append(f"assaymark: {n_found} in lines you just wrote.")
        lines += [_line(one) for one in found[:_MOST]]
        if len(found) > _MOST:
            lines.append(f"And {len(found) - _MOST} more.")
        lines.append(_FALSE)
    return "\n".join(lines)


def at_stop(found: Sequence[Said]) -> str:
    """What is said when the agent is about to end."""
    several = ", ".join(f"{_place(one)} {_name(one.rule)} ({one.severity})" for one in found[:_MOST])
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    them = "it" if len(found) == 1 else "them"
    return (
        f"assaymark: still open from this session: {several}{more}. "
        f"Fix {them} or tell the user why not. This is said once."
    )


def not_checked(path: str, why: str) -> str:
    """What is said of the file *path*, which was not checked: *why* holds nothing of it."""
    return f"assaymark: {quoted(path, is_path=True)} was not checked ({why}). This is not a pass."


def quoted(name: str, *, is_path: bool = False) -> str:
    """*name*, which a file or its author chose, as it may stand in what an agent reads."""
    if is_path and len(name) <= LONGEST and _PLAIN.fullmatch(name):
        return name
    # The end of a path tells most, and the beginning of a name.
    kept = _printable(name[-4 * LONGEST :] if is_path else name[: 4 * LONGEST])
    if max(len(kept), len(name) - 3 * LONGEST) > LONGEST:
        kept = f"…{kept[1 - LONGEST :]}" if is_path else f"{kept[: LONGEST - 1]}…"
    return f'"{kept}"'


def message(text: str, template: str) -> str:
    """
    *text*, which a rule made of its *template*, with the names in it quoted.

    Where it was not made of that, nothing of it is said.
    """
    if text == template or not _HELD.search(template):
        return _flat(template) if text == template else ""
    literals = _HELD.split(template)
    made = re.fullmatch("(.*?)".join(map(re.escape, literals)), text, re.DOTALL)
    if made is None:
        return ""
    held = [*(quoted(one) for one in made.groups()), ""]
    return _flat("".join(literal + one for literal, one in zip(literals, held, strict=True)))


def _line(one: Said) -> str:
    said = message(one.message, one.template)
    return f"{_place(one)} {_name(one.rule)}: {said}" if said else f"{_place(one)} {_name(one.rule)}"


def _place(one: Said) -> str:
    return f"{quoted(one.path, is_path=True)}:{one.line}"


def _name(rule: str) -> str:
    """The name of a rule: ours are plain, and a user's may be anything."""
    return rule if len(rule) <= LONGEST and _PLAIN.fullmatch(rule) else quoted(rule)


def _flat(text: str) -> str:
    """*text* of a rule page in one line, without the signs of Markdown."""
    flat = " ".join("".join(char if char.isprintable() else " " for char in text).split()).replace("`", "")
    return flat if len(flat) <= _LONGEST_MESSAGE else f"{flat[: _LONGEST_MESSAGE - 1]}…"


def _printable(name: str) -> str:
    return "".join(char for char in name if char.isprintable()).translate(_QUOTING)


def _counted(severities: Sequence[str]) -> str:
    """`1 critical and 2 high findings`, the worst first."""
    kinds = [kind for kind in ("critical", "high", "medium", "low") if kind in severities]
    counts = " and ".join(f"{severities.count(kind)} {kind}" for kind in kinds)
    return f"{counts} finding{'s' if len(severities) > 1 else ''}"
