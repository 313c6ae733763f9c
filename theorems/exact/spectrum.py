"""Enclosures of the largest eigenvalue of a rational symmetric matrix, and exact coincidence of roots."""

from collections.abc import Callable
from functools import reduce
from typing import cast

import numpy as np
from flint import acb, arb, arb_mat, fmpq, fmpq_mat, fmpq_poly
from numpy.typing import NDArray

from refutable.theorems.exact.definite import certified_definite, definiteness
from refutable.theorems.exact.precision import working_precision
from refutable.theorems.exact.rationals import to_float

__all__ = [
    "float_top_eigenpair",
    "is_diagonal",
    "multiple_of_identity",
    "rayleigh_vector",
    "rounded",
    "same_root",
    "top_eigenvalue_ball",
]


def is_diagonal(matrix: fmpq_mat) -> bool:
    """Whether every entry off the diagonal is zero."""
    n = matrix.nrows()
    return all(matrix[i, j] == 0 for i in range(n) for j in range(n) if i != j)


def float_top_eigenpair(matrix: fmpq_mat) -> tuple[fmpq, NDArray[np.float64]]:
    """The largest eigenvalue and its unit eigenvector [n] as floating point proposes them: no error bound."""
    scale = _power_of_two_above(matrix)
    floats = np.array([[to_float(q) for q in row] for row in (matrix / scale).tolist()], dtype=np.float64)
    values, vectors = np.linalg.eigh(floats)
    return fmpq(*float(values[-1]).as_integer_ratio()) * scale, vectors[:, -1]


def _power_of_two_above(matrix: fmpq_mat) -> fmpq:
    sizes = [q.p.bit_length() - q.q.bit_length() + 1 for q in matrix.entries() if q != 0]
    return fmpq(2) ** max(sizes, default=0)


def rayleigh_vector(matrix: fmpq_mat, bits: int = 40) -> list[fmpq]:
    """A nonzero rational approximation [n] of a top eigenvector, entries on the grid 2^-bits.

    Its Rayleigh quotient is a lower bound on the largest eigenvalue, however good the approximation.
    """
    _, vector = float_top_eigenpair(matrix)
    return rounded(vector, bits)


def rounded(vector: NDArray[np.float64], bits: int) -> list[fmpq]:
    """The entries of a unit vector [n] rounded to the grid 2^-bits (bits <= 50)."""
    return [fmpq(round(float(x) * 2**bits), 2**bits) for x in vector]


def top_eigenvalue_ball(matrix: fmpq_mat, bits: int) -> arb:
    """A ball that contains the largest eigenvalue of a symmetric matrix [n, n].

    The absolute width is about 2^-bits times the norm of the matrix.
    """
    if is_diagonal(matrix):
        with working_precision(bits):
            return arb(max(matrix[i, i] for i in range(matrix.nrows())))
    ball = _from_eigenvector(matrix, bits)
    return _from_all_eigenvalues(matrix, bits) if ball is None else ball


def _from_eigenvector(matrix: fmpq_mat, bits: int) -> arb | None:
    """A Rayleigh quotient below, a certificate of definiteness above; None when the certificate fails."""
    with working_precision(bits + 32):
        balls = arb_mat(matrix)
        proposal = float_top_eigenpair(matrix)[1]
        quotient = _rayleigh_quotient(balls, _refined_eigenvector(balls, proposal, bits))
        if not quotient.is_finite():
            return None
        lower = quotient.lower()
        upper = (quotient + arb(_row_sum_norm(matrix)) * arb(2) ** -bits).upper()
        gap = multiple_of_identity(matrix.nrows(), upper.fmpq()) - matrix
        return lower.union(upper) if certified_definite(gap, 2 * bits + 64) else None


def _refined_eigenvector(balls: arb_mat, start: NDArray[np.float64], bits: int) -> arb_mat:
    """Rayleigh quotient iteration from a float eigenvector: a proposal of exact numbers [n, 1]."""
    n = balls.nrows()
    vector = arb_mat(n, 1, [arb(float(x)) for x in start])
    correct = 40
    while correct < bits // 2:  # the quotient has twice the correct bits of the vector
        shifted = balls - arb_mat(n, n, 1) * _rayleigh_quotient(balls, vector).mid()
        try:
            solution = shifted.solve(vector, algorithm="approx")
        except ZeroDivisionError:
            return vector
        vector = (solution / _largest(solution)).mid()
        correct *= 3
    return vector


def _largest(vector: arb_mat) -> arb:
    nonzero = [entry.mid() for entry in vector.entries() if entry.mid() != 0]
    return max(nonzero, key=lambda x: float(abs(x).log()), default=arb(1))


def _rayleigh_quotient(balls: arb_mat, vector: arb_mat) -> arb:
    row = vector.transpose()
    return (row * (balls * vector))[0, 0] / (row * vector)[0, 0]


def _from_all_eigenvalues(matrix: fmpq_mat, bits: int) -> arb:
    """Enclosures of all eigenvalues at growing precision: clusters are separated late."""
    width = _row_sum_norm(matrix) * fmpq(2) ** -bits
    best = _from_norm(matrix)
    precision = bits + 16
    while best.rad().fmpq() > width and precision <= 16 * bits + 1024:
        found = _largest_eigenvalue(matrix, precision)
        best = best if found is None else found
        precision *= 2
    return best if best.rad().fmpq() <= width else _by_bisection(matrix, best, width)


def _by_bisection(matrix: fmpq_mat, ball: arb, width: fmpq) -> arb:
    """Exact decisions alone: slow, and never stuck on eigenvalues that cannot be told apart."""
    n = matrix.nrows()
    low, high = ball.lower().fmpq(), ball.upper().fmpq()
    while high - low > width:
        middle = (low + high) / 2
        if definiteness(multiple_of_identity(n, middle) - matrix) >= 0:
            high = middle
        else:
            low = middle
    with working_precision(2 * high.p.bit_length() + 64):
        return arb(low).union(arb(high))


def _largest_eigenvalue(matrix: fmpq_mat, bits: int) -> arb | None:
    with working_precision(bits):
        try:
            # multiple=True: the default algorithm fails on repeated eigenvalues.
            values = [value.real for value in arb_mat(matrix).eig(multiple=True)]
        except ValueError:
            return None
        top: arb = reduce(arb.max, values)
        return top if top.is_finite() else None


def _row_sum_norm(matrix: fmpq_mat) -> fmpq:
    return max(sum((abs(q) for q in row), fmpq(0)) for row in matrix.tolist())


def _from_norm(matrix: fmpq_mat) -> arb:
    """The crude enclosure by the largest absolute row sum."""
    return arb(0, arb(_row_sum_norm(matrix)).upper())


def multiple_of_identity(n: int, t: fmpq) -> fmpq_mat:
    """t times the identity matrix [n, n]."""
    result = fmpq_mat(n, n)
    for i in range(n):
        result[i, i] = t
    return result


def same_root(polynomial: fmpq_poly, left: Callable[[int], arb], right: Callable[[int], arb]) -> bool:
    """Whether two roots of a polynomial with real roots only are equal: always decided.

    Args:
        polynomial: rational coefficients, all roots real; both numbers are known to be among its roots.
        left, right: enclosures of the two roots, narrower as their argument (bits) grows.
    """
    bits = 64
    while True:
        with working_precision(bits):
            found = cast(list[tuple[acb, int]], polynomial.numer().complex_roots())
            roots = [root.real for root, _ in found]
            near = [_overlapping(roots, ball(bits)) for ball in (left, right)]
        if all(len(indices) == 1 for indices in near):
            return near[0] == near[1]
        bits *= 2


def _overlapping(roots: list[arb], ball: arb) -> list[int]:
    return [i for i, root in enumerate(roots) if root.overlaps(ball)]
