"""Safran, Vardi, Lee: On the effective number of linear regions in shallow univariate ReLU networks, NeurIPS 2022.

What is checked is the step about KKT points of the maximum margin, with constants of our own.
"""

from refutable.theorems.papers.safran_2022.regions import EFFECTIVE_REGIONS

THEOREMS = (EFFECTIVE_REGIONS,)
