"""Separable classification with orthogonally decomposable networks: the identity behind the l_{2/L} bias."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.papers.yun_2021 import classification_mutants
from refutable.theorems.papers.yun_2021.classification_claims import APPROACHED, BOUNDED, HEADLINE, INTEGRATED, LINKS
from refutable.theorems.papers.yun_2021.regression_cases import FLOWS, flowing, resting
from refutable.theorems.papers.yun_2021.regression_forms import descent, flow, symbolic_network
from refutable.theorems.papers.yun_2021.source import EXACT_ONLY, source
from refutable.theorems.records import ClosedForm, Necessity, Theorem
from refutable.theorems.views import View


def _ratio_of_slopes(depth: int) -> tuple[Any, Any]:
    """Slopes in theta of the bound t^{2/L-1}/(L-2) and of what is missing, to the power L: their ratio.

    In p = cosh, q = sinh: dp = q, dq = p; t = p^{L-1} q, and what is missing has slope -p^{2-L}.
    """
    import sympy

    p, q = sympy.symbols("p q", positive=True)
    t, u = p ** (depth - 1) * q, (q / p) ** 2
    slope = sympy.diff(t, p) * q + sympy.diff(t, q) * p
    bound, true = (slope / depth) ** depth * t ** (2 - 2 * depth), p ** ((2 - depth) * depth)
    return bound / true, ((1 + (depth - 1) * u) / depth) ** depth / u ** (depth - 1)


def _exponential_loss() -> tuple[Any, Any]:
    """Minus the gradient of sum exp(-y_n f_n), and the code's velocity with rates exp(-y_n f_n)."""
    import sympy

    known = symbolic_network()
    margins = known["y"] * known["outputs"]
    rates = np.array([sympy.exp(-margin) for margin in margins], dtype=object)
    fields = {name: known[name] for name in ("weights", "s", "x", "y")}
    view = View(known.domain, known.ops, {**fields, "rates": rates})
    return descent(view, sum(rates)), flow(view, view["margin_pull"])


REMAINDERS = tuple(
    ClosedForm(
        f"remainder-{depth}",
        f"{depth} layers: what is missing falls more slowly than its bound: by (1 + (L-1) u)/(L u^{{1-1/L}}), "
        "u = tanh^2, which is at least 1 by the inequality of the means",
        lambda depth=depth: _ratio_of_slopes(depth)[0],  # type: ignore[misc]
        lambda depth=depth: _ratio_of_slopes(depth)[1],  # type: ignore[misc]
        "cancel",
    )
    for depth in (3, 4, 5, 6)
)
CLOSED_FORMS = (
    *REMAINDERS,
    ClosedForm(
        "velocity",
        "three layers, two data: with rates exp(-y f) the velocity is minus the gradient of sum exp(-y f)",
        lambda: _exponential_loss()[0],
        lambda: _exponential_loss()[1],
        "cancel",
    ),
)

NECESSITY = (
    Necessity(
        "equal-start",
        resting([[1], [fmpq(13, 10)], [0]], y=[1]),
        "three layers, one start 30 % larger: already at the start g moves 1.69 times as fast",
    ),
    Necessity(
        "zero-last-start",
        resting([[1], [1], [fmpq(3, 10)]], y=[1]),
        "the last of three layers starts at 3/10: g is not 0 at the start",
    ),
    Necessity("on-flow", resting([[1], [1], [0]], [[2], [1], [0]], y=[1]), "a state that the flow does not reach"),
    Necessity(
        "three-layers", None, "for two layers g is not bounded, and there is nothing to state", "gradient-bounded"
    ),
    Necessity(
        "layers-ahead",
        resting([[0], [1]], y=[1]),
        "two layers, the first starts at 0 behind the last: where it stays 0 it is not away from 0",
        "layers-stay-away-from-zero",
    ),
    Necessity("moved", flowing(2, [1]), "at rho = 0 the gradient is 0", "signs"),
)

TENSOR_CLASSIFICATION = Theorem(
    id="tensor-classification",
    title="Linear tensor networks on separable data: an identity at every time, and where l_{2/L} comes from",
    source=source(
        "the theorem on orthogonally decomposable networks, classification (number uncertain)",
        "recalled, not read; its limit statement is not checked. The identity at every time is the step behind it, "
        "re-derived; the bound on what is missing from the limit is ours",
    ),
    status="recalled",
    claims=(HEADLINE, BOUNDED, APPROACHED),
    links=LINKS,
    equality=(FLOWS,),
    mutants=classification_mutants.MUTANTS,
    necessity=NECESSITY,
    closed_forms=CLOSED_FORMS,
    integrated=INTEGRATED,
    evidence=EXACT_ONLY,
    notes=(
        "The paper (recalled) concludes that the direction of the predictor tends to S^T rho with rho stationary for "
        "min |rho|_{2/L} subject to y_n <S x_n, rho> >= 1, from starts with [U_l^T v_l]_j^2 - [U_L^T v_L]_j^2 >= "
        "lambda > 0. That is a limit which is approached as one over a logarithm, for three layers or more not even "
        "monotonically in small coordinates, and is not checked. Checked is what it rests on, at every time: the "
        "identity for any loss of margins (the rates -phi' are numbers of the instance; the exponential loss is one "
        "case), that these layers stay away from 0 (one line from the conserved differences, as squares are not "
        "negative), that g stays below a constant for three layers or more, so that "
        "the constant cancels in directions, and that what is missing from it is bounded by the gradient of "
        "L/(2(L-2)) sum |rho|^{2/L} and tends to it: there the l_{2/L} norm comes from. The sign of eta does not "
        "matter. Multipliers grow wherever the loss decreases; the identity does not need it."
    ),
)
