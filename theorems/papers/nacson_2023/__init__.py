"""Nacson, Mulayoff, Ongie, Michaeli, Soudry, ICLR 2023 (arXiv 2306.17499), recalled and re-derived.

Minima stability of shallow ReLU networks with inputs of any dimension.
"""

from refutable.theorems.papers.nacson_2023.laplacian import LAPLACIAN
from refutable.theorems.papers.nacson_2023.stability_norm import STABILITY_NORM

THEOREMS = (STABILITY_NORM, LAPLACIAN)
