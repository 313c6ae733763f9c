"""Gradient flow on fully connected linear networks of two and three layers by an ODE solver. Floats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from refutable.strategies.solutions import COARSE, FINE, Solution

SCALES = (1.0, 0.3, 0.1, 1.0, 0.5, 0.2)
TIMES = (1.0, 3.0, 10.0, 0.5, 20.0, 2.0)
AT_THE_END = frozenset({"kernel-part-at-the-end"})
"""Statements about the limit; the others are about every time."""

Layers = tuple[Any, ...]


def flow(start: Layers, x: Any, y: Any, time: float, tolerances: tuple[float, float]) -> Layers:
    """The layers at a time of gradient flow on 1/(2n) |X W_1 ... w_L - y|^2; the last one is a vector."""
    shapes = [w.shape for w in start]
    cuts = np.cumsum([w.size for w in start])[:-1]

    def unpacked(flat: Any) -> list[Any]:
        return [part.reshape(shape) for part, shape in zip(np.split(flat, cuts), shapes, strict=True)]

    def speed(_: float, flat: Any) -> Any:
        return np.concatenate([slope.ravel() for slope in slopes(unpacked(flat), x, y)])

    first = np.concatenate([w.ravel() for w in start])
    found = solve_ivp(speed, (0, time), first, method="LSODA", rtol=tolerances[0], atol=tolerances[1])
    return tuple(unpacked(found.y[:, -1]))


def slopes(layers: list[Any], x: Any, y: Any) -> list[Any]:
    """Minus the gradient of the loss in every layer."""
    later = [layers[-1]]
    for layer in reversed(layers[1:-1]):
        later.insert(0, layer @ later[0])
    back = x.T @ (y - x @ (layers[0] @ later[0])) / len(y)
    out = []
    for layer, rest in zip(layers[:-1], later, strict=True):
        out.append(np.outer(back, rest))
        back = layer.T @ back
    return [*out, back]


class Solutions:
    """Solutions of gradient flow from starts alpha times drawn layers."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """States at finite times, or late ones; the coarse ones end earlier where the end is meant."""
        for number in range(count):
            source = np.random.default_rng([seed, number])
            d, h, n = 5, 3, 2
            x, y = source.standard_normal((n, d)), source.standard_normal(n)
            ends_late, deep = claim in AT_THE_END, number % 2 == 1
            alpha = max(SCALES[number % len(SCALES)], 0.3 if ends_late else 0.0)
            middle = (alpha * source.standard_normal((h, h)),) if deep else ()
            start = (alpha * source.standard_normal((d, h)), *middle, alpha * source.standard_normal(h))
            ends = (TIMES[number % len(TIMES)],) * 2
            if ends_late:
                late = settled(start, x, y)
                ends = (late, 0.8 * late)
            origin = f"seed {seed}, number {number}: {len(start)} layers, scale {alpha}, time {ends[0]:.4g}"
            fine, coarse = (
                _fields(start, flow(start, x, y, end, tolerances), x, y)
                for end, tolerances in zip(ends, (FINE, COARSE), strict=True)
            )
            yield Solution(fine, coarse, origin)


def settled(start: Layers, x: Any, y: Any) -> float:
    """A time at which the residual is below 10^-8 or so: from the rate of the loss at the end of a first stretch."""
    time = 20.0
    for _ in range(12):
        layers = list(flow(start, x, y, time, (1e-6, 1e-8)))
        later = layers[1] @ layers[2] if len(layers) == 3 else layers[1]
        if np.abs(x @ (layers[0] @ later) - y).max() < 1e-2:
            break
        time *= 2
    # The first layer alone makes the residual fall at this rate.
    rate = float(later @ later) * np.linalg.eigvalsh(x @ x.T)[0] / len(y)
    return float(time + 18.0 / rate)


def _fields(start: Layers, layers: Layers, x: Any, y: Any) -> dict[str, Any]:
    deep = len(layers) == 3
    now = {"first": layers[0], "middle": layers[1] if deep else None, "last": layers[-1]}
    first = {"first_start": start[0], "middle_start": start[1] if deep else None, "last_start": start[-1]}
    return {**now, **first, "x": x, "y": y, "sample_weights": None, "step_size": None}


SOLUTIONS = Solutions()
