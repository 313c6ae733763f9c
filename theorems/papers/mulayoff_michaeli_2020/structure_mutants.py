"""False variants of the structure of flattest factorisations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq, fmpq_mat

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.domains.deep_linear.curvature import squared_norm
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import from_matrix, to_matrix
from refutable.theorems.papers.mulayoff_michaeli_2020.assumptions import FLATTEST, NONZERO_MAP, WHITE_DATA
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import balanced, unbalanced
from refutable.theorems.papers.mulayoff_michaeli_2020.structure_cases import BEYOND, between
from refutable.theorems.papers.mulayoff_michaeli_2020.structure_formulas import (
    ONE,
    gains_within,
    layer_gain,
    most_gain,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

ASSUMED = (WHITE_DATA, FLATTEST, NONZERO_MAP)
Conclusion = Callable[[View], Iterable[Check]]


def _mutant(id: str, statement: str, concludes: Conclusion, why: str, killer: Instance) -> Mutant:
    claim = Claim(f"flattest-{id}", DEEP_LINEAR, f"a flattest factorisation {statement}", ASSUMED, concludes)
    return Mutant(id, claim, why, killer)


def _layers_within(view: View, factor: Any) -> Iterable[Check]:
    bound = layer_gain(view, 1) * factor
    for j, layer in enumerate(view["layers"], 1):
        yield Check(squared_norm(view.ops, layer), "<=", bound, f"layer {j}")


def _exponent_of_one_more(view: View) -> Iterable[Check]:
    m = int(view["depth"])
    for j, prefix in enumerate(view["prefixes"], 1):
        bound = layer_gain(view, min(j + 1, m)) * most_gain(view)
        yield Check(squared_norm(view.ops, prefix), "<=", bound, f"A_{j}")


def _scale_free(view: View) -> Iterable[Check]:
    for j, prefix in enumerate(view["prefixes"], 1):
        yield Check(squared_norm(view.ops, prefix), "<=", most_gain(view), f"A_{j}")


def _balance_with_output(view: View) -> Iterable[Check]:
    """The sum over j = 0..m, all prefixes, at most m: decided where sigma^{2/m} is rational."""
    step = as_real(layer_gain(view, 1)).exact()
    if step is None:
        raise ArithmeticError("sigma^{2/m} is irrational here")
    m, size = int(view["depth"]), view["prefixes"][0].shape[1]
    gap = fmpq_mat(size, size)
    for i in range(size):
        gap[i, i] = fmpq(m - 1)
    for j, prefix in enumerate(view["prefixes"], 1):
        a = to_matrix(prefix)
        gap -= a.transpose() * a * step ** (-j)
    yield Check(from_matrix(gap), "psd")


def _balanced(view: View) -> Iterable[Check]:
    yield Check(view["squared_imbalance"], "<=", view.ops.ratio(0))


def _without_flatness() -> Mutant:
    claim = Claim(
        "gain-of-any-minimum",
        DEEP_LINEAR,
        "any factorisation has |A_j|^2 <= (m - 1) sigma^{2j/m}",
        (WHITE_DATA, NONZERO_MAP),
        lambda view: gains_within(view, most_gain(view)),
    )
    return Mutant("any-minimum", claim, "one per cent more than sqrt(m - 1) is a sharper minimum", BEYOND)


MUTANTS = (
    _mutant(
        "single-layers-even",
        "has |W_j| <= sigma^{1/m} for every layer",
        lambda view: _layers_within(view, ONE),
        "only the top path has that gain in every layer",
        between(),
    ),
    _mutant(
        "single-layers",
        "has |W_j| <= sqrt(m - 1) sigma^{1/m} for every layer",
        lambda view: _layers_within(view, most_gain(view)),
        "the bound is one of products from the input on, or up to the output: here a single layer has gain 27",
        between(),
    ),
    _mutant(
        "single-layers-26-fold",
        "has |W_j| <= 26 sigma^{1/m} for every layer",
        lambda view: _layers_within(view, fmpq(26**2)),
        "no constant bounds a layer in directions that nothing enters and nothing leaves",
        between(),
    ),
    _mutant(
        "balanced",
        "is balanced",
        _balanced,
        "directions that a later layer removes may be amplified",
        unbalanced(),
    ),
    _mutant(
        "gain-one",
        "has |A_j| <= sigma^{j/m}",
        lambda view: gains_within(view, ONE),
        "true for two layers; for more the factor is sqrt(m - 1)",
        unbalanced(),
    ),
    _mutant(
        "gain-two-less",
        "has |A_j|^2 <= (m - 2) sigma^{2j/m}",
        lambda view: gains_within(view, most_gain(view, fmpq(2))),
        "the factor is m - 1",
        unbalanced(),
    ),
    _mutant(
        "exponent-of-one-more",
        "has |A_j|^2 <= (m - 1) sigma^{2(j+1)/m}",
        _exponent_of_one_more,
        "each layer adds 2/m to the exponent, and the first layer is one",
        balanced((fmpq(1, 2),), 2),
    ),
    _mutant(
        "scale-free",
        "has |A_j|^2 <= m - 1",
        _scale_free,
        "the gain grows with sigma",
        balanced((2,), 2),
    ),
    _mutant(
        "near-balance-with-output",
        "has sum_{j=0}^{m} A_j^T A_j / sigma^{2j/m} <= m I",
        _balance_with_output,
        "the top vector alone gives m + 1",
        balanced((1,), 2),
    ),
    _without_flatness(),
)
