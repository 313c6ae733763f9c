"""False variants: sufficiency for SGD, wrong thresholds, sharpness in place of the curvature along v."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Checks, Claim
from refutable.theorems.domains.quadratic import QUADRATIC
from refutable.theorems.domains.quadratic.steps import step_matrix
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.linear_stability_assumptions import (
    POSITIVE_SEMIDEFINITE,
    STABLE,
    beyond,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.linear_stability_cases import (
    at_the_edge,
    curvatures,
    losses,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Checks, why: str, killer: Instance
) -> Mutant:
    return Mutant(id, Claim(f"linear-stability-{id}", QUADRATIC, statement, assumes, concludes), why, killer)


def _ends(view: View) -> tuple[Any, Any]:
    """Squared distance at the start and after T steps of gradient descent."""
    return view["squared_distances"][0], view["squared_distances"][view["steps"]]


def _stays(view: View) -> Iterable[Check]:
    start, end = _ends(view)
    yield Check(end, "<=", start)


def _grows(view: View) -> Iterable[Check]:
    start, end = _ends(view)
    yield Check(start, "<", end)


def _comes_nearer(view: View) -> Iterable[Check]:
    start, end = _ends(view)
    yield Check(end, "<", start)


def _within(factor: int) -> Assumption:
    return Assumption(
        f"below-{factor}-over-step-size",
        f"sharpness <= {factor} / step size",
        lambda view: [Check(view["sharpness"] * view["step_size"], "<=", factor)],
        lambda view: {"step_size": factor * view.ops.ratio(2**40 - 1, 2**40) / view["sharpness"]},
        last=True,
    )


SHARP = Assumption(
    "sharp",
    "sharpness > 2 / step size",
    lambda view: [Check(view["stability_threshold"], "<", view["sharpness"])],
    lambda view: beyond(view, 2 / view["sharpness"]),
    last=True,
)
HALF_WAY = Assumption(
    "beyond-half-the-edge",
    "v^T H v > (1 / step size) v^T v",
    lambda view: [Check(view["stability_threshold"] * view["squared_distances"][0] / 2, "<", view["curvature_along"])],
    lambda view: beyond(view, view["squared_distances"][0] / view["curvature_along"]),
    last=True,
)
BATCHES_OF_ONE = Assumption(
    "one-epoch-of-single-losses",
    "batches of one loss, as many steps as losses",
    lambda view: [Check(view["batch_size"], "==", 1), Check(view["steps"], "==", int(view["hessians"].shape[-3]))],
    lambda view: {"batch_size": 1, "steps": int(view["hessians"].shape[-3])},
)


MAX_EPOCH = 6


def epoch_mean(view: View) -> Any:
    """Mean of theta_n over all orders of an epoch that visits every loss once.

    Raises:
        ArithmeticError: there are more than 6 losses, too many orders to enumerate.
    """
    ops, hessians = view.ops, view["hessians"]
    losses_given = int(hessians.shape[-3])
    if losses_given > MAX_EPOCH:
        raise ArithmeticError(f"the orders of {losses_given} losses; at most {MAX_EPOCH} losses are enumerated")
    orders = list(permutations(range(losses_given)))
    total = view["displacement"] * 0
    for order in orders:
        state = view["displacement"]
        for i in order:
            state = ops.matvec(step_matrix(view, hessians[..., i, :, :]), state)
        total = total + state
    return total * ops.ratio(1, len(orders))


def _epoch(view: View) -> Iterable[Check]:
    mean = epoch_mean(view)
    yield Check(view.ops.sum(mean * mean), "==", _ends(view)[1])


ONE_OF_THREE = curvatures([1, 0, 0], 6, batch_size=1)
"""Mean curvature 1/3 at step size 6: gradient descent oscillates, SGD jumps to -5 once in three steps."""

SGD_STATEMENT = "sharpness <= 2 / step size: SGD never leaves the ball it starts in, in mean "


def mutants() -> tuple[Mutant, ...]:
    """The record's mutants."""
    stable = (POSITIVE_SEMIDEFINITE, STABLE)
    slow = losses([[[3, 0], [0, "1/2"]]], [0, 1], 1)
    return (
        _mutant(
            "sgd-sufficient-mean-square",
            SGD_STATEMENT + "square",
            stable,
            lambda view: [Check(view["sgd_mean_square"], "<=", _ends(view)[0])],
            "single losses are sharper than their mean",
            ONE_OF_THREE,
        ),
        _mutant(
            "sgd-sufficient-mean-norm",
            SGD_STATEMENT + "norm",
            stable,
            lambda view: [Check(view["sgd_mean_norm"], "<=", view.ops.norm(view["displacement"]))],
            "single losses are sharper than their mean",
            ONE_OF_THREE,
        ),
        _mutant(
            "noise-free",
            "E |theta_T|^2 is the squared norm of gradient descent's iterate",
            (),
            lambda view: [Check(view["sgd_mean_square"], "==", _ends(view)[1])],
            "batches add variance",
            ONE_OF_THREE,
        ),
        _mutant(
            "threshold-three",
            "sharpness <= 3 / step size keeps gradient descent in the ball",
            (POSITIVE_SEMIDEFINITE, _within(3)),
            _stays,
            "the threshold is 2",
            curvatures([fmpq(5, 2)], 1),
        ),
        _mutant(
            "strict-contraction",
            "sharpness <= 2 / step size brings gradient descent nearer",
            stable,
            _comes_nearer,
            "at the edge it oscillates",
            at_the_edge(),
        ),
        _mutant(
            "growth-from-sharpness",
            "sharpness > 2 / step size: the distance grows from every start",
            (SHARP,),
            _grows,
            "orthogonally to the top eigenvector it may shrink",
            slow,
        ),
        _mutant(
            "growth-half-way",
            "v^T H v > (1 / step size) v^T v: the distance grows",
            (HALF_WAY,),
            _grows,
            "below 2 it shrinks",
            curvatures([fmpq(3, 2)], 1),
        ),
        _mutant(
            "epoch-mean",
            "an epoch without replacement has gradient descent's mean as well",
            (BATCHES_OF_ONE,),
            _epoch,
            "its batches are not independent",
            curvatures([2, 0], 1, steps=2, batch_size=1),
        ),
    )
