"""Jin, Montufar: Implicit bias of gradient descent for mean squared error regression with wide networks, JMLR 2023.

The limit of wide networks is a weighted cubic spline; what is checked is what holds at every finite width.
"""

from refutable.theorems.papers.jin_montufar_2023.spline_limit import SPLINE_LIMIT

THEOREMS = (SPLINE_LIMIT,)
