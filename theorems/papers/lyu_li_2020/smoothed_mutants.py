"""False variants of the monotonicity of the smoothed margin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.homogeneous_network import HOMOGENEOUS_NETWORK
from refutable.theorems.domains.homogeneous_network.forward import along, along_weights, degree
from refutable.theorems.domains.homogeneous_network.forward import least_margin as least
from refutable.theorems.instances import Instance
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.papers.lyu_li_2020.assumptions import DIFFERENTIABLE, HOMOGENEOUS, SEPARATED
from refutable.theorems.papers.lyu_li_2020.networks import BIASED, CONFLICT, MISSED, UNEVEN, aligned, network
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Formula = Callable[[View], Any]
ALL = (HOMOGENEOUS, DIFFERENTIABLE, SEPARATED)


def needed_rise(view: View, more: int = 0) -> Any:
    """(a + more) d/dt log |theta| * log(1/L)."""
    return view["growth"] * view["log_inverse_loss"] * (degree(view) + more)


def _mean_loss(view: View) -> Any:
    """The same with the mean loss L/N in place of the sum."""
    count = view.ops.elementary("log", view.ops.array([view["margins"].shape[-1]]))[0]
    return view["growth"] * (view["log_inverse_loss"] + count) * degree(view)


def _least_needed(view: View) -> Any:
    return view["growth"] * view["least_margin"] * degree(view)


def _least_rise(view: View) -> Any:
    if not view.ops.exact:
        raise NotCertified("the derivative of the least margin is taken exactly")
    return along(view, least)


def _false(
    id: str, statement: str, why: str, killer: Instance, left: Formula, right: Formula = lambda view: view["rise"],
    assumes: tuple[Assumption, ...] = ALL,
) -> Mutant:  # fmt: skip
    def concludes(view: View) -> Iterable[Check]:
        yield Check(left(view), "<=", right(view))

    return Mutant(id, Claim(id, HOMOGENEOUS_NETWORK, statement, assumes, concludes), why, killer)


def _euler(more: int, id: str, power: str) -> Mutant:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(along_weights(view), "==", view["margins"] * (degree(view) + more))

    claim = Claim(
        id,
        HOMOGENEOUS_NETWORK,
        f"the margins of {power}: theta . grad f_n = that times f_n",
        (HOMOGENEOUS, DIFFERENTIABLE),
        concludes,
    )
    return Mutant(id, claim, "every layer counts once: w2 w1 x has degree 2", network([[1]], [1], [[1]]))


MUTANTS = (
    _false(
        "degree-one-more",
        "log(1/L) / |theta|^(a+1) does not fall",
        "the weights of an aligned network grow along their direction, and log(1/L) like |theta|^a",
        aligned(1, 2, 0),
        lambda view: needed_rise(view, 1),
    ),
    _false(
        "any-loss",
        "log(1/L) / |theta|^a does not fall, whatever the loss",
        "two margins -1: both sides negative, and it falls",
        MISSED,
        needed_rise,
        assumes=(HOMOGENEOUS, DIFFERENTIABLE),
    ),
    _false(
        "bias-allowed",
        "log(1/L) / |theta|^a does not fall, with a trained output bias too, a the number of layers",
        "the bias has degree 1: with b = 2 the margin 3 grows more slowly than |theta|^2",
        BIASED,
        needed_rise,
        assumes=(DIFFERENTIABLE, SEPARATED),
    ),
    _false(
        "mean-loss",
        "log(N/L) / |theta|^a, with the mean loss, does not fall",
        "margins 1 and 10: log(2/L) is 1.69, the margins that pull are 1",
        UNEVEN,
        _mean_loss,
    ),
    _false(
        "least-margin",
        "the normalised margin min_n f_n / |theta|^a itself does not fall",
        "margins 1 and 2: the second pulls harder, and the norm grows faster than the first",
        CONFLICT,
        _least_needed,
        _least_rise,
    ),
    _false(
        "stands-still",
        "log(1/L) / |theta|^a is conserved",
        "it rises wherever the weights are not parallel to the gradient",
        network([[1]], [2], [[1]]),
        lambda view: view["rise"],
        needed_rise,
    ),
    _euler(1, "euler-degree-one-more", "a network have one degree more than it has layers"),
    _euler(-1, "euler-degree-one-less", "a network have one degree less than it has layers"),
)


def decoys(later: Claim) -> tuple[Claim, ...]:
    """False variants of the integrated statement."""

    def over_norm(view: View) -> Any:
        return view["smoothed_margin"] / view.ops.sqrt(view["squared_norm"])

    return (
        replace(
            later,
            id="later-degree-one-more",
            statement="log(1/L) / |theta|^(a+1) is no smaller later",
            concludes=lambda view: [Check(over_norm(view["earlier"]), "<=", over_norm(view))],
        ),
        replace(
            later,
            id="later-smaller",
            statement="the smoothed margin is no larger later",
            concludes=lambda view: [Check(view["smoothed_margin"], "<=", view["earlier"]["smoothed_margin"])],
        ),
    )
