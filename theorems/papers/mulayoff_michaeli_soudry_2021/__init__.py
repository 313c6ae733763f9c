"""Mulayoff, Michaeli, Soudry: The implicit bias of minima stability, NeurIPS 2021 (read as anonymous submission)."""

from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.chain import SHARPNESS_CHAIN
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.weighted_l1 import WEIGHTED_L1

THEOREMS = (SHARPNESS_CHAIN, WEIGHTED_L1)
