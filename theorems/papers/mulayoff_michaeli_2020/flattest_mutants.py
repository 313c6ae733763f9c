"""False variants of the smallest sharpness, and false beliefs about flattest factorisations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.domains.deep_linear.curvature import fractional_power, squared_norm
from refutable.theorems.exact import power
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2020.assumptions import BALANCED, FLATTEST, WHITE_DATA
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import (
    balanced,
    diagonal,
    network,
    unbalanced,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Side = Callable[[View], Any]


def _gain(view: View, numerator: int, denominator: int) -> Any:
    """kappa m sigma^{2 numerator/denominator}."""
    gain = fractional_power(view.ops, view["top_singular_square"], numerator, denominator)
    return gain * view["loss_scale"] * view["depth"]


def _lower(id: str, statement: str, bound: Side, why: str, killer: Instance) -> Mutant:
    claim = Claim(
        f"lower-bound-{id}",
        DEEP_LINEAR,
        f"every factorisation of M has sharpness at least {statement}",
        (WHITE_DATA,),
        lambda view: [Check(bound(view), "<=", view["sharpness"])],
    )
    return Mutant(id, claim, why, killer)


def _flattest(id: str, statement: str, left: Side, right: Side, why: str) -> Mutant:
    claim = Claim(
        f"flattest-{id}",
        DEEP_LINEAR,
        f"a flattest factorisation {statement}",
        (WHITE_DATA, FLATTEST),
        lambda view: [Check(left(view), "<=", right(view))],
    )
    return Mutant(id, claim, why, unbalanced())


def _frobenius(view: View) -> Any:
    square = view.ops.sum(view.ops.sum(view["product"] * view["product"]))
    m = view["depth"]
    root = power(square, fmpq(m - 1, m)) if view.ops.exact else square ** view.ops.ratio(m - 1, m)
    return root * view["loss_scale"] * m


def _layer_norms(view: View) -> Any:
    """kappa sum_i prod_{j != i} |W_j|^2."""
    squares = [squared_norm(view.ops, layer) for layer in view["layers"]]
    total = view["loss_scale"] * 0
    for skipped in range(len(squares)):
        term = view["loss_scale"]
        for j, square in enumerate(squares):
            term = term if j == skipped else term * square
        total = total + term
    return total


def _without_depth() -> Mutant:
    claim = Claim(
        "balanced-without-depth",
        DEEP_LINEAR,
        "a balanced factorisation has sharpness at most kappa sigma^{2(1 - 1/m)}",
        (WHITE_DATA, BALANCED),
        lambda view: [Check(view["sharpness"], "<=", view["flattest_sharpness"] / view["depth"])],
    )
    return Mutant("without-depth", claim, "each of the m layers adds the same term", balanced())


def mutants() -> tuple[Mutant, ...]:
    """The record's mutants; M = diag(8, 1/8) in three balanced layers has sharpness 48."""
    return (
        _lower(
            "exponent-without-factor",
            "kappa m sigma^{2 - 1/m}",
            lambda view: _gain(view, 2 * view["depth"] - 1, 2 * view["depth"]),
            "the exponent is 2 - 2/m",
            balanced(),
        ),
        _lower(
            "exponent-two", "kappa m sigma^2", lambda view: _gain(view, 1, 1), "the exponent is 2 - 2/m", balanced()
        ),
        _lower(
            "frobenius", "kappa m |M|_F^{2(1 - 1/m)}", _frobenius, "only the largest singular value counts", balanced()
        ),
        _lower(
            "loss-scale-ignored",
            "m sigma^{2(1 - 1/m)}, whatever the loss scale",
            lambda view: view["flattest_sharpness"] / view["loss_scale"],
            "half of the loss has half of the sharpness",
            balanced(loss_scale=fmpq(1, 2)),
        ),
        _lower(
            "layer-norms",
            "kappa sum_i prod_{j != i} |W_j|^2",
            _layer_norms,
            "the norm of a product may be below the product of the norms",
            network([diagonal([2, 1]), diagonal([1, 2]), diagonal([1, 1])]),
        ),
        _without_depth(),
        _flattest(
            "balanced",
            "is balanced",
            lambda view: view["squared_imbalance"],
            lambda view: 0,
            "directions that the map kills may be unbalanced",
        ),
        _flattest(
            "single-layer-norm",
            "has |W_1|^2 <= sigma^{2/m}",
            lambda view: squared_norm(view.ops, view["layers"][0]),
            lambda view: fractional_power(view.ops, view["top_singular_square"], 1, view["depth"]),
            "a direction that a later layer kills may be amplified by the first",
        ),
    )
