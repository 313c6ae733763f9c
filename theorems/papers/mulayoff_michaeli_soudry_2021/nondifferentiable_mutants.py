"""False variants of the bounds for minima with kinks on data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from refutable.theorems.assumptions.strong_stability import surplus
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu.forward import trained_flag
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.kinks import SHATTERED_TRIANGLE, at_modes_edge
from refutable.theorems.families.two_atoms import TWO_ATOMS, two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.chain_mutants import weight_variants
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Formula = Callable[[View], Any]


def _norm(view: View) -> Any:
    return view["stability_norm"]


def variant(claim: Claim, id: str, right: Formula, left: Formula = _norm) -> Claim:
    """The claim with other sides."""
    statement = f"{claim.statement} (false variant: {id})"
    return replace(claim, id=id, statement=statement, latex="", concludes=lambda v: [Check(left(v), "<=", right(v))])


def _multiplied(view: View) -> Any:
    q = view.ops.ratio(surplus(view), len(view["x"]))
    return (1 - 2 * view.ops.sqrt(3 * q)) / view["step_size"] - view.ops.ratio(1, 2)


def _edge_minus(numerator: int, denominator: int) -> Formula:
    return lambda view: 1 / view["step_size"] - view.ops.ratio(numerator, denominator)


def _without_bias(view: View) -> Any:
    return 1 / view["step_size"] - view.ops.ratio(1 + trained_flag(view, "b2"), 2)


def bound_mutants(bound: Claim, published: Claim, one_toggle: Claim) -> tuple[Mutant, ...]:
    """Mutants of the factor-free bound, of the published one, and of the one for one toggling neuron."""
    return (
        Mutant(
            "minus-one",
            variant(bound, "minus-one", _edge_minus(1, 1)),
            "1/eta - 1 asks for more than the output bias gives",
            SHATTERED_TRIANGLE,
        ),
        Mutant(
            "loss-one-over-n",
            variant(bound, "loss-one-over-n", lambda v: 1 / (2 * v["step_size"]) - v.ops.ratio(1, 2)),
            "1/(2 eta) - 1/2 belongs to the loss (1/n) sum r^2",
            SHATTERED_TRIANGLE,
        ),
        Mutant(
            "active-side-only",
            variant(bound, "active-side-only", _edge_minus(1, 1), lambda v: v["active_side_sum"]),
            "the active side alone obeys 1/eta - 1/2, not 1/eta - 1",
            SHATTERED_TRIANGLE,
        ),
        Mutant(
            "factor-multiplied",
            variant(published, "factor-multiplied", _multiplied),
            "the factor divides: 26 data in two atoms reach the bound without it",
            two_atoms(copies=13),
        ),
        Mutant(
            "bias-counted-untrained",
            variant(one_toggle, "bias-counted-untrained", _edge_minus(1, 2)),
            "without a trained output bias the 1/2 is not there",
            frozen_two_atoms("b2"),
        ),
        *_weights(bound),
    )


def _weights(bound: Claim) -> tuple[Mutant, ...]:
    """The bound with each wrong weight."""
    return tuple(
        Mutant(
            id,
            variant(bound, id, _edge_minus(1, 2), norm),
            why,
            at_modes_edge(killer) if isinstance(killer, Instance) else killer,
        )
        for id, norm, why, killer in weight_variants()
    )


def conjecture_mutants(conjecture: Claim) -> tuple[Mutant, ...]:
    """Mutants of the conjecture about any number of kinks on data, output bias trained or not."""
    return (
        Mutant(
            "bias-counted-untrained",
            variant(conjecture, "bias-counted-untrained", _edge_minus(1, 2)),
            "without a trained output bias the 1/2 is not there",
            frozen_two_atoms("b2"),
        ),
        Mutant(
            "half-more",
            variant(conjecture, "half-more", _without_bias),
            "1/eta - (1 + t)/2 asks for 1/2 more",
            TWO_ATOMS,
        ),
    )
