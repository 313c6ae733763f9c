"""Mulayoff, Michaeli, Soudry: The implicit bias of minima stability, NeurIPS 2021 (read as anonymous submission)."""

from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.chain import SHARPNESS_CHAIN
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.common_eigenvector import COMMON_EIGENVECTOR
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.linear_stability import LINEAR_STABILITY
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_bound import NONDIFFERENTIABLE_BOUND
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_conjecture import (
    NONDIFFERENTIABLE_CONJECTURE,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.weighted_l1 import WEIGHTED_L1

THEOREMS = (
    LINEAR_STABILITY,
    SHARPNESS_CHAIN,
    WEIGHTED_L1,
    COMMON_EIGENVECTOR,
    NONDIFFERENTIABLE_BOUND,
    NONDIFFERENTIABLE_CONJECTURE,
)
