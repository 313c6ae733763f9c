"""The loss between its bounds along solutions of the gradient flow, in floats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.papers.soudry_2018.assumptions import SEPARABLE_DATA
from refutable.theorems.papers.soudry_2018.direction_solutions import at_start
from refutable.theorems.records import Integration
from refutable.theorems.views import View

Rate = Callable[[View], Any]


def _bound(view: View, rate: Any) -> Any:
    """1/(1/L(w_0) + eta rate t)."""
    time = view.ops.elementary("exp", view["log_time"])
    return 1 / (1 / at_start(view)["loss"] + view["step_size"] * rate * time)


def _between(lower: Rate | None, upper: Rate | None) -> Callable[[View], Iterable[Check]]:
    def concludes(view: View) -> Iterable[Check]:
        if lower is not None:
            yield Check(_bound(view, lower(view)), "<=", view["loss"], "from below")
        if upper is not None:
            yield Check(view["loss"], "<=", _bound(view, upper(view)), "from above")

    return concludes


def _margin_square(view: View) -> Any:
    return 1 / view["direction_square"]


def _claim(id: str, statement: str, concludes: Callable[[View], Iterable[Check]]) -> Claim:
    return Claim(id, SEPARABLE, statement, (SEPARABLE_DATA,), concludes)


INTEGRATED = (
    Integration(
        _claim(
            "loss-between",
            "the flow dw/dt = -eta grad L has 1/(1/L_0 + eta R^2 t) <= L(t) <= 1/(1/L_0 + eta gamma^2 t)",
            _between(lambda view: view["largest_square"], _margin_square),
        ),
        decoys=(
            _claim(
                "loss-below-unsquared-margin",
                "L(t) <= 1/(1/L_0 + eta gamma t)",
                _between(None, lambda view: _margin_square(view) ** 0.5),
            ),
            _claim(
                "loss-above-unsquared-radius",
                "1/(1/L_0 + eta R t) <= L(t)",
                _between(lambda view: view["largest_square"] ** 0.5, None),
            ),
            _claim(
                "loss-below-twice-the-rate",
                "L(t) <= 1/(1/L_0 + 2 eta gamma^2 t)",
                _between(None, lambda view: 2 * _margin_square(view)),
            ),
            _claim(
                "loss-above-margin",
                "1/(1/L_0 + eta gamma^2 t) <= L(t)",
                _between(lambda view: _margin_square(view), None),
            ),
        ),
    ),
)
