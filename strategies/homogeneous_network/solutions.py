"""Solutions of the flow between two times, by an explicit solver of order eight, after the loss fell below 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from refutable.strategies.homogeneous_network.flow import FlowProblem, random_problem
from refutable.strategies.solutions import Solution

FINE, COARSE = 1e-10, 1e-8
WARM_UP, LENGTHS = 1.5, (0.25, 0.5, 1.0)
"""Time before the loss must be below 1 (if not, the problem is left out), and times followed from there."""
EARLIER = ("w1", "middle", "w2")
NEARLY_ALIGNED = (FlowProblem(1, 0, 1.0, np.array([[1.0, 0.0]]), np.array([1.0])), np.array([1.0, 0.2, 1.0]))
"""One datum and weights that are nearly balanced: the smoothed margin rises, but by less than the norm does."""


class HomogeneousNetworkSolutions:
    """The flow of log(1/L): the gradient flow of the loss in another time. Linear hidden units: no kinks to cross."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterator[Solution]:
        """Solutions from small random weights for labels of a linear teacher."""
        for number in range(-1, 10 * count):
            if count == 0:
                return
            found = _solution(seed, number)
            if found is not None:
                count -= 1
                yield found


def _solution(seed: int, number: int) -> Solution | None:
    problem, theta = NEARLY_ALIGNED
    if number >= 0:
        problem, theta = random_problem(np.random.default_rng([seed, number, 7]), smooth=True)
    start = _solved(problem, theta, WARM_UP, FINE)
    if start is None or not 0.05 < problem.log_inverse_loss(start) < 200:
        return None
    length = LENGTHS[number % len(LENGTHS)]
    ends = [_solved(problem, start, length, tolerance) for tolerance in (FINE, COARSE)]
    if ends[0] is None or ends[1] is None:
        return None
    fine, coarse = (_with_earlier(problem, start, end) for end in ends)
    name = f"seed {seed}, problem {number}" if number >= 0 else "one datum, nearly balanced"
    return Solution(fine, coarse, f"{name}, time {WARM_UP:g} to {WARM_UP + length:g}")


def _solved(problem: FlowProblem, theta: Any, length: float, tolerance: float) -> Any:
    run = solve_ivp(
        lambda t, state: problem.velocity(state), (0, length), theta, method="DOP853", rtol=tolerance,
        atol=tolerance / 100,
    )  # fmt: skip
    return run.y[:, -1] if run.success else None


def _with_earlier(problem: FlowProblem, start: Any, end: Any) -> dict[str, Any]:
    before = problem.fields(start)
    return {**problem.fields(end), **{f"earlier_{name}": before[name] for name in EARLIER}}


SOLUTIONS = HomogeneousNetworkSolutions()
