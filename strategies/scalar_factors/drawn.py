"""Exact states of gradient descent that satisfy a claim's assumptions by construction."""

from __future__ import annotations

import math
from itertools import combinations

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.scalar_factors.demands import Demands
from refutable.strategies.scalar_factors.near_edge import near_edge_states
from refutable.strategies.supply import Size
from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.exact import as_real, compare
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance

Weights = list[fmpq]

NUMBERS = (2, 3, 2, 3, 4)
HAIR = fmpq(1, 2**40)
HALVINGS = (0, 4, 12, 24)


def product(weights: Weights) -> fmpq:
    """w_1 ... w_D."""
    value = fmpq(1)
    for weight in weights:
        value *= weight
    return value


def magnitudes() -> st.SearchStrategy[fmpq]:
    """Positive weights, 1 first: small fractions, powers of two, numbers of three digits."""
    small = st.builds(lambda p, q: fmpq(p, q), st.integers(1, 9), st.integers(1, 6))
    long = st.builds(lambda p, e: fmpq(p, 64) * fmpq(2) ** e, st.integers(33, 127), st.integers(-3, 2))
    return st.one_of(st.just(fmpq(1)), small, long, st.integers(-6, 4).map(lambda e: fmpq(2) ** e))


@st.composite
def weight_lists(draw: st.DrawFn, demands: Demands, size: Size) -> Weights:
    """Weights that satisfy what is demanded of them alone."""
    most = 2 if demands.two else max(2, min(4, size.max_neurons))
    count = min(most, draw(st.sampled_from(NUMBERS)))
    weights = draw(st.lists(magnitudes(), min_size=count, max_size=count))
    if not demands.positive and draw(st.integers(0, 2)) == 2:
        event("weights of any sign")
        weights = [-w if draw(st.booleans()) else w for w in weights]
        if not demands.plain & {"nonzero", "minimum"} and draw(st.integers(0, 4)) == 4:
            event("a weight 0")
            weights[draw(st.integers(0, count - 1))] = fmpq(0)
    return _off_special_places(_on_its_side(weights, demands), demands)


def _on_its_side(weights: Weights, demands: Demands) -> Weights:
    """p = 1, p <= 1 or p >= 1 where that is demanded: by the last weight, or by inverting all."""
    p = product(weights)
    if "minimum" in demands:
        return [*weights[:-1], 1 / product(weights[:-1])]
    if ("product-at-most-one" in demands and p > 1) or ("product-at-least-one" in demands and 0 < p < 1):
        return [1 / w for w in weights]
    return weights


def _off_special_places(weights: Weights, demands: Demands) -> Weights:
    """Different moduli, p other than 1, a smallest modulus of its own, where that is demanded."""
    if "unbalanced" in demands and abs(weights[0]) == abs(weights[1]):
        weights = [2 * weights[0] + (weights[0] == 0), *weights[1:]]
    if "beyond-edge" in demands:
        weights = near_one(weights)
    if "off-minimum" in demands and product(weights) == 1:
        weights = [(fmpq(9, 8) if "beyond-edge" in demands else 3) * weights[0], *weights[1:]]
    if "flows-to-one" in demands:
        while product(weights) <= 0 and _smallest(weights) > 1:
            first = min(range(len(weights)), key=lambda i: abs(weights[i]))
            weights = [(w / 2 if w else fmpq(1)) if i == first else w for i, w in enumerate(weights)]
    return weights


def near_one(weights: Weights) -> Weights:
    """Two weights whose product is brought to between 7/8 and 9/8, where it is farther from 1."""
    p = weights[0] * weights[1]
    if abs(p - 1) <= fmpq(1, 8):
        return weights
    first = weights[0] or fmpq(1)
    return [first, (fmpq(9, 8) if p > 1 else fmpq(7, 8)) / first]


@st.composite
def steps_beyond_edge(draw: st.DrawFn, state: Instance, demands: Demands) -> fmpq:
    """Step sizes with eta s > 2 + eta^2 |p (p - 1)|, s = w_1^2 + w_2^2; with eta s > 2 for squares-beyond-two."""
    weights = state["weights"]
    squares, bend = float((weights * weights).sum()), abs(float(product(weights) * (product(weights) - 1)))
    low, high = 2 / squares, 8 / squares
    if "beyond-edge" in demands and bend:
        root = math.sqrt(squares**2 - 8 * bend)
        low, high = (squares - root) / (2 * bend), min(high, (squares + root) / (2 * bend))
    share = draw(st.integers(1, 31)) / 32
    middle = fmpq(*(low + share * (high - low)).as_integer_ratio())
    width = fmpq(*((high - low) / 64).as_integer_ratio())
    return simplest_between(middle - width, middle + width)


def _smallest(weights: Weights) -> int:
    """How many weights have the smallest modulus."""
    least = min(abs(w) for w in weights)
    return sum(abs(w) == least for w in weights)


def limits(state: Instance, demands: Demands) -> list[float]:
    """What the step size must not exceed, by each of the assumptions."""
    weights, view = [float(w) for w in state["weights"]], SCALAR_FACTORS.view(state)
    p, found = math.prod(weights), []
    for name, quantity in (("squared-edge", "gfs_sharpness"), ("squared-gain", "residual")):
        if name in demands.bounds:
            size = abs(float(as_real(view[quantity])))
            found += [math.sqrt(demands.bounds[name]) / size] if size else []
    if p and "product-gain-within-root-two" in demands:
        found.append(math.sqrt(2) / abs(p))
    if "current-edge-within-root-eight" in demands:
        found.append(math.sqrt(8) / abs(float(as_real(view["sharpness"]))))
    return found + _gradient_limits(weights, p, demands)


def _gradient_limits(weights: list[float], p: float, demands: Demands) -> list[float]:
    """The limits that |p (p - 1)| sets."""
    gradient, found = abs(p * (p - 1)), []
    pairs = [(abs(a * b), abs(a) != abs(b)) for a, b in combinations(weights, 2)]
    if gradient and "next-positive" in demands and p > 1:
        found.append(min(w * w for w in weights) / gradient)
    if gradient and "small-gradient" in demands:
        found.append(min(size for size, _ in pairs) / gradient)
    if gradient and "gradient-within-root-two" in demands:
        found.append(math.sqrt(2) * min(size for size, _ in pairs) / gradient)
    if gradient and "contracting" in demands:
        unequal = [size for size, differ in pairs if differ]
        found += [math.sqrt(2) * min(unequal) / gradient] if unequal else []
    return found


@st.composite
def step_sizes(draw: st.DrawFn, state: Instance, demands: Demands) -> fmpq:
    """A step size below every limit: a hair below, or a simple fraction."""
    bounds = limits(state, demands)
    if not bounds:
        return fmpq(draw(st.integers(1, 24)), draw(st.sampled_from([8, 1, 2, 16])))
    top = fmpq(*min(bounds).as_integer_ratio()) * (1 - HAIR)
    if draw(st.integers(0, 3)) == 3:
        event("step size: a hair below its limit")
        return simplest_between(top * (1 - HAIR), top)
    share = fmpq(draw(st.integers(1, 32)), 32)
    return simplest_between(share * top * fmpq(31, 32), share * top)


@st.composite
def lowering_steps(draw: st.DrawFn, state: Instance) -> fmpq:
    """A step size that does not increase phi, found by trying: no formula is used."""
    low, high = fmpq(0), draw(step_sizes(state, Demands(frozenset(), {})))
    for _ in range(draw(st.sampled_from(HALVINGS))):
        low, high = _narrowed(state, low, high)
    while low == 0 and not lowers(state, high):
        high /= 2
    return low if low > 0 else high


def _narrowed(state: Instance, low: fmpq, high: fmpq) -> tuple[fmpq, fmpq]:
    if lowers(state, high):
        return high, 2 * high
    middle = (low + high) / 2
    return (middle, high) if lowers(state, middle) else (low, middle)


def lowers(state: Instance, step_size: fmpq) -> bool:
    """Whether a step of this size does not increase phi, decided exactly."""
    view = SCALAR_FACTORS.view(state.replace(step_size=step_size))
    order = compare(view["next_gfs_sharpness"], view["gfs_sharpness"])
    return order is not None and order <= 0


@st.composite
def states(draw: st.DrawFn, demands: Demands, size: Size) -> Instance:
    """States that satisfy the assumptions by construction; w = (1, 1) comes first."""
    if demands.runs:
        return draw(near_edge_states(demands))
    weights = draw(weight_lists(demands, size))
    event(f"{len(weights)} weights")
    state = SCALAR_FACTORS.instance(weights=weights, step_size=1, steps=draw(st.integers(1, 3)))
    return state.replace(step_size=draw(_steps(state, demands)))


def _steps(state: Instance, demands: Demands) -> st.SearchStrategy[fmpq]:
    if demands.plain & {"beyond-edge", "squares-beyond-two"}:
        return steps_beyond_edge(state, demands)
    return lowering_steps(state) if "not-increasing" in demands else step_sizes(state, demands)
