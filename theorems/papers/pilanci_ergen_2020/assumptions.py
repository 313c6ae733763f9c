"""What is assumed of the points of the convex program and of its dual."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View

DUAL_FEASIBLE = Assumption(
    "dual-feasible",
    "|z.(Xu)_+| <= beta |u| for every u",
    lambda view: [Check(view["dual_square"], "<=", view["penalty"] * view["penalty"])],
)

SIGN_CONSTRAINTS = Assumption(
    "sign-constraints",
    "every v_i lies in the cone of its pattern: (2 D_i - 1) X v_i >= 0",
    lambda view: [Check(view["margins"] * 0, "<=", view["margins"])],
)


def residual(view: View) -> Check:
    """z = y - f for the convex point's f."""
    return Check(view["z"] + view["convex_outputs"], "==", view["y"])


def _stationary(view: View) -> Iterable[Check]:
    yield residual(view)
    yield Check(view["penalty"] * view["block_norms"], "==", view["block_pairings"])


STATIONARY = Assumption(
    "stationary", "z = y - f for the convex point's f, and beta |v_i| = s_i z.(D_i X v_i) for every i", _stationary
)

SCALAR_INPUTS = Assumption("scalar-inputs", "the inputs are numbers: d = 1", lambda view: [scalar(view)])


def scalar(view: View) -> Check:
    """d = 1."""
    return Check(view["x"].shape[-1] == 1, "true")


ENOUGH_NEURONS = Assumption(
    "enough-neurons",
    "the network has at least as many neurons as v_i differ from 0",
    lambda view: [Check(view["block_count"], "<=", len(view["a"]))],
)

SOLVED = (DUAL_FEASIBLE, SIGN_CONSTRAINTS, STATIONARY)
"""The convex program is solved, with a certificate."""
