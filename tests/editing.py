"""Edits as people and tools make them: openers and closers, blocks, decorators, imports, whole files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st

from assaymark.text import Edit, Span

_HERE = Path(__file__).parent

_FENCE = re.compile(r"^```python[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)

_SCRAPS = (
    "(", ")", "[", "]", "{", "}", '"', "'", '"""', "'''", "\\", "#", ":", ",", ".", "=", "@", "\n", "\r", "\r\n",
    "\t", "    ", " ", "x", "é", "\U0001f600", "\x0c", "\u2028", "\0", "...",
    "def f(a):\n    ", "class C(Base):\n    ", "async def g():\n    ", "@app.route('/')\n", "@", "else:\n", "try:\n",
    "if x:\n    ", "return ", "lambda: ", "global os\n", "import os\n", "import os as o\n", "from subprocess import run as r\n",
    "from yaml import *\n", "import yaml, pickle\n", "yaml.load(x)\n", "eval(x)\n", "r(cmd, shell=True)\n",
    "subprocess.run(cmd, shell=True)\n", 'cmd = "ls"\n', "cmd = input()\n", "pickle.loads(b)\n",
    "hashlib.md5(password)\n", "requests.get(u, verify=False)\n", 'cursor.execute("select " + x)\n', "os.system(cmd)\n",
    "  # nosec", "  # nosec B307\n", "# nosec\n", "  # noqa: S307", "# nosemgrep\n", "eval(x)  # nosec\n",
    "  # assaymark: ignore[eval-code] -- ours", "# assaymark: ignore[eval-code] -- ours\n",
    "# assaymark: ignore[eval-code, os-shell-call] until 2020-01-02 -- ours\n",
    "    # assaymark: ignore[yaml-unsafe-load]\n", "# assaymark: ignore[evil-code]\n",
    "verify=False", "shell=True", "def ", "class ", "async ", "import ", "from ",
)  # fmt: skip

# Flaws and silences side by side, above and below the borders of chunks: what stands above each function,
# before and behind its flawed lines, and below it.
_ROUND_FUNCTIONS = (
    ("", "", "  # nosec", ""),
    ("# assaymark: ignore[eval-code] -- ours\n", "# nosec\n    ", "", ""),
    ("@wraps\n", "", "  # assaymark: ignore[eval-code, yaml-unsafe-load]", "# nosec\n"),
    ("", "# assaymark: ignore[evil-code]\n    ", "  # noqa: S307", "    # nosemgrep\n# nosec B506\n"),
    ("", "", "", "# assaymark: ignore[eval-code] until 2020-01-02 -- ours\n"),
    ("eval(x)\n", "", "", "# assaymark: ignore[eval-code] until 2019-01-02 -- ours\n\n"),
    ("eval(x)\n", 'x = """\n# nosec\n""" + ', "", "# assaymark: ignore[eval-code] -- ours\n"),
)
SILENCED = (
    "import os, yaml\n\n"
    + "".join(
        f"{above}def f{i}(x):\n    {inside}eval(x){behind}\n"
        f"    yaml.load(\n        eval(x),{behind}\n    ){behind}\n{below}\n"
        for i, (above, inside, behind, below) in enumerate(_ROUND_FUNCTIONS)
    )
).encode()
_IGNORE = re.compile(rb"#[ \t]*(?:assaymark|nosec|noqa|nosem)[^\r\n]*")


@cache
def corpus() -> tuple[bytes, ...]:
    """Real Python: this project's own, some of the standard library's, and the examples of every rule page."""
    folders = (_HERE.parent / "server", _HERE / "example", _HERE)
    ours = sorted({file for folder in folders for file in folder.rglob("*.py")})
    theirs = sorted(Path(json.__file__).parent.parent.glob("*.py"))[::4]
    texts = [file.read_bytes() for file in (*ours, *theirs)]
    small = [text for text in texts if 0 < len(text) < 3_000]
    return (b"", b"\n", b"\r\n", SILENCED, SILENCED.replace(b"\n", b"\r"), *small, *_examples())


def _examples() -> Iterator[bytes]:
    """Of most pages each example by itself, of one in four all in one text; what is found in long ones takes long."""
    pages = sorted((_HERE.parent / "rules" / "python").rglob("*.md"))
    for number, page in enumerate(pages):
        examples = _FENCE.findall(page.read_text("utf-8"))
        yield from (one.encode() for one in (examples if number % 4 else ["\n".join(examples)]))


def _position(draw: st.DrawFn, content: bytes) -> int:
    """An offset on a character's border, often a line's start or end."""
    at = draw(st.integers(0, len(content)))
    if draw(st.booleans()):
        found = re.compile(rb"\r\n|\n|\r").search(content, at)
        at = len(content) if found is None else draw(st.sampled_from((found.start(), found.end())))
    while at < len(content) and content[at] & 0xC0 == 0x80:
        at += 1
    return at


@st.composite
def an_edit_of_a_silence(draw: st.DrawFn, content: bytes) -> Edit:
    """One edit where comments silence: inserted, taken away, moved to another line, its reason or day changed."""
    found = [match.span() for match in _IGNORE.finditer(content)]
    if not found or draw(st.booleans()):
        lines = [0, *(match.end() for match in re.finditer(rb"\r\n|\n|\r", content))]
        at = draw(st.sampled_from(lines))
        texts = [scrap for scrap in _SCRAPS if _IGNORE.search(scrap.encode())]
        return Edit(Span(at, at), draw(st.sampled_from(texts)).encode())
    start, end = draw(st.sampled_from(found))
    return Edit(Span(start, end), draw(st.sampled_from(_others(content[start:end]))))


def _others(silence: bytes) -> list[bytes]:
    """What may stand in the place of a comment that silences."""
    return [
        b"",
        silence + b"x",
        b"\n" + silence + b"\n",
        silence.partition(b" --")[0],
        silence.partition(b"]")[0] + b"] until 2019-01-01 -- why",
        silence.replace(b"eval-code", b"yaml-unsafe-load"),
        b"'" + silence + b"'",
    ]


@st.composite
def an_edit(draw: st.DrawFn, content: bytes) -> Edit:
    """One edit of *content*: an insertion, a deletion, a replacement, a dedent, a copy, or the whole file."""
    start = _position(draw, content)
    kind = draw(
        st.sampled_from(("insert", "insert", "insert", "delete", "replace", "copy", "dedent", "whole"))
    )
    if kind == "insert":
        return Edit(Span(start, start), draw(st.sampled_from(_SCRAPS)).encode())
    if kind == "whole":
        return Edit(Span(0, len(content)), draw(st.sampled_from(corpus())))
    near = min(len(content), start + draw(st.sampled_from((1, 3, 20, 200, 5000))))
    end = max(start, _backed(content, near))
    if kind == "delete":
        return Edit(Span(start, end), b"")
    if kind == "replace":
        return Edit(Span(start, end), draw(st.sampled_from(_SCRAPS)).encode())
    if kind == "copy":
        to = _position(draw, content)
        return Edit(Span(to, to), content[start:end])
    return Edit(Span(start, end), re.sub(rb"(?m)^    ", b"", content[start:end]))


@st.composite
def edits_of_one_change(draw: st.DrawFn, content: bytes) -> list[Edit]:
    """Replacements at several places of *content*, each as it is once those before it in the list were made."""
    places = sorted({draw(st.integers(0, len(content))) for _ in range(draw(st.integers(1, 8)))})
    ends = (min(start + draw(st.integers(0, 9)), stop) for start, stop in pairwise((*places, len(content))))
    news = st.sampled_from((b"", b"    ", b"# ", b"\n", b"(", b'"""', b"other", b"def f():\n    pass\n"))
    edits = [Edit(Span(*span), draw(news)) for span in zip(places, ends, strict=True)]
    order = draw(st.one_of(st.just(edits), st.just(edits[::-1]), st.permutations(edits)))
    made: list[Edit] = []
    for edit in order:
        shift = sum(one.growth for one in order[: len(made)] if one.span < edit.span)
        made.append(Edit(edit.span.shifted(shift), edit.new))
    return made


def _backed(content: bytes, at: int) -> int:
    while 0 < at < len(content) and content[at] & 0xC0 == 0x80:
        at -= 1
    return at


def applied(content: bytes, edit: Edit) -> bytes:
    return content[: edit.span.start] + edit.new + content[edit.span.end :]
