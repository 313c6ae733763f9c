"""Lyu, Li: Gradient descent maximizes the margin of homogeneous neural networks, ICLR 2020.

Checked: along the gradient flow the smoothed normalised margin of a homogeneous network does not fall once the loss is
below 1. It is the finite companion of the limit statement of Nacson et al. 2019 (KKT points), which is not checked.
"""

from refutable.theorems.papers.lyu_li_2020.smoothed_margin import HOMOGENEOUS_KKT

THEOREMS = (HOMOGENEOUS_KKT,)
