"""Lemma 1 without limits: linearised GD and SGD against sharpness <= 2 / step size, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Checks, Claim
from refutable.theorems.domains.quadratic import QUADRATIC
from refutable.theorems.domains.quadratic.steps import MAX_NORMS
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import (
    linear_stability_forms,
    linear_stability_mutants,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.linear_stability_assumptions import (
    BEYOND_EDGE,
    POSITIVE_SEMIDEFINITE,
    STABLE,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.linear_stability_cases import (
    AT_THE_EDGE,
    curvatures,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.source import source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _contraction(view: View) -> Iterable[Check]:
    distances = view["squared_distances"][: view["steps"] + 1]
    yield Check(distances[-1], "<=", distances[0], f"after {view['steps']} steps")
    for t, distance in enumerate(distances[1:-1], start=1):
        yield Check(distance, "<=", distances[0], f"after {t} steps")


def _growth(view: View) -> Iterable[Check]:
    distances = view["squared_distances"][: view["steps"] + 1]
    yield Check(distances[0], "<", distances[-1], f"after {view['steps']} steps")
    for t, (before, after) in enumerate(pairwise(distances)):
        yield Check(before, "<", after, f"from step {t} to {t + 1}")


def _sgd_mean(view: View) -> Iterable[Check]:
    mean, end = view["sgd_mean"], view["orbit"][view["steps"]]
    yield Check(view.ops.sum(mean * mean), "==", view.ops.sum(end * end), "squared length")
    yield Check(mean, "==", end, "every component")


def _sgd_leaves(view: View) -> Iterable[Check]:
    yield Check(view["squared_distances"][0], "<", view["sgd_mean_square"], "mean square")
    if view["sequence_count"] <= MAX_NORMS:
        yield Check(view.ops.norm(view["displacement"]), "<", view["sgd_mean_norm"], "mean norm")


CLAIMS = (
    Claim(
        "contraction",
        QUADRATIC,
        "sharpness <= 2 / step size: gradient descent never leaves the ball it starts in",
        (POSITIVE_SEMIDEFINITE, STABLE),
        _contraction,
        r"\lambda_{\max}(H) \le \tfrac2\eta \Rightarrow |(I - \eta H)^t v| \le |v|, \quad t = 1, \dots, T",
    ),
    Claim(
        "growth",
        QUADRATIC,
        "v^T H v > (2 / step size) v^T v: the distance grows at every step",
        (BEYOND_EDGE,),
        _growth,
        r"v^\top H v > \tfrac2\eta v^\top v \Rightarrow "
        r"v^\top (I - \eta H)^{2t} v < v^\top (I - \eta H)^{2t+2} v, \quad t = 0, \dots, T-1",
    ),
    Claim(
        "sgd-mean",
        QUADRATIC,
        "the mean of SGD's iterate over all batch sequences is gradient descent's iterate",
        (),
        _sgd_mean,
        r"\mathbb{E}\,\theta_T = (I - \eta H)^T v",
    ),
    Claim(
        "sgd-leaves",
        QUADRATIC,
        "v^T H v > (2 / step size) v^T v: SGD of any batch size leaves the ball in mean square and in mean norm "
        f"(norms where there are at most {MAX_NORMS} batch sequences)",
        (BEYOND_EDGE,),
        _sgd_leaves,
        r"v^\top H v > \tfrac2\eta v^\top v \Rightarrow |v|^2 < \mathbb{E}|\theta_T|^2, \; |v| < \mathbb{E}|\theta_T|",
    ),
)


def _jensen(view: View) -> Iterable[Check]:
    mean = view["sgd_mean"]
    yield Check(view.ops.sum(mean * mean), "<=", view["sgd_mean_square"], "mean square")
    if view["sequence_count"] <= MAX_NORMS:
        yield Check(view.ops.norm(mean), "<=", view["sgd_mean_norm"], "mean norm")


def _nonexpansive(view: View) -> Iterable[Check]:
    step = view["gradient_step"]
    yield Check(view.ops.identity(step) - view.ops.matmul(step, step), "psd")


def _log_convex(view: View) -> Iterable[Check]:
    distances = view["squared_distances"]
    for before, middle, after in zip(distances, distances[1:], distances[2:], strict=False):
        yield Check(middle * middle, "<=", before * after)


def _growth_rate(view: View) -> Iterable[Check]:
    start, steps = view["squared_distances"][0], view["steps"]
    one_step: Any = start - view["step_size"] * view["curvature_along"]
    end = view["squared_distances"][steps]
    yield Check(one_step ** (2 * steps), "<=", end * start ** (2 * steps - 1))


def _link(id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Checks, latex: str) -> Claim:
    return Claim(id, QUADRATIC, statement, assumes, concludes, latex)


LINKS = (
    _link(
        "nonexpansive-step",
        "I - (I - eta H)^2 = eta H (2 I - eta H) is positive semidefinite: contraction for every v at once",
        (POSITIVE_SEMIDEFINITE, STABLE),
        _nonexpansive,
        r"I - (I - \eta H)^2 \succeq 0",
    ),
    _link(
        "log-convex-distances",
        "the squared distances are log-convex in time (Cauchy-Schwarz)",
        (),
        _log_convex,
        r"s_t^2 \le s_{t-1} s_{t+1}, \quad s_t = v^\top (I - \eta H)^{2t} v",
    ),
    _link(
        "growth-rate",
        "s_0 (1 - eta m)^{2T} <= s_T with m = v^T H v / v^T v (Jensen)",
        (),
        _growth_rate,
        r"s_0 \left(1 - \eta\, \tfrac{v^\top H v}{v^\top v}\right)^{2T} \le s_T",
    ),
    _link(
        "jensen",
        "|E theta_T|^2 <= E |theta_T|^2 and |E theta_T| <= E |theta_T|",
        (),
        _jensen,
        r"|\mathbb{E}\theta_T|^2 \le \mathbb{E}|\theta_T|^2, \quad |\mathbb{E}\theta_T| \le \mathbb{E}|\theta_T|",
    ),
)

NECESSITY = (
    Necessity("positive-semidefinite", curvatures([-1], 1), "a negative curvature is left at any step size"),
    Necessity("stable", curvatures([3], 1), "curvature 3 at step size 1: theta_1 = -2 theta_0"),
    Necessity("beyond-edge", curvatures([1], 1), "curvature 1 at step size 1 ends at the minimum", "growth"),
)

LINEAR_STABILITY = Theorem(
    id="linear-stability",
    title="Linear stability, step by step",
    source=source("Definition 1 and Lemma 1"),
    status="read",
    claims=CLAIMS,
    links=LINKS,
    equality=(AT_THE_EDGE,),
    mutants=linear_stability_mutants.mutants(),
    necessity=NECESSITY,
    closed_forms=linear_stability_forms.CLOSED_FORMS,
    evidence={
        "trained-converged": "the losses are taken at an interpolating minimum, where every gradient vanishes",
    },
    notes=(
        "The lemma speaks of limits; this is its finite form, true at every step, and no limit is decided. "
        "Batches are drawn uniformly without replacement, independently from step to step. At an interpolating "
        "minimum every batch gradient vanishes there, so that the linearised steps have no noise term. "
        "sharpness <= 2 / step size is necessary for SGD of every batch size and sufficient for gradient descent "
        "alone. The growth of the distance needs no positive semidefinite Hessian."
    ),
)
