"""False variants of the statement that gradient descent does not increase phi."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.instances import Instance
from refutable.theorems.papers.kreisler_2023.assumptions import (
    ABOVE_ONE,
    BELOW_ONE,
    CONTRACTING,
    MINIMUM,
    NEXT_POSITIVE,
    NONZERO,
    POSITIVE,
    edge_at_most,
    root,
    step_below,
    step_within,
)
from refutable.theorems.papers.kreisler_2023.states import BALANCED, state
from refutable.theorems.records import Family, Mutant
from refutable.theorems.views import View

Side = Callable[[View], Any]
HEADLINE = (POSITIVE, NEXT_POSITIVE, edge_at_most(fmpq(8)))


def falls(id: str, statement: str, assumes: tuple[Assumption, ...], latex: str = "") -> Claim:
    """Under these assumptions phi after the step is at most phi before it."""
    return Claim(
        id,
        SCALAR_FACTORS,
        statement,
        assumes,
        lambda view: [Check(view["next_gfs_sharpness"], "<=", view["gfs_sharpness"])],
        latex,
    )


def _falls(id: str, statement: str, why: str, killer: Instance | Family, *assumes: Assumption) -> Mutant:
    return Mutant(id, falls(id, f"{statement}: phi does not increase", assumes), why, killer)


def _other(id: str, statement: str, left: Side, right: Side, why: str, killer: Instance) -> Mutant:
    """The headline's assumptions with another conclusion."""
    claim = Claim(id, SCALAR_FACTORS, statement, HEADLINE, lambda view: [Check(left(view), "<=", right(view))])
    return Mutant(id, claim, why, killer)


CURRENT_EDGE = Assumption(
    "current-edge-within-root-eight",
    "step size * sharpness(w) <= sqrt(8)",
    lambda view: [Check(view["step_size"] * view["sharpness"], "<=", root(view, fmpq(8)))],
    lambda view: step_below(view, view["step_size"] * view["sharpness"] / root(view, fmpq(8))),
    last=True,
)

GRADIENT_WITHIN_ROOT_TWO = Assumption(
    "gradient-within-root-two",
    "step size * |p (p - 1)| <= sqrt(2) |w_i w_j| for all i != j",
    lambda view: [Check(view["scaled_gradient"], "<=", root(view, fmpq(2)) * view["least_pair"])],
    lambda view: step_within(view, fmpq(2)),
    last=True,
)


def _strict() -> Mutant:
    claim = Claim(
        "strictly",
        SCALAR_FACTORS,
        "under the same assumptions the step lowers phi",
        HEADLINE,
        lambda view: [Check(view["next_gfs_sharpness"], "<", view["gfs_sharpness"])],
    )
    return Mutant("strictly", claim, "balanced weights stay balanced: phi is D", BALANCED)


def _flattest() -> Mutant:
    claim = Claim(
        "ends-flattest",
        SCALAR_FACTORS,
        "a minimum at which gradient descent rests stably, step size * sharpness <= 2, is a flattest one: phi <= D",
        (POSITIVE, MINIMUM, edge_at_most(fmpq(4))),
        lambda view: [Check(view["gfs_sharpness"], "<=", view.ops.ratio(int(view["weights"].shape[-1])))],
    )
    why = "it need not be balanced: step size * sharpness is 1.6 here, and 0.5 at (1, 1)"
    return Mutant("ends-flattest", claim, why, state(("5/2", "2/5"), "1/4"))


def _dropped() -> tuple[Mutant, ...]:
    """Weaker assumptions."""
    return (
        _falls(
            "edge-3",
            "with positive weights, p <= 1 and step size * phi <= 3",
            "2 sqrt 2 is the largest constant for two weights: the gap changes its sign and grows",
            state(("1/6", "1/8"), "13/9"),
            POSITIVE,
            BELOW_ONE,
            edge_at_most(fmpq(9)),
        ),
        _falls(
            "edge-2.85",
            "with positive weights before and after the step and step size * phi <= 2.85",
            "2 sqrt 2 = 2.8284... is the largest constant for two weights",
            state(("1/14", "1/15"), "27/19"),
            POSITIVE,
            NEXT_POSITIVE,
            edge_at_most(fmpq(3249, 400)),
        ),
        _falls(
            "current-sharpness",
            "with positive weights before and after the step and step size * sharpness(w) <= 2 sqrt 2",
            "the sharpness at the current weights may be smaller than phi",
            state((1, "1/4"), 2),
            POSITIVE,
            NEXT_POSITIVE,
            CURRENT_EDGE,
        ),
        _falls(
            "overshooting",
            "with positive weights and p >= 1, however large the step",
            "some weight changes its sign: phi grows by a factor of more than 10^13",
            state(("2.34", "2.65", "6.14", "2.31"), "0.1103"),
            POSITIVE,
            ABOVE_ONE,
        ),
        _falls(
            "contracting",
            "without a weight 0, in a step that makes no |w_i^2 - w_j^2| larger",
            "the gaps (0, 0, 8) above the smallest square become (0, 6.2, 6.2): one small weight instead of two",
            state((1, 1, 3), "2/3"),
            NONZERO,
            CONTRACTING,
        ),
        _falls(
            "gradient-within-root-two",
            "without a weight 0 and with step size * |p (p - 1)| <= sqrt(2) |w_i w_j| for all i != j",
            "then no gap grows, but all pairs may change their order",
            state((5, 5, 6), "7/4470"),
            NONZERO,
            GRADIENT_WITHIN_ROOT_TWO,
        ),
    )


def mutants() -> tuple[Mutant, ...]:
    """The record's mutants."""
    return (
        *_dropped(),
        _strict(),
        _flattest(),
        _other(
            "loss-falls",
            "under the same assumptions the loss does not increase",
            lambda view: view["next_loss"],
            lambda view: view["loss"],
            "at the edge of stability the loss need not fall: from 1/8 to 9/32",
            state((1, "3/2")),
        ),
        _other(
            "current-sharpness-falls",
            "under the same assumptions the sharpness at the current weights does not increase",
            lambda view: view["next_sharpness"],
            lambda view: view["sharpness"],
            "it is not monotone: from 1 to 2.8",
            state((1, "1/2")),
        ),
        _other(
            "below-d",
            "under the same assumptions phi after the step is at most D + 1",
            lambda view: view["next_gfs_sharpness"],
            lambda view: view.ops.ratio(int(view["weights"].shape[-1]) + 1),
            "it falls slowly",
            state((3, "0.3"), "1/4"),
        ),
    )
