"""Laws of a univariate input X, named or empirical, and a point t at which the weight g(t) is asked for."""

from refutable.theorems.domains.distribution.domain import DISTRIBUTION
from refutable.theorems.domains.distribution.laws import LAWS

__all__ = ["DISTRIBUTION", "LAWS"]
