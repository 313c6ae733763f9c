"""Networks with one hidden layer of linear or leaky units, f(x) = sum_i a_i sigma(w_i.x), under gradient flow.

An instance is a start, and a state of the training with the multipliers that brought it there.
"""

from refutable.theorems.domains.hidden_linear.domain import HIDDEN_LINEAR

__all__ = ["HIDDEN_LINEAR"]
