"""
What a formula matches in a view.

Invariants:
    matches() raises on no tree, however broken or deep: its steps are counted, and what is deep is walked in
    loops.
    Matches are in the order of the text, one for every span.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from assaymark.dataclass import dataclass
from assaymark.rules.patterns import names, shapes, statements, values
from assaymark.rules.patterns.binding import Bound, Hit
from assaymark.rules.patterns.evaluate import hits_of
from assaymark.rules.patterns.formula import Formula
from assaymark.rules.patterns.scene import Exhausted, Matchers, Scene
from assaymark.rules.patterns.tables import table_of
from assaymark.syntax.view import View
from assaymark.text import Span

_MATCHERS: Matchers = {**names.MATCHERS, **values.MATCHERS, **shapes.MATCHERS, **statements.MATCHERS}


@dataclass(slots=True)
class Work:
    """
    What matching has cost so far, and where it ends; goes with one analysis, and is changed by it.

    *steps* counts attempts to match one pattern node with one node, and nodes walked over; *nodes* those
    nodes of the view's trees that were asked for their children. *exhausted* says that matches are missing
    because *limit* was reached.
    """

    limit: int = 5_000_000
    steps: int = 0
    nodes: int = 0
    exhausted: bool = False

    def step(self, n_steps: int = 1) -> None:
        """
        Count *n_steps*.

        Raises Exhausted when that is more than the limit, now and ever after.
        """
        self.steps += n_steps
        if self.steps > self.limit:
            self.exhausted = True
            raise Exhausted


@dataclass(frozen=True, slots=True)
class Match:
    """A place that a formula matches, and what its metavariables stand for there."""

    span: Span
    bindings: Mapping[str, Bound]


def matches(formula: Formula, view: View, work: Work) -> list[Match]:
    """
    The matches of *formula* in *view*, in the order of the text; of several with one span, the first.

    Effect: counts in *work*. When its limit is reached the answer is empty, and *work* says so.
    """
    before = view.count.n_nodes
    try:
        hits = hits_of(_scene(view, work), formula)
    except Exhausted:
        return []
    finally:
        work.nodes += view.count.n_nodes - before
    first: dict[Span, Hit] = {}
    for hit in hits:
        first.setdefault(hit.span, hit)
    return [Match(span, first[span].env) for span in sorted(first)]


def _scene(view: View, work: Work) -> Scene:
    """What is known of the view so far; the rules that look at one view one after another share that."""
    scene = _blank(view)
    scene.work = work
    return scene


@lru_cache(maxsize=1)
def _blank(view: View) -> Scene:
    return Scene(view, table_of(view.language), Work(), _MATCHERS)
