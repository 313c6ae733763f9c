"""Runs of gradient flow and of gradient descent in floats; states that they visit are re-read as exact numbers.

What floats lose is given back: the hidden weights are W_0 + nu X for the multipliers read, and where the imbalance must
be the start's exactly the state is the point of the flow's quadric on the line from the start to what was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from refutable.strategies.hidden_linear import demands as ids
from refutable.strategies.supply import Visited
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.domains.hidden_linear.reaching import placed, reached, with_rival
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance

Array = Any

STEPS, EVERY = 60, 12
FLOW_STEP, DESCENT_STEP = 0.05, 0.15
LARGE = 1e3
"""A run that goes beyond this size has diverged, and ends."""
DIGITS = 2.0**20
"""States are read to so many parts of 1: exact statements about them stay cheap."""


UNITS = {2: ((3, 5), (4, 5)), 3: ((1, 3), (2, 3), (2, 3))}
"""A rational unit vector for each number of inputs."""
SCALES = (fmpq(1), fmpq(1, 2), fmpq(1, 10))


@dataclass(frozen=True)
class Problem:
    """Data and a start in floats: x [n,d], y [n], a [m], w [m,d], slope; the start also exactly."""

    x: Array
    y: Array
    a: Array
    w: Array
    slope: float
    exact_output: Array
    exact_hidden: Array


def problem(assumes: frozenset[str], source: np.random.Generator) -> Problem:
    """A random one: one unit, or up to three with a balanced start; imbalance >= 0."""
    d = int(source.integers(2, 4))
    n = int(source.integers(1, d))
    m = 1 if ids.ONE_UNIT in assumes else int(source.integers(1, 4))
    unit = np.array([fmpq(p, q) for p, q in UNITS[d]], dtype=object)
    quarters = (4 + source.integers(0, 4, m)) * np.where(source.random(m) < 0.5, 1, -1)
    output = np.array([fmpq(int(q), 4) for q in quarters], dtype=object)
    scale = SCALES[0] if ids.BALANCED in assumes or m > 1 else SCALES[int(source.integers(3))]
    hidden = output[:, None] * unit[None, :] * scale
    linear = ids.LINEAR in assumes or (ids.POSITIVE_SLOPE not in assumes and source.random() < 0.5)
    slope = 1.0 if linear else float(source.choice([0.5, 0.25, 0.125]))
    x, y = source.standard_normal((n, d)), 2 * source.standard_normal(n)
    return Problem(x, y, _floats(output), _floats(hidden), slope, output, hidden)


def _floats(values: Array) -> Array:
    return np.array([int(q.p) / int(q.q) for q in values.ravel()]).reshape(values.shape)


def rates(p: Problem, a: Array, w: Array) -> tuple[Array, Array]:
    """da/dt [m] and the rates of the multipliers [m,n]."""
    z = w @ p.x.T
    slopes = np.where(z > 0, 1.0, p.slope)
    r = a @ (z * slopes) - p.y
    return -(z * slopes) @ r, -np.outer(a, r) * slopes


def flow_step(p: Problem, a: Array, nu: Array, h: float) -> tuple[Array, Array]:
    """One step of the classical Runge-Kutta method."""

    def at(k: tuple[Array, Array], part: float) -> tuple[Array, Array]:
        return rates(p, a + part * h * k[0], p.w + (nu + part * h * k[1]) @ p.x)

    first = rates(p, a, p.w + nu @ p.x)
    second = at(first, 0.5)
    third = at(second, 0.5)
    fourth = at(third, 1.0)
    moves = [(k1 + 2 * k2 + 2 * k3 + k4) * h / 6 for k1, k2, k3, k4 in zip(first, second, third, fourth, strict=True)]
    return a + moves[0], nu + moves[1]


class Runs:
    """Gradient flow in even runs; gradient descent in odd ones, where the imbalance need not be the start's."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Whether states of runs satisfy these assumptions, once re-read."""
        linear = ids.LINEAR_FIT not in assumes or ids.LINEAR in assumes
        return linear and assumes <= ids.KNOWN - {ids.UNSIGNED_FIT}

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """Some states of each of several runs, in turn."""
        run = 0
        while count > 0:
            for visited in self._run(assumes, seed, run):
                if count > 0:
                    yield visited
                count -= 1
            run += 1

    def _run(self, assumes: frozenset[str], seed: int, run: int) -> Iterator[Visited]:
        source = np.random.default_rng([seed, run])
        p, flow = problem(assumes, source), run % 2 == 0 or ids.CONSERVED in assumes
        a, nu, offset = p.a, np.zeros((len(p.a), len(p.x))), int(source.integers(EVERY))
        for step in range(STEPS):
            if max(np.abs(a).max(), np.abs(nu).max()) > LARGE:
                return
            if step % EVERY == offset:
                instance = _read(p, a, nu, ids.CONSERVED in assumes)
                if instance is not None and (ids.KEPT not in assumes or kept(instance)):
                    kind = "gradient flow" if flow else "gradient descent"
                    origin = f"{kind}, seed {seed}, run {run}, step {step}"
                    yield Visited(with_rival(instance, _distance(source, p)), origin, run)
            if flow:
                a, nu = flow_step(p, a, nu, FLOW_STEP)
            else:
                da, dnu = rates(p, a, p.w + nu @ p.x)
                a, nu = a + DESCENT_STEP * da, nu + DESCENT_STEP * dnu


def kept(instance: Instance) -> bool:
    """Whether a.a_0 > 0: coarse steps can lose it where a is nearly 0."""
    return bool((instance["output"] * instance["start_output"]).sum() > 0)


def _distance(source: np.random.Generator, p: Problem) -> Array:
    return _exact(source.standard_normal(p.x.shape[1]) * float(source.choice([1.0, 0.1])))


def _exact(values: Array) -> Array:
    rounded = np.round(values * DIGITS) / DIGITS
    return np.array([rational(float(v)) for v in rounded.ravel()], dtype=object).reshape(values.shape)


def _read(p: Problem, a: Array, nu: Array, conserved: bool) -> Instance | None:
    start = p.exact_output
    at = HIDDEN_LINEAR.instance(
        inputs=_exact(p.x),
        labels=_exact(p.y),
        start_output=start,
        start_hidden=p.exact_hidden,
        output=start,
        hidden=p.exact_hidden,
        multipliers=_exact(nu),
        slope=None if p.slope == 1 else rational(p.slope),
        step_size=rational(DESCENT_STEP),
    )
    state, multipliers = _exact(a), at["multipliers"]
    if not conserved:
        return placed(at, state, multipliers)
    if len(a) > 1:
        shared = multipliers[0] / start[0]
        multipliers, state = start[:, None] * shared[None, :], start * (state[0] / start[0])
    return reached(at, state - start, multipliers)
