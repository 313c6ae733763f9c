"""Networks without biases, homogeneous in all weights together, and the gradient flow of the exponential loss."""

from refutable.theorems.domains.homogeneous_network.domain import HOMOGENEOUS_NETWORK

__all__ = ["HOMOGENEOUS_NETWORK"]
