"""
Python files as people write them, made up: classes, methods, functions, constants, decorators, docstrings.

The same size and number of flaws always give the same text. Flaws are of kinds that both Assaymark and ruff's
rules S know.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

HEADER = '''\
"""Orders, and what happens to them."""

import functools
import hashlib
import json
import logging
import subprocess
import tempfile
from collections import defaultdict

import yaml

logger = logging.getLogger(__name__)

DEFAULTS = {"currency": "EUR", "retries": 3, "timeout": 20.0}
'''.splitlines()

NOUNS = [
    "order",
    "parcel",
    "customer",
    "invoice",
    "carrier",
    "label",
    "route",
    "price",
    "stock",
    "refund",
    "address",
    "payment",
]
VERBS = [
    "find",
    "load",
    "store",
    "check",
    "count",
    "merge",
    "split",
    "send",
    "close",
    "open",
    "clear",
    "sort",
]
FLAWS = (
    "subprocess.call({0}, shell=True)",
    "eval({0})",
    "subprocess.run({0}, shell=True, check=True)",
    "yaml.load({0}, Loader=yaml.Loader)",
    "tempfile.mktemp({0})",
)


def source(n_lines: int, n_flaws: int | None = None) -> str:
    """A file of about *n_lines* lines (whole definitions) with *n_flaws* flaws, spread evenly (else one in about 400 lines)."""
    wanted = max(1, n_lines // 400) if n_flaws is None else n_flaws
    chance = random.Random(n_lines)
    lines = list(HEADER)
    done = 0
    while len(lines) < n_lines - 30:
        due = wanted * len(lines) // n_lines
        lines += [*_definition(chance, max(0, due - done))]
        done = max(done, due)
    # Rounding leaves a few over.
    return "\n".join([*lines, "", "", *(_flaw(number) for number in range(done, wanted)), ""])


def _definition(chance: random.Random, n_flaws: int) -> Iterator[str]:
    yield from ("", "")
    if chance.random() < 0.1:
        yield f"{chance.choice(NOUNS).upper()}_LIMIT = {chance.randint(1, 500)}"
    elif chance.random() < 0.3:
        yield from _function(chance, n_flaws, indent="", first="")
    else:
        yield from _class(chance, n_flaws)
        return
    for number in range(n_flaws):
        yield _flaw(number)


def _class(chance: random.Random, n_flaws: int) -> Iterator[str]:
    name = "".join(chance.choice(NOUNS).title() for _ in range(2))
    yield f"class {name}:"
    yield f'    """A {name.lower()} and what can be done with it."""'
    yield ""
    yield "    def __init__(self, name, lines=()):"
    yield "        self.name = name"
    yield "        self.lines = list(lines)"
    yield "        self.seen = defaultdict(int)"
    methods = chance.randint(3, 8)
    for number in range(methods):
        yield ""
        if chance.random() < 0.2:
            yield "    @functools.lru_cache(maxsize=None)"
        share = n_flaws * (number + 1) // methods - n_flaws * number // methods
        yield from _function(chance, share, indent="    ", first="self, ")


def _function(chance: random.Random, n_flaws: int, *, indent: str, first: str) -> Iterator[str]:
    noun, verb = chance.choice(NOUNS), chance.choice(VERBS)
    yield f"{indent}def {verb}_{noun}_{chance.randint(1, 999)}({first}{noun}, limit=10, *, strict=False):"
    body = [f'"""{verb.title()} the {noun}, at most *limit* times."""']
    for _ in range(chance.randint(1, 4)):
        body += chance.choice(STATEMENTS)
    if indent:
        body += [_flaw(number) for number in range(n_flaws)]
    body += [f"return {noun}"]
    for line in body:
        yield f"{indent}    {line.format(noun=noun, verb=verb)}"


def _flaw(number: int) -> str:
    return FLAWS[number % len(FLAWS)].format("DEFAULTS['retries']")


STATEMENTS = (
    ["if not {noun}:", "    logger.debug('no %s', '{noun}')", "    return None"],
    [
        "for position, line in enumerate({noun}):",
        "    if position > limit:",
        "        break",
        "    line.close()",
    ],
    ["names = [part.strip() for part in str({noun}).split(',') if part]", "logger.info('names: %s', names)"],
    [
        "try:",
        "    amount = json.loads({noun})",
        "except ValueError as error:",
        "    raise KeyError('{noun}') from error",
    ],
    [
        "with open(str({noun}), encoding='utf-8') as file:",
        "    text = file.read()",
        "logger.debug(len(text))",
    ],
    ["key = ('{noun}', limit, strict)", "settings = {{**DEFAULTS, 'key': key}}"],
    ["total = sum(part.amount * 1.19 for part in {noun}.parts)", "average = total / max(1, limit)"],
    ["# The carrier counts from one.", "digest = hashlib.sha256(str({noun}).encode()).hexdigest()[:limit]"],
    ["counts = defaultdict(int)", "counts[str({noun})] += limit", "logger.info('counts: %s', dict(counts))"],
)
