"""Nacson, Mulayoff, Ongie, Michaeli, Soudry, ICLR 2023 (arXiv 2306.17499), recalled and re-derived.

Minima stability of shallow ReLU networks with inputs of any dimension.
"""

from refutable.theorems.papers.nacson_2023.depth_separation import DEPTH_SEPARATION
from refutable.theorems.papers.nacson_2023.laplacian import LAPLACIAN
from refutable.theorems.papers.nacson_2023.pyramid_shallow import PYRAMID_SHALLOW_NORM
from refutable.theorems.papers.nacson_2023.ridge_density import SOBOLEV_RIDGE_DENSITY
from refutable.theorems.papers.nacson_2023.sobolev import SOBOLEV_APPROXIMATION
from refutable.theorems.papers.nacson_2023.stability_norm import STABILITY_NORM

THEOREMS = (
    STABILITY_NORM,
    LAPLACIAN,
    DEPTH_SEPARATION,
    PYRAMID_SHALLOW_NORM,
    SOBOLEV_APPROXIMATION,
    SOBOLEV_RIDGE_DENSITY,
)
