"""Linear networks as multilinear maps of their layers: data tensors of the usual architectures."""

from refutable.theorems.domains.tensor_network.domain import TENSOR_NETWORK

__all__ = ["TENSOR_NETWORK"]
