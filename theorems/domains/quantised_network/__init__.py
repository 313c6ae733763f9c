"""Networks with one hidden layer and parameters drawn from a finite set: how often they label as a teacher does.

f(x) = 1{z > 0}, z = sum_i w2_i relu(w1_i . x + b1_i) + b2; scaled: relu(s_i w1_i . x + b1_i), and s (sum ...) + b2
with an output scale. With a kernel w1_i meets every window of x, and the activations are summed over the windows.
"""

from refutable.theorems.domains.quantised_network.domain import QUANTISED_NETWORK

__all__ = ["QUANTISED_NETWORK"]
"""The domain."""
