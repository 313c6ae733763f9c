"""The pyramid p(x) = relu(1 - |x|_1): the network of two hidden layers that computes it, and shallow ones that fit it.

Data x_j, labels p(x_j); after Nacson, Mulayoff, Ongie, Michaeli, Soudry, ICLR 2023.
"""

from refutable.theorems.domains.pyramid.domain import PYRAMID

__all__ = ["PYRAMID"]
