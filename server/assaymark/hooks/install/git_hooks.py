"""
The hooks of a repository: what is put into a script, and taken out again.

Invariants:
    The script that was there keeps its name, its arguments, its standard input and its exit code; ours runs
    before it, and whatever ours does changes none of them. Only before a commit ours may stop both.
    A script that no sh reads is not changed: it is kept beside, and called.

Ours stands at the beginning, since scripts of frameworks end with `exec` (pre-commit), and others with
`exit`. What is there is not moved away where that can be helped: frameworks tell hooks apart by the name
they are called by, and write theirs anew (2026-11).
"""

from __future__ import annotations

import re

from assaymark.hooks.install.commands import Program
from assaymark.hooks.install.insertion import Insertion

HOOKS = ("pre-commit", "post-commit", "post-rewrite", "post-merge")
# Where scripts are kept that cannot be added to, in the folder of the hooks.
KEPT = "assaymark-kept"
# githooks(5): what was rewritten comes in on standard input.
_WITH_INPUT = frozenset(("post-rewrite",))
# What ours ends with where nothing is to be committed; any other code, a fault of ours too, holds nobody up.
STOP = 73
_BEGIN, _END = "# assaymark: begin (taken out by: assaymark hooks uninstall git)", "# assaymark: end"
_BLOCK = re.compile(rf"{re.escape(_BEGIN)}\n.*?{re.escape(_END)}\n", re.DOTALL)
_ENDINGS = {"pre-commit": f"[ $? -ne {STOP} ] || exit 1"}
_OF_SH = re.compile(r"#![ \t]*(?:/\S*/env[ \t]+)?(?:\S*/)?(?:ba|da|z|k|a)?sh(?:[ \t][^\n]*)?\n?")
_SH = "#!/bin/sh\n"


def script(hook: str, program: Program) -> str:
    """A script of ours alone."""
    return _SH + _block(hook, program)


def dispatcher(hook: str, program: Program) -> str:
    """A script of ours that then becomes the one that is kept."""
    kept = f'"${{0%/*}}/{KEPT}/{hook}"'
    # As git has it, a script that cannot be executed is none.
    return _SH + _block(hook, program, f'[ -x {kept} ] || exit 0\nexec {kept} "$@"\n')


def addition(text: str, hook: str, program: Program) -> Insertion | None:
    """What adds ours to the script *text*; None where no sh reads it."""
    if "\r" in text or "\0" in text or text.startswith("\ufeff"):
        return None
    if not text.startswith("#!"):
        # Git gives a script without such a line to sh.
        return Insertion(0, _block(hook, program))
    first = _OF_SH.match(text)
    if first is None:
        return None
    start = "" if first[0].endswith("\n") else "\n"
    return Insertion(first.end(), start + _block(hook, program))


def without(text: str) -> str:
    """*text* without ours."""
    return _BLOCK.sub("", text)


def is_in(text: str) -> bool:
    """Whether ours is in *text*."""
    return _BLOCK.search(text) is not None


def is_nothing(text: str) -> bool:
    """Whether *text*, without ours, does nothing."""
    return without(text).strip() in {"", _SH.strip()}


def _block(hook: str, program: Program, then: str = "") -> str:
    body = _with_input(hook) if hook in _WITH_INPUT else _without_input(hook, _ENDINGS.get(hook, ":"))
    return f"{_BEGIN}\n{_start(program)}{body}unset -f assaymark_run\n{then}{_END}\n"


def _start(program: Program) -> str:
    named = ""
    if program.words:
        first, words = Program(program.words[:1]).quoted, program.quoted
        named = f'  if command -v {first} >/dev/null 2>&1; then {words} "$@"; return; fi\n'
    return (
        f'assaymark_run() {{\n{named}  if command -v assaymark >/dev/null 2>&1; then assaymark "$@"; fi\n}}\n'
    )


def _without_input(hook: str, ending: str) -> str:
    return f'assaymark_run hook git-{hook} "$@" </dev/null || {ending}\n'


def _with_input(hook: str) -> str:
    """Reads what git says once, and gives it to both."""
    return (
        "assaymark_said=$(cat)\n"
        f'printf \'%s\\n\' "$assaymark_said" | assaymark_run hook git-{hook} "$@" || :\n'
        'if [ -n "$assaymark_said" ]; then exec <<assaymark_said\n'
        "$assaymark_said\n"
        "assaymark_said\n"
        "else exec </dev/null; fi\n"
        "unset assaymark_said\n"
    )
