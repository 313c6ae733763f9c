"""Two-layer ReLU networks without biases under weight decay, beside the convex program over activation patterns."""

from refutable.theorems.domains.weight_decay_relu.domain import WEIGHT_DECAY_RELU

__all__ = ["WEIGHT_DECAY_RELU"]
