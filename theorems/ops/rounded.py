"""Rationals rounded at 256 bits where a number is irrational: proposals far beyond floats, never verdicts."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.exact import as_real, computed
from refutable.theorems.ops.exact import ExactOps, elementwise
from refutable.theorems.ops.protocol import Array

BITS = 256


class RoundedOps(ExactOps):
    """Exact arithmetic in which roots, eigenvalues and elementary functions are replaced by near rationals.

    Everything stays rational, so that a formula may divide by an eigenvalue; discrete facts are decided on the
    given rationals as in `ExactOps`.
    """

    name = "rounded"

    def sqrt(self, a: Array) -> Array:
        """Square root, rounded."""
        return elementwise(lambda x: rounded(computed.sqrt(x)), a)

    def top_eigenvalue(self, a: Array) -> Any:
        """Largest eigenvalue, rounded."""
        return rounded(super().top_eigenvalue(a))

    def product_shift(self, a: Array) -> Any:
        """The shift, rounded."""
        return rounded(super().product_shift(a))

    def elementary(self, name: str, a: Array) -> Array:
        """Elementwise function, rounded."""
        return elementwise(lambda x: rounded(getattr(computed, name)(x)), a)


def rounded(value: Any) -> fmpq:
    """A rational within about 2^-256 of an exactly defined number, relatively."""
    real = as_real(value)
    exact = real.exact()
    if exact is not None:
        return exact
    mantissa, exponent = real.ball(BITS).mid().man_exp()
    return fmpq(int(mantissa)) * fmpq(2) ** int(exponent)
