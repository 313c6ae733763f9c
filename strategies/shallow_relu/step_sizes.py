"""Step sizes against 2/sharpness: at it, a hair below, rounded, or far below."""

from __future__ import annotations

from flint import fmpq

from refutable.strategies.shallow_relu.choosers import Chooser, note, pick
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, rational
from refutable.theorems.families.edge import HAIR, at_its_edge
from refutable.theorems.instances import Instance

ROUNDED, EDGE, HAIR_BELOW, FAR = "rounded down", "at the edge", "a hair below", "far below"
STABLE = (ROUNDED, EDGE, EDGE, EDGE, HAIR_BELOW, FAR)


def with_stable_step_size(chooser: Chooser, instance: Instance) -> Instance:
    """The instance with a step size at most 2/sharpness."""
    kind = pick(chooser, STABLE)
    note(f"step size: {kind}")
    if kind == EDGE:
        return _positive_edge(instance)
    sharpness = float(as_real(SHALLOW_RELU.view(instance)["sharpness"]))
    if not sharpness > 0:
        return instance.replace(step_size=fmpq(1))
    below = 2 / rational(sharpness) * HAIR
    if kind == HAIR_BELOW:
        return instance.replace(step_size=below)
    step_size = three_bits_below(below)
    if kind == FAR:
        step_size /= 2 ** pick(chooser, (1, 3, 10, 30))
    return instance.replace(step_size=step_size)


def _positive_edge(instance: Instance) -> Instance:
    try:
        return at_its_edge(instance)
    except ZeroDivisionError:  # nothing that is trained matters: every step size is stable
        return instance.replace(step_size=fmpq(1))


def three_bits_below(value: fmpq) -> fmpq:
    """The largest number of three binary digits that is at most ``value`` > 0."""
    exponent = value.p.bit_length() - value.q.bit_length() - 4
    unit = fmpq(2) ** exponent
    mantissa = int((value / unit).floor())
    drop = max(0, mantissa.bit_length() - 3)
    return (mantissa >> drop << drop) * unit


def with_any_step_size(chooser: Chooser, instance: Instance) -> Instance:
    """The instance with a step size of any size: nothing is asked of it."""
    note("step size: any")
    return instance.replace(step_size=fmpq(2) ** -pick(chooser, (0, 1, 3, 10, -1, -10)))


