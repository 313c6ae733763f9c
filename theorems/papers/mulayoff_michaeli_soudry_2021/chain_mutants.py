"""False variants of the chain, each with the small network that refutes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.two_atoms import TWO_ATOMS
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import alternative_weights as alternative
from refutable.theorems.records import Family, Mutant
from refutable.theorems.views import View


def one_neuron(x: Sequence[Any], w1: Any, b1: Any, w2: Any) -> Instance:
    """f(x) = w2 relu(w1 x + b1) on the data ``x``."""
    return SHALLOW_RELU.instance(w1=[[w1]], b1=[b1], w2=[w2], b2=0, x=[[v] for v in x])


UNEVEN = one_neuron([0, -4], "1/2", "1/4", "1/4")
"""The active side is the larger one by far."""
SPREAD = one_neuron([1, -1, 4], "-1/4", "3/8", "1/2")
"""The active side holds two points of opposite sign: E[X^2 | .] far above E[X | .]^2."""


def weight_variants() -> list[tuple[str, Callable[[View], Any], str, Family | Instance]]:
    """(id, norm, why false, killer) of each wrong weight."""
    norm_by = alternative.norm_by
    return [
        (
            "first-power",
            norm_by(alternative.first_power),
            "P^2, not P: both factors count the side",
            TWO_ATOMS,
        ),
        ("no-root", norm_by(alternative.no_root), "the norm of (1, E) is sqrt(1 + E^2)", TWO_ATOMS),
        ("sum-for-root", norm_by(alternative.sum_for_root), "the norm of (1, E) is below 1 + |E|", TWO_ATOMS),
        ("second-moment", norm_by(alternative.second_moment), "the mean enters, not the mean square", SPREAD),
        ("larger-side", alternative.larger_side, "only the active side is controlled: min, not max", UNEVEN),
        ("average-side", alternative.average_side, "the average exceeds the active side's weight", UNEVEN),
    ]


def mutants(chain: Claim, links: Sequence[Claim]) -> tuple[Mutant, ...]:
    """The chain's mutants."""

    def at_least(left: Callable[[View], Any], right: Callable[[View], Any], id: str, base: Claim) -> Claim:
        statement = f"{base.statement} (false variant: {id})"
        return replace(base, id=id, statement=statement, latex="", concludes=lambda v: [Check(left(v), "<=", right(v))])

    def sharpness(view: View) -> Any:
        return view["gauss_newton_sharpness"]

    def with_norm(norm: Callable[[View], Any]) -> Callable[[View], Any]:
        return lambda view: 1 + 2 * norm(view)

    weights = tuple(
        Mutant(id, at_least(with_norm(norm), sharpness, id, chain), why, killer)
        for id, norm, why, killer in weight_variants()
    )
    plus_two = at_least(lambda v: 2 + 2 * v["stability_norm"], sharpness, "plus-two", chain)
    swapped = at_least(
        with_norm(alternative.swapped_side_sum), lambda v: v["mean_gradient_square"], "swapped-side", links[2]
    )
    return (
        Mutant("plus-two", plus_two, "the output bias contributes 1, not 2", TWO_ATOMS),
        *weights,
        Mutant(
            "swapped-side",
            swapped,
            "A_i B_i belongs to the active side",
            one_neuron([-4, 0], 1, "1/2", "1/2"),
        ),
    )
