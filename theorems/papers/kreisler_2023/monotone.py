"""Gradient descent does not increase the sharpness of the minimum that gradient flow would reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values
from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.domains.scalar_factors.products import ordered, parts
from refutable.theorems.papers.kreisler_2023 import monotone_forms
from refutable.theorems.papers.kreisler_2023.assumptions import (
    ABOVE_ONE,
    BELOW_ONE,
    NEXT_POSITIVE,
    NONZERO,
    POSITIVE,
    SMALL_GRADIENT,
    edge_at_most,
    root,
)
from refutable.theorems.papers.kreisler_2023.monotone_mutants import falls, mutants
from refutable.theorems.papers.kreisler_2023.source import UNTRAINED, source
from refutable.theorems.papers.kreisler_2023.states import AT_EDGE, BALANCED, state
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

EIGHT = fmpq(8)
EDGE = edge_at_most(EIGHT)


def _one_step(bound: Assumption) -> Claim:
    return falls(
        "one-step",
        f"with positive weights before and after the step and {bound.statement} gradient descent does not increase "
        "phi: "
        "after the step it is at most phi(w)",
        (POSITIVE, NEXT_POSITIVE, bound),
        r"w, w^+ > 0,\ \eta\,\phi(w) \le 2\sqrt{2} \Rightarrow \phi(w^+) \le \phi(w)",
    )


def _at(values: Values) -> Claim:
    return _one_step(edge_at_most(values["squared_edge"]))


ADJUSTABLE = Adjustable(
    {"squared_edge": Constant(EIGHT, "under the root that bounds step size * phi(w)", least=fmpq(0))}, _at
)

BRANCHES = (
    falls(
        "below-one",
        "with positive weights, p <= 1 and step size * phi(w) <= 2 sqrt(2) gradient descent does not increase phi",
        (POSITIVE, BELOW_ONE, EDGE),
        r"w > 0,\ p \le 1,\ \eta\,\phi(w) \le 2\sqrt{2} \Rightarrow \phi(w^+) \le \phi(w)",
    ),
    falls(
        "above-one",
        "with positive weights before and after the step and p >= 1 gradient descent does not increase phi, however "
        "large step size * phi(w) is",
        (POSITIVE, ABOVE_ONE, NEXT_POSITIVE),
        r"w, w^+ > 0,\ p \ge 1 \Rightarrow \phi(w^+) \le \phi(w)",
    ),
    falls(
        "small-gradient",
        "with weights of any sign and step size * |p (p - 1)| <= |w_i w_j| for all i != j gradient descent does not "
        "increase phi",
        (NONZERO, SMALL_GRADIENT),
        r"\eta\,|p(p-1)| \le |w_i w_j|\ (i \ne j) \Rightarrow \phi(w^+) \le \phi(w)",
    ),
)


def _shrink(view: View) -> Iterable[Check]:
    yield Check(0, "<=", view["contractions"], "c_ij: no order is swapped")
    yield Check(view["contractions"], "<=", 1, "c_ij: no gap grows")


def _one_swap(view: View) -> Iterable[Check]:
    sizes = ordered(view.ops, parts(view["weights"]))
    bound = root(view, fmpq(2)) * sizes[0] * sizes[1]
    yield Check(view["scaled_gradient"], "<=", bound, "two smallest: c >= -1")
    for larger in sizes[2:3]:
        yield Check(view["scaled_gradient"], "<=", sizes[0] * larger, "other pairs: c >= 0")


def _partial_products(view: View, name: str) -> Any:
    """Products of the k smallest squared weights at the end of the flow, k = 1, ..., D - 1."""
    squares = parts(view[name])
    squares = squares if view.ops.exact else ordered(view.ops, squares)
    products = squares[:1]
    for square in squares[1:-1]:
        products.append(products[-1] * square)
    return products


def _majorised(view: View) -> Iterable[Check]:
    before, after = _partial_products(view, "gfs_squares"), _partial_products(view, "next_gfs_squares")
    for k, (left, right) in enumerate(zip(before, after, strict=True)):
        yield Check(left, "<=", right, f"product of the {k + 1} smallest")


LINKS = (
    Claim(
        "small-enough",
        SCALAR_FACTORS,
        "positive weights after a step from p >= 1 mean that step size * |p (p - 1)| is at most every w_i w_j",
        (POSITIVE, ABOVE_ONE, NEXT_POSITIVE),
        lambda view: [Check(view["scaled_gradient"], "<=", view["least_pair"])],
        r"p \ge 1,\ w^+ > 0 \Rightarrow \eta\,p(p-1) \le w_i w_j",
    ),
    Claim(
        "gaps-shrink",
        SCALAR_FACTORS,
        "then every gap w_i^2 - w_j^2 keeps its sign and does not grow",
        (NONZERO, SMALL_GRADIENT),
        _shrink,
        r"0 \le c_{ij} \le 1",
    ),
    Claim(
        "one-swap",
        SCALAR_FACTORS,
        "below p = 1 and with step size * phi <= 2 sqrt(2) only the two smallest weights may change their order, and "
        "no gap grows",
        (POSITIVE, BELOW_ONE, EDGE),
        _one_swap,
        r"\eta\,|p(p-1)| \le \sqrt{2}\,w_{(1)} w_{(2)}, \quad \eta\,|p(p-1)| \le w_{(1)} w_{(3)}",
    ),
    Claim(
        "majorised",
        SCALAR_FACTORS,
        "where gaps shrink, the squared weights at the end of the flow get closer: products of the k smallest do not "
        "fall",
        (NONZERO, SMALL_GRADIENT),
        _majorised,
        r"\prod_{i\le k} v_{(i)} \le \prod_{i\le k} v^+_{(i)}, \quad v_i = s + b_i",
    ),
    Claim(
        "majorised-below-one",
        SCALAR_FACTORS,
        "they do not fall in a step from below p = 1 with step size * phi <= 2 sqrt(2) either",
        (POSITIVE, BELOW_ONE, EDGE),
        _majorised,
    ),
)

SWAPPED = state(("1/10", "1/20"), 2)
OVERSHOT = state((2, "3/2"))

NECESSITY = (
    Necessity("positive", state((-2, "-3/2")), "both weights overshoot from p = 3 to the other side: (1, 5/2)"),
    Necessity(
        "next-positive",
        state((4, "4.01"), "0.1"),
        "both weights become negative: phi grows from 2.0016 to 2.0025, at step size * phi = 0.2",
    ),
    Necessity(
        "next-positive",
        state(("2.3716213", "2.29789577"), "0.44637022850393"),
        "p = 5.4: both weights become negative, and phi grows from 2.03 to 2.24, at step size * phi = 0.91",
        "above-one",
    ),
    Necessity("squared-edge-at-most-8", SWAPPED, "near the saddle at 0 the gap changes its sign and grows"),
    Necessity(
        "squared-edge-at-most-8",
        state(("0.06", "0.05"), "1.49"),
        "step size * phi = 2.98, below 3: 2 sqrt 2 cannot be raised so far",
        "below-one",
    ),
    Necessity("product-at-most-one", OVERSHOT, "p = 3: both weights overshoot", "below-one"),
    Necessity("product-at-least-one", SWAPPED, "p = 1/200 with a large step size", "above-one"),
    Necessity("nonzero", state((0, 3), 2), "the weight 0 becomes 6", "small-gradient"),
    Necessity("small-gradient", SWAPPED, "the gap changes its sign and grows", "small-gradient"),
)

MONOTONE = Theorem(
    id="gfs-monotone",
    title="Gradient descent does not increase the sharpness of gradient flow solutions",
    source=source(
        "Theorem 3.2 (number uncertain)",
        "recalled, not read: the set of starts and its constant 2 sqrt 2 are from memory; proved here for one step",
    ),
    status="recalled",
    claims=(ADJUSTABLE.claim, *BRANCHES),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="phi(w)",
    equality=(BALANCED, AT_EDGE),
    mutants=mutants(),
    necessity=NECESSITY,
    closed_forms=monotone_forms.MONOTONE_FORMS,
    evidence=UNTRAINED,
    notes=(
        "phi(w) is the sharpness of the minimum in which gradient flow from w ends, by the formula of gfs-closed-form. "
        "The paper is about runs: phi(w_t) does not increase while weights stay positive, if step size * phi(w_0) <= "
        "2 sqrt 2. The claim is one step of that, tried at drawn states and at states that runs visit; since phi does "
        "not grow, the bound holds again after the step. The paper's condition that the product stays within (0, B) is "
        "used only through positive weights. The headline follows from the claims below and above p = 1. The constant "
        "2 sqrt 2 cannot be larger for two weights; whether it could for three or more is not known here: a search "
        "finds "
        "violations only near step size * phi = 5. That no gap grows is not enough for phi not to grow: the order of "
        "the gaps matters (see the mutant contracting)."
    ),
)
