"""Mulayoff, Michaeli: Unique properties of flat minima in deep networks, ICML 2020."""

from refutable.theorems.papers.mulayoff_michaeli_2020.flattest_sharpness import FLATTEST_SHARPNESS
from refutable.theorems.papers.mulayoff_michaeli_2020.flattest_structure import FLATTEST_STRUCTURE
from refutable.theorems.papers.mulayoff_michaeli_2020.residual_zero_init import RESNET_ZERO_INIT

THEOREMS = (FLATTEST_SHARPNESS, FLATTEST_STRUCTURE, RESNET_ZERO_INIT)
