"""Hypotheses about caps and atoms."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def _disjoint(view: View) -> Iterable[Check]:
    t = view["height"]
    yield Check(view["largest_inner_product"], "<=", 2 * t * t - 1, "cosine of the angle between two caps' centres")


UPPER_HALF = Assumption(
    "upper-half", "0 < t: caps smaller than half of the ball", lambda view: [Check(0, "<", view["height"])]
)
NEAR_SPHERE = Assumption(
    "near-sphere", "t >= 3/4", lambda view: [Check(view["depth"], "<=", fmpq(1, 4), "depth 1 - t")]
)
SEPARATED = Assumption(
    "separated",
    "u_i.u_j <= t for i != j: no u_j in the cap of another atom",
    lambda view: [Check(view["largest_inner_product"], "<=", view["height"])],
)
DISJOINT = Assumption("disjoint", "u_i.u_j <= 2 t^2 - 1 for i != j: the caps do not meet", _disjoint)
PLANE_OR_MORE = Assumption(
    "plane-or-more", "d >= 2", lambda view: [Check(2, "<=", fmpq(view["dimension"]), "dimension")]
)
