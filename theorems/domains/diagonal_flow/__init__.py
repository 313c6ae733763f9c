"""Two-layer diagonal linear networks f(x) = <u_+ v_+ - u_- v_-, x> along gradient flow from any start.

Loss L = 1/(2n) sum of squared residuals; u_+, v_+, u_-, v_- are trained.
"""

from refutable.theorems.domains.diagonal_flow.domain import DIAGONAL_FLOW

__all__ = ["DIAGONAL_FLOW"]
