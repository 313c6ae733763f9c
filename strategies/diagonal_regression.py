"""Diagonal linear networks to try claims on: drawn states, and those that runs of gradient descent visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.supply import DrawnSupply, Size, Visited, in_turn, refuse_unknown
from refutable.theorems.domains.diagonal_regression import DIAGONAL_REGRESSION
from refutable.theorems.domains.diagonal_regression.flow_solution import float_solution
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance

FULL_RANK, NONZERO, NONZERO_AFTER = "full-rank", "nonzero-weights", "nonzero-weights-after"
SQUARE, SMALL_SHARE, AT_MINIMUM = "as-many-data-as-inputs", "small-shares", "interpolating"
LARGER_SHARE = "shares-at-most-3"
KNOWN = frozenset({FULL_RANK, NONZERO, NONZERO_AFTER, SQUARE, SMALL_SHARE, LARGER_SHARE, AT_MINIMUM})

WEIGHTS = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (3, 2), (2, 1), (3, 1), (4, 1), (1, 4), (-1, 1)))
SHARES = tuple(fmpq(p, q) for p, q in ((1, 2), (1, 1), (3, 2), (2, 1), (9, 4), (1, 10), (13, 5)))
"""Step size times sharpness."""
PRODUCT_SHARES = tuple(fmpq(p, q) for p, q in ((1, 1), (7, 5), (1, 2), (7, 5), (1, 10)))
"""Largest |eta g_i|: 7/5 is just below sqrt 2."""


@st.composite
def data(draw: st.DrawFn, n: int, d: int, independent: bool) -> list[list[fmpq]]:
    """Half-integer rows, unit vectors first; independent ones stand on a unit triangle."""
    rows = []
    for j in range(n):
        row = [fmpq(draw(st.integers(-6, 6)), 2) for _ in range(d)]
        if independent:
            row = [fmpq(1) if i == j else fmpq(0) if i < j else entry for i, entry in enumerate(row)]
        rows.append(row)
    return rows


@st.composite
def diagonal_networks(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    """States that satisfy the assumptions by construction; one pair of weights 1 and one datum come first."""
    d = draw(st.integers(1, max(1, min(3, size.max_inputs))))
    n = d if SQUARE in assumes else draw(st.integers(1, max(1, d - (SMALL_SHARE in assumes))))
    x = draw(data(n, d, FULL_RANK in assumes))
    u, v = ([draw(st.sampled_from(WEIGHTS)) for _ in range(d)] for _ in range(2))
    y = [fmpq(draw(st.integers(-6, 6)), 2) for _ in range(n)]
    if AT_MINIMUM in assumes:
        w = [a * a - b * b for a, b in zip(u, v, strict=True)]
        y = [sum((p * q for p, q in zip(row, w, strict=True)), fmpq(0)) for row in x]
    drawn = DIAGONAL_REGRESSION.instance(u=u, v=v, x=x, y=y, step_size=1)
    return drawn.replace(step_size=draw(step_sizes(drawn, assumes)))


@st.composite
def step_sizes(draw: st.DrawFn, state: Instance, assumes: frozenset[str]) -> fmpq:
    """A share of 1/sharpness here; or, where shares must be small, one that makes the largest |eta g_i| so large."""
    view = DIAGONAL_REGRESSION.view(state)
    pulls: list[fmpq] = [abs(g) for g in view["pull"]]
    if assumes & {SMALL_SHARE, LARGER_SHARE} and max(pulls) > 0:
        most = PRODUCT_SHARES if SMALL_SHARE in assumes else (*PRODUCT_SHARES, fmpq(17, 10))
        step: fmpq = draw(st.sampled_from(most)) / max(pulls)
    else:
        step = draw(st.sampled_from(SHARES)) / _power_of_two(float(view["kernel_sharpness"]))
    while any(step * g == 1 for g in pulls):
        event("a step that would set a weight to 0 is halved")
        step = step / 2
    return step


def _power_of_two(value: float) -> fmpq:
    return fmpq(1) if not value > 0 else fmpq(2) ** round(float(np.log2(value)))


STEPS, EVERY, LARGE, SMALL = 96, 8, 1e3, 1e-9
"""Steps of a run; every so many a state is taken; runs end with weights or residuals beyond these sizes."""


class Runs:
    """Gradient descent at the edge of stability: step size times the first flow's sharpness in (1.5, 2.6)."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Whether states of runs satisfy these assumptions, re-read exactly."""
        return assumes <= KNOWN - {AT_MINIMUM}

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """Some states of each of several runs, in turn."""
        gentle = bool(assumes & {SMALL_SHARE, LARGER_SHARE})
        return in_turn(lambda run: _run(seed, run, SQUARE in assumes, gentle), count, seed, "gradient descent")


def _run(seed: int, run: int, square: bool, gentle: bool) -> Iterator[tuple[int, Instance]]:
    source = np.random.default_rng([seed, run])
    d = 3 + run % 3
    n = d if square else 1 + run % 2
    x, y = source.standard_normal((n, d)), source.standard_normal(n)
    u, v = np.exp(0.4 * source.standard_normal((2, d)))
    phi = float_sharpness(u, v, x, y)
    if phi is None:
        return
    step_size = source.uniform(1.5, 2.6) / phi
    offset = int(source.integers(EVERY))
    for step in range(STEPS):
        r = x @ (u * u - v * v) - y
        if not np.abs([*u, *v]).max() < LARGE or np.abs(r).max() < SMALL:
            return
        move = step_size * 2 / n * (x.T @ r)
        if step % EVERY == offset and not (gentle and np.abs(move).max() > 1.41):
            yield step, _read(u, v, x, y, step_size)
        u, v = u - u * move, v + v * move


def float_sharpness(u: Any, v: Any, x: Any, y: Any) -> float | None:
    """Sharpness at the end of the gradient flow, in floats; None if that is not found."""
    nu = float_solution(u * u, v * v, x, y)
    if nu is None:
        return None
    s = 4 * (x.T @ nu)
    weights = u * u * np.exp(-s) + v * v * np.exp(s)
    return float(np.linalg.eigvalsh(4 / len(y) * (x * weights) @ x.T)[-1])


def _read(u: Any, v: Any, x: Any, y: Any, step_size: float) -> Instance:
    return DIAGONAL_REGRESSION.instance(
        u=u.tolist(), v=v.tolist(), x=x.tolist(), y=y.tolist(), step_size=rational(float(step_size))
    )


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "diagonal networks")
    return diagonal_networks(assumes, size)


SUPPLY = DrawnSupply(DIAGONAL_REGRESSION, _drawn, Runs())
