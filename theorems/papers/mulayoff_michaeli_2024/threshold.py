"""SGD is stable in mean square exactly for step sizes up to eta* = 2 / lambda_max(C^+ D)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.assumptions.regular_minimum import (
    ABOVE_THRESHOLD,
    BELOW_THRESHOLD,
    INTERPOLATING,
    POSITIVE_SEMIDEFINITE,
    STRICTLY_BELOW,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.noise import outside
from refutable.theorems.domains.regular_minimum.operators import kronecker, squared_size, trace
from refutable.theorems.papers.mulayoff_michaeli_2024 import threshold_forms, threshold_mutants
from refutable.theorems.papers.mulayoff_michaeli_2024.cases import AT_THRESHOLD, curvatures, minimum
from refutable.theorems.papers.mulayoff_michaeli_2024.formulas import (
    NOT_SWEPT,
    contraction,
    growth,
    isotropic_squares,
    shrinking,
)
from refutable.theorems.papers.mulayoff_michaeli_2024.source import SYMBOLS, source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _operator_bounded(view: View) -> Iterable[Check]:
    basis, operator = kronecker(view["perp_basis"], view["perp_basis"]), view["second_moment_operator"]
    identity = view.ops.identity(operator)
    for sign, name in ((1, "I + Q"), (-1, "I - Q")):
        form = view.ops.matmul(view.ops.transpose(basis), view.ops.matmul(identity + operator * sign, basis))
        yield Check(form, "psd", label=f"{name} on perp", reason=f"{name} has a negative eigenvalue")


def _geometric_growth(view: View) -> Iterable[Check]:
    radius: Any = view.ops.top_eigenvalue(view["second_moment_operator"])
    yield Check(1, "<", radius, "lambda_max(Q) > 1")
    for t, square in enumerate(isotropic_squares(view)[1:], start=1):
        yield Check(radius**t, "<=", square, f"after {t} steps")


def _parallel_constant(view: View) -> Iterable[Check]:
    start = view["displacement"]
    mean, second = view["sgd_moments"][view["steps"]]
    kept = view["perp_projector"]
    rest = view.ops.identity(kept) - kept
    still, moved = view.ops.matvec(rest, start), view.ops.matvec(rest, mean)
    square = trace(view.ops, outside(view, second))
    yield Check(square, "==", view.ops.sum(still * still), "E |theta_T|^2 in the null space of H")
    yield Check(moved, "==", still, "E theta_T there")


CLAIMS = (
    Claim(
        "stable-below",
        REGULAR_MINIMUM,
        "step size <= eta*: on perp, |E theta_t theta_t^T|_F <= |theta_0|^2 at every step t",
        (POSITIVE_SEMIDEFINITE, INTERPOLATING, BELOW_THRESHOLD),
        contraction,
        r"\eta \le \eta^* = \frac{2}{\lambda_{\max}(C^\dagger D)} \Rightarrow "
        r"\left\|\mathbb{E}\,\theta_t^\perp \theta_t^{\perp\top}\right\|_F \le |\theta_0^\perp|^2",
    ),
    Claim(
        "strict-contraction",
        REGULAR_MINIMUM,
        "step size < eta*: on perp, every step makes |E theta_t theta_t^T|_F smaller, unless it is 0",
        (POSITIVE_SEMIDEFINITE, INTERPOLATING, STRICTLY_BELOW),
        shrinking,
        r"\eta < \eta^* \Rightarrow \left\|\mathbb{E}\,\theta_{t+1}^\perp \theta_{t+1}^{\perp\top}\right\|_F < "
        r"\left\|\mathbb{E}\,\theta_t^\perp \theta_t^{\perp\top}\right\|_F \text{ or } "
        r"\theta_t^\perp = 0",
    ),
    Claim(
        "unstable-above",
        REGULAR_MINIMUM,
        "step size > eta*: from E theta_0 theta_0^T = I on perp, E |theta_t|^2 > 1 at every step t",
        (POSITIVE_SEMIDEFINITE, INTERPOLATING, ABOVE_THRESHOLD),
        growth,
        r"\eta > \eta^* \Rightarrow \mathbb{E}|\theta_t^\perp|^2 > 1 \text{ from }"
        r"\ \mathbb{E}\,\theta_0\theta_0^\top = P_\perp",
    ),
    Claim(
        "parallel-constant",
        REGULAR_MINIMUM,
        "the part of theta in the null space of H never moves",
        (POSITIVE_SEMIDEFINITE, INTERPOLATING),
        _parallel_constant,
        r"\theta_t^\parallel = \theta_0^\parallel",
    ),
)


def _by_operator(view: View) -> Iterable[Check]:
    pairs = view["displacement"].shape[-1] ** 2
    moments = view["sgd_moments"]
    for t in range(view["steps"]):
        before, after = (moments[s][1] for s in (t, t + 1))
        flat = before.reshape(*before.shape[:-2], pairs)
        moved = view.ops.matvec(view["second_moment_operator"], flat)
        yield Check(after.reshape(*after.shape[:-2], pairs), "==", moved, f"step {t + 1}")


def _radius_on_top(view: View) -> Iterable[Check]:
    operator = view["second_moment_operator"]
    yield Check(view.ops.top_eigenvalue(-operator), "<=", view.ops.top_eigenvalue(operator))


def _log_convex(view: View) -> Iterable[Check]:
    sizes = [squared_size(view.ops, second) for _, second in view["sgd_moments"]]
    for before, middle, after in zip(sizes, sizes[1:], sizes[2:], strict=False):
        yield Check(middle * middle, "<=", before * after)


LINKS = (
    Claim(
        "geometric-growth",
        REGULAR_MINIMUM,
        "step size > eta*: lambda_max(Q) > 1, and E |theta_t|^2 >= lambda_max(Q)^t from E theta_0 theta_0^T = I",
        (POSITIVE_SEMIDEFINITE, INTERPOLATING, ABOVE_THRESHOLD),
        _geometric_growth,
        r"\eta > \eta^* \Rightarrow \lambda_{\max}(Q) > 1, \quad "
        r"\mathbb{E}|\theta_t^\perp|^2 \ge \lambda_{\max}(Q)^t",
    ),
    Claim(
        "operator-bounded",
        REGULAR_MINIMUM,
        "step size <= eta*: Q has no eigenvalue outside [-1, 1] on perp",
        (POSITIVE_SEMIDEFINITE, BELOW_THRESHOLD),
        _operator_bounded,
        r"\eta \le \eta^* \Rightarrow -I \preceq Q \preceq I \text{ on } \perp \otimes \perp",
    ),
    Claim(
        "second-moments-by-operator",
        REGULAR_MINIMUM,
        "averaging over all batches of B takes vec E theta theta^T to Q vec E theta theta^T",
        (INTERPOLATING,),
        _by_operator,
        r"\operatorname{vec}\mathbb{E}\,\theta_{t+1}\theta_{t+1}^\top = "
        r"Q \operatorname{vec}\mathbb{E}\,\theta_t\theta_t^\top",
    ),
    Claim(
        "radius-on-top",
        REGULAR_MINIMUM,
        "the spectral radius of Q is its largest eigenvalue (Theorem 6): lambda_max(-Q) <= lambda_max(Q)",
        (),
        _radius_on_top,
        r"\lambda_{\max}(-Q) \le \lambda_{\max}(Q)",
    ),
    Claim(
        "log-convex-moments",
        REGULAR_MINIMUM,
        "|E theta_t theta_t^T|_F is log-convex in t at any step size: once it has grown it grows for ever",
        (INTERPOLATING,),
        _log_convex,
        r"f_t^2 \le f_{t-1} f_{t+1}, \quad f_t = \left\|\mathbb{E}\,\theta_t \theta_t^\top\right\|_F^2",
    ),
)

INDEFINITE = minimum([[[1, 0], [0, 1]], [[1, 0], [0, -1]]], "1/10", start=[0, 1])
COUPLED = minimum([[[1, 1], [1, 0]], [[1, -1], [-1, 0]]], "1/10", start=[0, 1])

NECESSITY = (
    Necessity(
        "positive-semidefinite",
        INDEFINITE,
        "H_1 = I, H_2 = diag(1, -1): the formula gives eta* = 2, but at any step size eta the second parameter, "
        "in the null space of H, has E theta^2 multiplied by 1 + eta^2",
        "parallel-constant",
    ),
    Necessity(
        "interpolating",
        curvatures((1, 1), 1, start="1/2", gradients=(1, -1)),
        "gradients of 1 and -1 at the minimum: from 1/2 one step leads to 1 or -1",
    ),
    Necessity("below-threshold", curvatures((1,), 3), "curvature 1, step size 3: theta_1 = -2 theta_0"),
    Necessity(
        "strictly-below-threshold",
        curvatures((1, 0, 0), 2),
        "curvatures 1, 0, 0 at eta* = 2: the mean square stays as it is",
        "strict-contraction",
    ),
    Necessity(
        "above-threshold", curvatures((1,), 1), "curvature 1, step size 1: the minimum in one step", "unstable-above"
    ),
    Necessity(
        "positive-semidefinite",
        COUPLED,
        "H_1 = [1 1; 1 0], H_2 = [1 -1; -1 0]: noise leads from the null space of H into perp",
    ),
)

SGD_THRESHOLD = Theorem(
    id="sgd-threshold",
    title="The exact step size at which SGD becomes unstable in mean square",
    source=source("Theorems 3 and 6"),
    status="read",
    claims=CLAIMS,
    links=LINKS,
    right_side="the square of |theta_0|^2 on perp",
    equality=(AT_THRESHOLD,),
    mutants=threshold_mutants.mutants(),
    necessity=NECESSITY,
    closed_forms=threshold_forms.THRESHOLD_FORMS,
    evidence={
        "trained-converged": "the losses are taken at an interpolating minimum, where every gradient vanishes",
        "swept": NOT_SWEPT,
    },
    notes=(
        SYMBOLS + "The theorem speaks of limits; these are finite forms, true at every step, and no limit is decided. "
        "E |theta_t|^2 is at most sqrt(r) |E theta_t theta_t^T|_F, r the dimension of perp, so it is bounded up to "
        "eta*. Below eta* the claim strict-contraction makes it go to 0: Q is one linear map on symmetric matrices of "
        "perp that shortens each of them, so it does so by a factor below 1. Above eta* it grows geometrically. All "
        "come from averages over all batches, which know no formula for eta*. "
        "At eta* itself the mean square stays bounded where all gradients vanish; with gradient noise it may not "
        "(see sgd-covariance). eta* is compared with a step size by deciding whether 2 C - eta D is positive "
        "semidefinite on symmetric matrices of perp, which is enough by Theorem 6. Batches are drawn uniformly "
        "without replacement, independently from step to step. Trained networks: SGD on one neuron and the output bias."
    ),
)
