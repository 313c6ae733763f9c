"""Univariate two-layer ReLU networks whose weights decay, pulled by a force at each datum."""

from refutable.theorems.domains.decayed_line.domain import DECAYED_LINE

__all__ = ["DECAYED_LINE"]
