"""
Matching lists: nodes in a row, and nodes in any order.

Invariants:
    All ways are followed side by side, and equal ways are joined, so nothing is tried twice at one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assaymark.rules.patterns.binding import NO, Env, Envs
from assaymark.rules.patterns.pattern import Many, Pattern
from assaymark.rules.patterns.scene import Scene
from assaymark.syntax.node import Node

# How many nodes are matched so far, and how.
State = tuple[int, Env]


def in_row(scene: Scene, patterns: Sequence[Pattern], nodes: Sequence[Node], env: Env) -> Envs:
    """Every way in which *patterns* match all of *nodes*, in order."""
    n_fixed = len([pattern for pattern in patterns if not isinstance(pattern, Many)])
    if n_fixed > len(nodes) or (n_fixed == len(patterns) and n_fixed < len(nodes)):
        return NO
    states: list[State] = [(0, env)]
    for index, pattern in enumerate(patterns):
        if isinstance(pattern, Many):
            if pattern.name is None and index == len(patterns) - 1:
                return distinct(env for _, env in states)
            states = _skipped(scene, pattern, nodes, states)
        else:
            states = _advanced(scene, pattern, nodes, states)
        if not states:
            return NO
    return distinct(env for n_matched, env in states if n_matched == len(nodes))


def _skipped(scene: Scene, many: Many, nodes: Sequence[Node], states: Iterable[State]) -> list[State]:
    found: dict[tuple[int, int], State] = {}
    for start, env in states:
        scene.work.step(len(nodes) - start + 1)
        for end in range(start, len(nodes) + 1):
            for bound in scene.bind_row(env, many.name, nodes[start:end]):
                found[end, id(bound)] = end, bound
    return list(found.values())


def _advanced(scene: Scene, pattern: Pattern, nodes: Sequence[Node], states: Sequence[State]) -> list[State]:
    if len(states) == 1:
        ((index, env),) = states
        return (
            [(index + 1, bound) for bound in scene.at(pattern, nodes[index], env)]
            if index < len(nodes)
            else []
        )
    found: dict[tuple[int, int], State] = {}
    for index, env in states:
        if index < len(nodes):
            for bound in scene.at(pattern, nodes[index], env):
                found[index + 1, id(bound)] = index + 1, bound
    return list(found.values())


def in_any_order(
    scene: Scene, patterns: Sequence[Pattern], nodes: Sequence[Node], env: Env
) -> list[tuple[Sequence[Node], Env]]:
    """Every way in which each of *patterns* matches a node of its own, with the nodes that are left."""
    states: list[tuple[Sequence[Node], Env]] = [(nodes, env)]
    for pattern in patterns:
        states = [
            ((*left[:index], *left[index + 1 :]), bound)
            for left, known in states
            for index, node in enumerate(left)
            for bound in scene.at(pattern, node, known)
        ]
    return states


def distinct(envs: Iterable[Env]) -> Envs:
    """The environments without those that are there already."""
    found = list(envs)
    return found if len(found) < 2 else list({id(env): env for env in found}.values())
