"""Soudry, Hoffer, Nacson, Gunasekar, Srebro: The implicit bias of gradient descent on separable data, JMLR 2018.

Checked: the direction with a bounded residual, the residual's limit, the constants of the rates, bounds of the loss.
Also the recursion for all separable data, and several classes.
"""

from refutable.theorems.papers.soudry_2018.degenerate import SEPARABLE_DEGENERATE
from refutable.theorems.papers.soudry_2018.direction import SEPARABLE_DIRECTION
from refutable.theorems.papers.soudry_2018.flow_bounds import SEPARABLE_FLOW_BOUNDS
from refutable.theorems.papers.soudry_2018.multiclass import SEPARABLE_MULTICLASS
from refutable.theorems.papers.soudry_2018.rates import SEPARABLE_RATES
from refutable.theorems.papers.soudry_2018.residual import SEPARABLE_RESIDUAL

THEOREMS = (
    SEPARABLE_DIRECTION,
    SEPARABLE_RESIDUAL,
    SEPARABLE_RATES,
    SEPARABLE_FLOW_BOUNDS,
    SEPARABLE_DEGENERATE,
    SEPARABLE_MULTICLASS,
)
