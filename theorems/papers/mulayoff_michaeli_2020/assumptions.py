"""Hypotheses about deep linear networks."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def _white(view: View) -> Iterable[Check]:
    if not view.has("inputs"):
        yield Check(True, "true")
        return
    ops, x = view.ops, view["inputs"]
    second_moment = ops.matmul(ops.transpose(x), x) * ops.ratio(1, int(x.shape[-2]))
    yield Check(second_moment, "==", ops.identity(second_moment), "E x x^T = identity")


def _balanced(view: View) -> Iterable[Check]:
    for i, gap in enumerate(view["imbalances"]):
        yield Check(gap, "==", 0, f"W_{i + 2}^T W_{i + 2} = W_{i + 1} W_{i + 1}^T")


WHITE_DATA = Assumption("white-data", "the inputs have identity second moment, E x x^T = I", _white)
BALANCED = Assumption("balanced", "W_{i+1}^T W_{i+1} = W_i W_i^T for neighbouring layers", _balanced)
FLATTEST = Assumption(
    "flattest",
    "the sharpness is the smallest one the map allows",
    lambda view: [Check(view["sharpness"], "==", view["flattest_sharpness"])],
)
NONZERO_MAP = Assumption(
    "nonzero-map",
    "the product M of the layers is not 0",
    lambda view: [Check(0, "<", view["top_singular_square"])],
)
