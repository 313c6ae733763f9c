"""The top singular vectors of M without their irrational entries: arithmetic in the field that sigma^2 generates.

sigma^2 is a root of one irreducible factor p of the characteristic polynomial of H = M^T M. A vector of the top
eigenspace has entries in Q[z]/p, where z stands for sigma^2; a number of that field vanishes at z = sigma^2 exactly
when its polynomial is 0. Where sigma^2 is rational the field is Q.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mat, fmpq_poly

from refutable.theorems.exact import as_real, working_precision
from refutable.theorems.exact.reals import Real
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View

MAX_INPUTS = 16
"""Widest map whose top space is found exactly here."""
BITS = (64, 128, 256, 1024)

Vector = list[fmpq_poly]
"""Entries in Q[z]/p."""


class TopSpace:
    """The top right singular vectors of a map M [d_y, d_x].

    Attributes:
        gram: M^T M.
        square: sigma^2.
        factor: p, irreducible over the rationals, p(sigma^2) = 0.
        conjugates: a rational basis [d_x, k] of the kernel of p(M^T M): the top space and its conjugates.
    """

    def __init__(self, product: fmpq_mat, square: Real) -> None:
        self.gram, self.square = product.transpose() * product, square
        factors = [factor for factor, _ in self.gram.charpoly().factor()[1]]
        self.distinct = _product(factors)
        self.factor = _vanishing(factors, square)
        self.conjugates = nullspace(_at_matrix(self.factor, self.gram))

    def vectors(self) -> list[Vector]:
        """Top vectors on which a quadratic form vanishes only if it does so on the whole top space."""
        first = [self._projected(self.conjugates, column) for column in range(self.conjugates.ncols())]
        if self.conjugates.ncols() == self.factor.degree():
            return first[:1]  # one dimension: no projection of a rational vector of the kernel vanishes
        sums = [[a + b for a, b in zip(v, w, strict=True)] for v, w in combinations(first, 2)]
        return [*first, *sums]

    def _projected(self, columns: fmpq_mat, column: int) -> Vector:
        """(p(H) - p(z))/(H - z) applied to a column: its part in the top space, up to a factor."""
        coefficients, size = self.factor.coeffs(), self.gram.nrows()
        power = fmpq_mat(size, 1, [columns[i, column] for i in range(size)])
        out = [fmpq_poly([0])] * size
        for i in range(self.factor.degree()):
            weight = fmpq_poly(coefficients[i + 1 :])
            out = [entry + weight * power[row, 0] for row, entry in enumerate(out)]
            power = self.gram * power
        return out

    def image(self, matrix: fmpq_mat, vector: Vector) -> Vector:
        """matrix times vector."""
        rows = range(matrix.nrows())
        return [sum((vector[j] * matrix[i, j] for j in range(matrix.ncols())), fmpq_poly([0])) for i in rows]

    def squared_norm(self, vector: Vector) -> fmpq_poly:
        """The square of a vector's norm, in Q[z]/p."""
        return sum((entry * entry for entry in vector), fmpq_poly([0])) % self.factor

    def power(self, value: fmpq_poly, exponent: int) -> fmpq_poly:
        """value^exponent in Q[z]/p, by squaring."""
        out, square = fmpq_poly([1]), value
        while exponent:
            if exponent % 2:
                out = (out * square) % self.factor
            exponent //= 2
            square = (square * square) % self.factor if exponent else square
        return out

    def sigma_power(self, exponent: int) -> fmpq_poly:
        """sigma^(2 exponent) in Q[z]/p."""
        return self.power(fmpq_poly([0, 1]) % self.factor, exponent)

    def coordinates(self, value: fmpq_poly) -> Any:
        """A number of the field as its rational coordinates [degree of p] in 1, z, z^2, ..."""
        known = (value % self.factor).coeffs()
        out = np.full(self.factor.degree(), fmpq(0), dtype=object)
        for i, coefficient in enumerate(known):
            out[i] = coefficient
        return out

    def projection(self, bits: int) -> arb_mat:
        """Balls [d_x, d_x] around the orthogonal projection onto the top space; call inside a working precision."""
        z, size = self.square.approximate(bits), self.gram.nrows()
        ours = [arb(c) for c in self.distinct.coeffs()]
        quotient = [ours[-1]]
        for coefficient in reversed(ours[1:-1]):
            quotient.append(coefficient + z * quotient[-1])
        scale, total, gram = arb(0), arb_mat(size, size), arb_mat(self.gram)
        for coefficient in quotient:  # leading first
            scale = scale * z + coefficient
            total = total * gram + _scalar(size, coefficient)
        return total / scale


def _scalar(size: int, value: arb) -> arb_mat:
    out = arb_mat(size, size)
    for i in range(size):
        out[i, i] = value
    return out


def _product(factors: list[fmpq_poly]) -> fmpq_poly:
    out = fmpq_poly([1])
    for factor in factors:
        out = out * factor
    return out


def _vanishing(factors: list[fmpq_poly], root: Real) -> fmpq_poly:
    """The irreducible factor that a number is a root of, known to be a root of their product."""
    for bits in BITS:
        if len(factors) == 1:
            break
        ball = root.ball(bits)
        with working_precision(bits):
            factors = [f for f in factors if _at_ball(f, ball).contains(0)]
    if len(factors) != 1:
        raise ArithmeticError("two eigenvalues of M^T M could not be told apart by balls of 1024 bits")
    return factors[0]


def _at_ball(polynomial: fmpq_poly, ball: arb) -> arb:
    out = arb(0)
    for coefficient in reversed(polynomial.coeffs()):
        out = out * ball + coefficient
    return out


def _at_matrix(polynomial: fmpq_poly, matrix: fmpq_mat) -> fmpq_mat:
    size = matrix.nrows()
    out = fmpq_mat(size, size)
    for coefficient in reversed(polynomial.coeffs()):
        out = out * matrix
        for i in range(size):
            out[i, i] += coefficient
    return out


def nullspace(matrix: fmpq_mat) -> fmpq_mat:
    """A basis [n, k] of the kernel of a rational matrix [m, n], as columns."""
    reduced, rank = matrix.rref()
    columns = matrix.ncols()
    pivots = [next(j for j in range(columns) if reduced[i, j] != 0) for i in range(rank)]
    free = [j for j in range(columns) if j not in pivots]
    basis = fmpq_mat(columns, len(free))
    for k, j in enumerate(free):
        basis[j, k] = fmpq(1)
        for i, pivot in enumerate(pivots):
            basis[pivot, k] = -reduced[i, j]
    return basis


def top_space(view: View) -> TopSpace:
    """The top right singular vectors of M.

    Raises:
        NotCertified: in floats, where no number field is at hand.
        ArithmeticError: M takes more than 16 inputs.
    """
    if not view.ops.exact:
        raise NotCertified("the top singular vectors of an instance are found exactly, not in floats")
    product = to_matrix(view["product"])
    if product.ncols() > MAX_INPUTS:
        raise ArithmeticError(f"top singular vectors are found exactly for at most {MAX_INPUTS} inputs")
    return TopSpace(product, as_real(view["top_singular_square"]))


TOP_SPACE = Quantity("top_space", top_space, "top right singular vectors of M, in the field of sigma^2")
