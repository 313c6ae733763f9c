"""Gradient descent and SGD with delay on quadratic losses with a common minimum, in several dimensions."""

from refutable.theorems.domains.delayed_descent.domain import DELAYED_DESCENT

__all__ = ["DELAYED_DESCENT"]
