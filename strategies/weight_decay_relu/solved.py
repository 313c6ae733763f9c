"""Convex programs solved in floats, their points made exact and feasible. What a solver returns only proposes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import clarabel
import numpy as np
from flint import fmpq
from numpy.typing import NDArray
from scipy import sparse

from refutable.strategies.weight_decay_relu.optima import feasible_share
from refutable.theorems.domains.weight_decay_relu import WEIGHT_DECAY_RELU
from refutable.theorems.domains.weight_decay_relu.arrangement import Rows, dot, interior_points
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance

Floats = NDArray[np.float64]

BITS = 2**44
SMALL = 1e-7
"""Vectors shorter than this share of the longest are 0."""


def solve(x: Floats, y: Floats, beta: float, patterns: NDArray[np.int64]) -> tuple[Floats, Floats] | None:
    """Vectors [2 P, d] (first those of sign +1) and y - f [n] at the optimum, by clarabel; None where it found none.

    Variables: residual r [n], vectors, bounds t [2 P] on their lengths; minimise r.r/2 + beta sum t.
    """
    (n, d), count = x.shape, 2 * len(patterns)
    matrix = np.concatenate([_residuals(x, patterns), _signs(x, patterns), _lengths(n, d, count)])
    size = matrix.shape[1]
    cones = [clarabel.ZeroConeT(n), clarabel.NonnegativeConeT(n * count), *[clarabel.SecondOrderConeT(d + 1)] * count]
    right = np.concatenate([y, np.zeros(len(matrix) - n)])
    quadratic = sparse.csc_matrix(np.diag(np.concatenate([np.ones(n), np.zeros(size - n)])))
    linear = np.concatenate([np.zeros(size - count), np.full(count, beta)])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-13
    found = clarabel.DefaultSolver(quadratic, linear, sparse.csc_matrix(matrix), right, cones, settings).solve()
    if found.status not in (clarabel.SolverStatus.Solved, clarabel.SolverStatus.AlmostSolved):
        return None
    solution = np.array(found.x)
    return solution[n : n + count * d].reshape(count, d), solution[:n]


def _residuals(x: Floats, patterns: NDArray[np.int64]) -> Floats:
    """r + sum_i s_i D_i X v_i (= y) [n, size]."""
    gates = [sign * mask[:, None] * x for sign in (1.0, -1.0) for mask in patterns]
    return np.concatenate([np.eye(len(x)), *gates, np.zeros((len(x), len(gates)))], axis=1)


def _signs(x: Floats, patterns: NDArray[np.int64]) -> Floats:
    """-(2 D_i - I) X v_i (<= 0) for both signs of each pattern [n 2 P, size]."""
    (n, d), count = x.shape, 2 * len(patterns)
    rows = np.zeros((count, n, n + count * d + count))
    for i, mask in enumerate([*patterns, *patterns]):
        rows[i, :, n + i * d : n + (i + 1) * d] = -(2 * mask - 1)[:, None] * x
    return rows.reshape(count * n, -1)


def _lengths(n: int, d: int, count: int) -> Floats:
    """-(t_i, v_i), in the second-order cone of each vector [2 P (d + 1), size]."""
    rows = np.zeros((count, d + 1, n + count * d + count))
    for i in range(count):
        rows[i, 0, n + count * d + i] = -1
        rows[i, 1:, n + i * d : n + (i + 1) * d] = -np.eye(d)
    return rows.reshape(count * (d + 1), -1)


def certified(x: Rows, y: tuple[fmpq, ...], beta: fmpq) -> Instance | None:
    """The solved program as an exact instance: feasible vectors, a feasible dual point, and the network of the former.

    None where the solver found no optimum.

    Vectors are rounded and moved into their cones along interior points, y - f is scaled until it is feasible.
    """
    points = interior_points(x, len(x[0]))
    patterns = np.array([[int(dot(row, p) > 0) for row in x] for p in points])
    floats = np.array([[to_float(c) for c in row] for row in x])
    solved = solve(floats, np.array([to_float(q) for q in y]), to_float(beta), patterns)
    if solved is None:
        return None
    vectors, residual = solved
    longest = max(float(np.abs(vectors).max()), SMALL)
    chosen = []
    for i, v in enumerate(vectors):
        if np.abs(v).max() > SMALL * longest:
            k = i % len(points)
            sign = 1 if i < len(points) else -1
            chosen.append((_into_cone(x, patterns[k], points[k], [_rounded(c) for c in v]), sign, patterns[k]))
    if not chosen:
        chosen = [((fmpq(0),) * len(x[0]), 1, patterns[0])]
    z = tuple(_rounded(float(c)) for c in residual)
    share = min(fmpq(1), feasible_share(x, z, beta))
    w, a = zip(*(_neuron(v, sign) for v, sign, _ in chosen), strict=True)
    return WEIGHT_DECAY_RELU.instance(
        x=x, y=y, penalty=beta, w=w, a=a, z=[share * q for q in z], v=[v for v, _, _ in chosen],
        signs=[s for _, s, _ in chosen], patterns=[[int(p) for p in pattern] for _, _, pattern in chosen],
    )  # fmt: skip


def _rounded(value: float) -> fmpq:
    return fmpq(round(value * BITS), BITS)


def _into_cone(x: Rows, pattern: Any, inside: tuple[fmpq, ...], v: list[fmpq]) -> tuple[fmpq, ...]:
    """v plus the least multiple of an interior point that puts it into its cone."""
    needed = fmpq(0)
    for row, p in zip(x, pattern, strict=True):
        height, slope = (dot(row, v), dot(row, inside)) if p else (-dot(row, v), -dot(row, inside))
        if height < 0 and slope != 0:
            needed = max(needed, -height / slope)
    return tuple(c + needed * q for c, q in zip(v, inside, strict=True))


def _neuron(v: tuple[fmpq, ...], sign: int) -> tuple[list[fmpq], fmpq]:
    """(v / r, +-r) with r near sqrt|v|: the same function as the vector."""
    length = sum(to_float(c) ** 2 for c in v) ** 0.25
    r = fmpq(*float(length).as_integer_ratio()) if length > 0 else fmpq(1)
    r = fmpq(round(length * BITS), BITS) if length > 0 else r
    return [c / r for c in v], sign * r


SHAPES = ((3, 1), (2, 2), (4, 2), (5, 2), (3, 3), (4, 3))


@lru_cache(maxsize=4)
def solved_programs(count: int, seed: int = 0) -> tuple[tuple[Instance, str], ...]:
    """Solved programs on drawn data of several sizes, each with its origin."""
    return tuple(_programs(count, seed))


def _programs(count: int, seed: int) -> Iterator[tuple[Instance, str]]:
    source = np.random.default_rng(seed)
    for i in range(count):
        n, d = SHAPES[i % len(SHAPES)]
        x = tuple(tuple(fmpq(int(c), 4) for c in row) for row in source.integers(-8, 9, (n, d)))
        y = tuple(fmpq(int(c), 4) for c in source.integers(-12, 13, n))
        beta = fmpq(1, int(source.choice([1, 2, 4, 10])))
        solved = certified(x, y, beta)
        if solved is not None:
            yield solved, f"convex program {i} of seed {seed}, {n} data with {d} inputs, by clarabel"
