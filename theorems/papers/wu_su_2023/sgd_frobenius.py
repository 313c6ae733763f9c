"""Noise that is aligned with the loss: stable SGD bounds the Frobenius norm of the Hessian."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.assumptions.regular_minimum import BELOW_THRESHOLD, INTERPOLATING, POSITIVE_SEMIDEFINITE
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.papers.mulayoff_michaeli_2024.formulas import NOT_SWEPT
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most, variant
from refutable.theorems.papers.wu_su_2023 import alignment as of
from refutable.theorems.papers.wu_su_2023 import forms
from refutable.theorems.papers.wu_su_2023.instances import (
    AT_THRESHOLD_HALVED,
    AXES,
    COUPLED,
    HALVED,
    NEWTON,
    ON_AXES,
    QUIET,
    TWO_AND_NOTHING,
    parabolas,
)
from refutable.theorems.records import Mutant, Necessity, Source, Theorem
from refutable.theorems.views import View


def _claim(id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Any, latex: str = "") -> Claim:
    return Claim(id, REGULAR_MINIMUM, statement, assumes, concludes, latex)


def _loss_grows(factor: Formula) -> Any:
    """factor E L(theta_t) <= E L(theta_{t+1}) for t = 0..T."""

    def concludes(view: View) -> Iterable[Check]:
        losses, least = of.losses(view), factor(view)
        for t in range(view["steps"] + 1):
            yield Check(least * losses[t], "<=", losses[t + 1], f"step {t + 1}")

    return concludes


def _one(view: View) -> Any:
    return view.ops.ratio(1)


NOISE = (POSITIVE_SEMIDEFINITE, INTERPOLATING)
STABLE = (POSITIVE_SEMIDEFINITE, BELOW_THRESHOLD)

LOSS = _claim(
    "loss-inequality",
    "a step multiplies the mean loss by at least eta^2 p mu |H|_F^2, with mu the alignment of the noise",
    NOISE,
    _loss_grows(of.growth),
    r"\mathbb{E}L(\theta_{t+1}) \ge \eta^2 p\, \mu\, \|H\|_F^2\; \mathbb{E}L(\theta_t)",
)
FROBENIUS = _claim(
    "frobenius-bound",
    "mean-square stable SGD has |H|_F <= 1/(eta sqrt(p mu)); stated as eta^2 p mu |H|_F^2 <= 1",
    STABLE,
    at_most(of.growth, _one),
    r"\eta \le \eta^* \;\Rightarrow\; \|H\|_F \le \frac1{\eta\sqrt{p\,\mu}}",
)

LINKS = (
    _claim(
        "alignment",
        "mu is an alignment: Tr(H Sigma_noise(theta)) >= mu 2 L(theta) |H|_F^2 for all theta; and 0 is one",
        (POSITIVE_SEMIDEFINITE,),
        lambda view: [
            Check(of.alignment_form(view), "psd", reason="the noise is less aligned in some direction"),
            Check(of.noise_power(view), "psd", reason="mean H_i H H_i is below H^3 in some direction"),
        ],
        r"\operatorname{Tr}(H\,\Sigma(\theta)) \ge \mu \cdot 2L(\theta)\, \|H\|_F^2",
    ),
    _claim(
        "largest-alignment",
        "mu is the largest alignment: mu + 2^-50 (1 + mu) is none, in some direction of perp",
        (POSITIVE_SEMIDEFINITE,),
        lambda view: [Check(0, "<", of.excess_above(view, view.ops.ratio(1)))],
        r"\mu = \max\{m : \tfrac1n \textstyle\sum_i H_i H H_i - H^3 \succeq m \|H\|_F^2 H\}",
    ),
    _claim(
        "loss-after-a-step",
        "E L(theta_1) = L((I - eta H) theta_0) + (eta^2 p / 2) Tr(H Sigma_noise(theta_0)), averaging over all batches",
        (INTERPOLATING,),
        lambda view: [Check(of.losses(view)[1], "==", of.mean_step_loss(view) + of.noise_against_loss(view))],
        r"\mathbb{E}L(\theta_1) = L\bigl((I-\eta H)\theta_0\bigr) + \tfrac{\eta^2 p}2 "
        r"\operatorname{Tr}(H\,\Sigma(\theta_0))",
    ),
    _claim(
        "noise-alone",
        "the noise alone makes a loss of (eta^2 p / 2) Tr(H Sigma_noise(theta_0))",
        NOISE,
        at_most(of.noise_against_loss, lambda view: of.losses(view)[1]),
        r"\mathbb{E}L(\theta_1) \ge \tfrac{\eta^2 p}2 \operatorname{Tr}(H\,\Sigma(\theta_0))",
    ),
)


def _growth_with(share: Formula, size: Formula) -> Formula:
    """eta^2 times another share of the noise, mu, and another size of the Hessian."""

    def factor(view: View) -> Any:
        eta = view["step_size"]
        return eta * eta * share(view) * of.alignment(view) * size(view)

    return factor


def _share(view: View) -> Any:
    return view["batch_noise"]


def _squared_hessian(view: View) -> Any:
    return view["squared_hessian"]


def _squared_trace(view: View) -> Any:
    return view["trace"] * view["trace"]


def _reciprocal_batch(view: View) -> Any:
    return view.ops.ratio(1, view["batch_size"])


def _loss_mutant(id: str, factor: Formula, why: str, killer: Any) -> Mutant:
    claim = _claim(f"loss-inequality: {id}", f"{LOSS.statement} (false variant: {id})", NOISE, _loss_grows(factor))
    return Mutant(id, claim, why, killer)


def _bound_mutant(id: str, left: Formula, right: Formula, why: str, killer: Any) -> Mutant:
    return Mutant(id, variant(FROBENIUS, id, left, right), why, killer)


MUTANTS = (
    _loss_mutant(
        "batch-ignored",
        _growth_with(_one, _squared_hessian),
        "batches average the noise: p, not 1",
        HALVED,
    ),
    _loss_mutant(
        "with-replacement",
        _growth_with(_reciprocal_batch, _squared_hessian),
        "1/B is the share of batches with replacement; without, it is p = (n - B)/(B (n - 1)) < 1/B",
        HALVED,
    ),
    _loss_mutant(
        "trace-for-frobenius",
        _growth_with(_share, _squared_trace),
        "mu is measured against |H|_F^2, which is below (Tr H)^2",
        ON_AXES,
    ),
    _loss_mutant(
        "twice-the-loss",
        lambda view: 2 * of.growth(view),
        "mu is measured against 2 L, and E L(theta_1) against L",
        TWO_AND_NOTHING,
    ),
    _bound_mutant(
        "bound-with-replacement",
        _growth_with(_reciprocal_batch, _squared_hessian),
        _one,
        "batches of two of 1, 0, 0 without replacement are stable up to 4",
        AT_THRESHOLD_HALVED,
    ),
    _bound_mutant(
        "bound-on-the-trace",
        _growth_with(_share, _squared_trace),
        _one,
        "the Frobenius norm is bounded so, not the trace",
        ON_AXES,
    ),
    _bound_mutant(
        "half-the-bound",
        of.growth,
        lambda view: view.ops.ratio(1, 4),
        "1/eta, not 1/(2 eta): curvatures 2 and 0 are stable at eta = 1",
        TWO_AND_NOTHING,
    ),
    Mutant(
        "more-aligned",
        _claim(
            "alignment: more-aligned",
            "mu + 2^-50 (1 + mu) is an alignment (false variant: more-aligned)",
            (POSITIVE_SEMIDEFINITE,),
            lambda view: [Check(of.excess_above(view, view.ops.ratio(1)), "<=", 0)],
        ),
        "in the least aligned direction there is no slack",
        TWO_AND_NOTHING,
    ),
    Mutant(
        "less-aligned",
        _claim(
            "largest-alignment: less-aligned",
            "no number a hair above mu/2 is an alignment (false variant: less-aligned)",
            (POSITIVE_SEMIDEFINITE,),
            lambda view: [Check(0, "<", of.excess_above(view, view.ops.ratio(1, 2)))],
        ),
        "curvatures 2 and 0: mu = 1, and 1/2 is an alignment too",
        TWO_AND_NOTHING,
        substantive=False,
        excuse="the left side is 0 by its statement: the sign of an eigenvalue refutes it",
    ),
)

NECESSITY = (
    Necessity(
        "positive-semidefinite",
        COUPLED,
        "indefinite H_i with H = diag(1, 0): the noise leads from the null space of H into perp, and at (1, -1) there "
        "is less of it than mu, a number of perp, says",
    ),
    Necessity("interpolating", QUIET, "gradients -1 and 1 cancel the noise at 1: E L(theta_1) = 0"),
    Necessity("below-threshold", parabolas((2, 0), 2), "twice the threshold", "frobenius-bound"),
)

SGD_FROBENIUS = Theorem(
    id="sgd-frobenius",
    title="Stable SGD with aligned noise bounds the Frobenius norm of the Hessian",
    source=Source(
        "Wu, Su, ICML 2023",
        "loss stability of SGD (number uncertain)",
        link="https://arxiv.org/abs/2305.17490",
        note=(
            "recalled, then derived anew for batches without replacement, for which p stands in place of 1/B; the mu "
            "of particular models and the paper's thresholds were not checked"
        ),
    ),
    status="recalled",
    claims=(LOSS, FROBENIUS),
    links=LINKS,
    right_side="the mean loss after the step",
    equality=(NEWTON, AXES),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=forms.CLOSED_FORMS,
    evidence={
        "trained-converged": "the losses are taken at an interpolating minimum, where every gradient vanishes",
        "swept": NOT_SWEPT,
    },
    notes=(
        "mu is the largest number with mean H_i H H_i - H^3 - mu |H|_F^2 H positive semidefinite; where it is not "
        "rational a rational a hair below it is used, which is an alignment as well (the link alignment decides that, "
        "and largest-alignment that nothing a hair larger is one). The loss grows geometrically where eta^2 p mu "
        "|H|_F^2 > 1, so that such a step size is above the mean-square threshold: frobenius-bound decides this "
        "against the exact eta*. With replacement the bound is sqrt(B/mu)/eta."
    ),
)
