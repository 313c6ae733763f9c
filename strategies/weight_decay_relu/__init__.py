"""Small ReLU networks under weight decay, with points of the convex program and of its dual."""

from refutable.strategies.weight_decay_relu.supply import SUPPLY

__all__ = ["SUPPLY"]
