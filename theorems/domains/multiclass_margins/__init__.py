"""Linear classifiers of several classes with the cross-entropy: their maximum margin problem and flow in log time."""

from refutable.theorems.domains.multiclass_margins.domain import MULTICLASS_MARGINS

__all__ = ["MULTICLASS_MARGINS"]
