"""Networks that are linear in each factor, f_n = A_n o (v_1, ..., v_L), along gradient flow on any loss of the f_n.

A state: factors, one data tensor a datum with its label absorbed, and the slope -l'(f_n) of the loss at each datum.
The gradient flow is dv_l/dt = T o (v_1, .., I, .., v_L) with T = sum_n slope_n A_n.
"""

from refutable.theorems.domains.multilinear_flow.domain import MULTILINEAR_FLOW

__all__ = ["MULTILINEAR_FLOW"]
