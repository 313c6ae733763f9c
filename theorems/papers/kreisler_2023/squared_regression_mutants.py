"""False statements about diagonal networks at the edge of stability."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.diagonal_regression import DIAGONAL_REGRESSION
from refutable.theorems.instances import Instance
from refutable.theorems.papers.kreisler_2023.squared_regression_assumptions import (
    FULL_RANK,
    NONZERO,
    NONZERO_AFTER,
    SMALL_SHARES,
    SQUARE,
)
from refutable.theorems.papers.kreisler_2023.squared_regression_cases import (
    FEWER_DATA,
    LONG_STEP,
    RISING,
    TWO_PAIRS,
    minimum,
    state,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]
STEP = (FULL_RANK, NONZERO, NONZERO_AFTER)


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Conclusion, why: str, killer: Instance
) -> Mutant:
    return Mutant(
        id, Claim(f"squared-regression-{id}", DIAGONAL_REGRESSION, statement, assumes, concludes), why, killer
    )


def _products_linear(view: View) -> Iterable[Check]:
    yield Check(view["next_u"] * view["next_v"], "==", view["u"] * view["v"] * (1 - view["pull"] * view["step_size"]))


def _falls(view: View) -> Iterable[Check]:
    yield Check(view["after"]["gfs_sharpness"], "<=", view["gfs_sharpness"])


def _shares_at_most(bound: int) -> Assumption:
    return Assumption(
        f"shares-at-most-{bound}",
        f"(eta g_i)^2 <= {bound} for every pair of weights",
        lambda view: [Check(share, "<=", view.ops.ratio(bound)) for share in view["shares"]],
    )


MUTANTS = (
    _mutant(
        "every-step",
        "no step of gradient descent ever raises the sharpness at the end of the flow",
        STEP,
        _falls,
        "a long step multiplies u v by 1 - (eta g)^2, here -63",
        LONG_STEP,
    ),
    _mutant(
        "loss-falls",
        "no step raises the loss",
        (),
        lambda view: [Check(view["after"]["loss"], "<=", view["loss"])],
        "beyond the edge of stability it does",
        LONG_STEP,
    ),
    _mutant(
        "current-sharpness-falls",
        "no step raises lambda_max((4/n) X diag(u^2 + v^2) X^T) at the current weights",
        (),
        lambda view: [Check(view["after"]["kernel_sharpness"], "<=", view["kernel_sharpness"])],
        "progressive sharpening: the weights grow towards the label",
        RISING,
    ),
    _mutant(
        "current-sharpness",
        "the flow ends with a sharpness of at most lambda_max((4/n) X diag(u^2 + v^2) X^T) at the current weights",
        (FULL_RANK, NONZERO),
        lambda view: [Check(view["gfs_sharpness"], "<=", view["kernel_sharpness"])],
        "that is the sharpness at loss 0 alone",
        RISING,
    ),
    _mutant(
        "twice-the-least",
        "the flow ends with sharpness at least twice lambda_max((8/n) X diag(|u v|) X^T)",
        (FULL_RANK, NONZERO),
        lambda view: [Check(view["least_kernel_sharpness"] * 2, "<=", view["gfs_sharpness"])],
        "balanced weights with label 0 have that sharpness",
        minimum(1, 1),
    ),
    _mutant(
        "balanced-end",
        "the flow ends at balanced weights: with sharpness lambda_max((8/n) X diag(|u v|) X^T)",
        (FULL_RANK, NONZERO),
        lambda view: [Check(view["gfs_sharpness"], "<=", view["least_kernel_sharpness"])],
        "its limit has u^2 - v^2 as the labels ask",
        minimum(1, 2),
    ),
    _mutant(
        "descent-conserves",
        "a step of gradient descent conserves u v",
        (),
        lambda view: [Check(view["next_u"] * view["next_v"], "==", view["u"] * view["v"])],
        "the flow does; a step multiplies it by 1 - (eta g)^2",
        RISING,
    ),
    _mutant(
        "first-order-change",
        "a step multiplies u_i v_i by 1 - eta g_i",
        (),
        _products_linear,
        "the change is of second order in the step size",
        TWO_PAIRS,
    ),
    _mutant(
        "shares-at-most-three",
        "with one datum and one pair a step with (eta g)^2 <= 3 does not raise it",
        (*STEP, SQUARE, _shares_at_most(3)),
        _falls,
        "beyond 2 the product u v grows in modulus",
        state((1,), (1,), 1, fmpq(17, 20)),
    ),
    _mutant(
        "small-shares",
        "a step with (eta g_i)^2 <= 2 for every pair does not raise it, however few the data",
        (*STEP, SMALL_SHARES),
        _falls,
        "every |u_i v_i| falls, and still the flow ends elsewhere: with one datum for two pairs it may rise",
        FEWER_DATA,
    ),
    _mutant(
        "always-raised",
        "no step lowers the sharpness at the end of the flow",
        STEP,
        lambda view: [Check(view["gfs_sharpness"], "<=", view["after"]["gfs_sharpness"])],
        "most steps lower it",
        RISING,
    ),
)
