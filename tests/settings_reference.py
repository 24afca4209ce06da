"""
The reference of the settings, made from their declarations.

    python tests/settings_reference.py    writes server/SETTINGS.md
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assaymark.settings.declared import DECLARED, Setting
from assaymark.settings.layer import Layer
from assaymark.settings.stored import plain_value

REFERENCE = Path(__file__).parents[1] / "server" / "SETTINGS.md"
COMMAND = "python tests/settings_reference.py"

_LAYERS = {
    Layer.default: "what the table below says",
    Layer.user: "`$XDG_CONFIG_HOME/assaymark/assaymark.toml`, by default under `~/.config`; macOS:"
    " `~/Library/Application Support/assaymark/assaymark.toml`; Windows: `%APPDATA%\\assaymark\\assaymark.toml`",
    Layer.repository: "`assaymark.toml`, or `[tool.assaymark]` in `pyproject.toml`: the nearest one, from the file's"
    " folder up to the top of its repository. Within one folder `assaymark.toml` counts",
    Layer.editor: "`initializationOptions`",
    Layer.folder: "`workspace/configuration`, or what comes with `workspace/didChangeConfiguration`",
    Layer.command_line: "options of `assaymark check`, with two dashes before the name",
    Layer.managed: "`/etc/assaymark.toml`; macOS: `/Library/Application Support/assaymark/assaymark.toml`; Windows:"
    " `%PROGRAMDATA%\\assaymark\\assaymark.toml`, in a folder that only administrators can write",
}

_HEAD = f"""\
# Settings

This page is made from the declarations of the settings: `{COMMAND}`

```toml
# assaymark.toml; in pyproject.toml the same under [tool.assaymark]
fail-on = "medium"
exclude = ["/generated", "*_pb2.py"]
defer = ["ruff"]
```

`assaymark doctor --settings [PATH]` shows each setting that holds for a file or folder, its value, the layer and the
line it came from, and what was refused and why.

## Who sets what

Layers, weakest first. A setting has the value that the strongest layer gives it; only `rules` adds up, and what is
managed holds whatever the others say.

| layer | where |
|---|---|
"""

_MIDDLE = """
The settings of a file are those of its folder, wherever a check starts: a run over several folders or repositories goes
by several, and an editor comes to the same as the terminal. Outside of a repository the search ends at the current
folder, in an editor at the open one. Paths and globs start at the folder of the file that they stand in.

## What a repository may loosen

What makes a setting looser stands in the table. What a repository loosens is told: in the summary of `check`, in its
JSON, in the editor's log. It is not honoured in code that is not trusted: in an editor that says so
(`initializationOptions`: `trusted: false`), on the command line with `--untrusted`. Then of two values the stricter
holds, of two lists what both leave out; no rules of the repository are loaded, and neither its `timeout` nor its
`max-bytes` counts; nothing is left to other tools. What the editor keeps for the folder counts as the repository's,
since it may stand beside the code.

What an agent wrote into a file of the repository, and nobody has reviewed, loosens nothing either, trusted or not: that
line counts as far as it is stricter, and `check` names it, with who wrote it and when. [GUARD.md](GUARD.md) lists what
a repository or an agent may try, and what comes of it.

Some settings no repository may loosen, trusted or not. `rules` and `baseline` of a repository have to lie in it, links
followed.

## What is wrong is said

A file that is no TOML, no UTF-8, larger than a megabyte, not to be read, or a link out of the repository; a name that
is no setting; a value that is none: each is told with its file, its line and what to write. The command line then ends
with exit code 3 and checks nothing. An editor shows the message; the other settings and layers hold, and when it is the
user's or the managed file, nothing may be loosened by a repository. What was written is never passed over in silence.

## The settings

| setting | in an editor | takes | default | looser is | who may loosen it |
|---|---|---|---|---|---|
"""

_DEFER = """
## Left to other tools

With `defer`, a finding is hidden, and counted, when its rule *covers* a check (`covers:` on the rule's page: it finds
all that the check finds) that the tool has enabled for the file:

- **ruff**: the nearest `.ruff.toml`, `ruff.toml` or `[tool.ruff]`, with `extend` inside the repository. A check is on
  when a selector of `select` or `extend-select` that names it is longer than each of `ignore`; not in files of
  `per-file-ignores` and `exclude`. What ruff enables without being told counts as off.
- **bandit**: `[tool.bandit]`, `.bandit`, or a hook of pre-commit, at the top of the repository. All of its tests are on
  but for `tests`, `skips` and `exclude_dirs`. When a hook sets a level or tests, or a test is named in words, all count
  as off. What Assaymark asked bandit itself is left to it too.
- **semgrep**: the ids of the rules in `.semgrep.yml`, `.semgrep/` and files that a hook's `--config` names; not in files
  of `.semgrepignore`. What is in a pack of the registry cannot be known offline, and counts as off.

`assaymark doctor` proposes `defer` where such a tool is set up.
"""


def reference() -> str:
    """The text of the page."""
    layers = "".join(f"| {layer.value} | {where} |\n" for layer, where in _LAYERS.items())
    rows = "".join(map(_row, DECLARED))
    texts = "".join(f"- **`{setting.name}`**: {setting.about}.\n" for setting in DECLARED)
    return f"{_HEAD}{layers}{_MIDDLE}{rows}\n{texts}{_DEFER}"


def _row(setting: Setting) -> str:
    may = "nobody: it only adds" if setting.adds else ", ".join(_people(setting))
    cells = (f"`{setting.name}`", f"`{setting.camel}`", setting.takes, _default(setting), setting.looser, may)
    return f"| {' | '.join(cells)} |\n"


def _people(setting: Setting) -> Iterator[str]:
    """Who may loosen it, strongest first, in one word each."""
    for layer in reversed(Layer):
        if layer in setting.loosened_by and layer is not Layer.folder:
            yield layer.value


def _default(setting: Setting) -> str:
    value = plain_value(setting.default)
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, (int, float)):
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return f"`{value}`"


if __name__ == "__main__":
    REFERENCE.write_text(reference(), "utf-8")
