"""False thresholds. One that is too large promises contraction, one that is too small promises growth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refutable.theorems.assumptions.regular_minimum import (
    BELOW_THRESHOLD,
    INTERPOLATING,
    POSITIVE_SEMIDEFINITE,
    kept_above,
    kept_below,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.operators import (
    kronecker,
    pencil_bound,
    restricted,
    sample_count,
    threshold_at,
    trace,
)
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2024.cases import (
    ONE_CURVED,
    curvatures,
    minimum,
    rank_one,
    threshold_of_curvatures,
)
from refutable.theorems.papers.mulayoff_michaeli_2024.formulas import contraction, growth, perp_sizes, shrinking
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Edge = Callable[[View], Any]


def over_batch_size(view: View) -> Any:
    """eta* with p = 1/B."""
    return threshold_at(view, view.ops.ratio(1, view["batch_size"]))


def over_all_samples(view: View) -> Any:
    """eta* with p = (n - B) / (B n)."""
    n, size = sample_count(view), view["batch_size"]
    return threshold_at(view, view.ops.ratio(n - size, size * n))


def with_diffusion(view: View, diffusion: Any) -> Any:
    """sup{eta : 2 C - eta D is positive semidefinite on perp} for another D."""
    drift = restricted(view, view["drift_operator"]) * view.ops.ratio(2)
    return pencil_bound(view.ops, drift, restricted(view, diffusion))


def squared_mean(view: View) -> Any:
    """H kron H."""
    return kronecker(view["mean_hessian"], view["mean_hessian"])


def _uncentred(view: View) -> Any:
    return with_diffusion(view, squared_mean(view) + view["batch_noise"] * view["mean_square_hessians"])


def _centred(view: View) -> Any:
    p, squared = view["batch_noise"], squared_mean(view)
    return with_diffusion(view, (1 - p) * squared + p * (view["mean_square_hessians"] - squared))


def _single(view: View) -> Any:
    return with_diffusion(view, view["mean_square_hessians"])


def sharpest(view: View) -> Any:
    """2 / max_i lambda_max(H_i)."""
    tops = [view.ops.top_eigenvalue(view["hessians"][..., i, :, :]) for i in range(sample_count(view))]
    largest = tops[0]
    for top in tops[1:]:
        largest = view.ops.maximum(largest, top)
    return view.ops.ratio(2) / largest


FALSE_EDGES: dict[str, Edge] = {
    "above-p-one-over-batch-size": over_batch_size,
    "below-p-over-all-samples": over_all_samples,
    "below-full-batch-edge": lambda view: view["mean_threshold"],
    "above-batch-size-ignored": _single,
    "above-diffusion-uncentred": _uncentred,
    "below-diffusion-without-mean": _centred,
    "below-drift-without-half": lambda view: 2 * view["mean_square_threshold"],
    "above-one-over-top-eigenvalue": lambda view: view["mean_square_threshold"] / 2,
    "above-sharpest-loss": sharpest,
}
"""By assumption: the false thresholds that step sizes are assumed to be below or above."""


def _too_large(id: str, formula: str, killer: Instance, why: str) -> Mutant:
    edge = FALSE_EDGES[f"below-{id}"]

    def below(view: View) -> list[Check]:
        return [Check(view["step_size"], "<=", edge(view))]

    stable = Assumption(f"below-{id}", f"step size <= {formula}", below, kept_below(edge), last=True)
    assumes = (POSITIVE_SEMIDEFINITE, INTERPOLATING, stable)
    statement = f"step size <= {formula}: |E theta_T theta_T^T|_F <= |theta_0|^2 on perp"
    return Mutant(id, Claim(f"stable-{id}", REGULAR_MINIMUM, statement, assumes, contraction), why, killer)


def _too_small(id: str, formula: str, killer: Instance, why: str) -> Mutant:
    edge = FALSE_EDGES[f"above-{id}"]

    def above(view: View) -> list[Check]:
        return [Check(edge(view), "<", view["step_size"])]

    unstable = Assumption(f"above-{id}", f"step size > {formula}", above, kept_above(edge), last=True)
    assumes = (POSITIVE_SEMIDEFINITE, INTERPOLATING, unstable)
    statement = f"step size > {formula}: E |theta_T|^2 > 1 from an isotropic start"
    return Mutant(id, Claim(f"unstable-{id}", REGULAR_MINIMUM, statement, assumes, growth), why, killer)


def _trace(view: View) -> list[Check]:
    end = view["sgd_moments"][view["steps"]][1]
    start = view["displacement"]
    return [Check(trace(view.ops, end), "<=", view.ops.sum(start * start))]


def _strict(view: View) -> list[Check]:
    sizes = perp_sizes(view)
    return [Check(sizes[view["steps"]], "<", sizes[0])]


def _below(id: str, statement: str, concludes: Any, why: str, killer: Instance) -> Mutant:
    assumes = (POSITIVE_SEMIDEFINITE, INTERPOLATING, BELOW_THRESHOLD)
    return Mutant(id, Claim(f"stable-{id}", REGULAR_MINIMUM, statement, assumes, concludes), why, killer)


def mutants() -> tuple[Mutant, ...]:
    """The record's mutants; three losses with curvatures 1, 0, 0 have eta* = 2, 4, 6 for batches of 1, 2, 3."""
    return (
        _too_small(
            "p-one-over-batch-size",
            "2 / lambda_max(C^+ D) with p = 1/B",
            curvatures(ONE_CURVED, "7/2", 2),
            "drawn without replacement, two of three losses are less noisy: p = 1/4, eta* = 4",
        ),
        _too_large(
            "p-over-all-samples",
            "2 / lambda_max(C^+ D) with p = (n - B) / (B n)",
            curvatures(ONE_CURVED, "5/2"),
            "p is (n - B) / (B (n - 1)): eta* = 2, not 18/7",
        ),
        _too_large(
            "full-batch-edge",
            "2 / lambda_max(H)",
            curvatures(ONE_CURVED, 3),
            "this is where the mean becomes unstable; the mean square does earlier",
        ),
        _too_small(
            "batch-size-ignored",
            "2 / lambda_max(C^+ mean H_i kron H_i), whatever the batch size",
            curvatures(ONE_CURVED, 3, 2),
            "larger batches are less noisy: eta* = 4 for two of three",
        ),
        _too_small(
            "diffusion-uncentred",
            "2 / lambda_max(C^+ D) with D = H kron H + p mean H_i kron H_i",
            curvatures(ONE_CURVED, "7/4"),
            "H kron H is counted twice; its weight is 1 - p",
        ),
        _too_large(
            "diffusion-without-mean",
            "2 / lambda_max(C^+ D) with D = (1 - p) H kron H + p mean (H_i - H) kron (H_i - H)",
            curvatures(ONE_CURVED, "5/2"),
            "the mean of H_i kron H_i holds H kron H once more",
        ),
        _too_large(
            "drift-without-half",
            "2 / lambda_max(C^+ D) with C = H kron I + I kron H",
            curvatures(ONE_CURVED, 3),
            "C has the factor 1/2",
        ),
        _too_small(
            "one-over-top-eigenvalue",
            "1 / lambda_max(C^+ D)",
            curvatures(ONE_CURVED, "3/2"),
            "the threshold is 2 / lambda_max(C^+ D)",
        ),
        _too_small(
            "sharpest-loss",
            "2 / max_i lambda_max(H_i)",
            curvatures(ONE_CURVED, 3, 2),
            "a sharp loss does no harm where the others are flat and in the same batch",
        ),
        _below(
            "mean-square-monotone",
            "step size <= eta*: E |theta_T|^2 <= |theta_0|^2",
            _trace,
            "the length of E theta theta^T as a vector of entries shrinks, its trace may grow first",
            minimum(rank_one((2, 1), (3, 0)), "1/4", start=[1, -1]),
        ),
        _below(
            "strict-at-threshold",
            "step size <= eta*: |E theta_T theta_T^T|_F < |theta_0|^2",
            _strict,
            "at eta* itself the mean square may stay as it is",
            curvatures(ONE_CURVED, 2),
        ),
        _below(
            "shrinking-at-threshold",
            "step size <= eta*: every step makes |E theta_t theta_t^T|_F smaller, unless it is 0",
            shrinking,
            "strict contraction ends at eta* itself",
            curvatures((3, 1), threshold_of_curvatures((3, 1), 1), steps=2),
        ),
    )
