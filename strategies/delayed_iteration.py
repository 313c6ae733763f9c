"""Delayed iterations to try claims on: gains below, above, at and a hair from the threshold."""

from __future__ import annotations

import re
from functools import lru_cache

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.supply import DrawnSupply, Size
from refutable.theorems.domains.delayed_iteration import DELAYED_ITERATION, delay_threshold
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import ExactOps

STABLE, UNSTABLE = frozenset({"mean-stable", "below-threshold"}), frozenset({"mean-unstable"})
KNOWN = STABLE | UNSTABLE | {"positive-curvature"}
LEAST_DELAY = re.compile(r"delay-at-least-(\d+)")
HAIRS = (10, 20, 30, 40)
HALVINGS = (2, 4, 8, 16, 32)


def delays(min_value: int = 0) -> st.SearchStrategy[int]:
    """Mostly small delays, at most 30 more than the least."""
    return st.one_of(st.integers(min_value, min_value + 6), st.integers(min_value, min_value + 30))


@st.composite
def gains(draw: st.DrawFn, delay: int, side: str) -> fmpq:
    """A gain a; ``side`` says where: "below" (0, threshold), "above" [threshold, ...) or "anywhere"."""
    threshold = as_real(delay_threshold(ExactOps(), delay))
    if side == "anywhere":
        return draw(st.one_of(gains(delay, "below"), gains(delay, "above"), gains_of_other_sign()))
    near = fmpq(*float(threshold).as_integer_ratio())
    exact = threshold.exact()
    if exact is not None and side == "above" and draw(st.booleans()):
        event("gain exactly at a rational threshold")
        return exact
    if draw(st.booleans()):
        event("gain a hair from the threshold")
        hair = fmpq(1, 2 ** draw(st.sampled_from(HAIRS)))
        return near * (1 - hair if side == "below" else 1 + hair)
    if side == "below":
        return rounded(near * fmpq(draw(st.integers(1, 63)), 64))
    return near * (1 + fmpq(draw(st.integers(1, 128)), 64))


def rounded(gain: fmpq) -> fmpq:
    """A positive gain with few binary digits, never larger."""
    scale = fmpq(2) ** 12
    down = fmpq((gain * scale).floor()) / scale
    return down if down > 0 else gain


@st.composite
def found_gains(draw: st.DrawFn, delay: int, side: str) -> fmpq:
    """A gain as in `gains`, found by halving an interval between a stable and an unstable gain: no formula is used.

    Simple fractions are among them, some of which lie exactly at the edge.
    """
    if side == "anywhere":
        return draw(st.one_of(found_gains(delay, "below"), found_gains(delay, "above"), gains_of_other_sign()))
    simple = fmpq(draw(st.integers(1, 16)), draw(st.integers(1, 8)))
    if draw(st.booleans()) and stable(simple, delay) == (side == "below"):
        return simple
    low, high = edge_of_stability(delay, draw(st.sampled_from(HALVINGS)))
    return low if side == "below" else high


@lru_cache(maxsize=1024)
def edge_of_stability(delay: int, halvings: int) -> tuple[fmpq, fmpq]:
    """A stable and an unstable positive gain, as near as so many halvings bring them."""
    low, high = fmpq(0), fmpq(2)  # the roots multiply to +-a, or to 1 - a without delay: 2 is unstable
    while halvings > 0 or low == 0:
        middle = (low + high) / 2
        low, high = (middle, high) if stable(middle, delay) else (low, middle)
        halvings -= 1
    return low, high


def stable(gain: fmpq, delay: int) -> bool:
    """Whether every root of z^{tau+1} - z^tau + gain has modulus < 1, decided exactly."""
    iteration = DELAYED_ITERATION.instance(curvature=1, step_size=gain, delay=delay)
    return bool(DELAYED_ITERATION.view(iteration)["roots_in_disc"])


def gains_of_other_sign() -> st.SearchStrategy[fmpq]:
    """Gains that are zero or negative."""
    return st.integers(0, 64).map(lambda j: fmpq(-j, 16))


def curvatures() -> st.SearchStrategy[fmpq]:
    """Positive curvatures: 1 first, small rationals, powers of two from 2^-40 to 2^40."""
    small = st.builds(lambda p, q: fmpq(p, q), st.integers(1, 9), st.integers(1, 5))
    return st.one_of(st.just(fmpq(1)), small, st.integers(-40, 40).map(lambda e: fmpq(2) ** e))


@st.composite
def delayed_iterations(draw: st.DrawFn, assumes: frozenset[str] = frozenset(), known: bool = True) -> Instance:
    """Iterations that satisfy the assumptions by construction; ``known``: the threshold is used for that.

    Raises:
        ValueError: an assumption id is unknown here.
    """
    delay = draw(delays(least_delay(assumes)))
    side = "below" if assumes & STABLE else "above" if assumes & UNSTABLE else "anywhere"
    if side == "anywhere" and "positive-curvature" in assumes:
        side = draw(st.sampled_from(["below", "above"]))
    by_formula = known or "below-threshold" in assumes  # that assumption is itself about the formula
    gain = draw(gains(delay, side) if by_formula else found_gains(delay, side))
    curvature = draw(curvatures())
    sign = -1 if gain < 0 else 1
    if gain == 0:
        return DELAYED_ITERATION.instance(curvature=0, step_size=curvature, delay=delay)
    event(f"delay {'0' if delay == 0 else '1' if delay == 1 else 'at least 2'}, {side}")
    return DELAYED_ITERATION.instance(curvature=sign * curvature, step_size=sign * gain / curvature, delay=delay)


def least_delay(assumes: frozenset[str]) -> int:
    """The largest k of all assumptions delay-at-least-k.

    Raises:
        ValueError: an assumption id is unknown here.
    """
    least = 0
    for id in assumes - KNOWN:
        match = LEAST_DELAY.fullmatch(id)
        if match is None:
            raise ValueError(f"no delayed iterations can be drawn under {id!r}: extend this module")
        least = max(least, int(match[1]))
    return least


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    least_delay(assumes)  # raises ValueError for unknown assumptions at once
    return delayed_iterations(assumes, known)


SUPPLY = DrawnSupply(DELAYED_ITERATION, _drawn)
