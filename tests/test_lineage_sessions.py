"""
Random sessions in an editor, against a model that keeps an author for each byte (lineage_model).

After every step the server's attribution must be the model's, byte for byte. `HYPOTHESIS_PROFILE` says how many
sessions are played, as for other properties: 160, or 1,000 in CI.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from assaymark.analysis import attributing
from assaymark.hooks import entry
from assaymark.hooks.entry import hook
from assaymark.lineage import arrivals
from assaymark.origin import Author, Origin, covering, sliced
from lineage_model import (
    BULK,
    CUT,
    HUMAN,
    PASTED,
    STANDING,
    Cell,
    May,
    Model,
    Page,
    cells,
    cells_cut,
    spaced,
    tokens,
    uncut,
)
from scenario_agents import Agents
from scenario_editor import Buffer, Editor, Swap, as_least, as_made
from scenario_world import label

N_SESSIONS = {"ci": 1_000, "nightly": 10_000}.get(
    os.environ.get("HYPOTHESIS_PROFILE", ""), 4 * settings.default.max_examples
)
N_BATCHES = 8
N_STEPS = 14
COPILOT, CLAUDE = frozenset(("ai:accept copilot",)), frozenset(("ai:hook claude",))
_AI = {COPILOT, CLAUDE}
_KEYS = ["a", "b", "x", "_", " ", "=", "(", ")", ".", "é", "1", "\n", "()", '""', "    "]
_TOKENS = re.compile(r"\w+|[^\s\w]")
_NAME = re.compile(r"[A-Za-z_]\w{2,}")


class Wrong(AssertionError):
    """The attribution is not the model's."""


@dataclass
class Tally:
    """What was compared."""

    n_steps: int = 0
    n_bytes: int = 0
    n_human: int = 0
    n_ai: int = 0
    n_open_choices: int = 0

    def add(self, other: Tally) -> None:
        self.n_steps += other.n_steps
        self.n_bytes += other.n_bytes
        self.n_human += other.n_human
        self.n_ai += other.n_ai
        self.n_open_choices += other.n_open_choices


class Play:
    """One session: what the editor does, and what the model says of it."""

    def __init__(self, chance: random.Random, editor: Editor, root: Path, number: int) -> None:
        self.chance = chance
        self.editor = editor
        self.model = Model()
        self.tally = Tally()
        self.log: list[str] = []
        self.n_words = 0
        self.just_cut = b""
        self.eol = chance.choice(["\n", "\n", "\r\n"])
        for name in range(chance.choice([1, 1, 2])):
            # A folder of its own: a file that equals a known one is taken for a copy of that.
            folder = root / f"session{number}"
            folder.mkdir(exist_ok=True)
            uri = (folder / f"file{name}.py").as_uri()
            text = "".join(self.line() for _ in range(chance.randrange(6)))
            Path(uri.removeprefix("file://")).write_bytes(text.encode())
            editor.open(uri, text)
            self.model.pages[uri] = Page(cells(text, STANDING))
        self.uri = uri

    def play(self) -> Tally:
        try:
            for _ in range(N_STEPS):
                self.uri = self.chance.choice(list(self.model.pages))
                _, does = self.chance.choices(_STEPS, [weight for weight, _ in _STEPS])[0]
                if does(self):
                    self.compare()
        finally:
            for uri in self.model.pages:
                self.editor.close(uri)
        return self.tally

    # ---- what there is

    @property
    def buffer(self) -> Buffer:
        return self.editor.buffers[self.uri]

    @property
    def page(self) -> Page:
        return self.model.pages[self.uri]

    def line(self) -> str:
        """A line that stands nowhere yet."""
        self.n_words += 1
        n = self.n_words
        shapes = [
            f"name{n} = load(body{n}, 'é')",
            f"def make{n}(one):",
            f"    return {n} + one.part{n}",
            f"# why {n}",
        ]
        return self.chance.choice(shapes) + self.eol

    def new_text(self) -> str:
        """Some text that no key brings."""
        if self.chance.random() < 0.3:
            self.n_words += 1
            return f"word{self.n_words}"
        return "".join(self.line() for _ in range(self.chance.randrange(1, 4)))

    def place(self) -> int:
        """Where something may be put: between two characters, and not inside a line end."""
        text = self.buffer.text
        at = self.chance.randint(0, len(text))
        return at - 1 if text[at - 1 : at + 1] == "\r\n" else at

    def span(self) -> tuple[int, int]:
        start = self.place()
        return start, max(start, self.place()) if self.chance.random() < 0.3 else start

    def lines_of(self) -> tuple[int, int]:
        """The start and the end of some whole lines."""
        ends = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", self.buffer.text))]
        first, last = sorted((self.chance.choice(ends), self.chance.choice(ends)))
        return first, last

    def byte(self, at: int) -> int:
        return len(self.buffer.text[:at].encode())

    # ---- what changes it

    def make(self, *swaps: Swap, may: May) -> None:
        """Effect: *swaps*, each in the text that the one before left, are made in one change; what they bring is of *may*."""
        self.page.step()
        self._model(swaps, may)
        self.editor.make(self.buffer, *swaps)

    def _model(self, swaps: tuple[Swap, ...], may: May) -> None:
        text = self.buffer.text
        for swap in swaps:
            start = len(text[: swap.start].encode())
            end = start + len(swap.old.encode())
            self.model.take(self.uri, start, end)
            self.page.put(start, end, cells(swap.new, may))
            text = text[: swap.start] + swap.new + text[swap.start + len(swap.old) :]

    def tell(self, kind: str, *, ahead: int = 0, **said: object) -> None:
        """Effect: the editor reports its last change, or one to come."""
        self.log.append(f"report {kind} {said} {'ahead' if ahead else ''}")
        self.editor.report(self.buffer, kind, **{"version": self.buffer.version + ahead, **said})

    def typing(self) -> bool:
        at = start = self.place()
        swaps = []
        keys = [self.chance.choice(_KEYS) for _ in range(self.chance.randrange(1, 7))]
        if self.chance.random() < 0.5:
            keys = [*self.line().rstrip(), "\n"]
        for key in keys:
            swaps.append(Swap(at, "", key))
            at += len(key)
        self.log.append(f"type {start} {[swap.new for swap in swaps]}")
        self.page.step()
        self._model(tuple(swaps), HUMAN)
        self.editor.in_a_burst(self.buffer, swaps)
        return True

    def backspacing(self) -> bool:
        at, text = self.place(), self.buffer.text
        swaps = []
        for _ in range(self.chance.randrange(1, 6)):
            size = 2 if text[at - 2 : at] == "\r\n" else 1
            if at < size:
                break
            swaps.append(Swap(at - size, text[at - size : at], ""))
            at -= size
        if not swaps:
            return False
        self.log.append(f"backspace {at} {len(swaps)}")
        self.page.step()
        self._model(tuple(swaps), HUMAN)
        self.editor.in_a_burst(self.buffer, swaps)
        return True

    def deleting(self) -> bool:
        start, end = sorted((self.place(), self.place()))
        if start == end:
            return False
        self.log.append(f"delete {start}..{end}")
        self.make(Swap(start, self.buffer.text[start:end], ""), may=HUMAN)
        return True

    def bulk(self) -> bool:
        start, end = self.span()
        new = self.new_text()
        self.may_be_cut(start, end)
        self.log.append(f"insert {start}..{end} {new!r}")
        self.make(Swap(start, self.buffer.text[start:end], new), may=BULK)
        return True

    def accepting(self) -> bool:
        start, end = self.span()
        new = self.new_text()
        swap = Swap(start, self.buffer.text[start:end], new)
        kind, tool, evidence = self.chance.choice(
            [("accept", "copilot", "accept"), ("agent", "claude", "hook")]
        )
        said: dict[str, object] = {"tool": tool, "evidence": evidence}
        ahead = self.chance.random() < 0.4
        self.may_be_cut(start, end)
        match self.chance.randrange(4):
            case 0:
                said["text"] = new
            case 1:
                said |= {"text": new, "version": None}
            case 2:
                said["range"] = self._range_of(swap)
        self.log.append(f"accept {start}..{end} {new!r} {said} {ahead=}")
        if ahead:
            self.tell(kind, ahead=1, **said)
        self.make(swap, may=CLAUDE if tool == "claude" else COPILOT)
        if not ahead:
            self.tell(kind, **said)
        return True

    def accepting_a_part(self) -> bool:
        at, first, second = self.place(), self.line(), self.line()
        self.log.append(f"accept a part {at} {first!r} {second!r}")
        self.make(Swap(at, "", first + second), may=BULK)
        part = self.byte(at + len(first))
        self.page.put(part, part + len(second.encode()), cells(second, COPILOT))
        self.tell("accept", text=second, tool="copilot")
        return True

    def accepting_late(self) -> bool:
        """Somebody types into it before the report comes."""
        at, new = self.place(), self.line()
        version = self.buffer.version + 1
        self.log.append(f"accept late {at} {new!r}")
        self.make(Swap(at, "", new), may=COPILOT)
        inside = at + self.chance.randrange(1, len(new) - 2)
        self.make(Swap(inside, "", "k"), may=HUMAN)
        self.tell("accept", version=version, text=new, tool="copilot")
        return True

    def too_late(self) -> bool:
        """A report that nobody can match any more explains nothing."""
        at, new = self.place(), self.line()
        self.log.append(f"too late {at} {new!r}")
        self.make(Swap(at, "", new), may=BULK)
        self.editor.inside.clock.pass_by(6)
        self.tell("accept", text=new, tool="copilot")
        self.editor.inside.clock.pass_by(6)
        return True

    def pasting(self) -> bool:
        start, end = self.lines_of()
        text = self.buffer.text[start:end]
        if not text:
            return False
        cut = self.chance.random() < 0.5
        self.log.append(f"{'cut' if cut else 'copy'} {start}..{end} {text!r}")
        if cut:
            self.make(Swap(start, text, ""), may=HUMAN)
        self.uri = self.chance.choice(list(self.model.pages))
        return self._paste(text, just_cut=cut)

    def pasting_from_elsewhere(self) -> bool:
        return self._paste(self.new_text(), just_cut=False)

    def _paste(self, text: str, *, just_cut: bool) -> bool:
        at = self.place()
        ahead = self.chance.random() < 0.3
        self.log.append(f"paste {at} {text!r} {ahead=}")
        if ahead:
            self.tell("paste", ahead=1)
        self.make(Swap(at, "", text), may=PASTED)
        raw, where = text.encode(), self.byte(at)
        self.page.put(where, where + len(raw), self.model.pasted(raw, self.uri, where, just_cut=just_cut))
        if not ahead:
            self.tell("paste")
        return True

    def undoing(self) -> bool:
        n = min(self.chance.randrange(1, 4), len(self.page.done))
        for _ in range(n):
            ahead, spelled = self.chance.random() < 0.3, self.chance.choice([as_made, as_least])
            self.log.append(f"undo {ahead=} {spelled.__name__}")
            if ahead:
                self.tell("undo", ahead=1)
            self.page.undo()
            self.editor.undo(self.buffer, spelled)
            if not ahead:
                self.tell("undo")
            self.compare()
        if n and self.chance.random() < 0.5:
            self.redoing()
        return n > 0

    def redoing(self) -> bool:
        n = min(self.chance.randrange(1, 4), len(self.page.undone))
        for _ in range(n):
            spelled = self.chance.choice([as_made, as_least])
            self.log.append(f"redo {spelled.__name__}")
            self.page.redo()
            # Who does it again has seen it, so it need be no cut then; the record may know that it was.
            self.page.now = [(byte, may | uncut(may)) for byte, may in self.page.now]
            self.editor.redo(self.buffer, spelled)
            self.tell("redo")
            self.compare()
        return n > 0

    def formatting(self) -> bool:
        """Blanks are put anew; some commas are added."""
        start, end = self.lines_of() if self.chance.random() < 0.5 else (0, len(self.buffer.text))
        first, last = self.byte(start), self.byte(end)
        tool = frozenset(("tool:accept ruff",))
        words: list[tuple[list[Cell], str]] = []
        for word in tokens(self.page.now[first:last]):
            if word[0][0] == ord(")") and self.chance.random() < 0.2:
                words.append((cells(",", tool), ""))
            words.append((word, self.chance.choice(["", " ", " ", "  ", self.eol, self.eol + "    "])))
        new = self._kept_apart(words, tool)
        text = bytes(byte for byte, _ in new).decode()
        old = self.buffer.text[start:end]
        if not words or text == old:
            return False
        self.log.append(f"format {start}..{end} {text!r}")
        self.make(Swap(start, old, text), may=tool)
        self.page.put(first, first + len(new), new)
        self.tell("format", tool="ruff")
        return True

    def sorting(self) -> bool:
        """A formatter puts lines in another order."""
        start, end = self.lines_of()
        lines = re.split(r"(?<=\n)", self.buffer.text[start:end])[:-1]
        ordered = self.chance.sample(lines, len(lines))
        alike = {" ".join(_TOKENS.findall(line)) for line in lines}
        if lines == ordered or len(alike) < len(lines) or any(" " not in one for one in alike):
            return False
        self.log.append(f"sort {start}..{end} {ordered}")
        first = self.byte(start)
        whose: dict[str, list[Cell]] = {}
        at = first
        for line in lines:
            size = len(line.encode())
            whose[line] = self.page.now[at : at + size]
            at += size
        tool = frozenset(("tool:accept ruff",))
        some = frozenset[str]().union(tool, *(may for _, may in self.page.now[first:at]))
        self.make(Swap(start, "".join(lines), "".join(ordered)), may=tool)
        new = [(byte, some if byte in b" \t\r\n" else may) for line in ordered for byte, may in whose[line]]
        self.page.put(first, at, new)
        self.tell("format", tool="ruff")
        return True

    def _kept_apart(self, words: list[tuple[list[Cell], str]], tool: May) -> list[Cell]:
        """*words* with their blanks; two that would become one have a blank between them."""
        kept: list[tuple[list[Cell], str]] = []
        before = ord("(")
        for word, blanks in words:
            sticks = _is_word(before) and _is_word(word[0][0])
            kept.append((word, blanks or (" " if sticks else "")))
            before = word[-1][0]
        # What blanks stood at the end stand there still, in a way.
        return [*spaced(kept, tool), *cells(self.eol, tool | (kept[-1][0][-1][1] if kept else tool))]

    def renaming(self) -> bool:
        names = sorted(set(_NAME.findall(self.buffer.text)))
        if not names:
            return False
        old = self.chance.choice(names)
        self.n_words += 1
        new = f"other{self.n_words}"
        found = [one.start() for one in re.finditer(rf"(?<!\w){re.escape(old)}(?!\w)", self.buffer.text)]
        mays = [{may for _, may in self.page.now[self.byte(at) : self.byte(at + len(old))]} for at in found]
        if not found or any(len(may) > 1 for may in mays):
            return False
        self.log.append(f"rename {old} {new}")
        self.page.step()
        for at, (may,) in sorted(zip(found, mays, strict=True), reverse=True):
            start, end = self.byte(at), self.byte(at + len(old))
            self.model.take(self.uri, start, end)
            self.page.put(start, end, cells(new, may))
        self.editor.at_once(self.buffer, *(Swap(at, old, new) for at in found))
        self.tell("rename")
        return True

    def saving(self) -> bool:
        self.log.append("save")
        self.file.write_bytes(self.buffer.text.encode())
        self.editor.saved(self.uri)
        self.editor.inside.clock.pass_by(0.1)
        return True

    def opening_again(self) -> bool:
        """What was saved is known when it is opened again; what could be undone is not."""
        self.saving()
        self.log.append("close, open")
        self.editor.close(self.uri)
        self.editor.open(self.uri, self.file.read_bytes().decode())
        self.editor.inside.clock.pass_by(0.1)
        self.page.done.clear()
        self.page.undone.clear()
        self.model.gone = [one for one in self.model.gone if one[0] != self.uri]
        return True

    def agent(self) -> bool:
        """An agent adds a line to the file, or replaces one; its hook and the reload come in either order."""
        self.saving()
        before = self.buffer.text
        places = [found.span() for found in re.finditer(r"[^\r\n]+(?:\r\n|\n)", before)]
        places = [
            (start, end)
            for start, end in places
            if before.count(before[start:end]) == 1 and "Q" not in before[start:end]
        ]
        if not places:
            return False
        start, end = self.chance.choice(places)
        self.n_words += 1
        # It has no word of another line, so that there is one way to tell what came.
        new = f"Q{self.n_words}@Z"
        old, adds = before[start:end], self.chance.random() < 0.6
        ending = "\r\n" if old.endswith("\r\n") else "\n"
        written = old + new + ending if adds else new + ending
        first = self.chance.choice(["hook", "reload"])
        self.log.append(f"agent {old!r} {written!r} {first=}")
        payload = Agents().edit("claude", self.file.parent, self.file, old, written)
        at = end if adds else start
        swap = Swap(at, "" if adds else old.removesuffix(ending), new + ending if adds else new)
        if first == "hook":
            hook("claude", json.dumps(payload))
        if not adds:
            # It may have led to what stands behind it.
            self.may_be_cut(start, end)
        self.make(swap, may=CLAUDE)
        assert self.buffer.text.encode() == self.file.read_bytes()
        self.editor.inside.clock.pass_by(0.1)
        if first == "reload":
            hook("claude", json.dumps(payload))
        self.editor.inside.clock.pass_by(1.0)
        return True

    def agent_takes(self) -> bool:
        """An agent takes a word out of a line: what is left of it is cut, if nobody would have to read it."""
        self.saving()
        text = self.buffer.text
        several = [
            (line, word)
            for line in re.finditer(r"[^\r\n]+(?:\r\n|\n)", text)
            # Not between blanks, which would be one blank then, and a new one.
            for word in re.finditer(r"(?<=[^\w\s])\w{3,}(?!\w)|(?<!\w)\w{3,}(?=[^\w\s])", line[0])
            if text.count(line[0]) == 1
            and line[0].count(word[0]) == 1
            and 3 * len(word[0]) < len(line[0])
            # Where no word is left the lines around are cut.
            and re.search(r"\w", line[0].replace(word[0], ""))
        ]
        if not several:
            return False
        line, word = self.chance.choice(several)
        old, new = line[0], line[0][: word.start()] + line[0][word.end() :]
        at = line.start() + word.start()
        first, is_least = self.chance.choice(["hook", "reload"]), self.chance.random() < 0.5
        self.log.append(f"agent takes {word[0]!r} from {old!r} {first=} {is_least=}")
        payload = Agents().edit("claude", self.file.parent, self.file, old, new)
        if first == "hook":
            hook("claude", json.dumps(payload))
        head, start, end, tail = map(self.byte, (line.start(), at, at + len(word[0]), line.end()))
        left = [cells_cut(self.page.now[a:b]) for a, b in ((head, start), (end, tail))]
        self.page.step()
        if is_least:
            self.model.take(self.uri, start, end)
        else:
            self.model.take(self.uri, head, tail)
        self.page.put(head, tail, [*left[0], *left[1]])
        self.editor.make(self.buffer, Swap(at, word[0], "") if is_least else Swap(line.start(), old, new))
        self.editor.inside.clock.pass_by(0.1)
        if first == "reload":
            hook("claude", json.dumps(payload))
        self.editor.inside.clock.pass_by(1.5)
        return True

    def may_be_cut(self, start: int, end: int) -> None:
        """Effect: what stands on the lines around, or beside these, may be cut by what takes their place."""
        text = self.buffer.text
        if text[start:end].strip():
            first = text.rfind("\n", 0, max(text.rfind("\n", 0, start), 0)) + 1
            after = text.find("\n", end) + 1 or len(text)
            last = text.find("\n", after) + 1 or len(text)
            a, b = self.byte(first), self.byte(last)
            now = self.page.now
            now[a:b] = [
                (byte, may | cut) for (byte, may), (_, cut) in zip(now[a:b], cells_cut(now[a:b]), strict=True)
            ]

    @property
    def file(self) -> Path:
        return Path(self.uri.removeprefix("file://"))

    def waiting(self) -> bool:
        self.editor.inside.clock.pass_by(self.chance.choice([0.5, 6]))
        return False

    def _range_of(self, swap: Swap) -> dict[str, object]:
        """Where what *swap* brings will stand."""
        buffer, end = self.buffer, swap.start + len(swap.new)
        after = buffer.text[: swap.start] + swap.new + buffer.text[swap.start + len(swap.old) :]
        return {"start": buffer.position(swap.start, after), "end": buffer.position(end, after)}

    # ---- what must be

    def compare(self) -> None:
        """Effect: where the model left a choice, it takes what the server chose."""
        for uri, page in self.model.pages.items():
            raw, runs = self.editor.runs(uri)
            seen = [one for n_bytes, origin in runs for one in [_told(origin)] * n_bytes]
            # Whether a blank is cut says nothing.
            seen = [
                one.removesuffix(CUT) if byte in _BLANKS else one for one, byte in zip(seen, raw, strict=True)
            ]
            page.now = [(byte, uncut(may) if byte in _BLANKS else may) for byte, may in page.now]
            if raw != page.raw or raw.decode() != self.editor.buffers[uri].text:
                raise Wrong(self._told("the texts differ", uri, seen))
            if any(one not in may for one, (_, may) in zip(seen, page.now, strict=True)):
                raise Wrong(self._told("origins differ", uri, seen))
            self.tally.n_open_choices += sum(len(may) > 1 and may != STANDING for _, may in page.now)
            self.tally.n_bytes += len(raw)
            self.tally.n_human += sum(may == HUMAN for _, may in page.now)
            self.tally.n_ai += sum(all(one.startswith("ai:") for one in may) for _, may in page.now)
            page.now = [
                (byte, STANDING if one in STANDING else frozenset((one,)))
                for one, (byte, _) in zip(seen, page.now, strict=True)
            ]
        self.tally.n_steps += 1

    def _told(self, what: str, uri: str, seen: list[str]) -> str:
        rows = [what, *self.log]
        held = [
            (one, "|".join(sorted(may)), byte)
            for one, (byte, may) in zip(seen, self.model.pages[uri].now, strict=False)
        ]
        for (one, said), group in itertools.groupby(held, key=lambda cell: cell[:2]):
            mark = "   <<<" if one not in said.split("|") else ""
            rows.append(f"{bytes(byte for _, _, byte in group)!r} must be {said}, is {one}{mark}")
        return "\n".join(rows)


def _told(origin: Origin) -> str:
    return label(origin) + (CUT if origin.cut and origin.author is not Author.unknown else "")


def _is_word(byte: int) -> bool:
    return byte >= 0x80 or chr(byte).isalnum() or byte == ord("_")


_BLANKS = b" \t\r\n"
_STEPS: list[tuple[int, Callable[[Play], bool]]] = [
    (6, Play.typing),
    (2, Play.backspacing),
    (2, Play.deleting),
    (3, Play.bulk),
    (6, Play.accepting),
    (1, Play.accepting_a_part),
    (1, Play.accepting_late),
    (1, Play.too_late),
    (4, Play.pasting),
    (1, Play.pasting_from_elsewhere),
    (4, Play.undoing),
    (3, Play.redoing),
    (2, Play.formatting),
    (1, Play.sorting),
    (2, Play.renaming),
    (1, Play.saving),
    (2, Play.opening_again),
    (4, Play.agent),
    (3, Play.agent_takes),
    (1, Play.waiting),
]


def sessions(root: Path, numbers: range) -> Tally:
    """What was compared in the sessions of these *numbers*. Raises Wrong."""
    tally = Tally()
    # What rules find is not asked here.
    editor = Editor(root, select=["eval-code"])
    try:
        for number in numbers:
            tally.add(Play(random.Random(number), editor, root, number).play())
    finally:
        editor.end()
    return tally


@pytest.fixture(autouse=True)
def _state_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing else than what is recorded: no check of an agent's edit, no disk that is waited for."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(entry, "_said_of", lambda *_: "")
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.timeout(0)
@pytest.mark.parametrize("batch", range(N_BATCHES))
def test_every_byte_has_the_origin_that_the_model_says(
    batch: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """After every step of every session: exact, so nothing typed is an AI's and nothing of an AI's is lost."""
    tally = sessions(tmp_path, range(batch, N_SESSIONS, N_BATCHES))
    assert tally.n_ai
    assert tally.n_human
    # The model is no excuse: it leaves next to nothing open.
    assert tally.n_open_choices * 20 < tally.n_bytes
    n_sessions = len(range(batch, N_SESSIONS, N_BATCHES))
    record_property(
        "report",
        f"{n_sessions} sessions, {tally.n_steps} comparisons: {tally.n_ai} bytes of an AI, {tally.n_human} typed",
    )


def test_an_edit_that_takes_its_neighbours_origin_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model can say no: a mutant gives typed bytes to whoever wrote the byte before them."""

    def between(moved: attributing.Moved, start: int, end: int) -> object:
        left = attributing.runs_between(moved.before, attributing.Span(0, moved.edit.span.start))
        came = covering(len(moved.edit.new), left[-1].origin) if left else moved.came
        return as_it_was(attributing.Moved(moved.before, moved.edit, came), start, end)

    as_it_was = attributing.Moved.between
    monkeypatch.setattr(attributing.Moved, "between", between)
    with pytest.raises(Wrong, match="origins differ"):
        sessions(tmp_path, range(20))


def test_an_edit_that_forgets_what_stood_around_it_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another mutant moves origins by one byte behind every edit."""

    def between(moved: attributing.Moved, start: int, end: int) -> object:
        runs = as_it_was(moved, max(start - 1, 0), max(end - 1, 0))
        return attributing.joined((sliced(as_it_was(moved, start, end), 0, 1), runs))

    as_it_was = attributing.Moved.between
    monkeypatch.setattr(attributing.Moved, "between", between)
    with pytest.raises((Wrong, AssertionError)):
        sessions(tmp_path, range(20))


def test_taking_what_comes_at_once_for_typed_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one counts everything as typed."""
    monkeypatch.setattr(arrivals, "is_typed", lambda new: True)
    with pytest.raises(Wrong, match="origins differ"):
        sessions(tmp_path, range(20))
