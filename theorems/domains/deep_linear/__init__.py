"""Deep linear networks f(x) = W_m ... W_1 x, at a global minimum of the loss.

Loss L = kappa/2 E |f(x) - y|^2; every W_i is trained. The targets are those of the network's own product, or any
with the same least-squares solution: the Hessian at the minimum is the same.
"""

from refutable.theorems.domains.deep_linear.domain import DEEP_LINEAR

__all__ = ["DEEP_LINEAR"]
