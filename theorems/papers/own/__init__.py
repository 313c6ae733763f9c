"""Results proved here, in no paper we know of."""

from refutable.theorems.papers.own.critical_point import CRITICAL_POINT_BOUND

THEOREMS = (CRITICAL_POINT_BOUND,)
