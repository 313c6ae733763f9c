"""Wu, Ma, E: How SGD selects the global minima in over-parameterized learning, NeurIPS 2018."""

from refutable.theorems.papers.wu_ma_e_2018.sgd_sufficient import SGD_SUFFICIENT

THEOREMS = (SGD_SUFFICIENT,)
