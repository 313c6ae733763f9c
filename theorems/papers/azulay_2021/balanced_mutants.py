"""False variants of what balanced linear units minimise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.instances import Instance
from refutable.theorems.papers.azulay_2021.balanced_claims import HEADLINE, balanced_potential, three_halves
from refutable.theorems.papers.azulay_2021.neuron_assumptions import LINEAR
from refutable.theorems.papers.azulay_2021.neuron_cases import MOVED, at, rival, start
from refutable.theorems.papers.azulay_2021.neuron_claims import Function, minimises
from refutable.theorems.papers.azulay_2021.neuron_mutants import squared_distance
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

TWO = at(start([1, 2], [[0, 1], [0, 2]]), ["5/3", "10/3"], [["4/3"], ["8/3"]])
"""Two balanced units: a = (1, 2), W = a (0, 1)^T; then a = (5/3, 10/3), theta = 5 (20/9, 5/3)."""


def _least(id: str, statement: str, function: Function, why: str, killer: Instance) -> Mutant:
    claim = minimises(id, f"among all v with X v = f(X) the predictor W^T a minimises {statement}", HEADLINE, function)
    return Mutant(id, claim, why, killer)


def _coefficient(id: str, value: fmpq, killer: Instance, why: str) -> Mutant:
    def function(view: View, v: Any) -> Any:
        return balanced_potential(view, v, view.ops.ratio(int(value.p), int(value.q)))

    return _least(id, f"|v|^(3/2) - {value} <theta_0, v>/|theta_0|^(1/2)", function, why, killer)


def first_power(view: View, v: Any) -> Any:
    """|v| - <theta_0, v>/|theta_0|: stationary at theta_0 too."""
    ops, begin = view.ops, view["start_predictor"]
    return ops.norm(v) - ops.sum(begin * v) / ops.norm(begin)


def start_ignored(view: View, v: Any) -> Any:
    """|v|^{3/2}."""
    return three_halves(view.ops, v)


def _shared(view: View) -> Iterable[Check]:
    rates = view["multiplier_rates"]
    yield Check(rates - rates[..., :1, :], "==", 0)


def mutants() -> tuple[Mutant, ...]:
    """The record's mutants."""
    shared = Claim(
        "shared-multipliers",
        HIDDEN_LINEAR,
        "all units have the same multipliers: dnu_i/dt does not depend on i",
        (LINEAR,),
        _shared,
    )
    return (
        _coefficient(
            "coefficient-1",
            fmpq(1),
            rival(TWO, "100/9", 5),
            "3/2 is forced at the start, where the gradient must vanish; a restatement prints 1",
        ),
        _coefficient("coefficient-2", fmpq(2), rival(TWO, "100/9", 10), "3/2 is forced at the start"),
        _least("power-1", "|v| - <theta_0, v>/|theta_0|", first_power, "the power is 3/2", rival(MOVED, "20/9", 2)),
        _least("power-2", "|v - theta_0|^2", squared_distance, "the power is 3/2", rival(MOVED, "20/9", "3/2")),
        _least("start-ignored", "|v|^(3/2)", start_ignored, "the start is not small", rival(MOVED, "20/9", 1)),
        Mutant(
            "shared-multipliers",
            shared,
            "nu_i grows with a_i: only for balanced units do the a_0i nu_i/|a_0| add up to one multiplier for theta",
            start([1, 2], [[1, 0], [0, 1]], labels=[2]),
        ),
    )
