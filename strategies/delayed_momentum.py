"""Delayed iterations with momentum to try claims on: gains below, above, at and a hair from the thresholds."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.delayed_momentum import DELAYED_MOMENTUM
from refutable.theorems.domains.delayed_momentum.thresholds import heavy_ball_threshold, shifted_threshold
from refutable.theorems.exact import Number, as_real
from refutable.theorems.exact.polynomials import schur_stable
from refutable.theorems.instances import Instance

Threshold = Callable[[int, fmpq], Number]
SIDES: dict[str, tuple[str, str]] = {
    "heavy-ball-stable": ("heavy_ball", "below"),
    "heavy-ball-unstable": ("heavy_ball", "above"),
    "below-heavy-ball-threshold": ("heavy_ball", "below"),
    "shifted-stable": ("shifted", "below"),
    "shifted-unstable": ("shifted", "above"),
    "below-shifted-threshold": ("shifted", "below"),
    "nesterov-stable": ("nesterov", "below"),
    "nesterov-unstable": ("nesterov", "above"),
}
"""Assumption -> method, and on which side of its threshold the gain lies."""
FORMULAS: dict[str, Threshold] = {"heavy_ball": heavy_ball_threshold, "shifted": shifted_threshold}
COMPARED = frozenset({"larger-momentum"})
ABOUT_FORMULAS = frozenset({"below-heavy-ball-threshold", "below-shifted-threshold"})
KNOWN = frozenset(SIDES) | COMPARED | {"positive-curvature", "some-momentum"}
DELAYS = re.compile(r"delay-(at-least|exactly)-(\d+)")
HAIRS = (10, 20, 30, 40)
HALVINGS = (2, 4, 8, 16, 32)
TIES = (fmpq(5, 12), fmpq(5, 16))
"""Momenta with a rational threshold at delay 2: of the heavy ball 1/3, of shifted momentum 33/64."""


@st.composite
def delays(draw: st.DrawFn, assumes: frozenset[str]) -> int:
    """Mostly small delays, as the assumptions want them."""
    least = 0
    for id in assumes:
        if match := DELAYS.fullmatch(id):
            if match[1] == "exactly":
                return int(match[2])
            least = max(least, int(match[2]))
    return draw(st.one_of(st.integers(least, least + 4), st.integers(least, least + 20)))


def momenta(min_value: int = 0) -> st.SearchStrategy[fmpq]:
    """0 <= m < 1: tenths and eighths, hairs below 1, those of rational thresholds; ``min_value=1`` leaves out 0."""
    return st.one_of(
        st.integers(min_value, 9).map(lambda j: fmpq(j, 10)),
        st.integers(min_value, 7).map(lambda j: fmpq(j, 8)),
        st.sampled_from((fmpq(19, 20), fmpq(99, 100), 1 - fmpq(1, 2**20), 1 - fmpq(1, 2**40))),
        st.sampled_from(TIES),
    )


@st.composite
def gains(draw: st.DrawFn, method: str, delay: int, momentum: fmpq, side: str, known: bool) -> fmpq:
    """A positive gain on one side of the threshold of a method; ``known``: by its formula, else by halving."""
    if not known or method not in FORMULAS:
        return draw(_found(method, delay, momentum, side))
    threshold = as_real(FORMULAS[method](delay, momentum))
    exact = threshold.exact()
    if exact is not None and side == "above" and draw(st.booleans()):
        event("gain exactly at a rational threshold")
        return exact
    near = fmpq(*float(threshold).as_integer_ratio())
    if draw(st.booleans()):
        event("gain a hair from the threshold")
        hair = fmpq(1, 2 ** draw(st.sampled_from(HAIRS)))
        return near * (1 - hair if side == "below" else 1 + hair)
    part = fmpq(draw(st.integers(1, 63)), 64)
    return _plain(near * part) if side == "below" else near * (1 + part)


def _plain(gain: fmpq) -> fmpq:
    down = fmpq((gain * 4096).floor()) / 4096
    return down if down > 0 else gain


@st.composite
def _found(draw: st.DrawFn, method: str, delay: int, momentum: fmpq, side: str) -> fmpq:
    """A gain found by halving between a stable and an unstable one; simple fractions among them."""
    simple = fmpq(draw(st.integers(1, 20)), draw(st.sampled_from((1, 2, 4, 5, 10))))
    if draw(st.booleans()) and stable(method, delay, momentum, simple) == (side == "below"):
        return simple
    low, high = edge_of_stability(method, delay, momentum, draw(st.sampled_from(HALVINGS)))
    return low if side == "below" else high


@lru_cache(maxsize=1024)
def edge_of_stability(method: str, delay: int, momentum: fmpq, halvings: int) -> tuple[fmpq, fmpq]:
    """A stable and an unstable positive gain, as near as so many halvings bring them."""
    low, high = fmpq(0), fmpq(4)  # the sum of the roots at delay 0, their product beyond: 4 is unstable
    while halvings > 0 or low == 0:
        middle = (low + high) / 2
        low, high = (middle, high) if stable(method, delay, momentum, middle) else (low, middle)
        halvings -= 1
    return low, high


def stable(method: str, delay: int, momentum: fmpq, gain: fmpq) -> bool:
    """Whether every root of a method's polynomial has modulus < 1, decided exactly."""
    iteration = DELAYED_MOMENTUM.instance(curvature=1, step_size=gain, delay=delay, momentum=momentum)
    return schur_stable(list(DELAYED_MOMENTUM.view(iteration)[method]))


@st.composite
def delayed_momenta(draw: st.DrawFn, assumes: frozenset[str] = frozenset(), known: bool = True) -> Instance:
    """Iterations that satisfy the assumptions by construction; ``known``: the thresholds are used for that."""
    delay = draw(delays(assumes))
    compared = bool(assumes & COMPARED)
    momentum = draw(momenta(1 if "some-momentum" in assumes else 0))
    if known and delay == 2 and draw(st.booleans()):
        momentum = draw(st.sampled_from(TIES))
    other = None
    if compared:
        other = momentum + (1 - momentum) * fmpq(draw(st.integers(1, 15)), 16)
    wanted = [SIDES[id] for id in sorted(assumes & SIDES.keys())]
    by_formula = known or bool(assumes & ABOUT_FORMULAS)
    if wanted:
        method, side = wanted[0]
    else:
        method, side = draw(st.sampled_from(tuple(FORMULAS))), draw(st.sampled_from(("below", "above")))
    gain = draw(gains(method, delay, momentum, side, by_formula))
    curvature = draw(curvatures())
    if not wanted and "positive-curvature" not in assumes and draw(st.integers(0, 7)) == 7:
        curvature = -curvature
    event(f"delay {min(delay, 2)}, {method} {side}")
    return DELAYED_MOMENTUM.instance(
        curvature=curvature,
        step_size=gain / abs(curvature),
        delay=delay,
        momentum=momentum,
        other_momentum=other,
    )


def curvatures() -> st.SearchStrategy[fmpq]:
    """Positive curvatures: 1 first, small rationals, powers of two."""
    small = st.builds(lambda p, q: fmpq(p, q), st.integers(1, 9), st.integers(1, 5))
    return st.one_of(st.just(fmpq(1)), small, st.integers(-20, 20).map(lambda e: fmpq(2) ** e))


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    named = frozenset(id for id in assumes if not DELAYS.fullmatch(id))
    refuse_unknown(named, KNOWN, "iterations with momentum")
    return delayed_momenta(assumes, known)


SUPPLY = DrawnSupply(DELAYED_MOMENTUM, _drawn)
