"""Where gradient flow ends, and how sharp the loss is there, from the weights alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.domains.scalar_factors.products import product
from refutable.theorems.exact import as_real
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.papers.kreisler_2023 import closed_form_forms, closed_form_mutants
from refutable.theorems.papers.kreisler_2023.assumptions import FLOWS_TO_ONE, MINIMUM, TWO_FACTORS
from refutable.theorems.papers.kreisler_2023.source import UNTRAINED, source
from refutable.theorems.papers.kreisler_2023.states import MINIMA, state
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _at_minimum(view: View) -> Iterable[Check]:
    yield Check(view["gfs_sharpness"], "==", view["sharpness"])
    yield Check(view["gfs_sharpness"], "==", view["speed"], "phi and the sum of 1/w_i^2")


AT_MINIMUM = Claim(
    "at-a-minimum",
    SCALAR_FACTORS,
    "at a minimum phi, which is computed from the balances alone, is the sharpness, and both are the sum of 1/w_i^2",
    (MINIMUM,),
    _at_minimum,
    r"p = 1 \Rightarrow \phi(w) = \lambda_{\max}(\nabla^2 L(w)) = \sum_i w_i^{-2}",
)

CONSERVED = Claim(
    "conserved",
    SCALAR_FACTORS,
    "gradient flow changes no balance w_i^2 - w_j^2",
    (),
    lambda view: [Check(view["balance_rates"], "==", 0)],
    r"\dot w = -\nabla L(w) \Rightarrow \tfrac{d}{dt}(w_i^2 - w_j^2) = 0",
)


def _arrives(view: View) -> Iterable[Check]:
    yield Check(0, "<", view["slowest"], "decay of (p - 1)^2 at the slowest place")
    yield Check(view["slowest"], "<=", view["speed"], "decay there, and here")
    yield Check(view["slowest"], "<=", view["gfs_sharpness"], "decay there, and at p = 1")


ARRIVES = Claim(
    "arrives",
    SCALAR_FACTORS,
    "gradient flow arrives at p = 1: (p - 1)^2 decays at the rate 2 |grad p|^2, which is positive where it is "
    "smallest: at p = 1 from p > 1, here from 0 < p <= 1, and from p <= 0 where the smallest weight passes through 0",
    (FLOWS_TO_ONE,),
    _arrives,
    r"\tfrac{d}{dt}(p-1)^2 = -2 |\nabla p|^2 (p-1)^2, \quad |\nabla p|^2 \ge \begin{cases} \phi(w) & p > 1 \\ "
    r"|\nabla p(w)|^2 & 0 < p \le 1 \\ \sum_i \prod_{j\ne i} b_j & p \le 0 \end{cases}",
)

TWO = Claim(
    "two-factors-closed",
    SCALAR_FACTORS,
    "with two weights phi is the square root of (w_1^2 - w_2^2)^2 + 4",
    (TWO_FACTORS,),
    lambda view: [Check(view["gfs_sharpness"], "==", closed_form_mutants.two_factor_form(view, 4))],
    r"D = 2: \quad \phi(w) = \sqrt{(w_1^2 - w_2^2)^2 + 4}",
)

UPDATE = Claim(
    "update",
    SCALAR_FACTORS,
    "a step of gradient descent multiplies w_i^2 - w_j^2 by c_ij = 1 - (eta (p - 1) prod_{k != i, j} w_k)^2",
    (),
    lambda view: [Check(view["next_balances"], "==", view["balances"] * view["contractions"])],
    r"(w_i^2 - w_j^2)^+ = \Bigl(1 - \tfrac{\eta^2 g^2}{w_i^2 w_j^2}\Bigr)(w_i^2 - w_j^2), \quad g = p(p-1)",
)


def _rank_one(view: View) -> Iterable[Check]:
    weights = view["weights"]
    scaled = view["hessian"] * weights[..., :, None] * weights[..., None, :]
    yield Check(scaled, "==", 1, "w_i w_j times an entry of the Hessian")


def _enclosed(view: View) -> Iterable[Check]:
    """Rationals on both sides of the shift s."""
    if not view.ops.exact:
        raise NotCertified("rationals beside a number need exact arithmetic")
    squares = view["weights"] * view["weights"]
    gaps = np.array(sorted(squares - min(squares)), dtype=object)
    near = as_real(view["gfs_squares"][0]).ball(128).mid().fmpq()
    low, high = (gaps + near * (1 + fmpq(side, 2**60)) for side in (-1, 1))
    yield Check(product(view.ops, low), "<", 1, "too small a shift")
    yield Check(1, "<", product(view.ops, high), "too large a shift")
    yield Check(view.ops.sum(1 / high), "<", view["gfs_sharpness"], "phi from above s")
    yield Check(view["gfs_sharpness"], "<", view.ops.sum(1 / low), "phi from below s")


def _count(view: View) -> Any:
    return view.ops.ratio(int(view["weights"].shape[-1]))


LINKS = (
    Claim(
        "rank-one",
        SCALAR_FACTORS,
        "at a minimum the Hessian is q q^T with q_i = 1/w_i: its other eigenvalues are 0",
        (MINIMUM,),
        _rank_one,
        r"p = 1 \Rightarrow \nabla^2 L = q q^\top, \quad q_i = 1/w_i",
    ),
    Claim(
        "enclosed",
        SCALAR_FACTORS,
        "phi is the sum of 1/(s + b_i) at the s > 0 with prod (s + b_i) = 1: rationals on both sides of s enclose it",
        (),
        _enclosed,
        r"\prod_i (s + b_i) = 1 \Rightarrow \phi = \sum_i \frac{1}{s + b_i}, \quad b_i = w_i^2 - \min_j w_j^2",
    ),
    Claim(
        "flattest",
        SCALAR_FACTORS,
        "phi is at least D, with equality exactly for balanced weights",
        (),
        lambda view: [Check(_count(view), "<=", view["gfs_sharpness"])],
        r"D \le \phi(w)",
    ),
)

NECESSITY = (
    Necessity("minimum", state(("3/2", "1/5")), "phi = 2.98..., and the sharpness here is 2.32...: p is 3/10"),
    Necessity("two-factors", state((1, 1, 1)), "phi = 3, not 2", "two-factors-closed"),
    Necessity(
        "flows-to-one",
        state((1, -1)),
        "both weights shrink to 0: the flow ends in a saddle, and the formula would say phi = 2",
        "arrives",
    ),
)

CLOSED_FORM = Theorem(
    id="gfs-closed-form",
    title="Where gradient flow ends is decided by the balances",
    source=source(
        "definition of gradient flow solution sharpness and its implicit formula (numbers uncertain)",
        "recalled, not read in full; re-derived here",
    ),
    status="recalled",
    claims=(AT_MINIMUM, CONSERVED, ARRIVES, TWO, UPDATE),
    links=LINKS,
    equality=(MINIMA,),
    mutants=closed_form_mutants.MUTANTS,
    necessity=NECESSITY,
    closed_forms=closed_form_forms.CLOSED_FORMS,
    evidence=UNTRAINED | {"swept": "identities: certified floats leave every row open; drawn states say as much"},
    notes=(
        "The loss is (p - 1)^2 / 2; with (p - 1)^2 phi doubles and step sizes halve. That phi(w) is the sharpness "
        "where "
        "gradient flow ends is stated in three parts, each decided exactly: the flow changes no balance, it arrives at "
        "p = 1, and at p = 1 the number computed from balances is the sharpness. Formulas divide by no weight: weights "
        "may be 0. With p <= 0 the flow carries the smallest weight through 0; where two weights share the smallest "
        "modulus it ends at 0 instead."
    ),
)
