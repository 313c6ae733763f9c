"""Theorem 2: int |Laplace f| rho <= 1/eta - 1/2 for every density rho whose Radon transform is at most g."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import (
    ALL_TRAINED,
    DIFFERENTIABLE,
    INTERPOLATING,
    NOT_NEEDED_AT_KINKS,
    STABLE,
)
from refutable.theorems.assumptions.shallow_relu_density import DENSITY_BELOW_WEIGHT
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Values
from refutable.theorems.domains.shallow_relu_density import SHALLOW_RELU_DENSITY
from refutable.theorems.families.densities import (
    BALL_DENSITIES,
    BUMPS_ON_SPHERE,
    BUMPS_THROUGH_ZERO,
    ball_density,
    with_largest_density,
)
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.labelled import NOT_CRITICAL
from refutable.theorems.instances import Instance
from refutable.theorems.papers import inverse_step_size
from refutable.theorems.papers.nacson_2023 import laplacian_forms
from refutable.theorems.papers.nacson_2023.source import source
from refutable.theorems.papers.nacson_2023.step_size_bound import (
    at_most,
    inverse_step_size_bound,
    inverse_step_size_less_one,
    variant,
)
from refutable.theorems.records import Mutant, Necessity, Theorem
from refutable.theorems.views import MissingNumber, View


def _mass(view: View) -> Any:
    return view["laplacian_mass"]


def _bound(values: Values) -> Claim:
    right = inverse_step_size.below(values)

    def concludes(view: View) -> Iterable[Check]:
        yield Check(_mass(view), "<=", right(view))
        yield Check(_mass(view), "<=", view["stability_norm"], "at most ||f||")

    return Claim(
        "laplacian",
        SHALLOW_RELU_DENSITY,
        f"int |Laplace f| rho <= {inverse_step_size.written(values)} for a linearly stable, differentiable, "
        "interpolating minimum and every density rho whose integrals over the network's hyperplanes are at most g",
        (DIFFERENTIABLE, *ALL_TRAINED, INTERPOLATING, DENSITY_BELOW_WEIGHT, STABLE),
        concludes,
        rf"\int |\Delta f|\, \rho \,dx \le {inverse_step_size.latex(values)} "
        r"\quad\text{if } \mathcal{R}\rho \le g",
    )


ADJUSTABLE = Adjustable(inverse_step_size.CONSTANTS, _bound)
BOUND = ADJUSTABLE.claim

LINKS = (
    Claim(
        "norm-dominates",
        SHALLOW_RELU_DENSITY,
        "int |Laplace f| rho <= ||f||, at any parameters",
        (DENSITY_BELOW_WEIGHT,),
        at_most(_mass, lambda view: view["stability_norm"]),
        r"\int |\Delta f|\,\rho\,dx = \sum_h |a_h|\, (\mathcal{R}\rho)(v_h, t_h) \le \sum_h |a_h|\, g(v_h, t_h)",
    ),
)


def _without_input_weights(view: View) -> Any:
    ops = view.ops
    return ops.sum(ops.abs(view["merged_mass"]) * view["radon_mass"] / ops.norm(view["w1"]))


def _density_on_hyperplane(view: View) -> Any:
    """sum of |a_h| rho at distance |t_h|: the density's value in place of its integral, for m = 0 on a ball."""
    ops = view.ops
    if not view.has("radius_squared"):
        raise MissingNumber("the density is no power on a ball")
    masses = ops.abs(view["merged_mass"]) * ops.norm(view["w1"])
    return ops.sum(masses * view["inside"]) * view["scale"]


def _exponent_too_large(view: View) -> Any:
    """(r^2 - t^2)^(m + d/2) in place of m + (d-1)/2."""
    ops = view.ops
    depth = (ops.spread(view["radius_squared"]) - view["offset_square"]) * view["inside"]
    return ops.sum(ops.abs(view["merged_mass"]) * view["radon_mass"] * ops.sqrt(depth))


def _doubled(instance: Instance) -> Instance:
    return instance.replace(scale=2 * instance["scale"])


MUTANTS = (
    Mutant(
        "output-weight-alone",
        variant(BOUND, "output-weight-alone", _without_input_weights, inverse_step_size_bound),
        "the jump of the gradient is w2_i |w1_i|, not w2_i; they differ where |w1_i| < 1",
        ball_density(scale=fmpq(1)),
    ),
    Mutant(
        "density-for-its-integral",
        variant(BOUND, "density-for-its-integral", _density_on_hyperplane, inverse_step_size_bound),
        "the Laplacian lives on hyperplanes: rho is integrated over them",
        ball_density(shape=(2, 6), chord=fmpq(1, 10)),
    ),
    Mutant(
        "half-a-dimension-more",
        variant(BOUND, "half-a-dimension-more", _exponent_too_large, inverse_step_size_bound),
        "a hyperplane has d - 1 dimensions: the exponent is m + (d-1)/2",
        ball_density(chord=fmpq(2)),
    ),
    Mutant(
        "minus-one",
        variant(BOUND, "minus-one", _mass, inverse_step_size_less_one),
        "1/eta - 1 asks for more than the output bias gives",
        ball_density(scale=fmpq(256)),
    ),
)


def _frozen(group: str) -> Instance:
    return with_largest_density(frozen_two_atoms(group), variance=1)


_BELOW_CHAIN = "R rho = g at the only knot, and frozen the sharpness drops below 1 + 2 ||f||"

NECESSITY = (
    Necessity("differentiable", None, NOT_NEEDED_AT_KINKS),
    Necessity("input-weights-trained", _frozen("w1"), _BELOW_CHAIN),
    Necessity("hidden-biases-trained", _frozen("b1"), _BELOW_CHAIN),
    Necessity("output-weights-trained", _frozen("w2"), _BELOW_CHAIN),
    Necessity("output-bias-trained", _frozen("b2"), "the 1 of 1 + 2 ||f|| comes from the output bias"),
    Necessity(
        "interpolating",
        with_largest_density(NOT_CRITICAL, variance=1),
        "residual -1 at both points, neither interpolating nor critical",
    ),
    Necessity("density-below-weight", _doubled(ball_density()), "twice the largest density"),
    Necessity("stable", ball_density().replace(step_size=fmpq(2)), "a step size above 2 / sharpness bounds nothing"),
)

LAPLACIAN = Theorem(
    id="laplacian",
    title="Stable minima have a bounded weighted integral of |Laplace f|",
    source=source("Theorem 2"),
    status="recalled",
    claims=(BOUND,),
    adjustable=ADJUSTABLE,
    links=LINKS,
    right_side="the right side of <=",
    equality=(BALL_DENSITIES, BUMPS_THROUGH_ZERO, BUMPS_ON_SPHERE),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=laplacian_forms.CLOSED_FORMS,
    evidence={"trained-converged": "a float run never interpolates exactly; residual-bound speaks of converged points"},
    notes=(
        "Laplace f is a measure on the network's hyperplanes, so only they matter for R rho <= g. Densities: powers "
        "on a ball, decided exactly, and Gaussian bumps. If g is the Radon transform of a density, that density "
        "gives int |Laplace f| rho = ||f||."
    ),
)
