"""Hypotheses about a start and a state of networks with one hidden layer of linear or leaky units."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.hidden_linear.network import slope
from refutable.theorems.views import View


def _kept(view: View) -> Iterable[Check]:
    a, before = view["output"], view["start_output"]
    along = view.ops.sum(a * before)
    yield Check(0, "<", along, "a.a_0 > 0")
    yield Check(view.ops.sum(a * a) * view.ops.sum(before * before), "==", along * along, "a is a multiple of a_0")


def _reached(view: View) -> Iterable[Check]:
    moved = view.ops.matmul(view["multipliers"], view["inputs"])
    yield Check(view["hidden"] - view["start_hidden"], "==", moved, "W - W_0 = nu X")


def _nonzero(view: View) -> Iterable[Check]:
    for name in ("start_predictor", "predictor"):
        yield Check(0, "<", view.ops.sum(view[name] * view[name]), name.replace("_", " "))


ONE_UNIT = Assumption(
    "one-hidden-unit",
    "there is one hidden unit",
    lambda view: [Check(int(view["output"].shape[-1]), "==", 1)],
)
LINEAR = Assumption("linear", "sigma(z) = z", lambda view: [Check(slope(view), "==", 1)])
POSITIVE_SLOPE = Assumption(
    "positive-slope", "sigma has a positive slope on both sides of 0", lambda view: [Check(0, "<", slope(view))]
)
CONSERVED = Assumption(
    "imbalance-conserved",
    "a a^T - W W^T is what it was at the start, as along the gradient flow",
    lambda view: [Check(view["imbalance"], "==", view["start_imbalance"])],
)
REACHED = Assumption(
    "moved-in-row-span",
    "W - W_0 is the combination nu X of the data, as along the gradient flow",
    _reached,
)
KEPT = Assumption(
    "direction-kept",
    "a is a positive multiple of a_0; one unit: its output weight has the sign it had at the start",
    _kept,
)
BALANCED = Assumption(
    "balanced-start",
    "a_0 a_0^T = W_0 W_0^T",
    lambda view: [Check(view["start_imbalance"], "==", 0)],
)
NONNEGATIVE = Assumption(
    "imbalance-nonnegative",
    "delta = a_0^2 - |w_0|^2 is at least 0",
    lambda view: [Check(0, "<=", view["delta"])],
)
NONZERO = Assumption("predictors-nonzero", "neither theta_0 nor theta is 0", _nonzero)
SAME_OUTPUTS = Assumption(
    "same-outputs",
    "one unit with predictor v, its output weight of a's sign, puts out f(x_n) at every datum; linear: X v = f(X)",
    lambda view: [Check(view["rival_outputs"], "==", view["outputs"])],
)
LINEAR_FIT = Assumption("linear-fit", "X v = f(X)", lambda view: [Check(view["rival_features"], "==", view["outputs"])])
OTHER = Assumption(
    "another-predictor",
    "v is not theta",
    lambda view: [
        Check(0, "<", view.ops.sum((view["rival"] - view["predictor"]) * (view["rival"] - view["predictor"])))
    ],
)
STEP_GIVEN = Assumption(
    "step-size-given",
    "a step size is given",
    lambda view: [Check(view.has("step_size"), "true", reason="no step size")],
)
