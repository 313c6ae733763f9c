"""False statements about several classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.multiclass_margins import MULTICLASS_MARGINS
from refutable.theorems.instances import Instance
from refutable.theorems.papers.soudry_2018 import multiclass_claims as claims
from refutable.theorems.papers.soudry_2018.multiclass_cases import BEYOND, LONG, OBLIQUE, orthogonal
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

BOTH = (claims.SEPARABLE, claims.USED)


def _mutant(
    id: str,
    statement: str,
    concludes: claims.Conclusion,
    why: str,
    killer: Instance,
    assumes: tuple[Assumption, ...] = BOTH,
) -> Mutant:
    return Mutant(id, Claim(f"multiclass-{id}", MULTICLASS_MARGINS, statement, assumes, concludes), why, killer)


def uniform(view: View) -> Any:
    """|What|^2 / (number of pairs * eta) for every support pair [n, k]."""
    pairs = len(view["max_margin"].support)
    return view["on_support"] * view.ops.spread(view["direction_square"] / pairs / view["step_size"], 2)


def reciprocal(view: View) -> Any:
    """1 / (alpha eta) for support pairs [n, k]."""
    beyond = view.ops.ratio(1) - view["on_support"]
    return view["on_support"] / ((view["multipliers"] + beyond) * view.ops.spread(view["step_size"], 2))


def _own_class(view: View) -> Iterable[Check]:
    """eta sum z e_y x^T, without the wrong classes' rows."""
    n, k = view["exponentials"].shape
    shares = view.ops.sum(view["limit_exponentials"]) * view["step_size"]
    for c in range(1, k + 2):
        rows = [i for i in range(n) if view["labels"][i] == c]
        total = sum((view["x"][i] * shares[i] for i in rows), view["x"][0] * 0)
        yield Check(total, "==", view["direction"][c - 1], f"class {c}")


def _without_direction(view: View) -> Any:
    return claims.total(view, view["exponentials"] * view["on_support"] * view["step_size"])


def _energy_of_all_pairs(view: View) -> Any:
    beyond = view["exponentials"] * (1 - view["on_support"])
    return claims.energy(view) + claims.total(view, beyond * view["step_size"])


def _others_dropped(view: View) -> Iterable[Check]:
    yield Check(view["loss_times_time"] * view["step_size"], "<=", view["direction_square"])


def _others_unweighted(view: View) -> Iterable[Check]:
    yield Check(claims.speed(view), "<=", view["direction_square"] + claims.total(view, claims.others(view)))


def _margin_not_squared(view: View) -> Iterable[Check]:
    limit = view.ops.sqrt(view["direction_square"]) + claims.total(view, claims.others(view))
    yield Check(view["loss_times_time"] * view["step_size"], "<=", limit)


def _loss_above(view: View) -> Iterable[Check]:
    limit = view["direction_square"] + claims.total(view, claims.others(view))
    yield Check(limit, "<=", view["loss_times_time"] * view["step_size"])


def _speed_above(view: View) -> Iterable[Check]:
    lost = claims.second_order(view, claims.pulls(view)) / 2
    yield Check(claims.weighted(view) - lost, "<=", claims.speed(view))


def _larger_margins(view: View) -> Iterable[Check]:
    yield Check(fmpq(1), "<=", view["margins"] / 2)


MUTANTS = (
    _mutant(
        "step-size-dropped",
        "exp(-(rho_y - rho_k).x_n) = alpha_nk, whatever the step size",
        claims.equation(lambda view: view["multipliers"]),
        "the step size multiplies every gradient",
        orthogonal(),
    ),
    _mutant(
        "even-multipliers",
        "eta exp(-(rho_y - rho_k).x_n) is the same for every pair",
        claims.equation(uniform),
        "data of different lengths and angles have different multipliers",
        LONG,
    ),
    _mutant(
        "reciprocal",
        "eta exp(-(rho_y - rho_k).x_n) = 1/alpha_nk",
        claims.equation(reciprocal),
        "larger multipliers need larger losses",
        orthogonal(),
    ),
    _mutant(
        "own-class-only",
        "What_k is the sum of the data of class k with their multipliers",
        _own_class,
        "a datum also pushes the wrong classes away",
        orthogonal(),
    ),
    _mutant(
        "energy-without-direction",
        "eta sum z falls at the rate |d rho/ds|^2",
        claims.falls(_without_direction),
        "<What, rho> is missing: it is what balances the pull of the data",
        OBLIQUE,
    ),
    _mutant(
        "margin-not-squared",
        "eta t L <= 1/gamma + sum R",
        _margin_not_squared,
        "the multipliers sum to 1/gamma^2",
        orthogonal(1, fmpq(1, 3)),
    ),
    _mutant(
        "loss-from-below",
        "eta t L >= 1/gamma^2 + sum R at every time",
        _loss_above,
        "log(1 + a) < a",
        orthogonal(),
    ),
    _mutant(
        "half-the-correction",
        "the speed along What is at least |What|^2 + sum m R - sum Q_n P_n / (2 eta t)",
        _speed_above,
        "the softmax loses a/(1 + a), twice what the logarithm does",
        orthogonal(),
    ),
    _mutant(
        "energy-of-all-pairs",
        "eta sum z + <What, rho> falls at the rate |d rho/ds|^2, z summed over all pairs",
        claims.falls(_energy_of_all_pairs),
        "pairs beyond the margin do not pull at the limit",
        BEYOND,
    ),
    _mutant(
        "others-dropped",
        "eta t L <= 1/gamma^2 with pairs beyond the margin as well",
        _others_dropped,
        "at finite times they add to the loss",
        BEYOND,
    ),
    _mutant(
        "others-unweighted",
        "the speed along What is at most |What|^2 + sum R",
        _others_unweighted,
        "a pair at margin m moves W along What m times as fast",
        BEYOND,
    ),
    _mutant(
        "margin-two",
        "What has margins at least 2",
        _larger_margins,
        "its support vectors have margin 1",
        orthogonal(),
        (claims.SEPARABLE,),
    ),
)
