"""Step sizes above simple expressions of the Hessians are unstable, in the mean or in mean square."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.assumptions.regular_minimum import (
    ABOVE_MEAN_THRESHOLD,
    BELOW_MEAN_THRESHOLD,
    CRITICAL,
    INTERPOLATING,
    POSITIVE_SEMIDEFINITE,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, ratio, tex
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.papers.mulayoff_michaeli_2024 import necessary_mutants
from refutable.theorems.papers.mulayoff_michaeli_2024.cases import curvatures, minimum
from refutable.theorems.papers.mulayoff_michaeli_2024.formulas import NOT_SWEPT, isotropic_squares
from refutable.theorems.papers.mulayoff_michaeli_2024.necessary_cases import PERMUTED
from refutable.theorems.papers.mulayoff_michaeli_2024.necessary_formulas import (
    Direction,
    direction,
    direction_form,
    eigenvector_bound,
    trace_denominator,
)
from refutable.theorems.papers.mulayoff_michaeli_2024.source import SYMBOLS, source
from refutable.theorems.records import ClosedForm, Necessity, Theorem
from refutable.theorems.views import View


def _trace_bound(values: Values) -> Claim:
    c = values["factor"]

    def concludes(view: View) -> Iterable[Check]:
        right = ratio(view.ops, c) * view["trace"] / trace_denominator(view)
        yield Check(view["mean_square_threshold"], "<=", right)

    return Claim(
        "trace-bound",
        REGULAR_MINIMUM,
        f"eta* <= {multiple(c)} Tr H / ((1 - p) |H|_F^2 + p mean |H_i|_F^2)",
        (POSITIVE_SEMIDEFINITE,),
        concludes,
        rf"\eta^* \le {tex(c)}\, \frac{{\operatorname{{Tr}} H}}"
        r"{(1-p)\|H\|_F^2 + \frac pn \sum_i \|H_i\|_F^2}",
    )


ADJUSTABLE = Adjustable({"factor": Constant(necessary_mutants.TWO, "before Tr H")}, _trace_bound)


def _eigenvector(view: View) -> Iterable[Check]:
    found = direction(view)
    ops, v, hessian = view.ops, view["displacement"], view["mean_hessian"]
    yield Check(0, "<", found.squared_length, "it is not 0")
    quotient = found.mean / found.squared_length
    yield Check(ops.matvec(hessian, v), "==", v * ops.spread(quotient), "H v = lambda v")
    top = ops.identity(hessian) * ops.spread(quotient, 2) - hessian
    yield Check(top, "psd", label="lambda = lambda_max(H)", reason="H has a larger eigenvalue")


TOP_EIGENVECTOR = Assumption("top-eigenvector", "v, the displacement, is a top eigenvector of H", _eigenvector)


def _mean_size(view: View, t: int) -> Any:
    mean = view["sgd_moments"][t][0]
    return view.ops.sum(mean * mean)


def _mean_bounded(view: View) -> Iterable[Check]:
    for t in range(view["steps"], 0, -1):
        yield Check(_mean_size(view, t), "<=", _mean_size(view, 0), f"after {t} steps")


def _mean_grows(view: View) -> Iterable[Check]:
    for t in range(view["steps"], 0, -1):
        yield Check(_mean_size(view, t - 1), "<", _mean_size(view, t), f"from step {t - 1} to {t}")


CLAIMS = (
    ADJUSTABLE.claim,
    Claim(
        "eigenvector-bound",
        REGULAR_MINIMUM,
        "eta* <= 2 lambda / (lambda^2 + p mean (v^T H_i v - lambda)^2), v a unit top eigenvector of H",
        (POSITIVE_SEMIDEFINITE, TOP_EIGENVECTOR),
        lambda view: [Check(view["mean_square_threshold"], "<=", eigenvector_bound(view, view["batch_noise"]))],
        r"\eta^* \le \frac{2\lambda_{\max}}{\lambda_{\max}^2 + \frac pn \sum_i (v^\top H_i v - \lambda_{\max})^2}",
    ),
    Claim(
        "mean-stable",
        REGULAR_MINIMUM,
        "step size <= 2 / lambda_max(H): |E theta_t| <= |theta_0| at every step t, for every batch size",
        (POSITIVE_SEMIDEFINITE, CRITICAL, BELOW_MEAN_THRESHOLD),
        _mean_bounded,
        r"\eta \le \frac{2}{\lambda_{\max}(H)} \Rightarrow |\mathbb{E}\,\theta_t| \le |\theta_0|",
    ),
    Claim(
        "mean-unstable",
        REGULAR_MINIMUM,
        "step size > 2 / lambda_max(H): from a top eigenvector of H, |E theta_t| grows at every step",
        (CRITICAL, TOP_EIGENVECTOR, ABOVE_MEAN_THRESHOLD),
        _mean_grows,
        r"\eta > \frac{2}{\lambda_{\max}(H)} \Rightarrow |\mathbb{E}\,\theta_{t}| < |\mathbb{E}\,\theta_{t+1}|",
    ),
)


def _every_direction(view: View) -> Iterable[Check]:
    found = direction(view)
    form = direction_form(found, view["batch_noise"])
    yield Check(view["mean_square_threshold"] * form, "<=", 2 * found.mean * found.squared_length)


def _isotropic_step(view: View) -> Iterable[Check]:
    start, after = isotropic_squares(view)[:2]
    eta = view["step_size"]
    moved = start - 2 * eta * view["trace"] + eta * eta * trace_denominator(view)
    yield Check(after, "==", moved)


def _directed_step(view: View) -> Iterable[Check]:
    found: Direction = direction(view)
    after, v, eta = view["sgd_moments"][1][1], view["displacement"], view["step_size"]
    length, form = found.squared_length, direction_form(found, view["batch_noise"])
    left = view.ops.sum(v * view.ops.matvec(after, v))
    yield Check(left, "==", length * length - 2 * eta * found.mean * length + eta * eta * form)


LINKS = (
    Claim(
        "every-direction",
        REGULAR_MINIMUM,
        "eta* ((1 - p) (v^T H v)^2 + p mean (v^T H_i v)^2) <= 2 v^T H v |v|^2 for every v",
        (POSITIVE_SEMIDEFINITE,),
        _every_direction,
        r"\eta^* \left((1-p)(v^\top H v)^2 + \tfrac pn \textstyle\sum_i (v^\top H_i v)^2\right) \le 2 v^\top H v |v|^2",
    ),
    Claim(
        "isotropic-step",
        REGULAR_MINIMUM,
        "from E theta theta^T = I on perp, one step takes r to r - 2 eta Tr H + eta^2 times the denominator",
        (POSITIVE_SEMIDEFINITE, INTERPOLATING),
        _isotropic_step,
        r"\mathbb{E}|\theta_1|^2 = r - 2\eta \operatorname{Tr} H + "
        r"\eta^2\left((1-p)\|H\|_F^2 + \tfrac pn \textstyle\sum_i \|H_i\|_F^2\right)",
    ),
    Claim(
        "directed-step",
        REGULAR_MINIMUM,
        "from v: E (v^T theta_1)^2 = |v|^4 - 2 eta v^T H v |v|^2 + eta^2 ((1-p) (v^T H v)^2 + p mean (v^T H_i v)^2)",
        (INTERPOLATING,),
        _directed_step,
        r"\mathbb{E}(v^\top\theta_1)^2 = |v|^4 - 2\eta\, v^\top H v |v|^2 + "
        r"\eta^2\left((1-p)(v^\top H v)^2 + \tfrac pn \textstyle\sum_i (v^\top H_i v)^2\right)",
    ),
)

NECESSITY = (
    Necessity(
        "positive-semidefinite",
        minimum([[[1, 1], [1, 0]], [[1, -1], [-1, 0]]], 1),
        "H_1 = [1 1; 1 0], H_2 = [1 -1; -1 0]: on perp both are 1, and eta* = 2; the bound sees the rest, and is 2/3",
    ),
    Necessity(
        "top-eigenvector",
        minimum([[[2, 0], [0, 1]]], "3/2", start=[0, 1]),
        "the mean shrinks along the flatter eigenvector; the bound on eta* itself holds for every direction v",
        "mean-unstable",
    ),
    Necessity(
        "critical", curvatures((1, 1), 1, gradients=(2, 2)), "gradients that do not cancel move the mean", "mean-stable"
    ),
    Necessity("below-mean-threshold", curvatures((1,), 3), "E theta_1 = -2 theta_0", "mean-stable"),
    Necessity("above-mean-threshold", curvatures((1,), 1), "the minimum in one step", "mean-unstable"),
    Necessity(
        "interpolating", curvatures((1, 1), 1, gradients=(1, -1)), "gradients move theta as well", "directed-step"
    ),
)


def _isotropic_by_code() -> Any:
    from refutable.theorems.papers.mulayoff_michaeli_2024.threshold_forms import symbolic_view

    view = symbolic_view(3, 2, 2)
    identity = view.ops.identity(view["mean_hessian"]).reshape(4)
    return identity @ view["diffusion_operator"] @ identity


def _isotropic_closed() -> Any:
    from refutable.theorems.papers.mulayoff_michaeli_2024.threshold_forms import symbolic_view

    return trace_denominator(symbolic_view(3, 2, 2))


def _drift_by_code() -> Any:
    from refutable.theorems.papers.mulayoff_michaeli_2024.threshold_forms import symbolic_view

    view = symbolic_view(3, 2, 2)
    identity = view.ops.identity(view["mean_hessian"]).reshape(4)
    return identity @ view["drift_operator"] @ identity


def _drift_closed() -> Any:
    from refutable.theorems.papers.mulayoff_michaeli_2024.threshold_forms import symbolic_view

    return symbolic_view(3, 2, 2)["trace"]


SGD_NECESSARY_CONDITIONS = Theorem(
    id="sgd-necessary-conditions",
    title="Simple step sizes beyond which SGD is unstable",
    source=source("Theorem 1 and Proposition 3"),
    status="read",
    claims=CLAIMS,
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="the bound from traces",
    equality=(PERMUTED,),
    mutants=necessary_mutants.mutants(TOP_EIGENVECTOR),
    necessity=NECESSITY,
    closed_forms=(
        ClosedForm(
            "identity-diffusion",
            "three losses of two parameters: vec(I)^T D vec(I) = (1 - p) |H|_F^2 + p mean |H_i|_F^2",
            _isotropic_by_code,
            _isotropic_closed,
            "poly",
        ),
        ClosedForm("identity-drift", "vec(I)^T C vec(I) = Tr H", _drift_by_code, _drift_closed, "poly"),
    ),
    evidence={
        "trained-converged": "the losses are taken at an interpolating minimum, where every gradient vanishes",
        "swept": NOT_SWEPT,
    },
    notes=(
        SYMBOLS
        + "Both bounds are the quotient of 2 C and D at one matrix, the identity or v v^T; the link every-direction is "
        "the second for any v (own), of which a top eigenvector is the paper's case. Theorem 1 is stated without "
        "limits: the mean never leaves the ball it starts in, or grows at every step along a top eigenvector. A "
        "smaller p, such as (n - B) / (B n), makes the bounds weaker, not false, so it is no mutant here."
    ),
)
