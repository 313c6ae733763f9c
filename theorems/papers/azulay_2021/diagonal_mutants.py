"""False statements about where gradient flow on diagonal networks ends, each with a state that refutes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Checks, Claim
from refutable.theorems.domains.diagonal_flow import DIAGONAL_FLOW
from refutable.theorems.domains.diagonal_flow.potentials import divergence, potential, potential_gradient
from refutable.theorems.flows import derivative_along
from refutable.theorems.instances import Instance
from refutable.theorems.papers.azulay_2021.diagonal_assumptions import (
    GROWN,
    LIVE,
    LIVE_BOTH,
    REACHED,
    SAME_PREDICTIONS,
    UNBIASED,
)
from refutable.theorems.papers.azulay_2021.diagonal_cases import (
    AT_W,
    BIASED,
    HALF,
    ONES,
    PAIR,
    TRAINING,
    TWO_SHAPES,
    UNEVEN,
    grown_state,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Formula = Callable[[View, Any], Any]
"""A potential of a map [d]."""
MINIMISES = (UNBIASED, LIVE, REACHED, SAME_PREDICTIONS)
ANY_START = (LIVE_BOTH, REACHED, SAME_PREDICTIONS)


def shape_ignored(view: View) -> Any:
    """sqrt(k) = 4 u_0 v_0 [d]: right for the shape 0 alone."""
    return view["u_plus0"] * view["v_plus0"] * 4


def factor_lost(view: View) -> Any:
    """2 sqrt(k) [d]: asinh(x/sqrt k) for asinh(2 x/sqrt k)."""
    return view["root_k"] * 2


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Checks, why: str, killer: Instance
) -> Mutant:
    return Mutant(id, Claim(f"diagonal-{id}", DIAGONAL_FLOW, statement, assumes, concludes), why, killer)


def _least(
    id: str, name: str, of: Formula, why: str, killer: Instance, assumes: tuple[Assumption, ...] = MINIMISES
) -> Mutant:
    """W would have the least value of another function among all maps with the same predictions."""
    statement = f"gradient flow is at the map with the smallest {name} among all maps with the same predictions"
    return _mutant(
        id, statement, assumes, lambda view: [Check(of(view, view["w"]), "<=", of(view, view["other"]))], why, killer
    )


def _rate(id: str, name: str, of: Callable[[View], Any], why: str, killer: Instance, *assumes: Assumption) -> Mutant:
    """Another vector would move as X^T nu'."""
    return _mutant(
        id,
        f"along gradient flow d/dt {name} = X^T nu'",
        (*assumes, GROWN),
        lambda view: [Check(derivative_along(view, of, view["velocity"]), "==", view["push"])],
        why,
        killer,
    )


def _arithmetic(view: View, point: Any) -> Any:
    c_plus, c_minus = view["balances"]
    return divergence(view.ops, point, view["w0"], (c_plus + c_minus) * view.ops.ratio(1, 2))


FROM_BIASED = grown_state(((1, 1), (1, HALF)), PAIR, (2,), (HALF, -HALF), ((1, 0), (HALF, 1)))
"""Two inputs that start differently, in plus and minus."""
ONE_BIASED = grown_state(((2, 1), (1, 1)), PAIR, (2,), (HALF, -HALF), ((0, 1), (1, 1)))
"""Only the first input starts biased."""

MUTANTS = (
    _least(
        "shape-ignored",
        "Q_k with k = 16 (u_0 v_0)^2",
        lambda view, point: potential(view.ops, point, shape_ignored(view)),
        "sqrt(k) is 4 u_0 v_0 (1 + s^2)/(1 - s^2): the shape s counts as the scale does",
        TWO_SHAPES,
    ),
    _least(
        "factor-lost",
        "Q_k with asinh(x/sqrt k) for asinh(2 x/sqrt k)",
        lambda view, point: potential(view.ops, point, factor_lost(view)),
        "the two differ where w is not small against sqrt(k)",
        UNEVEN,
    ),
    _least(
        "biased-start",
        "Q_k, from any start",
        lambda view, point: potential(view.ops, point, view["root_k"]),
        "from a biased start the flow stays nearest w(0) in the sense of D",
        BIASED,
        (LIVE, REACHED, SAME_PREDICTIONS),
    ),
    _least(
        "squared-norm",
        "Euclidean norm",
        lambda view, point: view.ops.sum(point * point),
        "that is the limit of a large start alone",
        UNEVEN,
    ),
    _least(
        "weighted-norm",
        "sum of w_i^2/sqrt(k_i)",
        lambda view, point: view.ops.sum(point * point / view["root_k"]),
        "that is Q_k for a start so large that the kernel does not move",
        UNEVEN,
    ),
    _least(
        "absolute-sum",
        "sum of moduli",
        lambda view, point: view.ops.sum(view.ops.abs(point)),
        "that is the limit of a small start alone",
        grown_state(ONES, ((1, 2),), (2,), (-2, 1)),
    ),
    _mutant(
        "strictly",
        "every other map with the same predictions has a larger Q_k, even w itself",
        MINIMISES,
        lambda view: [Check(view["potential"], "<", view["other_potential"])],
        "v may be w",
        AT_W,
    ),
    _least(
        "arithmetic-mean",
        "divergence with (C_+ + C_-)/2 for sqrt(C_+ C_-)",
        _arithmetic,
        "the geometric mean is what the flow conserves; the two agree for unbiased starts",
        ONE_BIASED,
        ANY_START,
    ),
    _least(
        "start-forgotten",
        "potential of sqrt(C_+ C_-), without the term of w(0)",
        lambda view, point: divergence(view.ops, point, view["w0"] * 0, view["scale"]),
        "the flow stays near w(0), which is not 0",
        FROM_BIASED,
        ANY_START,
    ),
    _rate(
        "full-gradient",
        "asinh(2 w/sqrt k)",
        lambda view: view["gradient"] * 2,
        "w grows by exp(2 X^T nu): half of it is grad Q_k",
        TRAINING,
        UNBIASED,
        LIVE,
    ),
    _rate(
        "shape-ignored-rate",
        "asinh(2 w/sqrt k)/2 with k = 16 (u_0 v_0)^2",
        lambda view: potential_gradient(view.ops, view["w"], shape_ignored(view)),
        "right for u_0 = v_0 alone",
        grown_state(((1,), (2,)), ((1,),), labels=(0,)),
        UNBIASED,
        LIVE,
    ),
    _rate(
        "factor-lost-rate",
        "asinh(w/sqrt k)/2",
        lambda view: potential_gradient(view.ops, view["w"], factor_lost(view)),
        "the argument lost a factor of 2",
        TRAINING,
        UNBIASED,
        LIVE,
    ),
    _rate(
        "biased-rate",
        "asinh(2 w/sqrt k)/2, from any start",
        lambda view: view["gradient"],
        "k does not see the minus weights",
        grown_state(((1,), (1,)), ((1,),), minus=((1,), (0,)), labels=(0,)),
        LIVE,
    ),
    _mutant(
        "descent-conserves",
        "a step of gradient descent conserves u_+^2 - v_+^2, as the flow does",
        (),
        lambda view: [Check(_balance(view["after"]), "==", _balance(view))],
        "the step multiplies it by 1 - eta^2 (X^T nu')^2, here 1 - 9/64",
        grown_state(((2,), (1,)), ((1,),), (1,), step_size=fmpq(3, 8), labels=(1,)),
    ),
    _mutant(
        "products-conserved",
        "gradient flow conserves u_+ v_+",
        (),
        lambda view: [
            Check(derivative_along(view, lambda v: v["u_plus"] * v["v_plus"], view["velocity"]), "==", 0)
        ],
        "it conserves u_+^2 - v_+^2; with w = u^2 - v^2 it would be the product",
        TRAINING,
    ),
)  # fmt: skip


def _balance(view: View) -> Any:
    return view["u_plus"] * view["u_plus"] - view["v_plus"] * view["v_plus"]
