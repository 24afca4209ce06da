"""
What installing and uninstalling make of one file: its content before and after, and how to come back.

Invariants:
    Uninstalling what nobody touched gives the bytes from before; a file that was not there is gone again.
    In a file that was edited since, only what is ours is taken out.
    What cannot be read is not changed, and is said.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable

from assaymark.dataclass import dataclass, replace
from assaymark.hooks.install import codex, git_hooks
from assaymark.hooks.install.adding import Addition, Path, applied, missing
from assaymark.hooks.install.commands import Program, UnspeakableError, tool_of
from assaymark.hooks.install.insertion import Insertion, inserted, undone
from assaymark.hooks.install.jsonc import NotReadableError, Value, parsed
from assaymark.hooks.install.removing import entries, without, without_alone
from assaymark.hooks.install.tool import Scope

_MARK = "\ufeff"
_NOTHING = re.compile(r"\s*(?:\{\s*\}\s*)?")


@dataclass(frozen=True, slots=True)
class Record:
    """
    How the file at *place* was before: *existed* or not, and what was put in since.

    *made*: the objects and lists that were made; *folders* those made for the file, outermost first; *kept*
    where the script lies that was there.
    """

    place: str
    tool: str
    scope: Scope
    existed: bool
    insertions: tuple[Insertion, ...] = ()
    made: tuple[Path, ...] = ()
    folders: tuple[str, ...] = ()
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """
    What becomes of the file at *place*; None where there is none.

    *record* is what has to be remembered of it afterwards. *problem*: nothing is changed, and this is why.
    """

    place: str
    before: bytes | None
    after: bytes | None
    record: Record | None = None
    problem: str = ""
    executable: bool = False

    @property
    def is_one(self) -> bool:
        """Whether there is anything to do."""
        return self.before != self.after and not self.problem


def installed(
    blank: Record, before: bytes | None, known: Record | None, additions: tuple[Addition, ...]
) -> Change:
    """Settings in JSON with *additions*; *blank* says what they are, *known* what was remembered of them."""
    try:
        mark, text = _decoded(before)
        if before is not None and _is_current(text, blank.tool, additions):
            return Change(blank.place, before, before, known)
        bare = _bare(text, blank.tool, known)
        made = tuple(path for addition in additions for path in missing(bare, addition))
        after, insertions = applied(bare, additions)
    except NotReadableError as error:
        return _unchanged(blank.place, before, str(error))
    record = replace(_continued(blank, before, known), insertions=insertions, made=made)
    return Change(blank.place, before, (mark + after).encode(), record)


def uninstalled(place: str, tool: str, before: bytes | None, known: Record | None) -> Change:
    """The same settings without what is ours."""
    if before is None:
        return Change(place, None, None)
    try:
        mark, text = _decoded(before)
        bare = _bare(text, tool, known)
    except NotReadableError as error:
        return _unchanged(place, before, str(error))
    is_gone = known is not None and not known.existed and _NOTHING.fullmatch(bare) is not None
    return Change(place, before, None if is_gone else (mark + bare).encode())


def is_in(content: bytes, tool: str) -> bool:
    """Whether hooks of *tool* that are ours stand in settings. Raises NotReadableError."""
    _, text = _decoded(content)
    return any(_is_ours(strings, tool) for _, strings in entries(text))


def installed_in_toml(
    blank: Record, before: bytes, known: Record | None, additions: tuple[Addition, ...]
) -> Change:
    """Settings in TOML with *additions* at their end."""
    try:
        mark, text = _decoded(before)
        bare = _bare_toml(text, known)
        end = "\r\n" if "\r\n" in bare else "\n"
        start = "" if not bare or bare.endswith("\n") else end
        insertion = Insertion(len(bare), start + codex.as_toml(additions, end))
        after = inserted(bare, (insertion,))
        tomllib.loads(after.replace("\r\n", "\n"))
    except NotReadableError as error:
        return _unchanged(blank.place, before, str(error))
    except tomllib.TOMLDecodeError as error:
        return _unchanged(blank.place, before, f"hooks cannot be added at its end: {error}")
    record = replace(_continued(blank, before, known), insertions=(insertion,))
    return Change(blank.place, before, (mark + after).encode(), record)


def uninstalled_from_toml(place: str, before: bytes, known: Record | None) -> Change:
    """The same settings without what is ours."""
    try:
        mark, text = _decoded(before)
    except NotReadableError as error:
        return _unchanged(place, before, str(error))
    return Change(place, before, (mark + _bare_toml(text, known)).encode())


def has_hooks(toml: bytes) -> bool:
    """Whether TOML settings have hooks that are not ours. False where they cannot be read."""
    hooks = _table(toml).get("hooks")
    # Codex keeps in `state` which hooks are trusted, wherever those stand.
    return isinstance(hooks, dict) and bool(hooks.keys() - {"state"})


def is_off(toml: bytes) -> bool:
    """Whether TOML settings switch hooks off."""
    features = _table(toml).get("features")
    return isinstance(features, dict) and features.get("hooks", features.get("codex_hooks")) is False


def _table(toml: bytes) -> dict[str, object]:
    """What TOML settings say without what is ours; nothing where they cannot be read."""
    try:
        _, text = _decoded(toml)
        return tomllib.loads(codex.without_toml(text).replace("\r\n", "\n"))
    except (NotReadableError, tomllib.TOMLDecodeError):
        return {}


def hook_installed(blank: Record, before: bytes | None, known: Record | None, program: Program) -> Change:
    """
    The script of a hook, with ours at its beginning; without a place to *keep* what no sh reads, that is a
    problem.
    """
    hook = _name(blank.place)
    text = None if before is None else _of_script(before)
    bare = None if text is None else _bare_script(text, known)
    try:
        if bare is None or (known is not None and not known.existed and git_hooks.is_nothing(bare)):
            record = replace(blank, existed=False, kept="", folders=known.folders if known else blank.folders)
            return _script(before, git_hooks.script(hook, program), record)
        if blank.kept:
            return _script(before, git_hooks.dispatcher(hook, program), replace(blank, existed=True))
        insertion = git_hooks.addition(bare, hook, program)
    except UnspeakableError as error:
        return _unchanged(blank.place, before, str(error))
    if insertion is None:
        return _unchanged(blank.place, before, "no sh reads this script")
    record = replace(_continued(blank, before, known), insertions=(insertion,), kept="")
    return _script(before, inserted(bare, (insertion,)), record)


def hook_uninstalled(place: str, before: bytes | None, known: Record | None) -> Change:
    """The script without ours; None where nothing is left of it."""
    if before is None:
        return Change(place, None, None)
    text = _of_script(before)
    bare = _bare_script(text, known)
    was_there = known is not None and known.existed and not known.kept
    is_gone = git_hooks.is_in(text) and git_hooks.is_nothing(bare) and not was_there
    return Change(place, before, None if is_gone else _script_bytes(bare))


def is_in_script(content: bytes) -> bool:
    """Whether ours is in a script."""
    return git_hooks.is_in(_of_script(content))


def is_script_of_ours(content: bytes) -> bool:
    """Whether a script is ours and nothing else, and calls none that is kept."""
    text = _of_script(content)
    return git_hooks.is_in(text) and git_hooks.is_nothing(text) and f"/{git_hooks.KEPT}/" not in text


def can_be_added_to(content: bytes) -> bool:
    """Whether a sh reads a script."""
    return git_hooks.addition(_of_script(content), "post-commit", Program()) is not None


def _script(before: bytes | None, text: str, record: Record) -> Change:
    return Change(record.place, before, _script_bytes(text), record, executable=True)


def _of_script(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _script_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _bare_script(text: str, known: Record | None) -> str:
    found = undone(text, known.insertions) if known is not None and known.insertions else None
    return git_hooks.without(text) if found is None or git_hooks.is_in(found) else found


def _name(place: str) -> str:
    return re.split(r"[\\/]", place)[-1]


def _unchanged(place: str, before: bytes | None, problem: str) -> Change:
    return Change(place, before, before, problem=problem)


def _continued(blank: Record, before: bytes | None, known: Record | None) -> Record:
    """*blank* with what is remembered of the file from before anything was installed."""
    if known is None:
        return replace(blank, existed=before is not None)
    return replace(blank, existed=known.existed, folders=known.folders)


def _decoded(content: bytes | None) -> tuple[str, str]:
    """The mark that a file begins with, if any, and its text."""
    try:
        text = (content or b"").decode("utf-8")
    except UnicodeDecodeError as error:
        line = (content or b"")[: error.start].count(b"\n") + 1
        msg = f"line {line}: it is not UTF-8"
        raise NotReadableError(msg) from None
    return (_MARK, text[1:]) if text.startswith(_MARK) else ("", text)


def _bare(text: str, tool: str, known: Record | None) -> str:
    """*text* without what is ours."""

    def is_ours(strings: dict[str, object]) -> bool:
        return _is_ours(strings, tool)

    found = undone(text, known.insertions) if known is not None and known.insertions else None
    if found is not None:
        text = found
    bare = without(text, is_ours, None if known is None else known.made)
    was_ours = known is not None and ("version",) in known.made
    return without_alone(bare, "version") if was_ours and bare != found else bare


def _bare_toml(text: str, known: Record | None) -> str:
    found = undone(text, known.insertions) if known is not None and known.insertions else None
    return codex.without_toml(text if found is None else found)


def _is_ours(strings: dict[str, object], tool: str) -> bool:
    return any(isinstance(said, str) and tool_of(said) == tool for said in strings.values())


def _is_current(text: str, tool: str, additions: Iterable[Addition]) -> bool:
    """Whether *text* has just what *additions* would add."""
    root = parsed(text)
    if root is None:
        return False
    wanted = [addition for addition in additions if addition.listed]
    n_ours = sum(_is_ours(strings, tool) for _, strings in entries(text))
    return n_ours == len(wanted) and all(
        addition.value in _listed(root, addition.path) for addition in wanted
    )


def _listed(root: Value, path: Path) -> list[object]:
    value: Value | None = root
    for key in path:
        value = value.get(key) if value is not None else None
    return [_plain(item) for item in value.items or ()] if value is not None else []


def _plain(value: Value) -> object:
    if value.members is not None:
        return {member.key: _plain(member.value) for member in value.members}
    if value.items is not None:
        return [_plain(item) for item in value.items]
    return value.plain
