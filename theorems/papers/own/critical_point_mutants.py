"""False variants of the critical-point bound, with rational networks that refute them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.critical_points import NOISY_TWO_ATOMS
from refutable.theorems.families.labelled import SHIFTED_TWO_ATOMS
from refutable.theorems.instances import Instance
from refutable.theorems.papers.nacson_2023.step_size_bound import (
    inverse_step_size_bound,
    inverse_step_size_less_one,
    variant,
)
from refutable.theorems.papers.own import gradient_blocks
from refutable.theorems.records import Mutant
from refutable.theorems.views import View


def uneven_gradients() -> Instance:
    """Two neurons on three data, without step size: the first one is active on one datum, whose residual is 0.

    Its gradient is 0: it halves the mean of the gradients, not their maximum. (found by search)
    """
    return SHALLOW_RELU.instance(
        w1=[["-1/2"], ["4/3"]], b1=[0, -13], w2=["2/3", "1/2"], b2=0, x=[[-18], [17], [17]], y=[6, 6, 9]
    )


def mutants(bound: Claim, gauss_newton: Claim, quantitative: Claim, weighted: Claim) -> tuple[Mutant, ...]:
    """The record's mutants."""
    return (
        Mutant(
            "minus-one",
            variant(bound, "minus-one", _norm, inverse_step_size_less_one),
            "1/eta - 1 asks for more than the output bias gives",
            NOISY_TWO_ATOMS,
        ),
        Mutant(
            "every-neuron-its-active-side-doubled",
            variant(bound, "active-side-doubled", lambda v: 2 * v["active_side_sum"], inverse_step_size_bound),
            "each neuron counts once: A_i B_i <= (A_i^2 + B_i^2) / 2",
            NOISY_TWO_ATOMS,
        ),
        Mutant(
            "residual-part-negligible",
            _without_critical(gauss_newton),
            "away from critical points the residual part is not 0",
            SHIFTED_TWO_ATOMS,
        ),
        *_corrections(quantitative, weighted),
    )


def _norm(view: View) -> Any:
    return view["stability_norm"]


def _without_critical(claim: Claim) -> Claim:
    return claim.without("critical")


def _corrections(quantitative: Claim, weighted: Claim) -> tuple[Mutant, ...]:
    largest = _largest(lambda ops, a: ops.max(a))
    mean = _largest(lambda ops, a: ops.mean(a))

    def mutant(id: str, claim: Claim, correction: Callable[[View], Any], why: str, killer: Instance) -> Mutant:
        return Mutant(id, variant(claim, id, _norm, _sharpness_bound(correction)), why, killer)

    return (
        mutant(
            "no-correction",
            quantitative,
            lambda v: v.ops.ratio(0),
            "the residual part can lower the sharpness",
            SHIFTED_TWO_ATOMS,
        ),
        mutant(
            "an-eighth-of-largest",
            quantitative,
            lambda v: largest(v) * v.ops.ratio(1, 8),
            "1/2, not 1/8",
            SHIFTED_TWO_ATOMS,
        ),
        mutant(
            "quarter-of-largest",
            quantitative,
            lambda v: largest(v) * v.ops.ratio(1, 4),
            "1/2, not 1/4",
            SHIFTED_TWO_ATOMS,
        ),
        mutant(
            "mean-for-max",
            quantitative,
            lambda v: mean(v) * v.ops.ratio(1, 2),
            "the norm of the residual part is the largest block, not the mean one",
            uneven_gradients(),
        ),
        mutant(
            "half-of-weighted",
            weighted,
            lambda v: gradient_blocks.weighted_gradient(v) * v.ops.ratio(1, 2),
            "the coupling enters twice, once for each triangle of the Hessian",
            SHIFTED_TWO_ATOMS,
        ),
        mutant(
            "weighted-less-one-percent",
            weighted,
            lambda v: gradient_blocks.weighted_gradient(v) * v.ops.ratio(99, 100),
            "the weighted form is tight to within one percent where labels are off by one everywhere",
            SHIFTED_TWO_ATOMS,
        ),
    )


def _largest(over: Callable[[Any, Any], Any]) -> Callable[[View], Any]:
    return lambda view: over(view.ops, gradient_blocks.gradients_over_outputs(view))


def _sharpness_bound(correction: Callable[[View], Any]) -> Callable[[View], Any]:
    def right(view: View) -> Any:
        half = view.ops.ratio(1, 2)
        return view["sharpness"] * half - half + correction(view)

    return right
