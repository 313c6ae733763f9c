"""SGD with delay on quadratic losses: mean Hessians just below and just above gains on both sides of the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies import delayed_iteration
from refutable.strategies.supply import Effort, MinimaSource, Size, TrainedSupply, VisitedSource
from refutable.theorems.domains.delayed_descent import DELAYED_DESCENT
from refutable.theorems.domains.delayed_descent.moments import LARGEST_STATE, second_moment_contracts
from refutable.theorems.exact import rayleigh_vector
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import ExactOps, to_matrix

BELOW = frozenset({"gain-stable", "hessian-below-gain", "descent-stable", "square-stable"})
ABOVE = frozenset({"gain-unstable", "curved-along", "descent-unstable"})
SQUARE = frozenset({"square-stable", "square-unstable"})
KNOWN = BELOW | ABOVE | SQUARE | {"positive-definite", "positive-gain"}
NEAR = (fmpq(1), 1 - fmpq(1, 2**20), fmpq(3, 4), fmpq(1, 2), fmpq(1, 8))
"""Shares of the step size at which eta lambda_max(H) would be the gain."""
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
    parameters = draw(st.integers(1, 1 if square else min(3, max(1, size.max_inputs))))
    delay = draw(st.integers(0, LARGEST_STATE // parameters - 3 if square else 5))
    count = draw(st.integers(2 if square else 1, 3))
    hessians = draw(curvatures(count) if square else losses(parameters, count))
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
        low, high = edge_in_mean_square([h[0][0] for h in hessians], delay, draw(st.sampled_from((2, 4, 8, 16))))
        step_size = low if "square-stable" in assumes else high
    event(f"delay {min(delay, 2)}, {parameters} parameters, {side}")
    return DELAYED_DESCENT.instance(
        hessians=hessians, step_size=step_size, delay=delay, gain=gain, direction=list(direction)
    )


def edge_in_mean_square(curvatures: Sequence[fmpq], delay: int, halvings: int) -> tuple[fmpq, fmpq]:
    """Step sizes at which one parameter is stable in mean square and is not, as near as so many halvings bring them."""
    low, high = fmpq(0), 4 * len(curvatures) / sum(curvatures, fmpq(0))
    hessians = ExactOps().array([[[h]] for h in curvatures])
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


class DelayedDescentSupply:
    """Instances of the domain delayed-descent."""

    domain = DELAYED_DESCENT
    minima: MinimaSource | None = None
    visited: VisitedSource | None = None

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
        """Strategy of exact iterations.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        unknown = sorted(assumes - KNOWN)
        if unknown:
            raise ValueError(f"no delayed iterations can be drawn under {unknown[0]!r}: extend this module")
        return delayed_descents(assumes, size, known)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """None: the location of roots is a discrete fact."""
        return None

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Empty: nothing is trained here."""
        return TrainedSupply()


SUPPLY = DelayedDescentSupply()
