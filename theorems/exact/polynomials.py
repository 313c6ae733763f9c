"""Where the roots of a rational polynomial lie, decided exactly.

Source: Schur 1917, Cohn 1922 (the Schur-Cohn recursion).
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq


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
