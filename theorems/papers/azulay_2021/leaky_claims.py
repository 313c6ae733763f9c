"""One leaky unit: its outputs as those of its predictor, and where steps of any size can lead."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.domains.hidden_linear.rows import off_rows
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.papers.azulay_2021.neuron_assumptions import (
    CONSERVED,
    KEPT,
    ONE_UNIT,
    POSITIVE_SLOPE,
    REACHED,
    SAME_OUTPUTS,
    STEP_GIVEN,
)
from refutable.theorems.views import View

FLOW = (ONE_UNIT, POSITIVE_SLOPE, CONSERVED, REACHED, KEPT)
HEADLINE = (*FLOW, SAME_OUTPUTS)

UNSIGNED_FIT = Assumption(
    "unsigned-fit",
    "sigma(X v) = f(X), whatever the sign of a",
    lambda view: [Check(_unsigned(view), "==", view["outputs"])],
)


def _unsigned(view: View) -> object:
    ops, z = view.ops, view["rival_features"]
    low = ops.spread(view["slope"]) if view.has("slope") else ops.ratio(1)
    return z * (ops.positive(z) * (ops.ratio(1) - low) + low)


def _exactly(view: View) -> None:
    if not view.ops.exact:
        raise NotCertified("spans of data are decided exactly")


def _steps_in_rows(view: View) -> Iterable[Check]:
    _exactly(view)
    yield Check(off_rows(view["inputs"], view["next_hidden"] - view["start_hidden"]), "==", 0)


def active_rows_only(view: View) -> Iterable[Check]:
    """The step in w_1 lies in the span of the data with w_1.x_n > 0."""
    _exactly(view)
    moved = (view["next_hidden"] - view["hidden"])[:1]
    rows = [x for x, on in zip(view["inputs"], view["active"][0], strict=True) if on != 0]
    yield Check(off_rows(np.array(rows, dtype=object), moved) if rows else moved, "==", 0)


DESCENT = Claim(
    "descent-in-row-span",
    HIDDEN_LINEAR,
    "after a step of gradient descent of any size, any number of units, W - W_0 still has rows in the span of the data",
    (REACHED, STEP_GIVEN),
    _steps_in_rows,
    r"w_i(t) - w_i(0) \in \mathrm{span}\{x_1, \dots, x_n\}",
)
FORM = Claim(
    "outputs-of-predictor",
    HIDDEN_LINEAR,
    "f(x) = s sigma(s <theta, x>) with s the sign of a and theta = a w",
    (ONE_UNIT,),
    lambda view: [Check(view["outputs"], "==", view["predictor_outputs"])],
    r"a\,\sigma(w^\top x) = s\,\sigma(s\,\theta^\top x)",
)
CONSTRAINT = Claim(
    "linear-constraint",
    HIDDEN_LINEAR,
    "v has the network's outputs only if X v = X theta: for a > 0 that is sigma^{-1}(f(X)), for a < 0 "
    "-sigma^{-1}(-f(X))",
    (ONE_UNIT, POSITIVE_SLOPE, SAME_OUTPUTS),
    lambda view: [Check(view["rival_features"], "==", view.ops.matvec(view["inputs"], view["predictor"]))],
    r"s\,\sigma(s\,Xv) = f(X) \;\Rightarrow\; Xv = s\,\sigma^{-1}(s\,f(X)) = X\theta",
)
