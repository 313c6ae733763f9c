"""Several classes: W = What log t + rho with the cross-entropy, What the maximum margin solution over all pairs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.multiclass_margins import MULTICLASS_MARGINS
from refutable.theorems.papers.soudry_2018 import multiclass_claims as claims
from refutable.theorems.papers.soudry_2018 import multiclass_mutants as mutants
from refutable.theorems.papers.soudry_2018.multiclass_cases import ORTHOGONAL, UNUSED
from refutable.theorems.papers.soudry_2018.source import UNTRAINED, source
from refutable.theorems.records import ClosedForm, Integration, Necessity, Theorem
from refutable.theorems.views import View


def _reached(id: str, statement: str, formula: claims.Formula, latex: str = "") -> Claim:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(view["exponentials"] * view["on_support"], "==", formula(view))

    return Claim(id, MULTICLASS_MARGINS, statement, (claims.SEPARABLE, claims.USED), concludes, latex)


INTEGRATED = (
    Integration(
        _reached(
            "residual-limit",
            "the flow of the cross-entropy, W = What log t + rho, takes eta exp(-(rho_y - rho_k).x_n) to alpha_nk for "
            "the support pairs",
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


def _on_symbols() -> View:
    """One datum of three classes, one pair on the margin and one at margin 3: the code's own curve at a time t."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    alpha, z, eta, t = sympy.symbols("alpha z eta t", positive=True)
    rows = {
        "multipliers": [[alpha, 0]], "on_support": [[1, 0]], "margins": [[1, 3]], "exponentials": [[alpha / eta, z]],
    }  # fmt: skip
    ops = SymbolicOps()
    return View(
        MULTICLASS_MARGINS, ops, {name: ops.array(v) for name, v in rows.items()} | {"step_size": eta, "time": t}
    )


def _speed_by_loss() -> Any:
    """-eta t dL/ds, s = log t: the speed along What, through the loss."""
    import sympy

    view, t = _on_symbols(), sympy.Symbol("t", positive=True)
    return sympy.together(-view["step_size"] * t * t * sympy.diff(view["loss_times_time"] / t, t))


CLOSED_FORMS = (
    ClosedForm(
        "softmax",
        "a pair on the margin and one beyond: the speed along What by the code's softmax is -eta t dL/d(log t), L the "
        "code's loss",
        lambda: claims.speed(_on_symbols()),
        _speed_by_loss,
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
            "support-pairs-used",
            UNUSED,
            "(1, 0) and (1, 1) of one class: the second pair is a support vector with multiplier 0, which asks for an "
            "exponential 0, and no rho has that",
        ),
    ),
    closed_forms=CLOSED_FORMS,
    integrated=INTEGRATED,
    evidence=UNTRAINED | {"visited": "the flow is followed in log time by a solver, not in steps"},
    notes=(
        "That W(t) = What log t + rho(t) with rho bounded is a limit, and no verdict. Written in exponentials z = "
        "exp(-(rho_y - rho_k).x_n) of rho, which take all positive values where the pairs are independent, the limit's "
        "equation, the energy that falls along the flow in s = log t, and the softmax at a finite t are rational and "
        "decided exactly. The paper asks for a step size that is small enough and for almost all data; here the pairs "
        "of a datum and a wrong class that have margin 1 are independent and have positive multipliers, which holds "
        "for almost all data. A pair beyond the margin has multiplier 0 and is the ordinary case: its exponential "
        "falls as t^(1 - m) beside the others, m > 1 its margin, and loss and speed carry that term. In the solver the "
        "flow is the cross-entropy's own, from any start; its end is compared with alpha/eta."
    ),
)
