"""Gradient descent whose delay is drawn anew in every step, in the mean, along one curvature direction.

Source: Giladi, Nacson, Hoffer, Soudry, At stability's edge, ICLR 2020 (stochastic delay).
"""

from refutable.theorems.domains.random_delay.domain import RANDOM_DELAY

__all__ = ["RANDOM_DELAY"]
