"""Several steps of gradient descent: in rationals while they are short enough, then in balls from the same start."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from flint import arb, fmpq

from refutable.theorems.domains.scalar_factors.descent import half_square, stepped
from refutable.theorems.domains.scalar_factors.flow import flow_sharpness
from refutable.theorems.domains.scalar_factors.products import product
from refutable.theorems.exact import Computed
from refutable.theorems.views import Quantity, View

EXACT_BITS = 2**15
"""A run whose last weights may have more bits than this is followed in balls."""

Array = Any


class BallRun:
    """Gradient descent in balls from rational weights; a precision's states are computed once, as far as needed."""

    def __init__(self, weights: tuple[fmpq, ...], step_size: fmpq) -> None:
        self.weights, self.step_size = weights, step_size
        self._states: dict[int, list[list[arb]]] = {}

    def state(self, step: int, bits: int) -> list[arb]:
        """The weights after so many steps, at the working precision of ``bits`` that is set."""
        states = self._states.setdefault(bits, [[arb(w) for w in self.weights]])
        while len(states) <= step:
            states.append(_ball_step(states[-1], arb(self.step_size)))
        return states[step]

    def _entry(self, step: int, index: int, bits: int) -> arb:
        return self.state(step, bits)[index]

    def at(self, step: int) -> Array:
        """The weights after so many steps as exactly defined numbers [D]."""
        key = (self.weights, self.step_size)
        out = np.empty(len(self.weights), dtype=object)
        for i in range(len(out)):
            first = self.weights.index(self.weights[i])  # equal weights stay equal
            out[i] = Computed(partial(self._entry, step, first), ("gradient descent", key, step, first))
        return out


def _ball_step(weights: list[arb], step_size: arb) -> list[arb]:
    before, after = [arb(1)], [arb(1)]
    for forward, backward in zip(weights, reversed(weights), strict=True):
        before.append(before[-1] * forward)
        after.append(after[-1] * backward)
    factor = step_size * (before[-1] - 1)
    size = len(weights)
    return [w - factor * (before[i] * after[size - 1 - i]) for i, w in enumerate(weights)]


def exact_steps(weights: Array, steps: int) -> bool:
    """Whether so many steps keep the weights short: each multiplies their length by about 2 D."""
    size = sum(int(w.p).bit_length() + int(w.q).bit_length() for w in weights)
    return bool(size * (2 * len(weights)) ** steps <= EXACT_BITS)


def states(view: View) -> list[Array]:
    """The weights after 0, 1, ..., ``steps`` steps, each [..., D]."""
    steps, weights = view["steps"], view["weights"]
    if view.ops.exact and view["residual"] == 0:
        return [weights] * (steps + 1)
    if view.ops.exact and not exact_steps(weights, steps):
        run = BallRun(tuple(weights), view["step_size"])
        return [weights, *(run.at(step) for step in range(1, steps + 1))]
    found = [weights]
    for _ in range(steps):
        found.append(stepped(view.ops, found[-1], view["step_size"]))
    return found


def _later_sharpness(view: View) -> Any:
    """Equal weights stay equal, and keep the exact value D."""
    if view.ops.exact and len({abs(w) for w in view["weights"]}) == 1:
        return view["gfs_sharpness"]
    return flow_sharpness(view.ops, view["run"][-1])


def _later_loss(view: View) -> Any:
    return half_square(view.ops, product(view.ops, view["run"][-1]) - view.ops.ratio(1))


RUNS = (
    Quantity("run", states, "weights after 0, 1, ..., steps steps, each [D]"),
    Quantity("later_loss", _later_loss, "loss after the steps", scalar=True),
    Quantity("later_gfs_sharpness", _later_sharpness, "phi after the steps", scalar=True),
)
