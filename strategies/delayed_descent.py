"""SGD with delay on quadratic losses: mean Hessians just below and just above gains on both sides of the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies import delayed_iteration
from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.delayed_descent import DELAYED_DESCENT
from refutable.theorems.domains.delayed_descent.moments import second_moment_contracts
from refutable.theorems.exact import rayleigh_vector
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import ExactOps, to_matrix

BELOW = frozenset({"gain-stable", "hessian-below-gain", "descent-stable", "square-stable"})
ABOVE = frozenset({"gain-unstable", "curved-along", "descent-unstable"})
SQUARE = frozenset({"square-stable", "square-unstable"})
KNOWN = BELOW | ABOVE | SQUARE | {"positive-definite", "positive-gain"}
NEAR = (fmpq(1), 1 - fmpq(1, 2**20), fmpq(3, 4), fmpq(1, 2), fmpq(1, 8))
"""Shares of the step size at which eta lambda_max(H) would be the gain."""
MOST_DELAY_IN_SQUARE = {1: 3, 2: 1}
"""Parameters -> the longest delay: second moments of larger states take long to follow."""
ROUNDING = fmpq(1, 2**30)
"""Relative room for an eigenvalue that is known in floating point."""


@st.composite
def losses(draw: st.DrawFn, parameters: int, count: int) -> list[list[list[fmpq]]]:
    """Positive semidefinite Hessians of small integers, each a sum of two squares, with a positive definite mean."""
    entry = st.integers(-3, 3)
    found = []
    for i in range(count):
        rows = [draw(st.lists(entry, min_size=parameters, max_size=parameters)) for _ in range(2)]
        extra = draw(st.integers(1, 3)) if i == 0 else 0
        found.append(
            [
                [fmpq(sum(r[a] * r[b] for r in rows) + (extra if a == b else 0)) for b in range(parameters)]
                for a in range(parameters)
            ]
        )
    return found


@st.composite
def curvatures(draw: st.DrawFn, count: int) -> list[list[list[fmpq]]]:
    """Single curvatures, 0 among them, not all 0."""
    values = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count).filter(any))
    return [[[fmpq(v)]] for v in values]


@st.composite
def delayed_descents(draw: st.DrawFn, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """Iterations that satisfy the assumptions, nearly always by construction."""
    square = bool(assumes & SQUARE)
    parameters = draw(st.integers(1, min(2 if square else 3, max(1, size.max_inputs))))
    delay = draw(st.integers(0, MOST_DELAY_IN_SQUARE[parameters] if square else 5))
    count = draw(st.integers(2 if square else 1, 3))
    hessians = draw(curvatures(count) if square and parameters == 1 else losses(parameters, count))
    side = "above" if assumes & ABOVE else "below" if assumes & BELOW else draw(st.sampled_from(("below", "above")))
    make = delayed_iteration.gains if known else delayed_iteration.found_gains
    gain = draw(make(delay, side))
    ops = ExactOps()
    mean = ops.mean(ops.array(hessians), -3)
    direction = rayleigh_vector(to_matrix(mean), bits=20)
    top = _rayleigh(mean, direction)
    if side == "above":
        step_size = gain / top * (1 + draw(st.sampled_from((0, 0, 1, 3))) * fmpq(1, 4))
    else:
        step_size = gain / (top * (1 + ROUNDING)) * draw(st.sampled_from(NEAR))
    if square:
        low, high = edge_in_mean_square(hessians, delay, draw(st.sampled_from((2, 4, 8, 16))))
        step_size = low if "square-stable" in assumes else high
    event(f"delay {min(delay, 2)}, {parameters} parameters, {side}")
    return DELAYED_DESCENT.instance(
        hessians=hessians, step_size=step_size, delay=delay, gain=gain, direction=list(direction)
    )


def edge_in_mean_square(losses: Sequence[Sequence[Sequence[fmpq]]], delay: int, halvings: int) -> tuple[fmpq, fmpq]:
    """Step sizes that are stable in mean square and not, as near as so many halvings bring them.

    Args:
        losses: positive semidefinite Hessians [n, p, p], their mean positive definite.
        delay: tau.
        halvings: of the interval between 0 and a step size at which the mean already grows.
    """
    traces = (h[i][i] for h in losses for i in range(len(h)))
    low, high = fmpq(0), fmpq(4 * len(losses) * len(losses[0])) / sum(traces, fmpq(0))
    hessians = ExactOps().array([[list(row) for row in h] for h in losses])
    while halvings > 0 or low == 0:
        middle = (low + high) / 2
        stable = second_moment_contracts(hessians, middle, delay)
        low, high = (middle, high) if stable else (low, middle)
        halvings -= 1
    return low, high


def _rayleigh(mean: Any, v: Sequence[fmpq]) -> fmpq:
    rows = range(len(v))
    along = sum((v[i] * mean[i, j] * v[j] for i in rows for j in rows), fmpq(0))
    return along / sum((c * c for c in v), fmpq(0))


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "delayed iterations")
    return delayed_descents(assumes, size, known)


SUPPLY = DrawnSupply(DELAYED_DESCENT, _drawn)
