"""Where SGD settles: its covariance at a regular minimum, and the random walk in the null space."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.assumptions.regular_minimum import (
    CRITICAL,
    PARTIAL_BATCHES,
    POSITIVE_SEMIDEFINITE,
    STRICTLY_BELOW,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.noise import inside, outside
from refutable.theorems.domains.regular_minimum.operators import squared_size, trace
from refutable.theorems.domains.regular_minimum.trajectories import moments
from refutable.theorems.papers.mulayoff_michaeli_2024 import covariance_mutants
from refutable.theorems.papers.mulayoff_michaeli_2024.cases import curvatures, minimum
from refutable.theorems.papers.mulayoff_michaeli_2024.covariance_cases import AT_EDGE, FLAT_FULL, SETTLED, WALK
from refutable.theorems.papers.mulayoff_michaeli_2024.formulas import NOT_SWEPT, shrinking_sizes
from refutable.theorems.papers.mulayoff_michaeli_2024.source import SYMBOLS, source
from refutable.theorems.papers.mulayoff_michaeli_2024.threshold_forms import COVARIANCE_FORMS
from refutable.theorems.records import Mutant, Necessity, Theorem
from refutable.theorems.views import View

SETTING = (POSITIVE_SEMIDEFINITE, CRITICAL, STRICTLY_BELOW)


def settled_square(view: View) -> Any:
    """E |theta_T|^2 on perp, from theta_0 = 0."""
    return trace(view.ops, inside(view, view["resting_moments"][view["steps"]]))


def _below_limit(view: View) -> Iterable[Check]:
    limit, now = view["limit_covariance"], inside(view, view["resting_moments"][view["steps"]])
    yield Check(trace(view.ops, now), "<=", trace(view.ops, limit))
    yield Check(limit - now, "psd", label="as matrices", reason="the limit minus the covariance is indefinite")


BOUNDED_BY_LIMIT = Claim(
    "bounded-by-limit",
    REGULAR_MINIMUM,
    "step size < eta*: from the minimum itself, E |theta_T|^2 on perp is at most "
    "eta p vec(I)^T (2 C - eta D)^+ vec mean g_i g_i^T",
    SETTING,
    _below_limit,
    r"\mathbb{E}|\theta_T^\perp|^2 \le \eta p \operatorname{vec}(I)^\top (2C - \eta D)^\dagger "
    r"\operatorname{vec}\Big(\tfrac1n \sum_i g_i^\perp g_i^{\perp\top}\Big)",
)


def _stationary(view: View) -> Iterable[Check]:
    limit = view["limit_covariance"]
    runs = moments(view, limit[..., 0] * 0, limit)
    next(runs)
    mean, second = next(runs)
    yield Check(inside(view, second), "==", limit, "E theta theta^T on perp after one step")
    yield Check(view.ops.matvec(view["perp_projector"], mean), "==", 0, "E theta after one step")


def _distances(view: View) -> list[Any]:
    limit = view["limit_covariance"]
    return [squared_size(view.ops, inside(view, second) - limit) for second in view["mirrored_moments"]]


def _contraction(view: View) -> Iterable[Check]:
    return shrinking_sizes(view, _distances(view))


def _halving(view: View) -> Iterable[Check]:
    sizes = _distances(view)
    yield Check(4 * sizes[1], "<=", sizes[0], "after one step")


def _loss_gap(view: View) -> Iterable[Check]:
    ops, hessian, limit = view.ops, view["mean_hessian"], view["limit_covariance"]
    second = view["resting_moments"][view["steps"]]
    yield Check(ops.ratio(1, 2) * trace(ops, ops.matmul(hessian, second)), "<=", expected_loss(view), "loss")
    square, slopes = ops.matmul(hessian, hessian), ops.matmul(hessian, ops.matmul(second, hessian))
    yield Check(trace(ops, slopes), "<=", trace(ops, ops.matmul(square, limit)), "squared gradient")


def expected_loss(view: View) -> Any:
    """1/2 vec(H)^T vec of the limit covariance."""
    return view.ops.ratio(1, 2) * trace(view.ops, view.ops.matmul(view["mean_hessian"], view["limit_covariance"]))


def flat_square(view: View, t: int) -> Any:
    """E |theta_t|^2 in the null space of H, from the displacement."""
    return trace(view.ops, outside(view, view["sgd_moments"][t][1]))


def flat_noise(view: View) -> Any:
    """mean |g_i|^2 in the null space of H."""
    return trace(view.ops, outside(view, view["gradient_squares"]))


def _walk(view: View) -> Iterable[Check]:
    gain = view["step_size"] * view["step_size"] * view["batch_noise"] * flat_noise(view)
    for t in range(view["steps"], 0, -1):
        yield Check(flat_square(view, t), "==", flat_square(view, 0) + gain * view.ops.ratio(t), f"after {t} steps")


def _wanders(view: View) -> Iterable[Check]:
    for t in range(view["steps"], 0, -1):
        yield Check(flat_square(view, t - 1), "<", flat_square(view, t), f"from step {t - 1} to {t}")


FLAT_NOISE = Assumption(
    "noisy-in-the-null-space",
    "some g_i has a part in the null space of H",
    lambda view: [Check(0, "<", flat_noise(view), "mean |g_i|^2 in the null space")],
)

CLAIMS = (
    BOUNDED_BY_LIMIT,
    Claim(
        "stationary",
        REGULAR_MINIMUM,
        "step size < eta*: on perp, a mean of 0 and the covariance eta p (2 C - eta D)^+ vec mean g_i g_i^T stay",
        SETTING,
        _stationary,
        r"\Sigma^\perp = \eta p\,(2C - \eta D)^\dagger \operatorname{vec}\Big(\tfrac1n \sum_i g_i^\perp g_i^{\perp\top}"
        r"\Big): \quad \Sigma^\perp_{t+1} = \Sigma^\perp_t",
    ),
    Claim(
        "approached",
        REGULAR_MINIMUM,
        "step size < eta*: from plus or minus v, every step makes the distance of the covariance to its limit smaller, "
        "unless it is 0",
        SETTING,
        _contraction,
        r"\left\|\Sigma^\perp_{t+1} - \Sigma^\perp\right\|_F < \left\|\Sigma^\perp_t - \Sigma^\perp\right\|_F"
        r"\text{ or } \Sigma^\perp_t = \Sigma^\perp",
    ),
    Claim(
        "null-space-walk",
        REGULAR_MINIMUM,
        "in the null space of H, E |theta_t|^2 = |theta_0|^2 + t eta^2 p mean |g_i|^2",
        (POSITIVE_SEMIDEFINITE, CRITICAL),
        _walk,
        r"\mathbb{E}|\theta_t^\parallel|^2 = |\theta_0^\parallel|^2 + "
        r"t\,\eta^2 p\, \tfrac1n \textstyle\sum_i |g_i^\parallel|^2",
    ),
)

LINKS = (
    Claim(
        "loss-and-gradient",
        REGULAR_MINIMUM,
        "step size < eta*: from the minimum itself, the mean loss gap and squared gradient are at most their limits",
        SETTING,
        _loss_gap,
        r"\mathbb{E} L(\theta_T) - L^* \le \tfrac12 \operatorname{vec}(H)^\top \operatorname{vec}\Sigma^\perp, \quad "
        r"\mathbb{E}|\nabla L(\theta_T)|^2 \le \operatorname{vec}(H^2)^\top \operatorname{vec}\Sigma^\perp",
    ),
    Claim(
        "wanders",
        REGULAR_MINIMUM,
        "gradient noise in the null space of H and B < n: there E |theta_t|^2 grows at every step",
        (POSITIVE_SEMIDEFINITE, CRITICAL, PARTIAL_BATCHES, FLAT_NOISE),
        _wanders,
        r"B < n, \; \textstyle\sum_i |g_i^\parallel|^2 > 0 \Rightarrow "
        r"\mathbb{E}|\theta_t^\parallel|^2 < \mathbb{E}|\theta_{t+1}^\parallel|^2",
    ),
)

NECESSITY = (
    Necessity(
        "positive-semidefinite",
        minimum([[[1, 1], [1, 0]], [[1, -1], [-1, 0]]], 1, start=[1, 1], gradients=[[0, 0], [0, 0]]),
        "H_1 = [1 1; 1 0], H_2 = [1 -1; -1 0] move theta in the null space of H without gradients",
        "null-space-walk",
    ),
    Necessity(
        "critical",
        curvatures((1,), "1/2", start=0, gradients=(1,)),
        "a gradient that does not cancel: the minimum of the mean is elsewhere",
    ),
    Necessity(
        "strictly-below-threshold",
        curvatures((1, 1), 3, start=0, gradients=(1, -1)),
        "curvature 1, step size 3: the formula is negative; at eta* itself the covariance grows for ever",
    ),
    Necessity("partial-batches", FLAT_FULL, "the full batch has no noise: p = 0, and nothing moves", "wanders"),
    Necessity(
        "noisy-in-the-null-space",
        curvatures((1, 1), 1, gradients=(1, -1)),
        "no null space, no motion there",
        "wanders",
    ),
)

HALVING = Mutant(
    "distance-halved",
    Claim(
        "approached-by-half",
        REGULAR_MINIMUM,
        "step size < eta*: from plus or minus v, one step halves the distance of the covariance to its limit",
        SETTING,
        _halving,
    ),
    "how fast it is approached depends on how far below eta* the step size is",
    curvatures((1, 1), "1/10", start=1, gradients=(1, -1)),
)

SGD_COVARIANCE = Theorem(
    id="sgd-covariance",
    title="The covariance at which SGD settles",
    source=source("Theorems 4 and 5, Corollary 1"),
    status="read",
    claims=CLAIMS,
    links=LINKS,
    right_side="the limit of E |theta_T|^2",
    equality=(SETTLED,),
    mutants=(
        *covariance_mutants.mutants(SETTING, settled_square, expected_loss, flat_square, flat_noise, WALK, AT_EDGE),
        HALVING,
    ),
    necessity=NECESSITY,
    closed_forms=COVARIANCE_FORMS,
    evidence={
        "trained-relabelled": "at an interpolating minimum every gradient vanishes, and so does the covariance",
        "trained-converged": "no gradients of single losses are kept with trained networks",
        "swept": NOT_SWEPT,
    },
    notes=(
        SYMBOLS
        + "The theorem's limit is replaced by what holds at every step: the covariance formula is a fixed point of "
        "the average over all batches, the distance to it shrinks at every step, by one linear map, so that it goes "
        "to 0, and from the minimum itself the covariance stays below it. The start is 0, or plus or minus v with "
        "equal chances, so that E theta_t = 0 on perp: otherwise terms with E theta_t come in, which die out. Theorem "
        "4's random walk in the null space needs B < n: a full batch has p = 0, and moves nothing there. With "
        "gradient noise on perp the threshold is open: at eta* itself the mean square may grow linearly (mutant "
        "bounded-at-threshold), unlike at an interpolating minimum."
    ),
)
