"""Hypotheses about deep linear networks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from refutable.theorems.checks import Check, Decision
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


UNDECIDED = Decision(None)


@dataclass(frozen=True)
class _Known(Check):
    """A comparison with its decision, which the view keeps: several claims assume it, and ties cost seconds."""

    decision: Decision = UNDECIDED

    def decide(self) -> Decision:
        """The decision kept."""
        return self.decision


def _flattest(view: View) -> Iterable[Check]:
    """Balanced layers on white data are flattest, as they attain the bound: no tie of eigenvalues is decided then."""
    if not view.ops.exact:
        yield Check(view["sharpness"], "==", view["flattest_sharpness"])
    elif view["squared_imbalance"] == 0 and all(check.decide().truth for check in _white(view)):
        yield Check(True, "true", reason="balanced layers on white data")
    else:
        yield _Known(view["sharpness"], "==", view["flattest_sharpness"], decision=view["flatness"])


FLATTEST = Assumption("flattest", "the sharpness is the smallest one the map allows", _flattest)
NONZERO_MAP = Assumption(
    "nonzero-map",
    "the product M of the layers is not 0",
    lambda view: [Check(0, "<", view["top_singular_square"])],
)
