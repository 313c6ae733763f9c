"""Closed forms of the weight g of Mulayoff, Michaeli, Soudry (NeurIPS 2021) for named laws; own derivations."""

from refutable.theorems.papers.weight_closed_forms.record import WEIGHT_CLOSED_FORMS

THEOREMS = (WEIGHT_CLOSED_FORMS,)
