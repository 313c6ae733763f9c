"""A regular minimum of a mean of n losses, and SGD on batches drawn without replacement, linearised there.

Loss i is theta -> g_i^T theta + 1/2 theta^T H_i theta, with the minimum of the mean at 0. Interpolating: all g_i = 0.
Source: Mulayoff, Michaeli, COLT 2024 (arXiv 2306.07850).
"""

from refutable.theorems.domains.regular_minimum.domain import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.pencil import PencilBound

__all__ = ["REGULAR_MINIMUM", "PencilBound"]
