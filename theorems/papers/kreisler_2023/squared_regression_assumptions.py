"""Hypotheses about a state of a diagonal linear network."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def _nonzero(view: View, names: tuple[str, str]) -> Iterable[Check]:
    for name in names:
        for i, weight in enumerate(view[name], 1):
            yield Check(weight != 0, "true", label=f"{name}_{i}", reason="is 0")


def _small_shares(view: View) -> Iterable[Check]:
    for i, share in enumerate(view["shares"], 1):
        yield Check(share, "<=", view.ops.ratio(2), f"(eta g_{i})^2")


FULL_RANK = Assumption(
    "full-rank",
    "the inputs are linearly independent",
    lambda view: [Check(view["full_rank"], "true", reason="they depend on each other")],
)
NONZERO = Assumption("nonzero-weights", "no u_i and no v_i is 0", lambda view: _nonzero(view, ("u", "v")))
NONZERO_AFTER = Assumption(
    "nonzero-weights-after", "nor is one after the step", lambda view: _nonzero(view, ("next_u", "next_v"))
)
SQUARE = Assumption(
    "as-many-data-as-inputs",
    "there are as many data as inputs",
    lambda view: [Check(view["x"].shape[-2] == view["x"].shape[-1], "true", reason="there are fewer or more")],
)
SMALL_SHARES = Assumption("small-shares", "(eta g_i)^2 <= 2 for every pair of weights, g = (2/n) X^T r", _small_shares)
INTERPOLATING = Assumption("interpolating", "the residual is 0", lambda view: [Check(view["residual"], "==", 0)])
