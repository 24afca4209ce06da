"""
Every rule there is: the pages that come with us, and the files that the user names.

Invariants:
    A file that cannot be read or understood is a problem of the set, never a silent gap.
    Rules from the cache equal the rules that reading afresh would give.
    Reading from the cache imports neither YAML nor a grammar.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from assaymark.dataclass import replace
from assaymark.rules.cache import cache_folder, ship_rules, shipped_rules, store_rules, stored_rules
from assaymark.rules.keys import Named, bundled, kept_in, key_of, shipped_key
from assaymark.rules.pages import PAGE, page_of, pages_folder, rule_files
from assaymark.rules.rule import BadRuleError, Problem
from assaymark.rules.ruleset import RuleSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assaymark.rules.page import RulePage
    from assaymark.rules.rule import Rule


def load(
    extra: Sequence[Path] = (),
    cache: bool = True,  # noqa: FBT001, FBT002 - a door's option
    instead: Mapping[str, str | None] | None = None,
) -> RuleSet:
    """
    The bundled rules and those in *extra*, files or folders.

    *instead* holds the texts that count for some of these files; None there says that the file counts as it
    is, but speaks for no other rule.

    Effect: keeps the compiled rules in the user's cache folder, unless *cache* is off.
    Raises RulesNotFoundError when a place does not exist.
    """
    if instead:
        pages = pages_folder()
        own = named_in(extra)
        shipped = shipped_rules(pages, lambda: shipped_key(str(pages)))
        return _read(own, shipped or load(), instead)
    folder = cache_folder(os.environ, Path.home(), sys.platform) if cache else None
    return load_with(pages_folder(), extra, folder)


def load_with(pages: Path, extra: Sequence[Path], folder: Path | None) -> RuleSet:
    """The rules in *pages* and *extra*, kept in the cache *folder* when there is one."""
    shipped = shipped_rules(pages, lambda: shipped_key(str(pages)))
    if shipped is not None and not extra:
        return shipped
    own = named_in(extra)
    files = [*bundled(str(pages)), *own]
    if folder is None:
        return _read(files) if shipped is None else _read(own, shipped)
    key = key_of(files)
    file = Path(kept_in(str(folder), str(pages), [str(one) for one in extra]))
    stored = stored_rules(file, key)
    if stored is not None:
        return stored
    # Ours are compiled once, whatever others are beside them.
    known = load_with(pages, (), folder) if own and shipped is None else shipped
    rules = _read(files) if known is None else _read(own, known)
    store_rules(file, key, rules)
    return rules


def named_in(extra: Sequence[Path]) -> list[Named]:
    """The rule files in *extra*, files or folders. Raises RulesNotFoundError."""
    return [(str(file), str(file)) for place in extra for file in rule_files(place)]


def ship(pages: Path, folder: Path) -> Path:
    """
    The file with the compiled rules of *pages*, to be put beside them in a package.

    So the first run of an installed Assaymark is as fast as the next. Effect: writes it into *folder*. Raises
    ValueError when a page is broken.
    """
    rules = _read(tuple(bundled(str(pages))))
    if rules.problems:
        raise ValueError("\n".join(map(str, rules.problems)))
    return ship_rules(folder, shipped_key(str(pages)), rules)


def read_page(rule: Rule) -> RulePage | None:
    """The page that *rule* comes from; None when it comes from none, or the page is gone or broken."""
    from assaymark.rules.page import parse_page

    file = page_of(rule.source)
    if file is None:
        return None
    try:
        return parse_page(file.read_text(encoding="utf-8"), rule.source)
    except (OSError, UnicodeDecodeError, BadRuleError):
        return None


def _read(
    files: Sequence[Named],
    known: RuleSet | None = None,
    instead: Mapping[str, str | None] | None = None,
) -> RuleSet:
    """The *known* rules and those in *files*; of two with one id, the first. *instead* is as in `load`."""
    rules = {(rule.language, rule.id): rule for rule in known.rules} if known is not None else {}
    problems = list(known.problems) if known is not None else []
    for file, name in files:
        is_other = instead is not None and file in instead
        read, bad = (
            _read_else(file, name, (instead or {})[file]) if is_other else _read_file(Path(file), name)
        )
        problems += bad
        for rule in read:
            first = rules.setdefault((rule.language, rule.id), rule)
            if first is not rule:
                message = f"rule {rule.id}: {first.source} has a rule of this id; rename one"
                problems.append(Problem(name, 1, message, rule.id, "id"))
    misspoken = list(_misspoken({rule.id: rule for rule in rules.values()}, files))
    bad_ids = {problem.rule for problem in misspoken}
    kept = (rule for rule in rules.values() if rule.id not in bad_ids)
    return RuleSet.of(kept, (*problems, *misspoken))


def _misspoken(rules: Mapping[str, Rule], files: Sequence[Named]) -> Iterator[Problem]:
    """The rules that speak for what they must not."""
    speaking = [rule for rule in rules.values() if rule.overlaps and rule.speaks_for]
    if not speaking:
        return
    # Late: it is no part of a warm start.
    from assaymark.rules.speaking import misspoken

    # A page that could not be read is there all the same.
    names = {*rules, *(Path(file).stem for file, _ in files)}
    for rule in speaking:
        found = misspoken(rule, rules, names)
        if found is not None:
            name, message = found
            line = _line_of(name, next((file for file, called in files if called == rule.source), ""))
            yield Problem(rule.source, line, f"overlaps: {message}", rule.id, "overlaps")


def _line_of(name: str, file: str) -> int:
    """The line of *file* that names the rule *name* as one that is spoken for; else the first."""
    text = Path(file).read_text(encoding="utf-8", errors="replace") if file else ""
    wanted = (number for number, line in enumerate(text.splitlines(), 1) if f"assaymark/{name}" in line)
    return next(wanted, 1)


def _read_file(file: Path, name: str) -> tuple[Sequence[Rule], Sequence[Problem]]:
    try:
        return _understood(file.read_text(encoding="utf-8"), file.suffix, name)
    except OSError as error:
        return (), (Problem(name, 1, f"cannot be read: {error.strerror}"),)
    except UnicodeDecodeError:
        return (), (Problem(name, 1, "not UTF-8; save it as UTF-8"),)


def _read_else(file: str, name: str, text: str | None) -> tuple[Sequence[Rule], Sequence[Problem]]:
    """What *file* counts as: with the *text* that is given, or as it is and speaking for nobody."""
    if text is not None:
        return _understood(text, Path(file).suffix, name)
    read, bad = _read_file(Path(file), name)
    # Late: it is no part of a warm start.
    from assaymark.rules.stored import sealed

    return [sealed(replace(rule, covers=(), overlaps=())) for rule in read], bad


# By the text itself: while somebody writes a rule in an editor, only that rule is compiled again.
@lru_cache(maxsize=1024)
def _understood(text: str, suffix: str, name: str) -> tuple[Sequence[Rule], Sequence[Problem]]:
    """The rules in a file of this *text*, and what is wrong with it."""
    # They bring YAML and a grammar along, which a warm start does without.
    from assaymark.rules.page import parse_page
    from assaymark.rules.semgrep import semgrep_rules

    try:
        if suffix == PAGE:
            return (parse_page(text, name).rule,), ()
        rules, problems = semgrep_rules(text, name)
        return tuple(rules), tuple(problems)
    except BadRuleError as error:
        return (), (error.problem,)
