"""Pilanci and Ergen: Neural networks are convex regularizers, ICML 2020.

Checked: least cost of two-layer ReLU networks under weight decay against the convex program and its dual.
"""

from refutable.theorems.papers.pilanci_ergen_2020.convex_equivalence import CONVEX_EQUIVALENCE

THEOREMS = (CONVEX_EQUIVALENCE,)
