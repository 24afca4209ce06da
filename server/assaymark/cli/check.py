"""
`assaymark check`: the check, and what comes of it.

Invariants:
    The exit code says the worst: 2 when something was not analysed, 1 when the gate is reached, else 0.
    What goes to standard output is the report and nothing else.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from assaymark.analysis.snapshot import State
from assaymark.cli.batch import check_contents, check_files
from assaymark.cli.output import Target, write
from assaymark.cli.progress import progress
from assaymark.cli.report import Checked, Report, Reported
from assaymark.cli.single import Text, text_of
from assaymark.cli.subject import Subject, from_disk, from_index, from_stdin, is_in, since, without_excluded
from assaymark.cli.terms import Terms
from assaymark.dataclass import dataclass, replace
from assaymark.policy import blocks, is_shown
from assaymark.settings.standing import Standing
from assaymark.workspace.reading import Unreadable

if TYPE_CHECKING:
    from assaymark.cli.fixing import Store, Wanted
    from assaymark.cli.gate import Verdict
    from assaymark.cli.known import Known
    from assaymark.cli.silencers import Told
    from assaymark.settings.resolving import Refused

CLEAN, FOUND, NOT_ANALYSED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Options:
    """What was typed after `check`."""

    paths: tuple[str, ...]
    standing: Standing
    n_jobs: int
    targets: tuple[Target, ...] = (Target("text"),)
    stdin_as: str | None = None
    staged: bool = False
    diff: str | None = None
    fix: bool = False
    unsafe: bool = False
    dry_run: bool = False
    watch: bool = False
    cached: bool = True
    exit_zero: bool = False
    show_silenced: bool = False
    # Whether baselines are heeded.
    knows: bool = True
    # Whether the question is if changed lines were read; *standing* is a gate's then.
    gate: bool = False
    # Whether to say whose lines findings are in; None: where that is recorded, of few files.
    origin: bool | None = None
    # What to type instead to have the safe fixes made; nothing where that is done, or cannot be.
    fixing: str = ""


def check(options: Options) -> int:
    """
    The exit code of a check.

    Effect: reads what is to be checked, writes the report, and fixes files when asked to. Raises UsageError.
    """
    if options.watch:
        # Late, as below: most checks end by themselves, and fix nothing.
        from assaymark.cli.watch import watch

        return watch(options)
    began = time.monotonic()
    if options.gate:
        from assaymark.cli.gate_place import refuse_another_index

        refuse_another_index(os.path.realpath(os.curdir))
    terms = Terms(options.standing, everybody=options.gate)
    about = subject_of(options, terms)
    report = report_on(about, terms, options, began)
    if options.dry_run:
        from assaymark.cli.preview import preview

        return preview(
            report, about.walked.files, lambda store: _wanted(terms, about, report, options, store)
        )
    if options.fix:
        from assaymark.cli.fixing import fixed, into_file

        report = fixed(report, about.walked.files, _wanted(terms, about, report, options, into_file))
    report = _told(report, about, terms, options)
    code = exit_code(report, exit_zero=options.exit_zero)
    write(report, code, options.targets, contents(about, terms), show_silenced=options.show_silenced)
    if report.verdict is not None and sys.stderr is not None:
        sys.stderr.writelines(f"assaymark: {complaint}\n" for complaint in report.verdict.complaints)
        if report.verdict.loosened and all(target.form != "text" for target in options.targets):
            sys.stderr.write(f"assaymark: looser by {', '.join(report.verdict.loosened)}\n")
    return code


def judged_of(options: Options, began: float) -> Verdict | None:
    """
    What a gate says of what *options* ask about; None where nothing of it is checked.

    Effect: reads what is to be checked. Raises UsageError or CannotJudgeError.
    """
    terms = Terms(options.standing, everybody=options.gate)
    about = subject_of(options, terms)
    if not about.walked.files and not about.walked.failed:
        return None
    return _told(report_on(about, terms, options, began), about, terms, options).verdict


def report_on(about: Subject, terms: Terms, options: Options, began: float) -> Report:
    """What a check of *about*, which *began* then, finds out. Effect: reads the files."""
    results = _without_agents_silences(_results(about, terms, options), about, terms)
    known = _known(results, terms) if options.knows else None
    without = known.without if known is not None else _as_it_is
    return Report(
        files=(*(_counted(without(result), about, terms) for result in results), *_unread(about)),
        rules=terms.rules(),
        kinds=about.walked.kinds,
        skipped=about.walked.skipped,
        gate=terms.here.gate,
        gates=terms.gates(about.walked.files),
        loosened=terms.loosened,
        refused=(*terms.refused, *_not_honoured(about, known)),
        remarks=_remarks(options),
        second=terms.second,
        without_known=without,
        no_longer_found=_no_longer_found(known, terms, options),
        has_baseline=known is not None,
        fixing=options.fixing,
        seconds=time.monotonic() - began,
    )


def _not_honoured(about: Subject, known: Known | None) -> list[Refused]:
    """What of ignore files and baselines is not honoured."""
    found = known.refused if known is not None else []
    if not about.walked.doubted:
        return found
    # Late: seldom is there any.
    from assaymark.settings.refusing import not_ignored

    return [*not_ignored(about.walked.doubted), *found]


def _remarks(options: Options) -> tuple[str, ...]:
    """What somebody should know who relies on the check: that hooks are gone."""
    if options.stdin_as is not None:
        return ()
    from assaymark.repository.place import place_of, state_folder

    if not os.path.exists(state_folder(os.environ, os.path.expanduser("~"), sys.platform)):  # noqa: PTH110, PTH111
        return ()
    from assaymark.record.absence import gone

    return tuple(
        f"The hooks of {tool} are gone from {file}: what it writes is not recorded."
        f" To have them again: assaymark hooks install {tool}"
        for tool, file in sorted(gone(place_of(os.curdir)).items())
    )


def exit_code(report: Report, *, exit_zero: bool) -> int:
    """What *report* means to who called."""
    if report.rules.problems or report.failed:
        return NOT_ANALYSED
    if report.verdict is not None:
        # Late: a verdict comes from there.
        from assaymark.cli.gate import BLOCKED, PASSED

        return {PASSED: CLEAN, BLOCKED: FOUND}.get(report.verdict.outcome, NOT_ANALYSED)
    blocking = any(
        blocks(found.finding, report.gate_of(file.path)) for file in report.files for found in file.findings
    )
    return FOUND if blocking and not exit_zero else CLEAN


def subject_of(options: Options, terms: Terms) -> Subject:
    """What is to be checked; a gate asks about the whole repository. Raises UsageError."""
    limit = terms.here.limits.max_bytes
    if options.stdin_as is not None:
        about = from_stdin(options.stdin_as, limit)
    elif options.staged:
        about = from_index(options.paths, limit, everything=options.gate)
    else:
        paths = options.paths or (_whole() if options.gate else ())
        about = from_disk(paths, terms.excluding, terms.doubts, everything=options.gate)
    about = without_excluded(about, terms.excluding)
    if options.gate:
        from assaymark.cli.gate import older_state
        from assaymark.cli.links import with_links

        base, against = older_state(options.diff)
        if options.paths and not is_in(_whole()[0], [os.path.realpath(path) for path in options.paths]):
            against = f"{against}, in {' and '.join(options.paths)} alone"
        changed = since(base, about, limit, strict=True)
        return replace(with_links(changed, base, limit, options.paths, terms.excluding), against=against)
    return about if options.diff is None else since(options.diff, about, limit)


def _whole() -> tuple[str, ...]:
    """The repository, from whatever folder of it somebody asks."""
    from assaymark.repository.place import place_of

    return (place_of(os.curdir).top,)


def _told(report: Report, about: Subject, terms: Terms, options: Options) -> Report:
    """*report* with the origins of its lines, and what the gate says, as far as that is wanted."""
    if about.against:
        from assaymark.cli.gate import judged

        return judged(report, about, raw_of(about, terms))
    if options.origin is None:
        # A check where nothing is recorded imports no more than this.
        from assaymark.cli.recorded import is_worth_asking

        if not report.n_findings or not is_worth_asking(report):
            return report
    elif not options.origin:
        return report
    from assaymark.cli.whence import with_origins

    return with_origins(report, raw_of(about, terms))


def _results(about: Subject, terms: Terms, options: Options) -> list[Checked]:
    files = about.walked.files
    results: dict[str, Checked] = {}
    with progress(len(files), sum(file.size for file in files)) as tell:
        for ours, some in terms.groups(files):
            n_before = len(results)

            def told(n_done: int, n_before: int = n_before) -> None:
                tell(n_before + n_done)

            if about.contents is not None:
                found = check_contents(about.contents, some, ours)
            else:
                # Who can write the folder of kept results may have changed one.
                cached = options.cached and not options.gate
                found = check_files(some, ours, options.n_jobs, cached=cached, tell=told)
            results |= {result.path: result for result in found}
    return [results[file.path] for file in files]


def _without_agents_silences(results: list[Checked], about: Subject, terms: Terms) -> list[Checked]:
    """*results* in which comments that an agent wrote and nobody reviewed silence nothing."""
    if not any(result.withheld for result in results):
        return results
    # Late: few files silence anything.
    from assaymark.cli.silencers import heeded

    return heeded(results, _place, terms.asked, raw_of(about, terms), _told_by(about, terms))


def _told_by(about: Subject, terms: Terms) -> Told | None:
    """What tells a gate whose comments silence; None where that is told as ever."""
    if not about.against:
        return None
    from assaymark.cli.gate_doubts import GateDoubts

    return terms.doubts.told if isinstance(terms.doubts, GateDoubts) else None


def _known(results: Sequence[Checked], terms: Terms) -> Known | None:
    """What the baselines know of *results*; None where there is no baseline. Raises UsageError."""
    if all(_baseline(result.path, terms) is None for result in results) and terms.here.baseline is None:
        return None
    # Late: most checks have none.
    from assaymark.cli.known import Known

    return Known(results, lambda path: _baseline(path, terms), terms.doubts)


def _no_longer_found(known: Known | None, terms: Terms, options: Options) -> Mapping[str, int]:
    if known is None:
        return {}
    return known.no_longer_found(terms.rules(), everything=_is_everything(options))


def _as_it_is(result: Checked) -> Checked:
    return result


def _baseline(path: str, terms: Terms) -> str | None:
    """The baseline's file for the file *path*."""
    file = terms.settings(_place(path)).baseline
    return None if file is None else str(file)


def _is_everything(options: Options) -> bool:
    """Whether the run looks at all there is; who watches looks at some again."""
    return (
        not options.watch
        and not options.paths
        and options.stdin_as is None
        and not options.staged
        and options.diff is None
    )


def _wanted(terms: Terms, about: Subject, report: Report, options: Options, store: Store) -> Wanted:
    from assaymark.cli.fixing import Wanted
    from assaymark.cli.silencers import with_authors

    return Wanted(
        lambda path: with_authors(terms.asked(_place(path)), _place(path)),
        lambda result: _counted(report.without_known(result), about, terms),
        options.unsafe,
        store,
    )


def _unread(about: Subject) -> list[Checked]:
    return [Checked(path, State.failed, unreadable.reason) for path, unreadable in about.walked.failed]


def _counted(result: Checked, about: Subject, terms: Terms) -> Checked:
    """*result* with the findings that were asked for."""
    if not result.findings and not result.withheld:
        return result
    changes = None if about.changes is None else about.changes.get(result.path)
    place = _place(result.path)
    settings = terms.settings(place)

    # What a gate asks about is shown, be it less severe than what else is.
    severity = min(settings.severity, settings.gate) if about.against else settings.severity

    def counts(found: Reported) -> bool:
        return is_shown(found.finding, severity, settings.level) and (
            changes is None or changes.touch(*found.rows)
        )

    wanted = list(filter(counts, result.findings))
    tools = [terms.tool_for(place, found.finding.rule) for found in wanted]
    kept = (found for found, tool in zip(wanted, tools, strict=True) if not tool)
    withheld = tuple(one for one in result.withheld if counts(one.reported))
    return replace(result.with_findings(kept), deferred=tuple(filter(None, tools)), withheld=withheld)


def _place(path: str) -> str:
    """Where the file is that is called *path*."""
    return os.path.abspath(path)  # noqa: PTH100 - paths stay strings


def contents(about: Subject, terms: Terms) -> Callable[[str], bytes]:
    """What tells the text of a checked file by its path; nothing when it cannot be had any more."""
    raw = raw_of(about, terms)

    def content(path: str) -> bytes:
        text = text_of(raw(path), path)
        return text.content if isinstance(text, Text) else b""

    return content


def raw_of(about: Subject, terms: Terms) -> Callable[[str], bytes | Unreadable]:
    """What tells what a checked file holds, by its path."""
    files = {file.path: file for file in about.walked.files}
    limit = terms.here.limits.max_bytes

    def raw(path: str) -> bytes | Unreadable:
        return about.raw(files[path], limit) if path in files else Unreadable("it was not checked")

    return raw
