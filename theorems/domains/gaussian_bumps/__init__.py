"""Radial functions f(x) = sum_i A_i exp(-|x|^2/(2 s_i^2)) on R^1 or R^3, and how they are superpositions of ReLUs."""

from refutable.theorems.domains.gaussian_bumps.domain import GAUSSIAN_BUMPS

__all__ = ["GAUSSIAN_BUMPS"]
