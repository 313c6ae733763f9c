"""States of gradient descent on a product of weights: drawn, in float batches, and visited by runs."""

from refutable.strategies.scalar_factors.supply import SUPPLY, ScalarFactorsSupply

__all__ = ["SUPPLY", "ScalarFactorsSupply"]
