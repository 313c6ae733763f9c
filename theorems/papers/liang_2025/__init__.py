"""Liang, Qiao, Wang, Parhi, NeurIPS 2025 (arXiv 2506.20779).

With the univariate form of Qiao et al. (NeurIPS 2024) and a sharper form of both (own).
"""

from refutable.theorems.papers.liang_2025.residual_bound import RESIDUAL_BOUND
from refutable.theorems.papers.liang_2025.shattering_atoms import SHATTERING_ATOMS
from refutable.theorems.papers.liang_2025.shattering_weight import SHATTERING_WEIGHT

THEOREMS = (RESIDUAL_BOUND, SHATTERING_WEIGHT, SHATTERING_ATOMS)
