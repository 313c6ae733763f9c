"""Results proved here, in no paper we know of."""

from refutable.theorems.papers.own.critical_point import CRITICAL_POINT_BOUND
from refutable.theorems.papers.own.flattest_implementation import FLATTEST_IMPLEMENTATION

THEOREMS = (CRITICAL_POINT_BOUND, FLATTEST_IMPLEMENTATION)
