"""Fully connected linear networks f(x) = x^T W_1 ... W_{L-1} w_L, two or three layers, on a regression problem.

Loss L = 1/2 sum_n c_n (f(x_n) - y_n)^2 with weights c_n of the data: 1/n each, or those of a batch.
"""

from refutable.theorems.domains.matrix_regression.domain import MATRIX_REGRESSION

__all__ = ["MATRIX_REGRESSION"]
