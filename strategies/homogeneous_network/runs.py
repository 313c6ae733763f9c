"""Runs of the flow in floats: states they visit once the loss is below 1, re-read exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.strategies.homogeneous_network.demands import KNOWN, SEPARATED
from refutable.strategies.homogeneous_network.flow import FlowProblem, random_problem
from refutable.strategies.supply import Visited, in_turn
from refutable.theorems.domains.homogeneous_network import HOMOGENEOUS_NETWORK
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance

STEPS, EVERY, LENGTH, LARGE = 240, 8, 0.05, 12.0
"""Steps of a run, every which state is taken, the time step, and the log(1/L) at which a run ends."""


class Runs:
    """The gradient flow of log(1/L), by the midpoint rule, for random networks and labels of a linear teacher."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Whether states of runs satisfy these assumptions, re-read exactly."""
        return assumes <= KNOWN

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """Some states of each of several runs, in turn."""
        return in_turn(lambda run: _run(seed, run, SEPARATED in assumes), count, seed, "flow of log(1/L)")


def _run(seed: int, run: int, separated: bool) -> Iterator[tuple[int, Instance]]:
    source = np.random.default_rng([seed, run])
    problem, theta = random_problem(source)
    offset = int(source.integers(EVERY))
    for step in range(STEPS):
        value = problem.log_inverse_loss(theta)
        if value > LARGE:
            return
        if step % EVERY == offset and (value > 1e-6 or not separated):
            yield step, read(problem, theta)
        middle = theta + LENGTH / 2 * problem.velocity(theta)
        theta = theta + LENGTH * problem.velocity(middle)


def read(problem: FlowProblem, theta: Any) -> Instance:
    """A float state as an exact instance."""
    fields = {name: _exact(value) for name, value in problem.fields(theta).items()}
    return HOMOGENEOUS_NETWORK.instance(**fields)


def _exact(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, float):
        return rational(value)
    out = np.empty(value.shape, dtype=object)
    for index, entry in np.ndenumerate(value):
        out[index] = fmpq(*float(entry).as_integer_ratio())
    return out
