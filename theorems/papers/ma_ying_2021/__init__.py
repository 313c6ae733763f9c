"""Ma, Ying: On linear stability of SGD and input-smoothness of neural networks, NeurIPS 2021."""

from refutable.theorems.papers.ma_ying_2021.gradient_smoothness import GRADIENT_SMOOTHNESS
from refutable.theorems.papers.ma_ying_2021.trace_bounds import SGD_TRACE_BOUNDS

THEOREMS = (GRADIENT_SMOOTHNESS, SGD_TRACE_BOUNDS)
