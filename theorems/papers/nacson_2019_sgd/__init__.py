"""Nacson, Srebro, Soudry: Stochastic gradient descent on separable data with a fixed learning rate, AISTATS 2019.

Checked: the expected drop of the loss in one step over all batches, and the equation of the limit.
"""

from refutable.theorems.papers.nacson_2019_sgd.separable_sgd import SEPARABLE_SGD

THEOREMS = (SEPARABLE_SGD,)
