"""Liang, Qiao, Wang, Parhi, NeurIPS 2025 (arXiv 2506.20779).

With the univariate form of Qiao et al. (NeurIPS 2024) and a sharper form of both (own).
"""

from refutable.theorems.papers.liang_2025.residual_bound import RESIDUAL_BOUND

THEOREMS = (RESIDUAL_BOUND,)
