"""Frei, Vardi, Bartlett, Srebro, Hu: Implicit bias in leaky ReLU networks trained on high-dimensional data, ICLR 2023.

Checked: points of the max-margin problem on nearly orthogonal data have weights of rank at most two.
"""

from refutable.theorems.papers.frei_2023.leaky_rank import LEAKY_RANK

THEOREMS = (LEAKY_RANK,)
