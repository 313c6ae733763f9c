"""Hypotheses about delayed iterations."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def roots_in_disc(view: View) -> Iterable[Check]:
    """Every root of the characteristic polynomial has modulus < 1."""
    reason = "" if view["roots_in_disc"] else "some root has modulus >= 1"
    yield Check(view["roots_in_disc"], "true", label="roots in the open disc", reason=reason)


def _root_outside(view: View) -> Iterable[Check]:
    reason = "every root has modulus < 1" if view["roots_in_disc"] else ""
    yield Check(not view["roots_in_disc"], "true", reason=reason)


MEAN_STABLE = Assumption("mean-stable", "every root of z^{tau+1} - z^tau + a has modulus < 1", roots_in_disc)
MEAN_UNSTABLE = Assumption("mean-unstable", "some root of z^{tau+1} - z^tau + a has modulus >= 1", _root_outside)
POSITIVE_CURVATURE = Assumption(
    "positive-curvature", "the curvature is > 0", lambda view: [Check(0, "<", view["curvature"])]
)
BELOW_THRESHOLD = Assumption(
    "below-threshold",
    "curvature * step size < 2 sin(pi / (4 tau + 2))",
    lambda view: [Check(view["gain"], "<", view["threshold"])],
)
