"""Shallow ReLU networks f(x) = sum_i w2_i relu(w1_i . x + b1_i) + b2 on a finite data set.

Loss L = 1/(2n) sum_j (f(x_j) - y_j)^2. All of w1, b1, w2, b2 are trained unless frozen.
"""

from refutable.theorems.domains.shallow_relu.domain import SHALLOW_RELU

__all__ = ["SHALLOW_RELU"]
