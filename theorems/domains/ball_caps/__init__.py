"""Caps {u.x > t} of the unit ball of R^d, X uniform in the ball, and ReLU atoms that are nonzero on one cap each."""

from refutable.theorems.domains.ball_caps.domain import BALL_CAPS

__all__ = ["BALL_CAPS"]
