"""Homogeneous networks under the exponential loss: drawn, in float batches, visited by runs of the flow, and solved."""

from refutable.strategies.homogeneous_network.supply import SUPPLY, HomogeneousNetworkSupply

__all__ = ["SUPPLY", "HomogeneousNetworkSupply"]
