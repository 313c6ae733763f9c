"""Li, Xu, Wang, Zhang, Zhang: Understanding nonlinear implicit bias via region counts in input space, ICML 2025."""

from refutable.theorems.papers.li_2025.region_count import REGION_COUNT

THEOREMS = (REGION_COUNT,)
