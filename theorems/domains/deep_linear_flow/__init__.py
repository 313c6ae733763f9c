"""Training of deep linear networks with square layers: a state W_1, ..., W_m, the map M that data ask for, one step.

White data: the loss is kappa/2 |W_m ... W_1 - M|_F^2 up to a constant. Linear residual networks are W_i = I + V_i.
"""

from refutable.theorems.domains.deep_linear_flow.domain import DEEP_LINEAR_FLOW

__all__ = ["DEEP_LINEAR_FLOW"]
