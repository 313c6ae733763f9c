"""Diagonal linear networks f(x) = <u^2 - v^2, x> with the loss 1/(2n) |X(u^2 - v^2) - y|^2: a state and one step."""

from refutable.theorems.domains.diagonal_regression.domain import DIAGONAL_REGRESSION

__all__ = ["DIAGONAL_REGRESSION"]
