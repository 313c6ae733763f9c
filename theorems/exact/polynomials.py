"""Where the roots of a rational polynomial lie, decided exactly; cosines of odd multiples as polynomials.

Source: Schur 1917, Cohn 1922 (the Schur-Cohn recursion).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb, fmpq, fmpq_poly


def schur_stable(coefficients: Sequence[fmpq]) -> bool:
    """Whether every root of sum_i coefficients[i] z^i has modulus < 1, by the Schur-Cohn recursion.

    Args:
        coefficients: constant term first; the leading coefficient (last non-zero one) sets the degree.

    Raises:
        ValueError: the polynomial is zero.
    """
    p = list(coefficients)
    while p and p[-1] == 0:
        p.pop()
    if not p:
        raise ValueError("the zero polynomial has every number as a root")
    while len(p) > 1:
        constant, leading = p[0], p[-1]
        if abs(constant) >= abs(leading):
            return False
        ratio = constant / leading
        p = [a - ratio * b for a, b in zip(p, reversed(p), strict=True)][1:]
    return True


def cosine_multiples(most: int) -> list[fmpq_poly]:
    """C_0, ..., C_most with cos((2k+1) x) = cos(x) C_k(u), u = cos(x)^2."""
    return _multiples(fmpq_poly([1]), most)


def sine_multiples(most: int) -> list[fmpq_poly]:
    """S_0, ..., S_most with sin((2k+1) x) = sin(x) S_k(u), u = cos(x)^2."""
    return _multiples(fmpq_poly([-1]), most)


def _multiples(before: fmpq_poly, most: int) -> list[fmpq_poly]:
    """P_{k+1} = 2 cos(2x) P_k - P_{k-1} from P_0 = 1."""
    found, twice = [fmpq_poly([1])], fmpq_poly([-2, 4])
    for _ in range(most):
        before, now = found[-1], twice * found[-1] - before
        found.append(now)
    return found


def real_roots(polynomial: fmpq_poly) -> list[arb]:
    """Balls around the real roots of a polynomial of degree >= 1, at the working precision."""
    if polynomial.degree() == 1:
        return [arb(-polynomial[0] / polynomial[1])]
    found: list[Any] = polynomial.numer().complex_roots()  # pairs of a root and its multiplicity
    return [root.real for root, _ in found if root.imag == 0]
