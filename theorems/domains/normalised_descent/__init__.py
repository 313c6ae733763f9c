"""Normalised gradient descent on separable data with the exponential loss: one step, and runs of many steps."""

from refutable.theorems.domains.normalised_descent.domain import NORMALISED_DESCENT

__all__ = ["NORMALISED_DESCENT"]
