"""n quadratic losses 1/2 theta^T H_i theta with a common minimum at 0, and gradient steps on batches of them.

This is SGD linearised at an interpolating minimum (Mulayoff, Michaeli, Soudry, NeurIPS 2021, Definition 1).
"""

from refutable.theorems.domains.quadratic.domain import QUADRATIC

__all__ = ["QUADRATIC"]
