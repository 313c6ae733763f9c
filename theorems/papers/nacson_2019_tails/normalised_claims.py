"""Normalised gradient descent: the inequality of one step, its consequences along a run, and the hypotheses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, number, ratio, tex
from refutable.theorems.domains.normalised_descent import NORMALISED_DESCENT
from refutable.theorems.exact import log, sqrt
from refutable.theorems.views import View

UNIT = Assumption(
    "unit-data", "no datum is longer than 1", lambda view: [Check(view["largest_row"], "<=", view.ops.ratio(1))],
    lambda view: {"x": view["x"] / view.ops.spread(view.ops.maximum(view.ops.sqrt(view["largest_row"]),
                                                                     view.ops.ones_like(view["largest_row"])), 2)},
)  # fmt: skip
SEPARABLE = Assumption(
    "separable",
    "some w has x_n.w > 0 for every datum",
    lambda view: [Check(view["solved"] is not None, "true", reason="they are not separable")],
)
FROM_ZERO = Assumption("starts-at-zero", "the run starts at w = 0", lambda view: [Check(view["w"], "==", 0)])
BRACKET = Assumption(
    "nonnegative-bracket",
    "sum over the run of eta g^2 (1 - eta/2) is at least log N",
    lambda view: [Check(log_count(view), "<=", view["run_decrease"])],
)


def log_count(view: View) -> Any:
    """log N."""
    return log(fmpq(int(view["x"].shape[-2])))


def promised(view: View, curvature: Any) -> Any:
    """eta g^2 (1 - curvature * eta)."""
    eta = view["step_size"]
    return eta * view["slope_square"] * (view.ops.ratio(1) - eta * curvature)


def _descent(values: Values) -> Claim:
    c = values["curvature"]
    return Claim(
        "normalised-gd",
        NORMALISED_DESCENT,
        f"a normalised step lowers log L by at least eta g^2 (1 - {number(c)} eta), g = |grad L| / L, where no datum "
        "is longer than 1",
        (UNIT,),
        lambda view: [Check(promised(view, ratio(view.ops, c)), "<=", view["drop"])],
        rf"\eta g^2 \left(1 - {tex(c)}\eta\right) \le \log L(w) - \log L(w^+)",
    )


ADJUSTABLE = Adjustable({"curvature": Constant(fmpq(1, 2), "multiplies eta: half the curvature of log L")}, _descent)
HEADLINE = ADJUSTABLE.claim


def run_bound(view: View) -> Any:
    """(1 + log T) / (gamma (4 sqrt(T+1) - 4)) + log N / (gamma (2 sqrt(T+1) - 2)) after T steps."""
    gamma, steps = view["margin"], view["steps"]
    reach = gamma * (sqrt(fmpq(steps + 1)) - 1)
    return (log(fmpq(steps)) + 1) / (reach * 4) + log_count(view) / (reach * 2)


def _trajectory(view: View) -> Iterable[Check]:
    bracket = view["run_decrease"] - log_count(view)
    yield Check(view["run_gap"], "<=", view["margin"] - bracket / view["run_length"])


def margin_along_run(bracket: Callable[[View], Any]) -> Callable[[View], Iterable[Check]]:
    """The same with another bracket, as a bound from below of the margin reached: bracket / sum eta g."""
    return lambda view: [Check(bracket(view) / view["run_length"], "<=", view["margin"] - view["run_gap"])]


def _least_margin(view: View) -> Iterable[Check]:
    yield Check(view["run_decrease"] - log_count(view), "<=", view["run_margin"])


ALONG = (UNIT, SEPARABLE, FROM_ZERO)
CLOSED = Claim(
    "margin-rate",
    NORMALISED_DESCENT,
    "T steps from 0 with step sizes 1/sqrt(t+1) leave a margin gap of at most (1 + log T)/(gamma (4 sqrt(T+1) - "
    "4)) + log N/(gamma (2 sqrt(T+1) - 2))",
    (*ALONG, BRACKET),
    lambda view: [Check(view["run_gap"], "<=", run_bound(view))],
    r"\gamma - \min_n \frac{x_n^\top w_T}{\|w_T\|} \le \frac{1 + \log T}{\gamma (4\sqrt{T+1} - 4)} + "
    r"\frac{\log N}{\gamma (2 \sqrt{T+1} - 2)}",
)
TRAJECTORY = Claim(
    "margin-along-run",
    NORMALISED_DESCENT,
    "with S = sum eta g^2 (1 - eta/2) >= log N, the margin gap is at most gamma - (S - log N) / sum eta g",
    (*ALONG, BRACKET),
    _trajectory,
    r"\gamma - \min_n \frac{x_n^\top w_T}{\|w_T\|} \le \gamma - \frac{\sum_t \eta_t g_t^2 (1 - \eta_t/2) - \log N}"
    r"{\sum_t \eta_t g_t}",
)
LEAST = Claim(
    "least-margin-along-run",
    NORMALISED_DESCENT,
    "after any number of steps from 0 every x_n.w is at least sum eta g^2 (1 - eta/2) - log N, separable or not",
    (UNIT, FROM_ZERO),
    _least_margin,
    r"\sum_t \eta_t g_t^2 (1 - \eta_t/2) - \log N \le \min_n x_n^\top w_T",
)

LINKS = (
    Claim(
        "gradient-above-margin",
        NORMALISED_DESCENT,
        "|grad log L| is at least the margin gamma, at any w",
        (SEPARABLE,),
        lambda view: [Check(view["margin"] * view["margin"], "<=", view["slope_square"])],
        r"\gamma^2 \le \|\nabla \log L(w)\|^2",
    ),
    Claim(
        "gradient-below-one",
        NORMALISED_DESCENT,
        "|grad log L| is at most 1 where no datum is longer than 1",
        (UNIT,),
        lambda view: [Check(view["slope_square"], "<=", view.ops.ratio(1))],
        r"\|\nabla \log L(w)\|^2 \le 1",
    ),
    Claim(
        "loss-below-one",
        NORMALISED_DESCENT,
        "exp(-min_n x_n.w) <= L(w): the least margin is at least -log L",
        (),
        lambda view: [Check(-view["log_loss"], "<=", _margins(view))],
        r"-\log L(w) \le x_n^\top w",
    ),
)


def _margins(view: View) -> Any:
    return view.ops.sum(view["x"] * view["w"][..., None, :])
