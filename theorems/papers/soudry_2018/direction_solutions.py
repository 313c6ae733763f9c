"""The direction's bound along solutions of the gradient flow, in floats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.domains.separable.dual import along, separated
from refutable.theorems.papers.soudry_2018.assumptions import SEPARABLE_DATA
from refutable.theorems.records import Integration
from refutable.theorems.views import View

Formula = Callable[[View], Any]


def at_start(view: View) -> View:
    """The state in which the flow was at t = 1."""
    fields = {name: view[name] for name in ("x", "step_size", "start")}
    moved = {"w": view["start"], "log_time": view["log_time"] * 0}
    return View(view.domain, view.ops, {**fields, **moved}, view.structure)


def positive_alphas(view: View) -> tuple[list[int], Any]:
    """The data with positive multipliers, and those multipliers [k], in floats."""
    chosen = list(separated(view).positive)
    return chosen, view["multipliers"][..., chosen]


def log_ratios(view: View) -> Any:
    """log(eta/alpha_n) of the data with positive multipliers [..., k]."""
    _, alpha = positive_alphas(view)
    return view.ops.elementary("log", view.ops.spread(view["step_size"]) / alpha)


def _sizes(view: View) -> Any:
    chosen, alpha = positive_alphas(view)
    z = view["margins"][..., chosen] - view.ops.spread(view["log_time"]) - log_ratios(view)
    return view.ops.sum(view.ops.abs(z) * alpha)


def _ahead(view: View) -> Any:
    """F - F_min at the start."""
    _, alpha = positive_alphas(view)
    return at_start(view)["potential"] - view.ops.sum(alpha * (log_ratios(view) + 1))


def _not_above_start(potential: Formula) -> Callable[[View], Iterable[Check]]:
    return lambda view: [Check(potential(view), "<=", potential(at_start(view)))]


def _claim(id: str, statement: str, concludes: Callable[[View], Iterable[Check]]) -> Claim:
    return Claim(id, SEPARABLE, statement, (SEPARABLE_DATA,), concludes)


def _unit(view: View) -> Any:
    """F with w_hat/|w_hat| in place of w_hat."""
    length = float(view["direction_square"]) ** 0.5
    return view.ops.sum(view["timed_losses"]) + along(view, view["w"]) / length - view["log_time"]


def _untimed(view: View) -> Any:
    return view.ops.sum(view["timed_losses"]) + along(view, view["w"])


INTEGRATED = (
    Integration(
        _claim(
            "potential-at-the-end",
            "F = eta t L(w) + w_hat.w - |w_hat|^2 log t is not above its value at t = 1",
            _not_above_start(lambda view: view["potential"]),
        ),
        decoys=(
            _claim("without-the-logarithm", "eta t L(w) + w_hat.w is not", _not_above_start(_untimed)),
            _claim("unit-direction", "F with w_hat/|w_hat| in place of w_hat is not", _not_above_start(_unit)),
        ),
    ),
    Integration(
        _claim(
            "bounded-from-the-start",
            "sum_n alpha_n |x_n.w - s - log(eta/alpha_n)| <= |w_hat|^2 + F - F_min, F at the start",
            lambda view: [Check(_sizes(view), "<=", _ahead(view) + view["direction_square"])],
        ),
        decoys=(
            _claim(
                "all-data",
                "sum_n |x_n.w - s| over all data is not above twice that",
                lambda view: [
                    Check(
                        view.ops.sum(view.ops.abs(view["margins"] - view.ops.spread(view["log_time"]))),
                        "<=",
                        2 * (_ahead(view) + view["direction_square"]),
                    )
                ],
            ),
        ),
    ),
)
