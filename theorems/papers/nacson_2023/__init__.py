"""Nacson, Mulayoff, Ongie, Michaeli, Soudry: The implicit bias of minima stability in multivariate shallow ReLU
networks, ICLR 2023 (recalled and re-derived)."""

from refutable.theorems.papers.nacson_2023.laplacian import LAPLACIAN
from refutable.theorems.papers.nacson_2023.stability_norm import STABILITY_NORM

THEOREMS = (STABILITY_NORM, LAPLACIAN)
