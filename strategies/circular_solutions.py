"""Solutions of the gradient flow of one hidden circular-convolutional layer on one datum, by SciPy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from refutable.strategies.circular_convolution import pulls
from refutable.strategies.multilinear_solutions import EARLIER_END, END, solved
from refutable.strategies.solutions import COARSE, FINE, Solution


class Solutions:
    """Solutions for the statements of the record on one datum."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """Along the flow for modes; to the end of the directions' flow for where the predictor ends."""
        for index in range(count):
            source = np.random.default_rng([seed, index])
            if "filter-of-1" in assumes:
                yield self._end(source, index, seed, 1)
            elif "generic-modes" in assumes:
                yield self._end(source, index, seed, 2)
            else:
                yield self._way(source, index, seed)

    def _way(self, source: np.random.Generator, index: int, seed: int) -> Solution:
        """On the exponential loss to time 2, with the integral of the slope."""
        x, start = _datum(source, index), 0.4 * source.standard_normal(2 + 4 + index % 3)
        matrix = _matrix(x, 2)

        def flow(_: float, state: Any) -> Any:
            w, v = state[:2], state[2:-1]
            return np.concatenate([*pulls(matrix, w, v), [np.exp(-v @ matrix @ w)]])

        ends = [solved(flow, np.append(start, 0.0), 2.0, tolerances) for tolerances in (FINE, COARSE)]
        fields = [_fields(x, 2, start, end[:-1], float(end[-1])) for end in ends]
        return Solution(fields[0], fields[1], f"seed {seed}, solution {index}: to time 2")

    def _end(self, source: np.random.Generator, index: int, seed: int, length: int) -> Solution:
        """The flow of the unit vector along (w, v), until the second mode is e^-25 of the first."""
        x = _datum(source, index)
        matrix = _matrix(x, length)
        values = np.linalg.svd(matrix, compute_uv=False)
        gap = values[0] - values[1] if length == 2 else values[0]
        start = source.standard_normal(length + len(x))
        if start @ np.append(values[0] * _top(x, length), matrix @ _top(x, length)) < 0:
            start = -start
        start /= np.linalg.norm(start)

        def flow(_: float, unit: Any) -> Any:
            pull = np.concatenate([matrix.T @ unit[length:], matrix @ unit[:length]])
            return pull - (unit @ pull) * unit

        ends = [solved(flow, start, until / gap, at) for until, at in ((END, FINE), (EARLIER_END, COARSE))]
        fields = [_fields(x, length, start, end, None) for end in ends]
        return Solution(fields[0], fields[1], f"seed {seed}, solution {index}: directions to {END} / (s_+ - s_-)")


def _datum(source: np.random.Generator, index: int) -> Any:
    """Four to six entries; <x, x_left> is positive and negative in turn, and at least a fifth of |x|^2 in size."""
    while True:
        x = source.standard_normal(4 + index % 3)
        product = (1 - 2 * (index % 2)) * (x @ np.roll(x, -1))
        if product > 0.2 * (x @ x):
            return x


def _matrix(x: Any, length: int) -> Any:
    return np.stack([np.roll(x, -k) for k in range(length)], axis=1)


def _top(x: Any, length: int) -> Any:
    return np.array([1.0, np.sign(x @ np.roll(x, -1))][:length])


def _fields(x: Any, length: int, start: Any, end: Any, clock: float | None) -> dict[str, Any]:
    return {
        "x": x, "filters": end[None, :length], "output": end[length:],
        "slope": 1.0 if clock is None else float(np.exp(-end[length:] @ _matrix(x, length) @ end[:length])),
        "start_filters": start[None, :length], "start_output": start[length:], "clock": clock,
    }  # fmt: skip


SOLUTIONS = Solutions()
