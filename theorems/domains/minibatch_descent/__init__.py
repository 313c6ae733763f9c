"""Stochastic gradient descent with the mean logistic loss on separable data: one step, averaged over all batches."""

from refutable.theorems.domains.minibatch_descent.domain import MINIBATCH_DESCENT

__all__ = ["MINIBATCH_DESCENT"]
