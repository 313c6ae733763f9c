"""False variants of the weighted L1 bound, and its closed forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.families.edge import at_its_edge
from refutable.theorems.families.two_atoms import TWO_ATOMS
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.chain_mutants import weight_variants
from refutable.theorems.records import ClosedForm, Mutant
from refutable.theorems.views import View


def _bound(view: View) -> Any:
    return view["stability_threshold"] / 2 - view.ops.ratio(1, 2)


def _norm(view: View) -> Any:
    return view["stability_norm"]


def mutants(bound: Claim) -> tuple[Mutant, ...]:
    """The mutants of int |f''| g <= 1/eta - 1/2."""

    def variant(id: str, left: Callable[[View], Any], right: Callable[[View], Any]) -> Claim:
        statement = f"{bound.statement} (false variant: {id})"
        return replace(
            bound, id=id, statement=statement, latex="", concludes=lambda v: [Check(left(v), "<=", right(v))]
        )

    weights = tuple(
        Mutant(id, variant(id, norm, _bound), why, at_its_edge(k) if isinstance(k, Instance) else k)
        for id, norm, why, k in weight_variants()
    )
    return (
        Mutant(
            "minus-one",
            variant("minus-one", _norm, lambda v: 1 / v["step_size"] - 1),
            "1/eta - 1 asks for more than the output bias gives",
            TWO_ATOMS,
        ),
        Mutant(
            "loss-one-over-n",
            variant("loss-one-over-n", _norm, lambda v: 1 / (2 * v["step_size"]) - v.ops.ratio(1, 2)),
            "1/(2 eta) - 1/2 belongs to the loss (1/n) sum r^2",
            TWO_ATOMS,
        ),
        *weights,
    )


def _left_weight(symbol_form: bool) -> Any:
    import sympy

    p, e, x = sympy.symbols("P E x", positive=True)
    if symbol_form:
        return p**2 * (x - e) * sympy.sqrt(1 + e**2)
    return (x * p - p * e) * sympy.sqrt(p**2 + (p * e) ** 2)


def _left_weight_square(symbol_form: bool) -> Any:
    import sympy

    return sympy.expand(_left_weight(symbol_form) ** 2)


CLOSED_FORMS = (
    ClosedForm(
        "division-free",
        "(P^2 E[x-X|.] sqrt(1+E[X|.]^2))^2 = ((xP - M)^2 (P^2 + M^2)) with M = P E[X|.]",
        lambda: _left_weight_square(True),
        lambda: _left_weight_square(False),
        "poly",
    ),
)
