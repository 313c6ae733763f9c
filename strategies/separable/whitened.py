"""Separable data whose maximum margin problem is solved before they are built, in rationals.

From a rational orthogonal matrix O [k, k] with first column r (no entry 0): alpha_n = r_n^2/gamma^2 and support vectors
(gamma, Z_n), Z = c' diag(gamma/r) O_{2..k}. Then sum alpha Z = 0 and Z^T diag(alpha) Z = c I with c = c'^2, so that
w_hat = e_1/gamma = sum alpha_n x_n, and sum alpha_n x_n x_n^T = diag(1, c, ..., c): no slow directions. Other data are
(gamma (1 + u), anything), u > 0. A rational rotation hides the axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from hypothesis import strategies as st

from refutable.strategies.coded_arrays import coded_arrays
from refutable.theorems.ops.exact import from_matrix

GAMMAS = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (2, 1), (3, 4), (5, 2)))
ENTRIES = tuple(fmpq(p, q) for q in (1, 2, 3) for p in (0, 1, -1, 2, -2))
EXCESSES = tuple(fmpq(p, 4) for p in range(1, 7))
PLACES = tuple(fmpq(p, 2) for p in (0, 1, -1, 2, -2, 3, -3, 4, -4))
SPREADS = tuple(fmpq(p, q) for p, q in ((1, 1), (5, 4), (3, 2), (1, 2)))


def cayley(entries: Sequence[Sequence[fmpq | int]]) -> fmpq_mat:
    """The rational rotation (I - A)(I + A)^{-1} of the skew-symmetric A with these entries below its diagonal.

    Args:
        entries: row i holds A[i + 1, 0..i]; () gives the identity of size 1.
    """
    size = len(entries) + 1
    skew, identity = fmpq_mat(size, size), fmpq_mat(size, size)
    for i in range(size):
        identity[i, i] = fmpq(1)
        for j in range(i):
            skew[i, j], skew[j, i] = fmpq(entries[i - 1][j]), -fmpq(entries[i - 1][j])
    return (identity - skew) * (identity + skew).inv()


@dataclass(frozen=True)
class Whitened:
    """Separable data with the solution of their maximum margin problem.

    Attributes:
        x: rows [n, d], support vectors first; object array of rationals.
        multipliers: alpha of the support vectors [k], all positive; k = d.
        direction: w_hat [d].
        gamma: the margin 1/|w_hat|.
        spread: c: sum alpha_n x_n x_n^T has eigenvalue 1 along w_hat and c across.
    """

    x: Any
    multipliers: tuple[fmpq, ...]
    direction: tuple[fmpq, ...]
    gamma: fmpq
    spread: fmpq


def whitened(
    frame: fmpq_mat,
    gamma: fmpq = GAMMAS[0],
    root_spread: fmpq = SPREADS[0],
    others: Sequence[Sequence[fmpq]] = (),
    turn: fmpq_mat | None = None,
) -> Whitened:
    """Data of as many support vectors as inputs.

    Args:
        frame: rational orthogonal O [d, d] whose first column has no 0.
        gamma: the margin, > 0.
        root_spread: c', > 0.
        others: (u, z_2, ..., z_d) with u > 0: the datum (gamma (1 + u), z) that is no support vector.
        turn: rational rotation [d, d] of the data.

    Raises:
        ValueError: the first column has a 0.
    """
    d = frame.nrows()
    first = [frame[n, 0] for n in range(d)]
    if any(r == 0 for r in first):
        raise ValueError("the first column of the frame has a 0: that datum would have multiplier 0")
    rows = [[gamma, *(root_spread * gamma / first[n] * frame[n, j] for j in range(1, d))] for n in range(d)]
    rows += [[gamma * (1 + u), *z] for u, *z in others]
    axis = fmpq_mat(1, d, [1 / gamma, *([fmpq(0)] * (d - 1))])
    data = fmpq_mat(rows)
    if turn is not None:
        data, axis = data * turn, axis * turn
    return Whitened(
        from_matrix(data),
        tuple(r * r / (gamma * gamma) for r in first),
        tuple(axis[0, j] for j in range(d)),
        gamma,
        root_spread * root_spread,
    )


_coded, _whole = cache(coded_arrays), cache(st.integers)


@cache
@st.composite
def rotations(draw: st.DrawFn, size: int, full_column: bool = False) -> fmpq_mat:
    """Rational rotations [size, size]; with ``full_column`` no entry of the first column is 0."""
    entries = draw(_coded(ENTRIES, size * (size - 1) // 2)).tolist()
    found = cayley([entries[i * (i - 1) // 2 : i * (i + 1) // 2] for i in range(1, size)])
    if full_column and any(found[n, 0] == 0 for n in range(size)):
        return cayley([[fmpq(1, 2)] + [fmpq(0)] * (i - 1) for i in range(1, size)])
    return found


@cache
@st.composite
def whitened_data(draw: st.DrawFn, inputs: int, max_others: int = 2) -> Whitened:
    """Whitened data of ``inputs`` support vectors and up to ``max_others`` other data; the simplest is x = 1."""
    frame = draw(rotations(inputs, full_column=True))
    count = draw(_whole(0, max_others))
    excess, rest = draw(_coded(EXCESSES, count)).tolist(), draw(_coded(PLACES, count, inputs - 1)).tolist()
    gamma, spread = divmod(draw(_whole(0, len(GAMMAS) * len(SPREADS) - 1)), len(SPREADS))
    others = [[u, *z] for u, z in zip(excess, rest, strict=True)]
    return whitened(frame, GAMMAS[gamma], SPREADS[spread], others, draw(rotations(inputs)))


def whitened_from(generator: np.random.Generator, inputs: int, others: int = 0) -> Whitened:
    """Whitened data from a generator of random numbers: spread 9/4, x.w_hat >= 1.6 for the others."""
    while True:
        frame = cayley(_entries(generator, inputs))
        if all(abs(frame[n, 0]) > fmpq(1, 5) for n in range(inputs)):
            break
    far = [
        [fmpq(int(generator.integers(3, 7)), 5), *(fmpq(int(h), 4) for h in generator.integers(-6, 7, inputs - 1))]
        for _ in range(others)
    ]
    gamma = GAMMAS[int(generator.integers(1, len(GAMMAS)))]
    return whitened(frame, gamma, fmpq(3, 2), far, cayley(_entries(generator, inputs)))


def _entries(generator: np.random.Generator, size: int) -> list[list[fmpq]]:
    return [[fmpq(int(h), 4) for h in generator.integers(-6, 7, i)] for i in range(1, size)]
