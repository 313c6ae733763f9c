"""False variants of the bounds for minima with kinks on data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.strong_stability import surplus
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.modes import proposed
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.kinks import SHATTERED_TRIANGLE, at_modes_edge, opposed_atoms, shattered_triangle
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import alternative_weights as alternative
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.chain_mutants import one_neuron, weight_variants
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_links import leaving
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
    q = surplus(view) * view.ops.ratio(1, int(view["x"].shape[-2]))
    return (1 - 2 * view.ops.sqrt(3 * q)) / view["step_size"] - view.ops.ratio(1, 2)


def _edge_minus(numerator: int, denominator: int) -> Formula:
    return lambda view: 1 / view["step_size"] - view.ops.ratio(numerator, denominator)


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
            "other-side-only",
            variant(bound, "other-side-only", _edge_minus(1, 2), alternative.swapped_side_sum),
            "the inactive side alone is not controlled: 1/eta - 1/2 belongs to the active one",
            at_modes_edge(one_neuron([-4, "-1/2", 0], 1, "1/2", "1/2")),
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


def _below_3(view: View) -> Iterable[Check]:
    values = view.ops.max(view["mode_sharpnesses"]) if proposed(view) else view["mode_sharpnesses"]
    yield Check(values, "<=", 3 / view["step_size"])


def link_mutants(lemma_3: Claim, no_start_leaves: Claim) -> tuple[Mutant, ...]:
    """Mutants of Lemma 3 and of what it is for."""
    triangle = shattered_triangle()
    bolder = triangle.replace(step_size=fmpq(5, 4) * triangle["step_size"])
    below = Assumption(
        "modes-below-3",
        "in place of modes-stable: every mode's sharpness is at most 3 / step size",
        _below_3,
        lambda v: {"step_size": v.ops.ratio(3 * 2**40 - 3, 2**40) / v.ops.max(v["mode_sharpnesses"])},
        last=True,
    )
    statement = f"{lemma_3.statement} (false variant: 3 in place of 2)"
    return (
        Mutant(
            "three-over-eta",
            replace(lemma_3, id="three-over-eta", statement=statement, latex="", assumes=(below,)),
            "a sharpness between 2/eta and 3/eta leads away",
            bolder,
        ),
        Mutant(
            "longer-step",
            replace(
                no_start_leaves,
                id="longer-step",
                statement=f"{no_start_leaves.statement} (false variant: step size 3/2 eta)",
                latex="",
                concludes=leaving(3),
            ),
            "at the edge of strong stability half as much again leads away",
            triangle,
        ),
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


def _opposed(neurons: Sequence[tuple[str, str, str]], data: Sequence[str], step_size: str) -> Instance:
    """Found by search: w2 relu(w1 x + b1), summed over neurons (w1, b1, w2) on the line, no trained output bias."""
    w1, b1, w2 = zip(*neurons, strict=True)
    return SHALLOW_RELU.instance(
        w1=[[w] for w in w1], b1=b1, w2=w2, b2=0, frozen=["b2"], x=[[c] for c in data], step_size=step_size
    )


HALF_LESS = _opposed([("-1/2", "0", "1/5"), ("-2/5", "14/25", "-1/5"), ("2/5", "14/25", "1/5")], ["-7/5", "7/5"], "9/5")
ONE_OVER_N = _opposed([("-2", "0", "-2"), ("1/2", "2", "1"), ("1/2", "2", "-1")], ["-5", "9", "-4"], "1/62")
FIRST_POWER = _opposed([("-1", "1", "-1"), ("-6", "6", "6"), ("1", "0", "6")], ["-4", "1", "6"], "1/261")


def conjecture_mutants(conjecture: Claim) -> tuple[Mutant, ...]:
    """Mutants of the conjecture: all die where two kinks are opposed and the output bias is frozen."""
    large = opposed_atoms()
    killers = {"first-power": FIRST_POWER}
    norms = {id: (norm, why) for id, norm, why, _ in weight_variants()}
    return (
        Mutant(
            "half-less", variant(conjecture, "half-less", _edge_minus(1, 2)),
            "without a trained output bias the 1/2 is not there", HALF_LESS,
        ),
        Mutant(
            "loss-one-over-n", variant(conjecture, "loss-one-over-n", lambda v: 1 / (2 * v["step_size"])),
            "1/(2 eta) belongs to the loss (1/n) sum r^2", ONE_OVER_N,
        ),
        *(
            Mutant(
                id,
                variant(conjecture, id, lambda v: 1 / v["step_size"], norms[id][0]),
                norms[id][1],
                killers.get(id, large),
            )
            for id in ("first-power", "no-root", "sum-for-root")
        ),
    )  # fmt: skip
