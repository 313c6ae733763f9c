"""States near a minimum and near the edge of stability: step size * phi = 2 - delta, p near 1."""

from __future__ import annotations

import math

import numpy as np
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.scalar_factors.demands import Demands
from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.exact import as_real
from refutable.theorems.exact.simplest import nearest, simplest_between
from refutable.theorems.instances import Instance

DIGITS = 2**20
LEAST_PRODUCT = 0.02
ROUNDING = 1e-14
MARGIN = fmpq(1, 64)
"""delta may come out smaller than asked by this share; |p - 1| keeps twice that from its limit."""


def along_flow(squares: np.ndarray, product: float) -> np.ndarray:
    """Weights [D] with the balances of these squared weights and a given product > 0."""
    gaps = squares - squares.min()
    log_size = 2 * math.log(product) / len(gaps)
    for _ in range(60):
        shifted = math.exp(log_size) + gaps
        step = (np.log(shifted).sum() - 2 * math.log(product)) / (math.exp(log_size) / shifted).sum()
        log_size -= step
        if abs(step) < ROUNDING:
            break
    return np.asarray(np.sqrt(math.exp(log_size) + gaps))


@st.composite
def near_edge_states(draw: st.DrawFn, demands: Demands) -> Instance:
    """States with delta in (0, bound] and (p - 1)^2 <= kappa delta^2, and a number of steps."""
    count = 2 if demands.two else draw(st.sampled_from((2, 3, 2, 3, 4)))
    spread = draw(st.sampled_from((0, 1, 2)))
    logs = [spread * draw(st.integers(-8, 8)) / 8 for _ in range(count)]
    event("balanced" if len(set(logs)) == 1 else "not balanced")
    delta = demands.distance * draw(st.integers(2, 64)) / 64
    share = draw(st.integers(-31, 31)) / 32
    product = max(LEAST_PRODUCT, 1 + math.sqrt(demands.kappa) * delta * share)
    steps = draw(st.one_of(st.integers(1, 3), st.integers(1, 8), st.sampled_from((16, 32))))
    return at_distance(along_flow(np.exp(np.array(logs) - np.mean(logs)), product), delta, steps)


def at_distance(weights: np.ndarray, delta: float, steps: int) -> Instance:
    """The state with these weights, rounded, and a step size for which 2 - step size * phi is delta or a bit less."""
    rounded = [nearest(fmpq(*float(w).as_integer_ratio()), DIGITS) for w in weights]
    state = SCALAR_FACTORS.instance(weights=rounded, step_size=1, steps=steps)
    phi = fmpq(*float(as_real(SCALAR_FACTORS.view(state)["gfs_sharpness"])).as_integer_ratio())
    exact = fmpq(*delta.as_integer_ratio())
    low, high = ((2 - exact * (1 - share)) / phi for share in (MARGIN / 8, MARGIN))
    return state.replace(step_size=simplest_between(low, high))
