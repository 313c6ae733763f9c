"""Separable data to try claims on: drawn states, and those that runs of gradient descent visit."""

from refutable.strategies.separable.drawn import SUPPLY

__all__ = ["SUPPLY"]
