"""Separable data with losses of other tails, -l'(u) = exp(-u^nu): the curve that gradient descent follows."""

from refutable.theorems.domains.tail_margins.domain import TAIL_MARGINS

__all__ = ["TAIL_MARGINS"]
