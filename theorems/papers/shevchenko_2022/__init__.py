"""Shevchenko, Kungurtsev, Mondelli: Mean-field analysis of piecewise linear solutions for wide ReLU nets, JMLR 2022.

Their theorem is about the limit of noisy SGD at infinite width; what is checked is an exact form at every finite width.
"""

from refutable.theorems.papers.shevchenko_2022.knots import KNOTS_BETWEEN_DATA

THEOREMS = (KNOTS_BETWEEN_DATA,)
