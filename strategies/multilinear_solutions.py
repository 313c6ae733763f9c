"""Solutions of the gradient flow of multilinear networks on the exponential loss, by SciPy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from refutable.strategies.multilinear_flow import float_outputs, float_velocities
from refutable.strategies.solutions import COARSE, FINE, Solution

END, EARLIER_END = 25.0, 20.0
"""Where directions have converged, in units of 1 / (s_1 - s_2)."""

Velocity = Callable[[float, Any], Any]


def solved(velocity: Velocity, start: Any, end: float, tolerances: tuple[float, float]) -> Any:
    """The state at the end.

    Raises:
        ArithmeticError: the solver gave up.
    """
    found = solve_ivp(velocity, (0.0, end), start, method="DOP853", rtol=tolerances[0], atol=tolerances[1])
    if not found.success:
        raise ArithmeticError(f"the differential equation could not be solved: {found.message}")
    return found.y[:, -1]


class Solutions:
    """Solutions for the statements of the record on directions of factors."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """Of any number of factors for conserved quantities; of two factors and one datum for those about pairs."""
        for index in range(count):
            source = np.random.default_rng([seed, index])
            if "singular-pairs" not in assumes:
                yield self._any(source, index, seed)
            elif "generic-start" in assumes:
                yield self._end(source, index, seed)
            else:
                yield self._paired(source, index, seed)

    def _any(self, source: np.random.Generator, index: int, seed: int) -> Solution:
        layers, size = ((2, 3), (3, 2), (4, 2))[index % 3]
        start = 0.6 * source.standard_normal((layers, size))
        tensors = source.standard_normal((1 + index % 3, *[size] * layers))
        flow = _loss_flow(tensors, start.shape)
        ends = [solved(flow, np.append(start.ravel(), 0.0), 2.0, tolerances) for tolerances in (FINE, COARSE)]
        fields = [_fields(end, start, tensors) for end in ends]
        return Solution(fields[0], fields[1], f"seed {seed}, solution {index}: {layers} factors to time 2")

    def _paired(self, source: np.random.Generator, index: int, seed: int) -> Solution:
        start, matrix, pairs = _two_factors(source)
        flow = _loss_flow(matrix[None], start.shape)
        ends = [solved(flow, np.append(start.ravel(), 0.0), 3.0, tolerances) for tolerances in (FINE, COARSE)]
        fields = [{**_fields(end, start, matrix[None]), **pairs} for end in ends]
        return Solution(fields[0], fields[1], f"seed {seed}, solution {index}: two factors, one datum, to time 3")

    def _end(self, source: np.random.Generator, index: int, seed: int) -> Solution:
        start, matrix, pairs = _two_factors(source)
        size = start.shape[1]
        whole = np.block([[np.zeros((size, size)), matrix], [matrix.T, np.zeros((size, size))]])

        def direction_flow(_: float, unit: Any) -> Any:
            pull = whole @ unit
            return pull - (unit @ pull) * unit

        gap = pairs["gains"][0] - pairs["gains"][1]
        unit = start.ravel() / np.linalg.norm(start)
        fine = solved(direction_flow, unit, END / gap, FINE)
        coarse = solved(direction_flow, unit, EARLIER_END / gap, COARSE)
        fields = [
            {**_fields(np.append(end, 0.0), start, matrix[None]), **pairs, "clock": None} for end in (fine, coarse)
        ]
        return Solution(fields[0], fields[1], f"seed {seed}, solution {index}: unit factors to {END} / (s_1 - s_2)")


def _loss_flow(tensors: Any, shape: tuple[int, ...]) -> Velocity:
    """Velocity of the factors, and of the integral of the first datum's slope in the last place."""

    def velocity(_: float, state: Any) -> Any:
        factors = state[:-1].reshape(shape)
        slope = np.exp(-float_outputs(factors, tensors)[0])
        return np.append(float_velocities(factors, tensors).ravel(), slope)

    return velocity


def _fields(end: Any, start: Any, tensors: Any) -> dict[str, Any]:
    factors = end[:-1].reshape(start.shape)
    return {
        "factors": factors,
        "tensors": tensors.reshape(len(tensors), tensors.shape[1], -1),
        "slopes": np.exp(-float_outputs(factors, tensors)),
        "left": None, "right": None, "gains": None,
        "start": start,
        "clock": float(end[-1]),
    }  # fmt: skip


def _two_factors(source: np.random.Generator) -> tuple[Any, Any, dict[str, Any]]:
    """Start [2, 3], a matrix [3, 3] with singular values 1.5 to 2, 1 and below, and its pairs."""
    frames = [np.linalg.qr(source.standard_normal((3, 3)))[0] for _ in range(2)]
    gains = np.array([1.5 + 0.5 * source.random(), 1.0, 0.5 * source.random()])
    start = 0.6 * source.standard_normal((2, 3))
    if abs(frames[0][0] @ start[0] + frames[1][0] @ start[1]) < 0.1:
        start[0] += frames[0][0]
    matrix = frames[0].T @ np.diag(gains) @ frames[1]
    return start, matrix, {"left": frames[0], "right": frames[1], "gains": gains}


SOLUTIONS = Solutions()
