"""Hypotheses about shallow ReLU networks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.shallow_relu.forward import is_trained
from refutable.theorems.views import View


def _no_kink(view: View) -> Iterable[Check]:
    kink = view["kink"]
    if not view.ops.exact:
        yield Check(kink, "==", 0, "kinks on data")
        return
    places = [(j, i) for (j, i), touched in np.ndenumerate(kink) if touched == 1]
    reason = f"datum {places[0][0]} lies on the kink of neuron {places[0][1]}" if places else ""
    yield Check(not places, "true", reason=reason)


def _zero_residual(view: View) -> Iterable[Check]:
    yield Check(view["residual"], "==", 0, "residual")


def _stable(view: View) -> Iterable[Check]:
    yield Check(view["sharpness"], "<=", view["stability_threshold"], "sharpness <= 2 / step size")


def _enforce_stable(view: View) -> dict[str, Any]:
    return {"step_size": view.ops.ratio(2**41 - 2, 2**40) / view["sharpness"]}


def _univariate(view: View) -> Iterable[Check]:
    d = view["w1"].shape[-1]
    yield Check(d == 1, "true", reason=f"the input has d = {d} dimensions")


def _trained(group: str, name: str, verb: str = "are") -> Assumption:
    def checks(view: View) -> Iterable[Check]:
        absent = group == "b2" and not view.has("b2")
        reason = "the network has no output bias" if absent else f"the {name} {verb} frozen"
        yield Check(is_trained(view, group), "true", reason=reason)

    return Assumption(f"{name.replace(' ', '-')}-trained", f"the {name} {verb} trained", checks)


DIFFERENTIABLE = Assumption("differentiable", "no pre-activation w1_i.x_j + b1_i is exactly 0", _no_kink)
INTERPOLATING = Assumption("interpolating", "f(x_j) = y_j for every datum", _zero_residual, lambda view: {"y": None})
STABLE = Assumption(
    "stable", "sharpness lambda_max(Hess L) <= 2 / step size (linear stability)", _stable, _enforce_stable, last=True
)
UNIVARIATE = Assumption("univariate", "the input is one-dimensional", _univariate)
INPUT_WEIGHTS = _trained("w1", "input weights")
HIDDEN_BIASES = _trained("b1", "hidden biases")
OUTPUT_WEIGHTS = _trained("w2", "output weights")
OUTPUT_BIAS = _trained("b2", "output bias", "is")
ALL_TRAINED = (INPUT_WEIGHTS, HIDDEN_BIASES, OUTPUT_WEIGHTS, OUTPUT_BIAS)
NOT_NEEDED_AT_KINKS = (
    "not needed for the inequality: each side is taken strictly, and the proof runs in the mode with all kinks off; "
    "what stability means at a kink: nondifferentiable-bound"
)
"""Why dropping `DIFFERENTIABLE` has no counterexample."""
