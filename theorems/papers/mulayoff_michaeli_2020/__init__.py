"""Mulayoff, Michaeli: Unique properties of flat minima in deep networks, ICML 2020."""

from refutable.theorems.papers.mulayoff_michaeli_2020.flattest_sharpness import FLATTEST_SHARPNESS

THEOREMS = (FLATTEST_SHARPNESS,)
