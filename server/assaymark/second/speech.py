"""
Terms as JSON values, for the process that bandit runs in.

Invariant: reading what was written gives equal terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from assaymark.engines.bandit.terms import Configuration, Terms
from assaymark.finding import Level


def to_plain(terms: Terms) -> dict[str, Any]:
    """*terms* as JSON values."""
    return asdict(terms) | {"level": terms.level.value}


def from_plain(plain: Mapping[str, Any]) -> Terms:
    """What `to_plain` was given."""
    told = plain["configuration"]
    return Terms(
        level=Level(plain["level"]),
        everything=plain["everything"],
        covered=tuple(plain["covered"]),
        select=tuple(plain["select"]),
        ignore=tuple(plain["ignore"]),
        configuration=Configuration(
            tests=tuple(told["tests"]),
            skips=tuple(told["skips"]),
            exclude=tuple(told["exclude"]),
            plugins=told["plugins"],
            ignores_nosec=told["ignores_nosec"],
            known=tuple(tuple(one) for one in told["known"]),
        ),
        honours_nosec=plain["honours_nosec"],
    )
