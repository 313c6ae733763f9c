"""Structural variations of a delayed iteration, for a search by evolution."""

from __future__ import annotations

from collections.abc import Iterator

from refutable.theorems.domains.domain import Move
from refutable.theorems.instances import Instance

LONGEST = 64
"""No delay is made longer than this: longer ones take long to decide."""


def other_delay(instance: Instance) -> Iterator[Instance]:
    """One more or fewer, twice or half as many."""
    delay = instance["delay"]
    for other in dict.fromkeys((delay + 1, delay - 1, 2 * delay, delay // 2)):
        if other != delay and 0 <= other <= max(LONGEST, delay):
            yield instance.replace(delay=other)


def opposite_curvature(instance: Instance) -> Iterator[Instance]:
    """The other sign of the curvature."""
    if instance["curvature"] != 0:
        yield instance.replace(curvature=-instance["curvature"])


VARIATIONS = (
    Move("other delay", other_delay),
    Move("opposite curvature", opposite_curvature),
)
