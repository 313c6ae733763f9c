"""False formulas for the sharpness at the end of gradient flow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.domains.scalar_factors.products import entry
from refutable.theorems.instances import Instance
from refutable.theorems.papers.kreisler_2023.assumptions import FLOWS_TO_ONE, MINIMUM, TWO_FACTORS
from refutable.theorems.papers.kreisler_2023.states import state
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Side = Callable[[View], Any]


def two_factor_form(view: View, constant: int) -> Any:
    """The square root of (w_1^2 - w_2^2)^2 + constant."""
    gap = entry(view["balances"], 0, 1)
    return view.ops.sqrt(gap * gap + view.ops.ratio(constant))


def _equal(
    id: str, statement: str, left: Side, right: Side, why: str, killer: Instance, *assumes: Assumption
) -> Mutant:
    claim = Claim(id, SCALAR_FACTORS, statement, assumes, lambda view: [Check(left(view), "==", right(view))])
    return Mutant(id, claim, why, killer)


def _first_gap(view: View, name: str) -> Any:
    return entry(view[name], 0, 1)


def _without_square(view: View) -> Any:
    """(w_1^2 - w_2^2) (1 - eta g / (w_1 w_2)) for two weights: eta g / (w_1 w_2) = eta (p - 1)."""
    return _first_gap(view, "balances") * (view.ops.ratio(1) - view["step_size"] * view["residual"])


def _inverse_squares(view: View) -> Any:
    return view.ops.sum(view.ops.ratio(1) / (view["weights"] * view["weights"]))


def _phi(view: View) -> Any:
    return view["gfs_sharpness"]


def _flow(id: str, statement: str, left: str, right: str, why: str, killer: Instance) -> Mutant:
    """One decay rate of the flow is at most another."""

    def concludes(view: View) -> Iterable[Check]:
        yield Check(view[left], "<=", view[right])

    claim = Claim(id, SCALAR_FACTORS, f"gradient flow {statement}", (FLOWS_TO_ONE,), concludes)
    return Mutant(id, claim, why, killer)


def _from_anywhere() -> Mutant:
    claim = Claim(
        "arrives-from-anywhere",
        SCALAR_FACTORS,
        "gradient flow arrives at p = 1 from everywhere: |grad p|^2 stays positive on the way",
        (),
        lambda view: [Check(0, "<", view["slowest"])],
    )
    return Mutant(
        "arrives-from-anywhere",
        claim,
        "with p < 0 and two smallest weights it ends at 0",
        state((1, -1)),
        substantive=False,
        excuse="the left side is 0 by its statement: that |grad p|^2 falls to 0 is what refutes it",
    )


ARRIVAL_MUTANTS = (
    _flow(
        "never-slower",
        "to p = 1 never gets slower: |grad p|^2 is at most what it is at p = 1",
        "speed",
        "gfs_sharpness",
        "from p > 1 all weights shrink: 18 here, and 2 at the end",
        state((3, 3)),
    ),
    _flow(
        "never-faster",
        "to p = 1 never gets faster: |grad p|^2 is at least what it is at p = 1",
        "gfs_sharpness",
        "speed",
        "from 0 < p < 1 all weights grow: 1/2 here, and 2 at the end",
        state(("1/2", "1/2")),
    ),
    _from_anywhere(),
)

MUTANTS = (
    *ARRIVAL_MUTANTS,
    _equal(
        "two-for-four",
        "with two weights phi is the square root of (w_1^2 - w_2^2)^2 + 2",
        _phi,
        lambda view: two_factor_form(view, 2),
        "balanced weights have phi = 2",
        state((2, 2)),
        TWO_FACTORS,
    ),
    _equal(
        "current-weights",
        "phi is the sum of 1/w_i^2 at the current weights",
        _phi,
        _inverse_squares,
        "that is the sharpness at a minimum only: 25.4 against 2.98",
        state(("3/2", "1/5")),
    ),
    _equal(
        "unsquared-contraction",
        "with two weights a step multiplies w_1^2 - w_2^2 by 1 - eta (p - 1)",
        lambda view: _first_gap(view, "next_balances"),
        _without_square,
        "first-order changes cancel: the factor is 1 - (eta (p - 1))^2",
        state((2, 1), "1/2"),
        TWO_FACTORS,
    ),
    _equal(
        "conserved-by-descent",
        "a step of gradient descent keeps w_1^2 - w_2^2",
        lambda view: _first_gap(view, "next_balances"),
        lambda view: _first_gap(view, "balances"),
        "only the flow does",
        state((2, 1), "1/2"),
    ),
    _equal(
        "every-minimum-flattest",
        "at a minimum the sharpness is 2 for two weights",
        lambda view: view["sharpness"],
        lambda view: view.ops.ratio(2),
        "unbalanced minima are sharper: 17/4",
        state((2, "1/2")),
        TWO_FACTORS,
        MINIMUM,
    ),
    _equal(
        "whole-square-loss",
        "at a minimum the sharpness is twice the sum of 1/w_i^2",
        lambda view: view["sharpness"],
        lambda view: view["speed"] * view.ops.ratio(2),
        "that is so for the loss (p - 1)^2",
        state((2, "1/2")),
        MINIMUM,
    ),
    _equal(
        "two-terms",
        "at a minimum the sharpness is 1/w_1^2 + 1/w_2^2, whatever the number of weights",
        lambda view: view["sharpness"],
        lambda view: view.ops.sum((view.ops.ratio(1) / (view["weights"] * view["weights"]))[..., :2]),
        "every weight adds a term",
        state((2, 1, "1/2")),
        MINIMUM,
    ),
)
