"""Hypotheses about a law and a point."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def _bounded(view: View) -> Iterable[Check]:
    low, high = view["support"]
    if low is None or high is None:
        yield Check(False, "true", reason="the law is unbounded")
        return
    yield Check(max(abs(low), abs(high)), "<=", view["radius_of_law"], "|X| <= R")


def _symmetric_uniform(view: View) -> Iterable[Check]:
    low, high = view["support"]
    yield Check(view["name"] == "uniform", "true", reason=f"the law is {view['name']}")
    if view["name"] == "uniform":
        yield Check(-low, "==", high, "the interval is symmetric")


def _outside(view: View) -> Iterable[Check]:
    low, high = view["support"]
    beyond = (low is not None and view["point"] <= low) or (high is not None and view["point"] >= high)
    yield Check(bool(beyond), "true", reason="the point lies strictly inside the support")


BOUNDED = Assumption("bounded", "|X| <= R almost surely", _bounded)
SYMMETRIC_UNIFORM = Assumption("symmetric-uniform", "X is uniform on an interval [-a, a]", _symmetric_uniform)
OUTSIDE = Assumption("outside-support", "the point is at an end of the support or beyond it", _outside)
