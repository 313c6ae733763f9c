"""One number as a product of D weights: loss (w_1 ... w_D - 1)^2 / 2, gradient descent and gradient flow on it."""

from refutable.theorems.domains.scalar_factors.domain import SCALAR_FACTORS

__all__ = ["SCALAR_FACTORS"]
