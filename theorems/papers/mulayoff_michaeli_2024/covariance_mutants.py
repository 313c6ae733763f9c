"""False covariances, and false random walks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.regular_minimum import BELOW_THRESHOLD, CRITICAL, POSITIVE_SEMIDEFINITE
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Checks, Claim
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.noise import stationary
from refutable.theorems.domains.regular_minimum.operators import sample_count, squared_size, trace
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2024.cases import curvatures
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

ONE = fmpq(1)
Formula = Callable[[View], Any]
PAIR = curvatures((1, 1), 1, start=0, gradients=(1, -1))
"""Curvature 1, step size 1, noise of 1 and -1: the limit variance 1 is reached in one step."""
TRIPLE = curvatures((1, 1, 1), 1, 2, start=0, gradients=(1, -1, 0))
"""Batches of two out of three: p = 1/4."""


def _limit_with(view: View, operator: Any, factor: Any) -> Any:
    """The trace of the solution for another operator or another factor of mean g_i g_i^T."""
    return trace(view.ops, stationary(view, operator, view.ops.spread(factor, 2) * view["gradient_squares"]))


def _drift_alone(view: View) -> Any:
    return _limit_with(view, 2 * view["drift_operator"], view["step_size"] * view["batch_noise"])


def _over_all_samples(view: View) -> Any:
    n, size = sample_count(view), view["batch_size"]
    return _limit_with(view, view["decay_operator"], view["step_size"] * view.ops.ratio(n - size, size * n))


def _doubled_diffusion(view: View) -> Any:
    operator = view["decay_operator"] + view.ops.spread(view["step_size"], 2) * view["diffusion_operator"] * 2
    return _limit_with(view, operator, view["step_size"] * view["batch_noise"])


def _without_step_size(view: View) -> Any:
    return _limit_with(view, view["decay_operator"], view["batch_noise"])


def mutants(
    setting: tuple[Assumption, ...],
    settled: Formula,
    expected_loss: Formula,
    flat_square: Callable[[View, int], Any],
    flat_noise: Formula,
    walk: Instance,
    at_edge: Instance,
) -> tuple[Mutant, ...]:
    """The record's mutants, on its own formulas."""

    def at_most(id: str, formula: str, right: Formula, why: str, killer: Instance) -> Mutant:
        statement = f"step size < eta*: from the minimum itself, E |theta_T|^2 on perp is at most {formula}"
        claim = Claim(
            f"bounded-{id}",
            REGULAR_MINIMUM,
            statement,
            setting,
            lambda view: [Check(settled(view), "<=", right(view))],
        )
        return Mutant(id, claim, why, killer)

    def walking(id: str, formula: str, right: Formula, why: str, killer: Instance) -> Mutant:
        def concludes(view: View) -> list[Check]:
            steps = view["steps"]
            return [Check(flat_square(view, steps), "==", flat_square(view, 0) + right(view) * flat_noise(view))]

        statement = f"in the null space of H, E |theta_T|^2 = |theta_0|^2 + {formula} mean |g_i|^2"
        assumes = (POSITIVE_SEMIDEFINITE, CRITICAL)
        return Mutant(id, Claim(f"walk-{id}", REGULAR_MINIMUM, statement, assumes, concludes), why, killer)

    return (
        at_most(
            "drift-alone",
            "eta p vec(I)^T (2 C)^+ vec mean g_i g_i^T",
            _drift_alone,
            "2 C - eta D: a finite step size adds to the covariance (continuous time forgets it)",
            PAIR,
        ),
        at_most(
            "diffusion-of-wrong-sign",
            "eta p vec(I)^T (2 C + eta D)^+ vec mean g_i g_i^T",
            _doubled_diffusion,
            "the noise of the Hessians adds to the covariance",
            PAIR,
        ),
        at_most(
            "p-over-all-samples",
            "eta (n - B) / (B n) vec(I)^T (2 C - eta D)^+ vec mean g_i g_i^T",
            _over_all_samples,
            "p = (n - B) / (B (n - 1)): 1/4 for two of three losses, not 1/6",
            TRIPLE,
        ),
        at_most(
            "without-step-size",
            "p vec(I)^T (2 C - eta D)^+ vec mean g_i g_i^T",
            _without_step_size,
            "the covariance grows with the step size",
            curvatures(("1/2", "1/2"), 2, start=0, gradients=(1, -1)),
        ),
        Mutant(
            "half-the-loss",
            Claim(
                "loss-gap-halved",
                REGULAR_MINIMUM,
                "step size < eta*: from the minimum itself, the mean loss gap is at most "
                "eta p vec(H)^T (2 C - eta D)^+ vec mean g_i g_i^T / 4",
                setting,
                lambda view: [
                    Check(
                        view.ops.ratio(1, 2)
                        * trace(
                            view.ops, view.ops.matmul(view["mean_hessian"], view["resting_moments"][view["steps"]])
                        ),
                        "<=",
                        expected_loss(view) * view.ops.ratio(1, 2),
                    )
                ],
            ),
            "the factor is 1/2",
            PAIR,
        ),
        _at_threshold(at_edge),
        walking(
            "walk-without-p",
            "T eta^2",
            lambda view: view["step_size"] ** 2 * view["steps"],
            "a full batch has no noise",
            walk.replace(batch_size=2),
        ),
        walking(
            "walk-one-over-batch-size",
            "T eta^2 / B",
            lambda view: view["step_size"] ** 2 * view["steps"] * view.ops.ratio(1, view["batch_size"]),
            "p = (n - B) / (B (n - 1))",
            walk.replace(batch_size=2),
        ),
        walking(
            "walk-quadratic-in-time",
            "T^2 eta^2 p",
            lambda view: view["step_size"] ** 2 * view["batch_noise"] * view["steps"] ** 2,
            "independent steps add their variances",
            walk,
        ),
        walking(
            "walk-linear-in-step-size",
            "T eta p",
            lambda view: view["step_size"] * view["batch_noise"] * view["steps"],
            "a variance has the square of the step size",
            walk.replace(step_size=fmpq(2), steps=1),
        ),
        walking(
            "no-walk",
            "0",
            lambda view: view.ops.ratio(0),
            "the null space is a place without restoring force",
            walk.replace(steps=1),
        ),
    )


def _adds_up(view: View) -> list[Check]:
    steps, seconds = view["steps"], view["resting_moments"]
    single: Any = squared_size(view.ops, seconds[1])
    return [Check(squared_size(view.ops, seconds[steps]), "<", single * steps**2)]


def _several(view: View) -> list[Check]:
    return [
        Check(1, "<", view["steps"], "T > 1"),
        Check(0, "<", squared_size(view.ops, view["noise_source"]), "gradient noise on perp"),
    ]


def _at_threshold(at_edge: Instance) -> Mutant:
    checks: Checks = _several
    several = Assumption("several-noisy-steps", "at least two steps, and gradient noise on perp", checks)
    claim = Claim(
        "bounded-at-threshold",
        REGULAR_MINIMUM,
        "step size <= eta*: from the minimum itself |E theta_T theta_T^T|_F < T |E theta_1 theta_1^T|_F",
        (POSITIVE_SEMIDEFINITE, CRITICAL, BELOW_THRESHOLD, several),
        _adds_up,
    )
    return Mutant("bounded-at-threshold", claim, "at eta* itself the noise of every step stays", at_edge)
