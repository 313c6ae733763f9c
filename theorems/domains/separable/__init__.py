"""Linear classifiers without a bias on separable data: a state, one step, the maximum margin, logarithmic time."""

from refutable.theorems.domains.separable.domain import SEPARABLE

__all__ = ["SEPARABLE"]
