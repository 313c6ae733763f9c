"""Larger batches are stable at larger step sizes; single losses mixed with full batches have the same threshold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.assumptions.regular_minimum import (
    BELOW_THRESHOLD,
    PARTIAL_BATCHES,
    POSITIVE_SEMIDEFINITE,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Checks, Claim
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.operators import (
    constant,
    diffusion_at,
    noise_share,
    restricted,
    sample_count,
    threshold_at,
)
from refutable.theorems.domains.regular_minimum.trajectories import outer
from refutable.theorems.papers.mulayoff_michaeli_2024.cases import ONE_CURVED, curvatures, minimum
from refutable.theorems.papers.mulayoff_michaeli_2024.formulas import NOT_SWEPT
from refutable.theorems.papers.mulayoff_michaeli_2024.source import SYMBOLS, source
from refutable.theorems.papers.mulayoff_michaeli_2024.threshold_forms import MIXTURE_FORMS
from refutable.theorems.papers.mulayoff_michaeli_2024.threshold_mutants import sharpest
from refutable.theorems.records import Family, Mutant, Necessity, Range, Theorem
from refutable.theorems.views import View


def noise_of(view: View, batch_size: int) -> Any:
    """p of another batch size."""
    return constant(view.ops, noise_share(sample_count(view), batch_size))


def threshold_of(view: View, batch_size: int) -> Any:
    """eta* of another batch size."""
    return threshold_at(view, noise_of(view, batch_size))


def next_size(view: View) -> int:
    """B + 1, or n."""
    return int(min(view["batch_size"] + 1, sample_count(view)))


def _monotone(view: View) -> Iterable[Check]:
    size, larger = view["batch_size"], next_size(view)
    yield Check(view["mean_square_threshold"], "<=", threshold_of(view, larger), f"batches of {size} and {larger}")
    yield Check(view["mean_square_threshold"], "<=", view["mean_threshold"], "and 2 / lambda_max(H)")


def _full_batch(view: View) -> Iterable[Check]:
    yield Check(threshold_at(view, view.ops.ratio(0)), "==", view["mean_threshold"])


def mixed(view: View, share: Any) -> tuple[Any, Any]:
    """Moments after one step on a single loss with probability ``share``, else on all losses."""
    ops, start, eta = view.ops, view["displacement"], view["step_size"]
    n = sample_count(view)
    slopes = [ops.matvec(view["hessians"][..., i, :, :], start) for i in range(n)]
    if view.has("gradients"):
        slopes = [slope + view["gradients"][..., i, :] for i, slope in enumerate(slopes)]
    whole = sum(slopes[1:], slopes[0]) * ops.ratio(1, n)
    mean, second = start * 0, outer(start, start) * 0
    for slope, weight in (*((slope, share * ops.ratio(1, n)) for slope in slopes), (whole, 1 - share)):
        moved = start - ops.spread(eta) * slope
        mean, second = mean + moved * weight, second + outer(moved, moved) * weight
    return mean, second


def _same_as_mixture(share: Callable[[View], Any]) -> Checks:
    def concludes(view: View) -> Iterable[Check]:
        mean, second = view["sgd_moments"][1]
        mixed_mean, mixed_second = mixed(view, share(view))
        yield Check(second, "==", mixed_second, "E theta_1 theta_1^T")
        yield Check(mean, "==", mixed_mean, "E theta_1")

    return concludes


CLAIMS = (
    Claim(
        "monotone-in-batch-size",
        REGULAR_MINIMUM,
        "eta* of batches of B is at most eta* of batches of B + 1, and at most 2 / lambda_max(H)",
        (POSITIVE_SEMIDEFINITE,),
        _monotone,
        r"\eta^*(B) \le \eta^*(B + 1) \le \frac{2}{\lambda_{\max}(H)}",
    ),
    Claim(
        "full-batch-threshold",
        REGULAR_MINIMUM,
        "eta* of the full batch is 2 / lambda_max(H)",
        (POSITIVE_SEMIDEFINITE,),
        _full_batch,
        r"\eta^*(n) = \frac{2}{\lambda_{\max}(H)}",
    ),
    Claim(
        "single-or-all",
        REGULAR_MINIMUM,
        "a single loss with probability p, else all losses: the same moments as batches of B",
        (),
        _same_as_mixture(lambda view: view["batch_noise"]),
        r"\mathbb{E}\,\theta_1\theta_1^\top: \quad B \text{ of } n \;=\; "
        r"p \cdot (1 \text{ of } n) + (1 - p) \cdot (n \text{ of } n)",
    ),
)


def _noise_form(view: View) -> Iterable[Check]:
    pairs = view["displacement"].shape[-1] ** 2
    square = outer(view["displacement"], view["displacement"])
    flat = square.reshape(*square.shape[:-2], pairs)
    size, larger = view["batch_size"], next_size(view)
    less = diffusion_at(view, noise_of(view, size)) - diffusion_at(view, noise_of(view, larger))
    yield Check(0, "<=", view.ops.sum(flat * view.ops.matvec(less, flat)))


def _at_most_linear(view: View) -> Iterable[Check]:
    single = threshold_of(view, 1) * view.ops.ratio(view["batch_size"])
    yield Check(view["mean_square_threshold"], "<=", single)


def _stays_stable(view: View) -> Iterable[Check]:
    larger = diffusion_at(view, noise_of(view, next_size(view)))
    form = view.ops.ratio(2) * view["drift_operator"] - view.ops.spread(view["step_size"], 2) * larger
    yield Check(restricted(view, form), "psd", reason="2 C - eta D of batches of B + 1 has a negative eigenvalue")


LINKS = (
    Claim(
        "less-noise",
        REGULAR_MINIMUM,
        "D of batches of B is at least D of batches of B + 1, as forms on v v^T: the difference is a mean of squares",
        (),
        _noise_form,
        r"\left\langle v v^\top, (D_B - D_{B+1})\, v v^\top \right\rangle = "
        r"(p_B - p_{B+1}) \tfrac1n \sum_i \left(v^\top (H_i - H) v\right)^2 \ge 0",
    ),
    Claim(
        "stable-with-larger-batches",
        REGULAR_MINIMUM,
        "step size <= eta* of batches of B: 2 C - eta D of batches of B + 1 is positive semidefinite",
        (POSITIVE_SEMIDEFINITE, BELOW_THRESHOLD),
        _stays_stable,
        r"\eta \le \eta^*(B) \Rightarrow 2 C - \eta D_{B+1} \succeq 0",
    ),
    Claim(
        "at-most-linear",
        REGULAR_MINIMUM,
        "eta* of batches of B is at most B times eta* of single losses (own)",
        (POSITIVE_SEMIDEFINITE,),
        _at_most_linear,
        r"\eta^*(B) \le B\, \eta^*(1)",
    ),
)


def _equal(curvature: tuple[int, ...], count: int, batch_size: int) -> Any:
    diagonal = [[c if i == j else 0 for j in range(len(curvature))] for i, c in enumerate(curvature)]
    return minimum([diagonal] * count, 1, min(batch_size, count))


EQUAL_LOSSES = Family(
    id="equal-losses",
    parameters={
        "curvature": Range(choices=((1,), (2, 1), (3,), (1, 1, 0))),
        "count": Range(choices=(2, 3, 4)),
        "batch_size": Range(choices=(1, 2, 3)),
    },
    build=_equal,
    attains="equality",
    meaning="all losses are the same: batches make no difference",
)


def _mutant(id: str, statement: str, concludes: Checks, why: str, killer: Any, partial: bool = True) -> Mutant:
    assumes: tuple[Assumption, ...] = (POSITIVE_SEMIDEFINITE, *((PARTIAL_BATCHES,) if partial else ()))
    return Mutant(id, Claim(f"threshold-{id}", REGULAR_MINIMUM, statement, assumes, concludes), why, killer)


def _reversed(view: View) -> Iterable[Check]:
    yield Check(threshold_of(view, next_size(view)), "<=", view["mean_square_threshold"])


def _strictly(view: View) -> Iterable[Check]:
    yield Check(view["mean_square_threshold"], "<", threshold_of(view, next_size(view)))


def _proportional(view: View) -> Iterable[Check]:
    size = view["batch_size"]
    yield Check(view["mean_square_threshold"] * view.ops.ratio(size + 1, size), "<=", threshold_of(view, size + 1))


def _half_way(view: View) -> Iterable[Check]:
    yield Check(threshold_of(view, next_size(view)), "<=", view["mean_square_threshold"] * view.ops.ratio(3, 2))


def _half_linear(view: View) -> Iterable[Check]:
    single = threshold_of(view, 1) * view.ops.ratio(view["batch_size"] + 1, 2)
    yield Check(view["mean_square_threshold"], "<=", single)


def _full_is_sharpest(view: View) -> Iterable[Check]:
    yield Check(threshold_at(view, view.ops.ratio(0)), "<=", sharpest(view))


def _mixture_mutant(id: str, formula: str, share: Callable[[View], Any], why: str) -> Mutant:
    statement = f"a single loss with probability {formula}, else all losses: the same moments as batches of B"
    claim = Claim(f"mixture-{id}", REGULAR_MINIMUM, statement, (), _same_as_mixture(share))
    return Mutant(id, claim, why, curvatures(ONE_CURVED, 1, 2))


MUTANTS = (
    _mutant(
        "decreasing",
        "eta* of batches of B + 1 is at most eta* of batches of B",
        _reversed,
        "larger batches are less noisy",
        curvatures(ONE_CURVED, 1),
    ),
    _mutant(
        "strictly-increasing",
        "eta* of batches of B is below eta* of batches of B + 1",
        _strictly,
        "where all losses are the same nothing changes",
        curvatures((1, 1), 1),
    ),
    _mutant(
        "linear-scaling",
        "eta* of batches of B + 1 is at least (B + 1) / B times eta* of batches of B",
        _proportional,
        "the linear scaling rule fails where the losses agree",
        curvatures((1, 1), 1),
    ),
    _mutant(
        "half-linear",
        "eta* of batches of B is at most (B + 1) / 2 times eta* of single losses",
        _half_linear,
        "curvatures 1, 0, 0: 4 for batches of 2, 2 for single losses",
        curvatures(ONE_CURVED, 1, 2),
    ),
    _mutant(
        "bounded-gain",
        "eta* of batches of B + 1 is at most 3/2 times eta* of batches of B",
        _half_way,
        "curvatures 1, 0, 0: it doubles from 2 to 4",
        curvatures(ONE_CURVED, 1),
    ),
    _mutant(
        "full-batch-by-sharpest-loss",
        "eta* of the full batch is at most 2 / max_i lambda_max(H_i)",
        _full_is_sharpest,
        "only the mean curvature counts for the full batch",
        curvatures(ONE_CURVED, 1),
        partial=False,
    ),
    _mixture_mutant(
        "mixture-one-over-batch-size",
        "1/B",
        lambda view: view.ops.ratio(1, view["batch_size"]),
        "the probability is (n - B) / (B (n - 1))",
    ),
    _mixture_mutant(
        "mixture-over-all-samples",
        "(n - B) / (B n)",
        lambda view: view.ops.ratio(sample_count(view) - view["batch_size"], view["batch_size"] * sample_count(view)),
        "the probability is (n - B) / (B (n - 1))",
    ),
    _mixture_mutant(
        "mixture-exchanged",
        "1 - p",
        lambda view: 1 - view["batch_noise"],
        "p is the probability of a single loss",
    ),
)

NECESSITY = (
    Necessity(
        "positive-semidefinite",
        curvatures((2, -1), 1, 2),
        "curvatures 2 and -1: eta* is 4 for both, 2/5 for single losses. The claims themselves hold for a positive "
        "semidefinite H (see the notes), but eta* then means nothing for SGD (see sgd-threshold)",
        "at-most-linear",
    ),
    Necessity(
        "below-threshold",
        curvatures((1,), 3),
        "curvature 1, step size 3: beyond 2 for every batch size",
        "stable-with-larger-batches",
    ),
)

SGD_THRESHOLD_MONOTONE = Theorem(
    id="sgd-threshold-monotone",
    title="Larger batches are stable at larger step sizes",
    source=source("Propositions 1 and 2"),
    status="read",
    claims=CLAIMS,
    links=LINKS,
    right_side="eta* of batches of B + 1",
    equality=(EQUAL_LOSSES,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=MIXTURE_FORMS,
    evidence={
        "trained-converged": "the losses are taken at an interpolating minimum, where every gradient vanishes",
        "visited": "the thresholds depend on no state",
        "swept": NOT_SWEPT,
    },
    notes=(
        SYMBOLS
        + "Two thresholds are compared exactly: as largest roots of characteristic polynomials over the rationals, "
        "whose common roots decide ties. Proposition 2 says that single losses with probability p, mixed with full "
        "batches, have the threshold of batches of B: both have the same moments after every step, with gradient "
        "noise too. At most B times (own), with equality for curvatures 1, 0, 0: on positive semidefinite M, <M, (H "
        "kron H) M> is the mean of all Tr(M H_i M H_j) >= 0, hence at least 1/n of <M, mean H_i kron H_i M>, and the "
        "top matrix is one (Theorem 6). The first two claims need no more than a positive semidefinite H: everything "
        "stays on perp if H_i is replaced by P H_i P, (1 - p) (I - eta H) kron (I - eta H) + p mean (I - eta P H_i P) "
        "kron (I - eta P H_i P) keeps the form of Theorem 6, so its top matrix M is positive semidefinite, and <M, "
        "(D_B - D_{B+1}) M> = (p_B - p_{B+1}) mean |M^1/2 (H_i - H) M^1/2|_F^2 >= 0. They are stated where eta* is "
        "the threshold of SGD."
    ),
)
