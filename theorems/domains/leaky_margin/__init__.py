"""Two-layer leaky ReLU networks with a fixed output layer at a point of the max-margin problem."""

from refutable.theorems.domains.leaky_margin.domain import LEAKY_MARGIN

__all__ = ["LEAKY_MARGIN"]
