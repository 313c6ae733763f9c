"""Two weights: a step of gradient descent lowers phi exactly for step size * |p - 1| <= sqrt 2."""

from __future__ import annotations

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values
from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.exact import rational, text
from refutable.theorems.instances import Instance
from refutable.theorems.papers.kreisler_2023 import monotone_forms
from refutable.theorems.papers.kreisler_2023.assumptions import (
    NOT_INCREASING,
    OFF_MINIMUM,
    TWO_FACTORS,
    UNBALANCED,
    gain_at_most,
    root,
    step_below,
)
from refutable.theorems.papers.kreisler_2023.source import UNTRAINED, source
from refutable.theorems.papers.kreisler_2023.states import AT_ROOT_TWO, state
from refutable.theorems.records import Mutant, Necessity, Theorem
from refutable.theorems.views import View

TWO = fmpq(2)


def _sufficient(id: str, bound: Assumption) -> Claim:
    return Claim(
        id,
        SCALAR_FACTORS,
        f"with two weights and {bound.statement} a step does not increase phi: after it phi is at most phi(w)",
        (TWO_FACTORS, bound),
        lambda view: [Check(view["next_gfs_sharpness"], "<=", view["gfs_sharpness"])],
        r"\eta\,|p - 1| \le \sqrt{2} \Rightarrow \phi(w^+) \le \phi(w)",
    )


def _at(values: Values) -> Claim:
    return _sufficient("sufficient", gain_at_most(values["squared_gain"]))


ADJUSTABLE = Adjustable(
    {"squared_gain": Constant(TWO, "under the root that bounds step size * |p - 1|", least=fmpq(0))}, _at
)


def _necessary(id: str, square: fmpq) -> Claim:
    return Claim(
        id,
        SCALAR_FACTORS,
        f"with two weights of different modulus a step that does not increase phi has step size * |p - 1| <= "
        f"sqrt({text(square)})",
        (TWO_FACTORS, UNBALANCED, NOT_INCREASING),
        lambda view: [Check(view["gain"], "<=", root(view, square))],
        r"w_1^2 \ne w_2^2,\ \phi(w^+) \le \phi(w) \Rightarrow \eta\,|p - 1| \le \sqrt{2}" if square == 2 else "",
    )


STRICT = Claim(
    "strict",
    SCALAR_FACTORS,
    "off the minima and with different moduli such a step lowers phi: with rational numbers sqrt 2 is never attained",
    (TWO_FACTORS, UNBALANCED, OFF_MINIMUM, gain_at_most(TWO)),
    lambda view: [Check(view["next_gfs_sharpness"], "<", view["gfs_sharpness"])],
    r"w_1^2 \ne w_2^2,\ 0 < \eta\,|p - 1| < \sqrt{2} \Rightarrow \phi(w^+) < \phi(w)",
)


def _factor(view: View) -> list[Check]:
    gain = view["step_size"] * view["residual"]
    contraction = view.ops.ratio(1) - gain * gain
    return [
        Check(
            view["next_balances"],
            "==",
            view["balances"] * view.ops.spread(contraction, 2),
            "w_1^2 - w_2^2 after the step",
        )
    ]


LINKS = (
    Claim(
        "factor",
        SCALAR_FACTORS,
        "with two weights a step multiplies w_1^2 - w_2^2 by 1 - (eta (p - 1))^2",
        (TWO_FACTORS,),
        _factor,
        r"(w_1^2 - w_2^2)^+ = (1 - \eta^2 (p-1)^2)(w_1^2 - w_2^2)",
    ),
)

PRODUCT_FOR_RESIDUAL = Assumption(
    "product-gain-within-root-two",
    "step size * |p| <= sqrt(2)",
    lambda view: [Check(view["step_size"] * view.ops.abs(view["product"]), "<=", root(view, TWO))],
    lambda view: step_below(view, view["step_size"] * view.ops.abs(view["product"]) / root(view, TWO)),
    last=True,
)


def _product_needed() -> Claim:
    return Claim(
        "necessary-product",
        SCALAR_FACTORS,
        "with two weights of different modulus a step that does not increase phi has step size * |p| <= sqrt(2)",
        (TWO_FACTORS, UNBALANCED, NOT_INCREASING),
        lambda view: [Check(view["step_size"] * view.ops.abs(view["product"]), "<=", root(view, TWO))],
    )


ANY_NUMBER = Claim(
    "any-number-of-weights",
    SCALAR_FACTORS,
    "step size * |p - 1| <= sqrt(2) is enough for any number of weights",
    (gain_at_most(TWO),),
    lambda view: [Check(view["next_gfs_sharpness"], "<=", view["gfs_sharpness"])],
)


def _gain_state(gain: str) -> Instance:
    """w = (3/2, 1/5), p = 3/10, with this gain."""
    return state(("3/2", "1/5"), rational(gain) / fmpq(7, 10))


MUTANTS = (
    Mutant(
        "sufficient-below-2",
        _sufficient("sufficient-below-2", gain_at_most(fmpq(4))),
        "at 19/10 phi doubles: from 2.98 to 6.10",
        _gain_state("19/10"),
    ),
    Mutant(
        "sufficient-below-1.42",
        _sufficient("sufficient-below-1.42", gain_at_most(fmpq(20164, 10000))),
        "1.42 is above sqrt 2: phi grows by 0.9 percent",
        _gain_state("1.42"),
    ),
    Mutant(
        "necessary-below-1",
        _necessary("necessary-below-1", fmpq(1)),
        "at 6/5 phi still falls",
        _gain_state("6/5"),
    ),
    Mutant(
        "necessary-below-1.4",
        _necessary("necessary-below-1.4", fmpq(196, 100)),
        "1.41 is below sqrt 2: phi falls",
        _gain_state("1.41"),
    ),
    Mutant(
        "sufficient-product",
        _sufficient("sufficient-product", PRODUCT_FOR_RESIDUAL),
        "p = 3/10 is small where |p - 1| is not",
        state(("3/2", "1/5"), 4),
    ),
    Mutant("necessary-product", _product_needed(), "near p = 1 any step size lowers phi", state((2, "1/2"), 2)),
    Mutant("any-number-of-weights", ANY_NUMBER, "c_ij has the other weights as factors", state((1, "1/2", 3), 2)),
)

NECESSITY = (
    Necessity("two-factors", state((1, "1/2", 3), 2), "with the weight 3 beside them phi grows from 9 to 36"),
    Necessity("squared-gain-at-most-2", _gain_state("19/10"), "phi grows from 2.98 to 6.10"),
    Necessity("unbalanced", state((2, 2)), "phi is 2 before and after whatever the step size", "necessary"),
    Necessity("not-increasing", _gain_state("19/10"), "a step beyond sqrt 2", "necessary"),
    Necessity("off-minimum", state((2, "1/2")), "at a minimum nothing moves", "strict"),
)

MONOTONE_TWO = Theorem(
    id="gfs-monotone-two",
    title="With two weights the step sizes that lower phi are known exactly",
    source=source(
        "the two-factor case (number uncertain)", "recalled as an example, not read; stated and proved here as an iff"
    ),
    status="recalled",
    claims=(ADJUSTABLE.claim, _necessary("necessary", TWO), STRICT),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="phi(w)",
    equality=(AT_ROOT_TWO,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=monotone_forms.TWO_FORMS,
    evidence=UNTRAINED,
    notes=(
        "phi(w) is the sharpness of the minimum in which gradient flow from w ends, by the formula through "
        "(w_1^2 - w_2^2)^2; signs do not matter. Equality in phi(w^+) <= phi(w) needs step size * |p - 1| in {0, sqrt "
        "2}, "
        "and sqrt 2 is irrational: the family comes near it by continued fractions. p != 1 is assumed by the strict "
        "statement alone. The conclusion without w_1^2 != w_2^2 holds trivially, its converse fails."
    ),
)
