"""Several classes: W = What log t + rho with the cross-entropy, What the maximum margin solution over all pairs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.multiclass_margins import MULTICLASS_MARGINS
from refutable.theorems.papers.soudry_2018 import multiclass_claims as claims
from refutable.theorems.papers.soudry_2018 import multiclass_mutants as mutants
from refutable.theorems.papers.soudry_2018.multiclass_cases import ORTHOGONAL
from refutable.theorems.papers.soudry_2018.source import UNTRAINED, source
from refutable.theorems.records import ClosedForm, Integration, Necessity, Theorem
from refutable.theorems.views import View


def _reached(id: str, statement: str, formula: claims.Formula, latex: str = "") -> Claim:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(view["exponentials"], "==", formula(view))

    return Claim(id, MULTICLASS_MARGINS, statement, (claims.SEPARABLE, claims.USED), concludes, latex)


INTEGRATED = (
    Integration(
        _reached(
            "residual-limit",
            "the flow of the cross-entropy, W = What log t + rho, takes eta exp(-(rho_y - rho_k).x_n) to alpha_nk",
            lambda view: view["limit_exponentials"],
            r"\eta e^{-(\rho_{y_n} - \rho_k)^\top x_n} \to \alpha_{n,k}",
        ),
        (
            _reached("residual-limit-without-step-size", "exp(...) tends to alpha", lambda view: view["multipliers"]),
            _reached("residual-limit-even", "all exponentials tend to the same", mutants.uniform),
            _reached("residual-limit-reciprocal", "eta exp(...) tends to 1/alpha", mutants.reciprocal),
        ),
    ),
)


def _per_datum(order: int) -> Any:
    """Derivative of log(1 + e^{-a} + e^{-b}) by a at exponentials z_0, z_1: the cross-entropy of three classes."""
    import sympy

    a, z = sympy.Symbol("a"), sympy.symbols("z0:2", positive=True)
    loss = sympy.log(1 + z[0] * sympy.exp(-a) + z[1])
    return sympy.together(-sympy.diff(loss, a, order).subs(a, 0))


def _softmax() -> Any:
    import sympy

    z = sympy.symbols("z0:2", positive=True)
    return z[0] / (1 + z[0] + z[1])


CLOSED_FORMS = (
    ClosedForm(
        "softmax",
        "three classes: the cross-entropy's derivative by a margin is minus that class's probability",
        lambda: _per_datum(1),
        _softmax,
        "cancel",
    ),
)

SEPARABLE_MULTICLASS = Theorem(
    id="separable-multiclass",
    title="Several classes: the cross-entropy leads to the maximum margin over all pairs of classes",
    source=source(
        "Theorem 7",
        "read; the limit of the residual stands inside the paper's proof only; bounds at finite times re-derived",
    ),
    status="read",
    claims=(claims.HEADLINE, claims.CERTIFICATE, claims.ENERGY, claims.LOSS, claims.SPEED),
    links=claims.LINKS,
    equality=(ORTHOGONAL,),
    mutants=mutants.MUTANTS,
    necessity=(
        Necessity("separable", None, "without it there is no maximum margin solution"),
        Necessity(
            "every-pair-used",
            None,
            "a multiplier 0 asks for an exponential 0, which no rho has: the equation holds, the limit does not exist",
        ),
    ),
    closed_forms=CLOSED_FORMS,
    integrated=INTEGRATED,
    evidence=UNTRAINED | {"visited": "the flow is followed in log time by a solver, not in steps"},
    notes=(
        "That W(t) = What log t + rho(t) with rho bounded is a limit, and no verdict. Written in exponentials z = "
        "exp(-(rho_y - rho_k).x_n) of rho, which take all positive values where the pairs are independent, the limit's "
        "equation, the energy that falls along the flow in s = log t, and the softmax at a finite t are rational and "
        "decided exactly. The paper asks for a step size that is small enough and for almost all data; here every pair "
        "of a datum and a wrong class is an independent support vector. In the solver the flow is the cross-entropy's "
        "own, from any start; its end is compared with alpha/eta."
    ),
)
