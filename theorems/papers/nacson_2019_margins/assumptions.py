"""Hypotheses about a table of margins: which row has the least loss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.margin_table.losses import at_most
from refutable.theorems.views import View

DELTA, TINY = 1e-6, 1e-300
"""Room above the least margins' share of a loss; what keeps a logarithm finite."""
HAIR = 1e-9
"""Margins are raised by so much more, that rounding does not undo it."""
NEWTON_STEPS = 12
"""Of the equation for equal logistic losses."""


def _raised(view: View, factor: Any = 1) -> dict[str, Any]:
    """Row 0 with larger margins, so that its loss is at most ``factor`` times every other: if need be all of them.

    Then the ones above the least: a least margin that rows share stays shared, where it can.
    """
    ops, f = view.ops, view["margins"]
    above = ops.positive(f[..., 0, :] - view["least"][..., :1])
    rest = ops.sum(above * ops.elementary("exp", view["exponents"][..., 0, :]))
    least = ops.sum(1 - above)
    target = -ops.max(-view["losses"][..., 1:]) * factor
    up = ops.maximum(ops.elementary("log", least / target) + DELTA, 0 * least)
    left = target * ops.elementary("exp", up) - least
    more = ops.maximum(ops.elementary("log", (rest + TINY) / left) + HAIR, 0 * least)
    row = f[..., 0, :] + ops.spread(up / view["scale"]) + above * ops.spread(more / view["scale"])
    return {"margins": ops.concat([row[..., None, :], f[..., 1:, :]], -2)}


def _logistic(view: View) -> Iterable[Check]:
    losses = view["logistic_losses"]
    if not view.ops.exact:
        yield Check(losses[..., :1], "<=", losses[..., 1:])
        return
    for i in range(1, len(losses)):
        yield Check(losses[0], "<=", losses[i], f"row {i}")


def _two_data(view: View) -> Iterable[Check]:
    n = view["margins"].shape[-1]
    yield Check(n >= 2, "true", reason="" if n >= 2 else "there is one datum: no second margin")


def _raised_logistic(view: View) -> dict[str, Any]:
    """All margins of row 0 larger by one number c >= 0, so that its logistic loss is no larger: Newton's method from 0.

    The loss is convex and falls in c: the steps approach from below.
    """
    ops, f = view.ops, view["margins"]
    target = -ops.max(-view["logistic_losses"][..., 1:])
    row, up = f[..., 0, :] * ops.spread(view["scale"]), 0 * target
    for _ in range(NEWTON_STEPS):
        terms = ops.elementary("exp", -row - up[..., None])
        excess = ops.sum(ops.elementary("log", 1 + terms)) - target
        up = ops.maximum(up + excess / ops.sum(terms / (1 + terms)), 0 * up)
    up = (up * (1 + HAIR) + HAIR) / view["scale"]
    return {"margins": ops.concat([f[..., :1, :] + ops.spread(up, 2), f[..., 1:, :]], -2)}


LEAST_LOSS = Assumption(
    "least-loss", "no other row has a smaller loss sum_n exp(-f_n) at norm rho", lambda view: at_most(view), _raised
)
NEARLY_LEAST_LOSS = Assumption(
    "nearly-least-loss",
    "the loss of row 0 at norm rho is at most 1 + epsilon times that of every other row",
    lambda view: at_most(view, 1 + view["slack"]),
    lambda view: _raised(view, 1 + view["slack"]),
)
LEAST_LOGISTIC_LOSS = Assumption(
    "least-logistic-loss",
    "no other row has a smaller logistic loss sum_n log(1 + exp(-f_n)) at norm rho",
    _logistic,
    _raised_logistic,
)
TWO_DATA = Assumption("two-data", "there are at least two data", _two_data)
