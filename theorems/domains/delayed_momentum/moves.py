"""Reductions and structural variations of a delayed iteration with momentum."""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from refutable.theorems.domains.delay_variations import VARIATIONS as DELAYS
from refutable.theorems.domains.delayed_momentum.thresholds import heavy_ball_threshold, shifted_threshold
from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves
from refutable.theorems.exact import as_real
from refutable.theorems.exact.simplest import simpler_near, simplest_between
from refutable.theorems.instances import Instance

REFIT = tuple(fmpq(1, 2**bits) for bits in (2, 8, 20, 34))
"""Relative distances within which a step size is proposed for another delay or momentum."""
PLAIN = (fmpq(0), fmpq(1, 2), fmpq(1, 4), fmpq(3, 4), fmpq(9, 10))
"""Momenta that a person would write down."""


def without_comparison(instance: Instance) -> Iterator[Instance]:
    """Without the second momentum."""
    if instance["other_momentum"] is not None:
        yield instance.replace(other_momentum=None)


def shorter_delay(instance: Instance) -> Iterator[Instance]:
    """Smaller delays, shortest first; also with the step size as far from a threshold as before, and plainer."""
    delay = instance["delay"]
    for shorter in sorted({0, 1, 2, 3, delay // 2, delay - 1}):
        if 0 <= shorter < delay:
            yield instance.replace(delay=shorter)
            yield from _rescaled(instance, instance.replace(delay=shorter))


def plainer_momentum(instance: Instance) -> Iterator[Instance]:
    """A plainer momentum, also with the step size as far from a threshold as before."""
    old = instance["momentum"]
    for momentum in dict.fromkeys((*PLAIN, *simpler_near(old))):
        if momentum != old and 0 <= momentum < 1 and _plainer(momentum, old):
            changed = instance.replace(momentum=momentum)
            yield changed
            yield from _rescaled(instance, changed)


def _plainer(momentum: fmpq, old: fmpq) -> bool:
    return bool((momentum.q, momentum.p) < (old.q, old.p))


def _rescaled(before: Instance, after: Instance) -> Iterator[Instance]:
    for threshold in (heavy_ball_threshold, shifted_threshold):
        old, new = (float(as_real(threshold(i["delay"], i["momentum"]))) for i in (before, after))
        if not (old > 0 and new > 0):
            continue
        top = before["step_size"] * fmpq(*new.as_integer_ratio()) / fmpq(*old.as_integer_ratio())
        for width in REFIT:
            for low, high in ((width, 0), (0, width)):
                yield after.replace(step_size=simplest_between(top * (1 - low), top * (1 + high)))


def unit_curvature(instance: Instance) -> Iterator[Instance]:
    """Curvature 1 (or -1) and a plain step size, such that the iteration is the same or nearly so."""
    curvature = instance["curvature"]
    if curvature != 0 and abs(curvature) != 1:
        size = abs(curvature)
        gain = instance["step_size"] * size
        for step in (*simpler_near(gain), gain):
            yield instance.replace(curvature=curvature / size, step_size=step)


def vary_momentum(instance: Instance) -> Iterator[Instance]:
    """No momentum, half as far from 0 or from 1; the second one likewise, or exchanged with the first."""
    momentum, other = instance["momentum"], instance["other_momentum"]
    for changed in (fmpq(0), momentum / 2, (1 + momentum) / 2):
        yield instance.replace(momentum=changed)
    if other is None:
        yield instance.replace(other_momentum=(1 + momentum) / 2)
        return
    for changed in (other / 2, (1 + other) / 2):
        yield instance.replace(other_momentum=changed)
    yield instance.replace(momentum=other, other_momentum=momentum)


NUMBERS = NumberMoves(("step_size", "curvature"), positive=("step_size",))


def plainer_other_momentum(instance: Instance) -> Iterator[Instance]:
    """A plainer second momentum."""
    other = instance["other_momentum"]
    if other is not None:
        for plainer in dict.fromkeys((*PLAIN, *simpler_near(other))):
            if 0 <= plainer < 1 and _plainer(plainer, other):
                yield instance.replace(other_momentum=plainer)


MOVES = (
    Move("drop the comparison", without_comparison),
    Move("shorten the delay", shorter_delay),
    Move("plainer momentum", plainer_momentum),
    Move("plainer second momentum", plainer_other_momentum),
    Move("curvature one", unit_curvature),
    Move("simplify a number", NUMBERS.simplify),
)
VARIATIONS = (*DELAYS, Move("other momentum", vary_momentum))
