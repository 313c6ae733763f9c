"""Margins of finitely many parameters on the same data, of which the first is to have the least exponential loss.

No model is named: the margins f_n(theta) may be those of any network, or any numbers.
"""

from refutable.theorems.domains.margin_table.domain import MARGIN_TABLE

__all__ = ["MARGIN_TABLE"]
