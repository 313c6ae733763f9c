"""First and second moments of SGD with delay, x_{t+1} = x_t - eta H_i x_{t-tau}, i uniform and fresh in every step.

Shapes: n losses, p parameters, the state (x_t, ..., x_{t-tau}) has d = p (tau + 1) numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from math import lcm
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_poly

from refutable.theorems.exact.polynomials import schur_stable
from refutable.theorems.ops.exact import to_matrix

LARGEST_STATE = 6
"""Largest d whose second moments are followed: d (d + 1) / 2 numbers."""
MOST_BITS = 1024
"""Most bits of the entries of all eta H_i over a common denominator, times d: beyond it an answer takes long."""


def common_bits(hessians: Any, step_size: fmpq) -> int:
    """Bits of the longest numerator or the denominator of all eta H_i [n, p, p], over one denominator."""
    entries = [step_size * entry for entry in hessians.ravel()]
    common = lcm(*(int(q.q) for q in entries))
    return max(common, *(abs(int((q * common).p)) for q in entries)).bit_length()


def mean_polynomial(hessian: Any, step_size: fmpq, delay: int) -> list[fmpq]:
    """The product of z^{tau+1} - z^tau + eta lambda over the eigenvalues of H [p, p], up to sign, constant term first.

    It is the characteristic polynomial of eta H at z^tau - z^{tau+1}: no determinant of order d is taken.
    """
    chi = (to_matrix(hessian) * step_size).charpoly()
    inner = fmpq_poly([*[0] * delay, 1, -1])
    return list(chi(inner).coeffs())


def second_moment_contracts(hessians: Any, step_size: fmpq, delay: int) -> bool:
    """Whether E x_t x_t^T -> 0 from every start: the operator S -> mean of A_i S A_i^T has spectral radius < 1.

    Raises:
        ArithmeticError: the state is too large, or its numbers are too long.
    """
    size = int(hessians.shape[-1]) * (delay + 1)
    if size > LARGEST_STATE:
        raise ArithmeticError(
            f"parameters * (delay + 1) is {size}; second moments are followed exactly up to {LARGEST_STATE}"
        )
    bits = common_bits(hessians, step_size)
    if bits * size > MOST_BITS:
        raise ArithmeticError(
            f"over a common denominator the Hessians times the step size have {bits} bits an entry; with parameters * "
            f"(delay + 1) = {size} second moments are followed exactly up to {MOST_BITS // size}"
        )
    steps = [_companion(h, step_size, delay) for h in hessians]
    return schur_stable(list(_on_symmetric(steps).charpoly().coeffs()))


def _companion(hessian: Any, step_size: fmpq, delay: int) -> fmpq_mat:
    """One step of the state under one loss [d, d]."""
    p = int(hessian.shape[-1])
    out = fmpq_mat(p * (delay + 1), p * (delay + 1))
    for i in range(p):
        out[i, i] = fmpq(1)
        for j in range(p):
            out[i, p * delay + j] -= step_size * hessian[i, j]
        for block in range(1, delay + 1):
            out[p * block + i, p * (block - 1) + i] = fmpq(1)
    return out


def _on_symmetric(steps: Sequence[fmpq_mat]) -> fmpq_mat:
    """S -> mean of A S A^T in the coordinates S_ab, a <= b."""
    size = steps[0].nrows()
    pairs = list(combinations_with_replacement(range(size), 2))
    out = fmpq_mat(len(pairs), len(pairs))
    for column, (a, b) in enumerate(pairs):
        for row, (i, j) in enumerate(pairs):
            total = fmpq(0)
            for step in steps:
                total += step[i, a] * step[j, b]
                if a != b:
                    total += step[i, b] * step[j, a]
            out[row, column] = total / len(steps)
    return out
