"""Delayed iterations just below the threshold, and the ones that refute false thresholds."""

from __future__ import annotations

from flint import fmpq

from refutable.theorems.domains.delayed_iteration import DELAYED_ITERATION, delay_threshold
from refutable.theorems.exact import Number, as_real, compare
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import ExactOps
from refutable.theorems.records import Family, Range


def iteration(gain: fmpq | int, delay: int, curvature: fmpq | int = 1) -> Instance:
    """The iteration x_{t+1} = x_t - gain x_{t-delay} with a given curvature (of the sign of the gain)."""
    return DELAYED_ITERATION.instance(curvature=curvature, step_size=fmpq(gain) / curvature, delay=delay)


def rounded_below(value: Number, bits: int) -> fmpq:
    """The largest multiple of 2^-bits strictly below a number."""
    scale = fmpq(2) ** bits
    near = fmpq((as_real(value).ball(bits + 64).mid().fmpq() * scale).ceil())
    while compare(near / scale, value) != -1:
        near -= 1
    return near / scale


def below_threshold(delay: int, bits: int, curvature: fmpq | int = 1) -> Instance:
    """The iteration whose gain is the threshold rounded down to a multiple of 2^-bits."""
    return iteration(rounded_below(delay_threshold(ExactOps(), delay), bits), delay, curvature)


ROUNDED_DOWN = Family(
    id="threshold-rounded-down",
    parameters={
        "delay": Range(choices=(2, 0, 1, 3, 5, 8, 13, 30)),
        "curvature": Range(choices=(fmpq(1), fmpq(4), fmpq(1, 8), fmpq(3))),
        "bits": Range(choices=(8, 16, 32, 50)),
    },
    build=below_threshold,
    attains="limit",
    reaches=fmpq(10**9 - 1, 10**9),
    meaning="the gain is the threshold rounded down to a multiple of 2^-bits: stable, and nearly at the edge",
)
