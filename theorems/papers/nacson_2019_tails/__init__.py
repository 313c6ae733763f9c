"""Nacson, Lee, Gunasekar, Savarese, Srebro, Soudry: Convergence of gradient descent on separable data, AISTATS 2019.

Checked: bounds of the margin gap for losses with tails exp(-u^nu); one step and whole runs of normalised descent.
"""

from refutable.theorems.papers.nacson_2019_tails.loss_tails import LOSS_TAILS
from refutable.theorems.papers.nacson_2019_tails.normalised_gd import NORMALISED_GD

THEOREMS = (LOSS_TAILS, NORMALISED_GD)
