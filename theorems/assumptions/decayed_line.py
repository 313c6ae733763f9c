"""What claims about networks with decaying weights assume."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.decayed_line.formulas import preactivations, quiet_triples
from refutable.theorems.views import View


def _off_data(view: View) -> Iterable[Check]:
    touching = any(z == 0 for z in preactivations(view).ravel())
    yield Check(not touching, "true", reason="a neuron's preactivation is 0 at a datum")


def _margins(view: View) -> Iterable[Check]:
    signed = zip(view["values"], view["force"], strict=True)
    for n, (value, force) in enumerate(signed):
        if force != 0:
            yield Check(value, "==", 1 if force > 0 else -1, f"datum {n + 1}")


STATIONARY = Assumption(
    "stationary",
    "the derivatives in v, w and b of force times output minus decay vanish: a critical point of the penalised loss",
    lambda view: [Check(view["stationarity"], "==", view["stationarity"] * 0)],
)
OFF_DATA = Assumption("off-data", "no neuron's preactivation is 0 at a datum", _off_data)
BIASES_DECAY = Assumption("biases-decay", "biases decay", lambda view: [Check(0, "<", view["bias_decay"])])
EQUAL_DECAY = Assumption(
    "equal-decay", "all weights decay alike", lambda view: [Check(view["bias_decay"], "==", view["decay"])]
)
AT_MARGIN = Assumption(
    "at-margin", "N is 1 at data with a positive force and -1 at those with a negative one", _margins
)
THREE_ALIKE = Assumption(
    "three-alike",
    "some run has three support points in a row without a wrong turn among them",
    lambda view: [Check(any(True for _ in quiet_triples(view)), "true", reason="no run has")],
)
