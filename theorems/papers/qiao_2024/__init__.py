"""Qiao, Zhang, Singh, Soudry, Wang: Stable minima cannot overfit in univariate ReLU networks, NeurIPS 2024."""

from refutable.theorems.papers.qiao_2024.residual_bound_univariate import RESIDUAL_BOUND_UNIVARIATE

THEOREMS = (RESIDUAL_BOUND_UNIVARIATE,)
