"""Delayed gradient descent with momentum along one curvature direction, in three conventions.

Source: Giladi, Nacson, Hoffer, Soudry, At stability's edge, ICLR 2020.
"""

from refutable.theorems.domains.delayed_momentum.domain import DELAYED_MOMENTUM

__all__ = ["DELAYED_MOMENTUM"]
